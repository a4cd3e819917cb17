"""JAX and Flax: arrays as they are, a tree of parameters, Keras on jax."""

from __future__ import annotations

import json
from typing import Any

import flax.linen
import jax
import jax.numpy as jnp
import numpy as np
import optax

from lavdlike.integrations.jax import log_tree, make_logger
from tools.frameworks.integrations.written import Written, check_same

STEPS = 6


class Model(flax.linen.Module):
    @flax.linen.compact
    def __call__(self, x: Any) -> Any:
        return flax.linen.Dense(1, name="dense")(x)


def main() -> int:
    x = jnp.sin(jnp.arange(32.0)).reshape(-1, 4)
    model, optimizer = Model(), optax.sgd(0.1)
    params = model.init(jax.random.PRNGKey(1), x)
    state = optimizer.init(params)

    @jax.jit
    def step_of(params: Any, state: Any) -> Any:
        loss, gradients = jax.value_and_grad(lambda given: (model.apply(given, x) ** 2).mean())(params)
        updates, state = optimizer.update(gradients, state)
        return optax.apply_updates(params, updates), state, loss

    reported = []
    with make_logger("run", config={"rate": 0.1}) as logger:
        for step in logger.progress_bar("Train", range(STEPS), disable=True):
            params, state, loss = step_of(params, state)
            logger.log_scalar(loss, "loss", step)
            logger.log_scalar(loss.astype(jnp.bfloat16), "half", step)
            reported.append((step, loss))
        log_tree(logger, params, STEPS)
        log_tree(logger, {"scale": jnp.float32(0.5)}, STEPS, "other")
        logger.log_image(jnp.zeros((8, 8, 3)), "picture")
        logger.log_array(x, "x")
    written = Written("log/run")
    count = check_same(written.points("loss"), [(step, float(loss)) for step, loss in reported])
    halves = [(step, float(loss.astype(jnp.bfloat16))) for step, loss in reported]
    count += check_same(written.points("half"), halves)
    count += check_same(written.points("other/scale"), [(STEPS, 0.5)])
    kernel = written.folder / f"{STEPS:04}" / "params/params/dense/kernel.json"
    assert sum(json.loads(kernel.read_text())["histograms"]["counts"]) == 4, kernel.read_text()
    assert (np.load(written.folder / "x.npy") == np.asarray(x)).all()
    assert written.progress("Train") == (STEPS, STEPS)
    return count


if __name__ == "__main__":
    print(f"{main()} values as jax has them")
