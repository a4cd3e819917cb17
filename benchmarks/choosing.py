"""Row 11: which of 10,000 experiments are meant: filters, orders and groups, beside reading the files."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import measure, servers, trees
from benchmarks.measure import Figures, Result

_COUNT = 10_000
_QUESTIONS: dict[str, dict[str, Any]] = {
    "filter by settings": {"filter": "lr=0.1 seed<5"},
    "filter by text": {"filter": "seed12"},
    "sort by a setting": {"sort": "optimizer.wd"},
    "group by settings": {"grouping": {"by": ["lr", "seed"]}},
    "filter with facets": {"filter": "lr=0.1", "facets": True},
    "filter by a result": {"filter": "min(val/loss)<0.00001"},
    "sort by a result": {"sort": "min(val/loss)"},
    "group, mean of a result": {"grouping": {"by": ["lr"]}, "columns": ["last(val/loss)"]},
}
_TIMES = 20
_ASKED_AGAIN_AFTER_S = 0.2
_OURS, _FLOOR = "lavdlike", "floor: reading the files"
_READ = """
import json, sys, time
from pathlib import Path
start = time.process_time()
for folder in Path(sys.argv[1]).iterdir():
    json.loads((folder / "experiment.json").read_bytes())
settings_ms = (time.process_time() - start) * 1e3
for folder in Path(sys.argv[1]).iterdir():
    for line in (folder / "scalars.tsv").read_text().splitlines()[1:]:
        float(line.rpartition("\\t")[2])
print(json.dumps({"settings_ms": settings_ms, "all_ms": (time.process_time() - start) * 1e3}))
"""


def choosing(rounds: int) -> Result:
    """Row 11."""
    with tempfile.TemporaryDirectory() as name:
        root = trees.sweep(Path(name, "log"), _COUNT)
        contestants = {_OURS: _asked(root, Path(name, "cache")), _FLOOR: _read(root)}
        taken = measure.in_turn(contestants, rounds)
    middle = measure.medians(taken)
    ours, floor = middle[_OURS], middle[_FLOOR]
    table = [[question, f"{ours[question]:.0f}"] for question in _QUESTIONS]
    table += [
        ["all results, read for the first time", f"{ours['cold_ms']:.0f}"],
        ["all results, from the kept file", f"{ours['kept_ms']:.0f}"],
        [f"{_FLOOR}, settings", f"{floor['settings_ms']:.0f}"],
        [f"{_FLOOR}, settings and values", f"{floor['all_ms']:.0f}"],
    ]
    slowest = max(ours[question] for question in _QUESTIONS)
    kept = ours["kept_ms"] / ours["cold_ms"]
    bars = [
        ("every question <= 100 ms", f"{slowest:.0f} ms", slowest <= 100),
        (
            "every question <= 0.1 x reading settings and values",
            f"{slowest / floor['all_ms']:.3f} x",
            slowest <= 0.1 * floor["all_ms"],
        ),
        ("results from the kept file <= 0.5 x reading them", f"{kept:.2f} x", kept <= 0.5),
    ]
    note = (
        "Questions: CPU time of the server, over HTTP, all answers whole. What was never read comes in parts, and is"
        " asked for every 0.2 s until nothing is unread. The floor is the CPU time of one Python process that looks"
        " at every line."
    )
    header = ["", "ms"]
    return Result("11", f"choosing among {_COUNT:,} experiments", header, table, bars, middle, [note])


def _asked(root: Path, cache: Path) -> Callable[[], Figures]:
    def run() -> Figures:
        shutil.rmtree(cache, ignore_errors=True)
        with servers.lavdlike(root, cache=cache) as server:
            cold_ms = _until_read(server)
            figures = {question: _cpu_ms(server, request) for question, request in _QUESTIONS.items()}
            server.until(lambda: any(path.is_file() for path in cache.rglob("results")))
        with servers.lavdlike(root, cache=cache) as server:
            kept_ms = _until_read(server)
        return {**figures, "cold_ms": cold_ms, "kept_ms": kept_ms}

    return run


def _until_read(server: servers.Server) -> float:
    """Until rows are known, and then until all results are."""
    server.until(lambda: all(row["details"] for row in server.json("/api/root")["experiments"]))
    server.json("/api/filter", {"filter": "lr=0.1"})
    begun = time.perf_counter()
    while server.json("/api/filter", _QUESTIONS["sort by a result"])["unread"]:
        time.sleep(_ASKED_AGAIN_AFTER_S)
    return (time.perf_counter() - begun) * 1e3


def _cpu_ms(server: servers.Server, request: dict[str, Any]) -> float:
    """Of the server, for each time it is asked: the machine's other work is not in it."""
    server.get("/api/filter", request)
    before = server.cpu_s()
    for _ in range(_TIMES):
        server.get("/api/filter", request)
    return (server.cpu_s() - before) * 1e3 / _TIMES


def _read(root: Path) -> Callable[[], Figures]:
    return lambda: measure.figures_of([sys.executable, "-c", _READ, str(root)])
