"""Rows 6 and 7: a long series, and a large log."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import measure, servers, trees
from benchmarks.measure import Figures, Result

ROWS = 1_000_000
_SERIES_TYPE = "application/vnd.lavdlike.series"
_FLOOR = """
import sys, time, json
import polars as pl
start = time.perf_counter()
frame = pl.read_csv(sys.argv[1], separator="\\t", quote_char=None)
values = frame.filter(pl.col("label") == "group-0/metric-0")["value"].to_numpy()
print(json.dumps({"cold_ms": (time.perf_counter() - start) * 1e3, "rows": len(values)}))
"""


def series(rounds: int) -> Result:
    """Row 6."""
    with tempfile.TemporaryDirectory() as name:
        root = trees.scalars(Path(name, "log"), 1, 1, ROWS)
        contestants = {"lavdlike": series_of(root), "floor: polars reads the file": _floor(root)}
        taken = measure.in_turn(contestants, rounds)
    middle = measure.medians(taken)
    ours = middle["lavdlike"]
    cold = measure.ratio(taken, "lavdlike", "floor: polars reads the file", "cold_ms")
    bars = [
        ("first overview <= 1.5 x the read floor, cold", f"{cold:.2f} x", cold <= 1.5),
        ("overview <= 30 ms warm", f"{ours['warm_ms']:.0f} ms", ours["warm_ms"] <= 30),
        ("zoom <= 30 ms", f"{ours['zoom_ms']:.0f} ms", ours["zoom_ms"] <= 30),
        ("<= 64 kB", f"{ours['bytes'] / 1024:.0f} KiB", ours["bytes"] <= 64 * 1024),
    ]
    table = [
        ["lavdlike", *(f"{ours[key]:.0f}" for key in ("cold_ms", "warm_ms", "zoom_ms", "exact_ms"))],
        [
            "floor: polars reads the file",
            f"{middle['floor: polars reads the file']['cold_ms']:.0f}",
            "",
            "",
            "",
        ],
    ]
    header = ["", "cold ms", "warm ms", "zoom ms", "all points, exact, ms"]
    note = (
        "The floor reads the file as a whole, on all cores. The server reads and parses it in blocks of 4 MiB, so that"
        " memory is bounded and lines that are not values cost only their surroundings, and then chooses the points."
    )
    return Result("6", "a series of 1,000,000 points; overview of 2,000", header, table, bars, middle, [note])


def series_of(root: Path) -> Callable[[], Figures]:
    """One run of row 6 by our server."""

    def run() -> Figures:
        with servers.lavdlike(root) as server:
            experiment = server.json("/api/root")["experiments"][0]["id"]
            measure.wait(3.0)  # the readers are loaded in the background
            request = {
                "experiments": [experiment],
                "labels": ["group-0/metric-0"],
                "x": "step",
                "columns": 1000,
            }
            cold_ms, answer = _timed(server, request)
            warm_ms = min(_timed(server, {**request, "columns": 999 - number})[0] for number in range(5))
            zoom = {**request, "x_min": 400_000, "x_max": 420_000}
            zoom_ms = min(_timed(server, {**zoom, "x_max": 420_000 + number})[0] for number in range(5))
            exact_ms, _ = _timed(server, {**request, "columns": 0})
            return {
                "cold_ms": cold_ms,
                "warm_ms": warm_ms,
                "zoom_ms": zoom_ms,
                "exact_ms": exact_ms,
                "bytes": len(answer),
                "mib": server.memory_mib(),
            }

    return run


def _timed(server: servers.Server, request: object) -> tuple[float, bytes]:
    start = time.perf_counter()
    answer = server.get("/api/scalars/series", request, accept=_SERIES_TYPE)
    return (time.perf_counter() - start) * 1e3, answer


def _floor(root: Path) -> Callable[[], Figures]:
    path = str(next(root.glob("*/scalars.tsv")))
    return lambda: measure.figures_of([sys.executable, "-c", _FLOOR, path])


def large_log(rounds: int) -> Result:
    """Row 7."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "log", "run")
        folder.mkdir(parents=True)
        line = (
            "2026-01-01 00:00:00.000000\tSTDOUT\tepoch {:09d}: a message of the length that messages have\n"
        )
        block = "".join(line.format(number) for number in range(100_000)).encode()
        with (folder / "events.log").open("wb") as file:
            while file.tell() < 2**30:
                file.write(block)
            file.write(b"2026-01-01 00:00:00.000000\tSTDOUT\tthe needle\n")
        size = (folder / "events.log").stat().st_size
        contestants = {
            "lavdlike": _log(Path(name, "log"), size),
            "floor: grep -c": _grep(folder / "events.log", size),
        }
        middle = measure.medians(measure.in_turn(contestants, rounds))
    ours = middle["lavdlike"]
    bars = [
        ("opens at its end <= 200 ms", f"{ours['open_ms']:.0f} ms", ours["open_ms"] <= 200),
        ("search >= 300 MB/s", f"{ours['mb_s']:.0f} MB/s", ours["mb_s"] >= 300),
        ("memory grows < 50 MiB", f"{ours['grown_mib']:.0f} MiB", ours["grown_mib"] < 50),
    ]
    table = [
        ["lavdlike", f"{ours['open_ms']:.0f}", f"{ours['mb_s']:.0f}", f"{ours['grown_mib']:.0f}"],
        ["floor: grep -c", "", f"{middle['floor: grep -c']['mb_s']:.0f}", ""],
    ]
    return Result(
        "7", "a log of 1 GB", ["", "open at the end, ms", "search, MB/s", "grown MiB"], table, bars, middle
    )


def _log(root: Path, size: int) -> Callable[[], Figures]:
    def run() -> Figures:
        with servers.lavdlike(root) as server:
            server.get("/api/root")
            measure.wait(3.0)
            before = server.memory_mib()
            start = time.perf_counter()
            server.get("/api/logs/run/events.log")
            open_ms = (time.perf_counter() - start) * 1e3
            start, searched, count = time.perf_counter(), 0, 0
            at: int | None = 0
            while at is not None:  # a search answers in parts
                page = json.loads(server.get(f"/api/log-search/run/events.log?text=the%20needle&from={at}"))
                count += page["count"]
                at, searched = page["next"], page["next"] or size
            assert count == 1, count
            seconds = time.perf_counter() - start
            return {
                "open_ms": open_ms,
                "mb_s": searched / 1e6 / seconds,
                "grown_mib": server.memory_mib() - before,
            }

    return run


def _grep(path: Path, size: int) -> Callable[[], Figures]:
    def run() -> Figures:
        start = time.perf_counter()
        subprocess.run(["grep", "-c", "the needle", str(path)], stdout=subprocess.DEVNULL, check=True)
        return {"mb_s": size / 1e6 / (time.perf_counter() - start)}

    return run
