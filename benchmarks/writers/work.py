"""The same work for every writer: what is logged, how often, and how the cost is taken."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

LABELS = [f"train/metric-{number}" for number in range(10)]
PICTURE_SIDE = 256


def values(count: int) -> list[float]:
    """Numbers with as many digits as measured ones have."""
    chance = random.Random(0)
    return [chance.random() for _ in range(count)]


def picture(number: int):  # type: ignore[no-untyped-def] # peers have numpy, not its types' checker
    """A photo-like picture: height x width x 3, uint8; smooth shapes with noise."""
    import numpy as np

    chance = np.random.default_rng(number)
    y, x = np.mgrid[0:PICTURE_SIDE, 0:PICTURE_SIDE] / PICTURE_SIDE
    waves = np.stack([np.sin(6 * x + number), np.cos(5 * y), np.sin(4 * (x + y))], axis=-1)
    return (127 + 100 * waves + chance.normal(0, 6, waves.shape)).clip(0, 255).astype(np.uint8)


def report(
    folder: Path, count: int, run: Callable[[], object], finish: Callable[[], object] = lambda: None
) -> None:
    """Run the calls, then what waits for them to be on disk, and print what both cost.

    `calls_s`: wall seconds the caller spent in its calls; `total_s`: until everything is written; CPU of this process
    and its threads, and of the calling thread alone in its calls; `files` and `bytes`: what the folder gained.
    """
    cpu = time.process_time()
    caller_cpu = time.thread_time()
    start = time.perf_counter()
    run()
    calls_s = time.perf_counter() - start
    caller_cpu_s = time.thread_time() - caller_cpu
    finish()
    total_s = time.perf_counter() - start
    cpu_s = time.process_time() - cpu
    paths = [Path(parent, name) for parent, _, names in os.walk(folder) for name in names]
    print(
        json.dumps(
            {
                "count": count,
                "calls_s": calls_s,
                "total_s": total_s,
                "cpu_s": cpu_s,
                "caller_cpu_s": caller_cpu_s,
                "files": len(paths),
                "bytes": sum(path.stat().st_size for path in paths),
                "peak_mib": _peak_mib(),
            }
        )
    )


def _peak_mib() -> float:
    """Of this program alone: `ru_maxrss` has that of the process it was started from, too."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def arguments() -> tuple[str, Path, int]:
    """The work, the folder to write to, how many values, calls or pictures."""
    work, folder, count = sys.argv[1:4]
    return work, Path(folder), int(count)
