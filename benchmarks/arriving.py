"""Row 14b: values that come while a page shows many experiments, more points than fit into memory as doubles."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import clients, measure, servers, trees
from benchmarks.measure import Figures, Result

_LABELS, _STEPS = 20, 5000
_FEWER, _MANY, _QUICK = 20, 300, 60
_VALUES = 2
_SILENCE_S = 10.0
_IN_REQUEST = 50


def values(rounds: int) -> Result:
    """Row 14b."""
    count = _MANY if rounds >= measure.WHOLE_ROUNDS else _QUICK
    with tempfile.TemporaryDirectory() as name:
        root = copied(Path(name, "log"), count)
        ours, fewer = f"{count} experiments", f"{_FEWER} experiments"
        contestants = {ours: _arriving(root), fewer: _arriving(Path(name, "few"))}
        middle = measure.medians(measure.in_turn(contestants, rounds))
    lost = middle[ours]["written"] - middle[ours]["arrived"]
    reread = middle[ours]["read_mb"]
    bars = [
        (
            "all live values arrive, each once",
            f"{lost:.0f} of {middle[ours]['written']:.0f} missing",
            lost == 0,
        ),
        ("nothing unchanged is read again (< 50 MB)", f"{reread:.1f} MB", reread < 50),
    ]
    keys = ("written", "arrived", "seconds", "read_mb", "mib")
    table = [
        [who, *(f"{each[key]:.1f}" if key == "seconds" else f"{each[key]:.0f}" for key in keys)]
        for who, each in middle.items()
    ]
    title = f"{_VALUES} live values each of many experiments x {_LABELS} labels x {_STEPS:,} steps"
    header = ["", "written", "arrived", "last after s", "MB read", "MiB"]
    return Result("14b", title, header, table, bars, middle)


def copied(folder: Path, count: int) -> Path:
    """Many experiments with files of their own, which are those of a few."""
    few = trees.scalars(folder.with_name("few"), _FEWER, _LABELS, _STEPS)
    files = sorted(few.glob("*/scalars.tsv"))
    for number in range(count):
        experiment = folder / f"experiment-{number:05d}"
        experiment.mkdir(parents=True)
        shutil.copyfile(files[number % len(files)], experiment / "scalars.tsv")
    return folder


def _arriving(root: Path) -> Callable[[], Figures]:
    def run() -> Figures:
        with servers.lavdlike(root) as server:
            return asyncio.run(_followed(server, root))

    return run


async def _followed(server: servers.Server, root: Path) -> Figures:
    """One page with a chart of all: what is appended to each file, and what comes of it."""
    root_page = await asyncio.to_thread(server.json, "/api/root")
    experiments = [entry["id"] for entry in root_page["experiments"]]
    async with clients.browser(server.port, experiments) as connection:
        await asyncio.to_thread(clients.labels, server, experiments)
        for begin in range(0, len(experiments), _IN_REQUEST):
            some = experiments[begin : begin + _IN_REQUEST]
            request = {"experiments": some, "labels": [clients.LABEL], "columns": 80}
            await asyncio.to_thread(server.get, "/api/scalars/series", request)
        (_, read_bytes), start = server.reads(), time.perf_counter()
        await asyncio.to_thread(_append, root, experiments)
        written, arrived, last_s = _VALUES * len(experiments), 0, 0.0
        while arrived < written:
            try:
                message = json.loads(await asyncio.wait_for(connection.recv(), _SILENCE_S))
            except TimeoutError:
                break
            if message["type"] == "points":
                arrived += sum(len(series["steps"]) for series in message["series"])
                last_s = time.perf_counter() - start
        return {
            "written": written,
            "arrived": arrived,
            "seconds": last_s,
            "read_mb": (server.reads()[1] - read_bytes) / 1e6,
            "mib": server.memory_mib(),
        }


def _append(root: Path, experiments: list[str]) -> None:
    """Steps that no file has yet, also in a further round."""
    step = int(time.time())
    for value in range(_VALUES):
        for experiment in experiments:
            with (root / experiment / "scalars.tsv").open("a") as file:
                file.write(f"{step + value}\t{time.time():.3f}\t{clients.LABEL}\t0.5\n")
