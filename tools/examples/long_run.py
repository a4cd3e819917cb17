"""A long run with restarts, NaN and many labels."""

from __future__ import annotations

import math
import random
from pathlib import Path

from lavdlike import Logger
from tools.examples.clock import START, running_at
from tools.examples.random_weights import weights

LAYERS = 8
RESTARTS = [(0, 3_200), (3_000, 6_400), (6_000, 10_000)]  # each begins again at its last checkpoint


def write_long_run(log_dir: Path) -> None:
    chance = random.Random(3)
    config = {"layers": LAYERS, "lr": 0.002, "batch_size": 256, "optimizer": "sgd", "seed": 3}
    for number, (first, last) in enumerate(RESTARTS):
        with (
            running_at(START + 86_400 * number) as clock,
            Logger("long-run", log_dir, config=config, tags=["baseline"]) as logger,
        ):
            logger.define("loss", goal="min", description="Mean over a batch.")
            logger.define("accuracy", goal="max", description="Share of a batch that is classified right.")
            logger.define("gradient-norm/*", description="Before clipping.")
            logger.define("system/memory-gib", unit="GiB", description="Of the graphics card, in use.")
            logger.define("system/samples-per-second", goal="max", unit="samples/s")
            if number:
                logger.println("resumed from the checkpoint at step {}", first)
            else:
                logger.log_markdown(
                    "# Long run\n\nThree sessions: the node was needed twice by others.\n", "notes"
                )
            for step in range(first, last, 20):
                clock.advance(31)
                progress = step / 10_000
                exploded = 4_400 <= step < 4_560
                loss = math.nan if exploded else 0.9 * math.exp(-3 * progress) + 0.2 + chance.gauss(0, 0.03)
                values = {
                    "loss": loss,
                    "accuracy": 0.95 - 0.8 * math.exp(-4 * progress) + chance.gauss(0, 0.01),
                }
                if step % 100 == 0:
                    for layer in range(LAYERS):
                        values[f"gradient-norm/layer-{layer}"] = (
                            math.inf if exploded else abs(chance.gauss(1.5 / (layer + 1), 0.2))
                        )
                        values[f"weight-norm/layer-{layer}"] = (
                            10 + layer + 3 * progress + chance.gauss(0, 0.05)
                        )
                    values["system/memory-gib"] = 11 + 0.4 * math.sin(step / 900) + chance.gauss(0, 0.05)
                    values["system/samples-per-second"] = 1_850 + chance.gauss(0, 40)
                logger.log_scalars(values, step)
                if step == 4_400:
                    logger.eprintln("\x1b[33mwarning:\x1b[0m the loss is not a number since step {}", step)
                if step % 500 == 0:
                    drawn = weights(1_000, [0.1, -1.2 * progress], 0.2 + progress, step)
                    logger.log_histogram(
                        [math.nan, *drawn[1:]] if exploded else drawn, "weights/output", step, bins=40
                    )
                if step % 1_000 == 0:
                    logger.log("CHECKPOINT", f"saved at step {step}")
