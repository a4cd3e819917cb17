"""Rows 5 and 5b: from a write to the message, and what that costs the server."""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import clients, measure, servers, trees
from benchmarks.measure import Figures, Result


async def latency_of(server: servers.Server, root: Path, watched: int, count: int = 300) -> Figures:
    """Seconds from a write to its message, a value when the one before has come and a pause is over."""
    experiments = [entry["id"] for entry in server.json("/api/root")["experiments"]][:watched]
    append = clients.appender(root / experiments[0] / "scalars.tsv")
    delays, sizes = [], []
    async with clients.browser(server.port, experiments) as connection:
        await asyncio.to_thread(clients.labels, server, experiments)
        await asyncio.sleep(3)  # the readers are loaded in the background
        for number in range(count):
            start = time.perf_counter()
            append(f"{100_000 + number}\t{time.time():.3f}\t{clients.LABEL}\t0.5\n")
            _, size = await asyncio.wait_for(clients.points(connection), 10)
            delays.append(time.perf_counter() - start)
            sizes.append(size)
            await asyncio.sleep(0.04)
    delays.sort()
    return {
        "p50_ms": statistics.median(delays) * 1e3,
        "p99_ms": delays[int(count * 0.99)] * 1e3,
        "bytes": statistics.median(sizes),
    }


def latency(rounds: int) -> Result:
    """Row 5."""
    with tempfile.TemporaryDirectory() as name:
        few = trees.scalars(Path(name, "few"), 10, 10, 1_000)
        many = trees.scalars(Path(name, "many"), 100, 10, 100)

        def run(root: Path, watched: int) -> Callable[[], Figures]:
            def one() -> Figures:
                with servers.lavdlike(root) as server:
                    return asyncio.run(latency_of(server, root, watched))

            return one

        contestants = {"1 experiment looked at": run(few, 1), "100 experiments looked at": run(many, 100)}
        middle = measure.medians(measure.in_turn(contestants, rounds))
    bars = []
    for name, figures in middle.items():
        bars += [
            (f"{name}: p50 <= 5 ms", f"{figures['p50_ms']:.1f} ms", figures["p50_ms"] <= 5),
            (f"{name}: p99 <= 50 ms", f"{figures['p99_ms']:.1f} ms", figures["p99_ms"] <= 50),
            (f"{name}: <= 200 bytes a value", f"{figures['bytes']:.0f}", figures["bytes"] <= 200),
        ]
    table = [
        [key, f"{f['p50_ms']:.2f}", f"{f['p99_ms']:.2f}", f"{f['bytes']:.0f}"] for key, f in middle.items()
    ]
    title = "one new value: write to WebSocket message; tree of 100,000 values"
    return Result("5", title, ["", "p50 ms", "p99 ms", "bytes"], table, bars, middle)


async def busy_of(server: servers.Server, root: Path, seconds: float) -> Figures:
    """10 experiments at 1,000 values/s each, one browser."""
    experiments = [entry["id"] for entry in server.json("/api/root")["experiments"]][:10]
    appenders = [clients.appender(root / experiment / "scalars.tsv") for experiment in experiments]
    total = 0
    delays: list[float] = []
    async with clients.browser(server.port, experiments) as connection:
        await asyncio.to_thread(clients.labels, server, experiments)
        await asyncio.sleep(3)  # the readers are loaded in the background
        cpu_s, start = server.cpu_s(), time.perf_counter()
        written = 0

        async def write() -> None:
            nonlocal written
            step = 0
            while (now := time.perf_counter() - start) < seconds:
                while step < now * 1_000:
                    wall = time.time()
                    for append in appenders:
                        append(f"{200_000 + step}\t{wall:.6f}\tloss\t0.5\n")
                    step += 1
                    written += len(appenders)
                await asyncio.sleep(0.002)

        writing = asyncio.create_task(write())
        while not writing.done() or total < written:
            try:
                message = json.loads(await asyncio.wait_for(connection.recv(), 3))
            except TimeoutError:
                break
            if message["type"] == "points":
                arrived = time.time()
                for series in message["series"]:
                    total += len(series["steps"])
                    delays += [arrived - wall for wall in series["times"]]
        used = (server.cpu_s() - cpu_s) / (time.perf_counter() - start)
    delays.sort()
    return {
        "cpu": used,
        "lost": written - total,
        "written": written,
        "p99_ms": delays[int(len(delays) * 0.99)] * 1e3,
    }


def busy(rounds: int) -> Result:
    """Row 5b."""
    with tempfile.TemporaryDirectory() as name:
        root = trees.scalars(Path(name, "log"), 10, 1, 10)

        def one() -> Figures:
            with servers.lavdlike(root) as server:
                return asyncio.run(busy_of(server, root, 10))

        middle = measure.medians(measure.in_turn({"lavdlike": one}, rounds))
    figures = middle["lavdlike"]
    bars = [
        ("<= 40 % of a core", f"{figures['cpu']:.0%}", figures["cpu"] <= 0.4),
        ("nothing lost", f"{figures['lost']:.0f} of {figures['written']:,.0f}", figures["lost"] == 0),
        ("p99 <= 100 ms", f"{figures['p99_ms']:.0f} ms", figures["p99_ms"] <= 100),
    ]
    title = "server CPU while 10 experiments are logged to at 1,000 values/s each, one browser"
    table = [["lavdlike", f"{figures['cpu']:.0%}", f"{figures['lost']:.0f}", f"{figures['p99_ms']:.0f}"]]
    return Result("5b", title, ["", "CPU", "lost", "p99 ms"], table, bars, middle)
