"""JAX, Flax and Equinox: a `Logger` takes their arrays as they are; here is what is theirs alone.

There is no trainer that could call back: a training loop calls `logger.log_scalar(loss, "loss", step)` itself.
"""

from __future__ import annotations

import os
from typing import Any

from lavdlike.compat.tags import label_of
from lavdlike.integrations.framework_run import FrameworkRun
from lavdlike.integrations.needed import needs
from lavdlike.integrations.reported_values import number_or_none
from lavdlike.logger import Logger

with needs("jax", install="jax"):
    import jax


def make_logger(
    name: str | None = None,
    log_dir: str | os.PathLike[str] = "./log",
    *,
    writer: str | None = None,
    **options: Any,
) -> Logger:
    """A Logger that writes on the first of jax's processes alone; on others it is disabled.

    Args:
        name, log_dir, options: as for `lavdlike.Logger`.
        writer: a word: each process writes, into files called after it and the process's index.

    >>> logger = make_logger("run")  # doctest: +SKIP
    """
    run = FrameworkRun(name, log_dir, logger=None, writer=writer, options=options)
    return run.begin(jax.process_index())


def log_tree(logger: Logger, tree: Any, step: int, name: str = "params") -> None:
    """Log the leaves of a tree of parameters or gradients: single numbers as scalars, arrays as histograms.

    Args:
        tree: of dicts, lists, dataclasses and whatever else jax knows as a tree.
        name: in front of the path of each leaf: `params/dense/kernel`.

    >>> log_tree(logger, state.params, step)  # doctest: +SKIP
    """
    if logger.disabled:
        return
    scalars = {}
    for path, leaf in jax.tree_util.tree_leaves_with_path(tree):
        label = label_of("/".join([name, *(part_of(key) for key in path)]))
        number = number_or_none(leaf)
        if number is not None:
            scalars[label] = number
        elif hasattr(leaf, "shape") and leaf.size:
            logger.log_histogram(leaf, label, step)
    if scalars:
        logger.log_scalars(scalars, step)


def part_of(key: Any) -> str:
    """What a key of a path in a tree is called: of a dict, a sequence or an attribute."""
    for field in ("key", "idx", "name"):
        if hasattr(key, field):
            return str(getattr(key, field))
    return str(key)
