"""`python -m benchmarks.writers.large_items ITEM WHO FOLDER`: CPU of a call, and what it adds to the peak of memory."""

from __future__ import annotations

import csv
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from lavdlike import Logger

ARRAY_VALUES, HISTOGRAM_VALUES, TABLE_ROWS = 13_107_200, 1_000_000, 100_000
_CALLS = 5


def main() -> None:
    item, who, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    with Logger("large", folder) as logger:
        call = _CALLS_BY_ITEM[item](who, folder, logger)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        taken = [_cpu_s(call) for _ in range(_CALLS + 1)][1:]  # the first one loads libraries
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"cpu_s": statistics.median(taken), "peak_mib": (after - before) / 1024}))


def _cpu_s(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def _array(who: str, folder: Path, logger: Logger) -> Callable[[], object]:
    array = np.random.default_rng(0).normal(size=ARRAY_VALUES)
    if who == "floor":
        return lambda: np.save(folder / "floor.npy", array)
    return lambda: logger.log_array(array, "array")


def _histogram(who: str, _folder: Path, logger: Logger) -> Callable[[], object]:
    values = np.random.default_rng(0).normal(size=HISTOGRAM_VALUES)
    if who == "floor":
        return lambda: np.histogram(values, 30)
    return lambda: logger.log_histogram(values, "histogram")


def _table(who: str, folder: Path, logger: Logger) -> Callable[[], object]:
    rows = [[row, row / 7, f"name {row}", row % 2 == 0] for row in range(TABLE_ROWS)]

    def floor() -> None:
        with (folder / "floor.csv").open("w", newline="") as file:
            csv.writer(file).writerows(rows)

    return floor if who == "floor" else lambda: logger.log_table(rows, "table")


_CALLS_BY_ITEM = {"array": _array, "histogram": _histogram, "table": _table}

if __name__ == "__main__":
    main()
