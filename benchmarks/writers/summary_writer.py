"""TensorBoard's calls, by one of the packages that take them, or the same calls of the Logger.

`python -m benchmarks.writers.summary_writer WORK FOLDER COUNT PACKAGE`
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.writers import work

LOGGER = "lavdlike"
KEYS = {f"metric-{number}": number + 0.5 for number in range(10)}
# A call with the number of the call and a value.
Call = Callable[[int, float], object]


def of_writer(name: str, writer: Any) -> Call:
    """A call of TensorBoard's."""
    if name == "scalars":
        return lambda n, value: writer.add_scalar(work.LABELS[n % 10], value, n // 10)
    if name == "dicts":
        return lambda n, _: writer.add_scalars("train", KEYS, n)
    if name == "texts":
        return lambda n, _: writer.add_text("text", "some text", n)
    if name == "histograms":
        array = _normal()
        return lambda n, _: writer.add_histogram("values", array, n)
    picture = work.picture(0)
    return lambda n, _: writer.add_image("picture", picture, n, dataformats="HWC")


def of_logger(name: str, logger: Any) -> Call:
    """The same of the Logger."""
    if name == "scalars":
        return lambda n, value: logger.log_scalar(value, work.LABELS[n % 10], n // 10)
    if name == "dicts":
        row = {f"train/{key}": value for key, value in KEYS.items()}
        return lambda n, _: logger.log_scalars(row, n)
    if name == "texts":
        return lambda n, _: logger.log_markdown("some text", "text", n)
    if name == "histograms":
        array, edges = _normal(), _edges()
        return lambda n, _: logger.log_histogram(array, "values", n, bins=edges)
    picture = work.picture(0)
    return lambda n, _: logger.log_image(picture, "picture", n)


def _normal() -> Any:
    import numpy as np

    return np.random.default_rng(0).normal(size=10_000)


def _edges() -> Any:
    """The same bins as the original's."""
    from lavdlike.compat.tensorboard.counting import default_edges

    return default_edges()


def main() -> None:
    name, folder, count = work.arguments()
    package = sys.argv[4]
    module = importlib.import_module(package)
    if package == LOGGER:
        writer = module.Logger("run", folder)
        call = of_logger(name, writer)
    else:
        writer = module.SummaryWriter(str(folder / "run"))
        call = of_writer(name, writer)
    values = work.values(count)
    call(0, 0.0)  # the first one imports what it needs

    def run() -> None:
        for number, value in enumerate(values):
            call(number, value)

    work.report(folder, count, run, writer.close)


if __name__ == "__main__":
    main()
