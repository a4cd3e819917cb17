"""Row 6b: many experiments taken together."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import measure, servers, trees
from benchmarks.measure import Figures, Result

EXPERIMENTS = 100
STEPS = 100_000
_OURS = "lavdlike"
_FLOOR_NAME = "floor: polars reads the files, NumPy computes"
_AGGREGATES_TYPE = "application/vnd.lavdlike.aggregates"
_FLOOR = """
import glob, json, sys, time
import numpy as np, polars as pl
start = time.perf_counter()
runs = []
for path in sorted(glob.glob(sys.argv[1] + "/*/scalars.tsv")):
    frame = pl.read_csv(path, separator="\\t", quote_char=None)
    runs.append(frame.filter(pl.col("label") == "group-0/metric-0")["value"].to_numpy())
read = time.perf_counter()
table = np.stack(runs)
mean, deviation = table.mean(axis=0), table.std(axis=0, ddof=1)
end = time.perf_counter()
print(json.dumps({"cold_ms": (end - start) * 1e3, "compute_ms": (end - read) * 1e3}))
"""


def aggregate(rounds: int) -> Result:
    with tempfile.TemporaryDirectory() as name:
        root = trees.scalars(Path(name, "log"), EXPERIMENTS, 1, STEPS)
        floor = [sys.executable, "-c", _FLOOR, str(root)]
        contestants = {_OURS: _aggregate_of(root), _FLOOR_NAME: lambda: measure.figures_of(floor)}
        taken = measure.in_turn(contestants, rounds)
    middle = measure.medians(taken)
    ours = middle[_OURS]
    cold = measure.ratio(taken, _OURS, _FLOOR_NAME, "cold_ms")
    warm = measure.ratio(taken, _OURS, _FLOOR_NAME, "compute_ms")
    bars = [
        ("cold, files read <= 1.5 x the floor", f"{cold:.2f} x", cold <= 1.5),
        ("points in memory <= 500 ms", f"{ours['compute_ms']:.0f} ms", ours["compute_ms"] <= 500),
        ("points in memory <= 2 x NumPy alone", f"{warm:.2f} x", warm <= 2),
    ]
    table = [
        [name, f"{each['cold_ms']:.0f}", f"{each['compute_ms']:.0f}", f"{quartiles:.0f}" if quartiles else ""]
        for name, each in middle.items()
        for quartiles in [each.get("quartiles_ms")]
    ]
    header = ["", "cold, files read, ms", "in memory, ms", "median and quartiles, ms"]
    title = f"mean and deviation of {EXPERIMENTS} experiments of {STEPS:,} steps, 1,000 pixel columns"
    return Result("6b", title, header, table, bars, middle)


def _aggregate_of(root: Path) -> Callable[[], Figures]:
    def run() -> Figures:
        with servers.lavdlike(root) as server:
            experiments = [each["id"] for each in server.json("/api/root")["experiments"]]
            measure.wait(3.0)  # the readers are loaded in the background
            request = {"groups": [experiments], "labels": ["group-0/metric-0"], "columns": 1000}
            quartiles = {**request, "average": "median", "band": "quartiles"}
            return {
                "cold_ms": _timed(server, request),
                "compute_ms": min(_timed(server, request) for _ in range(3)),
                "quartiles_ms": min(_timed(server, quartiles) for _ in range(3)),
                "mib": server.memory_mib(),
            }

    return run


def _timed(server: servers.Server, request: object) -> float:
    start = time.perf_counter()
    server.get("/api/scalars/aggregates", request, accept=_AGGREGATES_TYPE)
    return (time.perf_counter() - start) * 1e3
