"""Rows 8 and 10: many browsers, and large trees."""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from websockets.asyncio.client import ClientConnection

from benchmarks import clients, measure, servers, trees
from benchmarks.measure import Figures, Result
from lavdlike.kinds.scalars import HEADER

_BROWSERS, _IDLE = 200, 1_000
_INTERVAL_S = 0.05
# The first tenth of the time is for buffers to fill.
_FILLED = 0.1
_FAN_OUT_S, _QUICK_FAN_OUT_S = 600, 8
_FLOOR = "floor: bare WebSocket"
_FILES = (100, 1_000, 10_000, 100_000, 1_000_000)
_QUICK_FILES = _FILES[:3]
_VALUES = 100
# polars is imported in the background, and an experiment looked at.
_SETTLED_S = 3
_IDLE_S = 2


class _Follower:
    """A browser: what it was sent; which steps, how late, and whether it was told to ask for all again."""

    def __init__(self) -> None:
        self.messages = 0
        self.steps: list[int] = []
        self.delays: list[float] = []
        self.has_resynced = False

    async def follow(self, connection: ClientConnection) -> None:
        while True:
            message = json.loads(await connection.recv())
            self.messages += 1
            self.has_resynced |= message["type"] == "resync"
            for series in message["series"] if message["type"] == "points" else ():
                arrived = time.time()
                self.steps += series["steps"]
                self.delays += [arrived - wall for wall in series["times"]]


async def _follow(server: servers.Server, seconds: float, log: Callable[[int], None]) -> Figures:
    """Figures of the server while many browsers follow what `log` writes, given the number of the value."""
    idle = [_Follower() for _ in range(_IDLE)]
    followers = [_Follower() for _ in range(_BROWSERS)]
    async with contextlib.AsyncExitStack() as stack:
        following = []
        for follower in (*idle, *followers):
            experiments = [] if follower in idle else ["experiment-00000"]
            connection = await stack.enter_async_context(clients.browser(server.port, experiments))
            following.append(asyncio.create_task(follower.follow(connection)))
        await asyncio.sleep(1)
        begun = sum(each.messages for each in (*idle, *followers))
        cpu_s, start, written, filled_mib = server.cpu_s(), time.perf_counter(), 0, 0.0
        while (elapsed := time.perf_counter() - start) < seconds:
            if not filled_mib and elapsed > seconds * _FILLED:
                filled_mib = server.memory_mib()
            log(written)
            written += 1
            await asyncio.sleep(max(0.0, start + written * _INTERVAL_S - time.perf_counter()))
        await asyncio.sleep(2)  # what is on its way
        used_s, mib = server.cpu_s() - cpu_s, server.memory_mib()
        sent = sum(each.messages for each in (*idle, *followers)) - begun  # the overview's rows go to all
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
    delays = sorted(delay for follower in followers for delay in follower.delays)
    lost = sum(written - len(set(each.steps)) for each in followers if not each.has_resynced)
    return {
        "cpu_us": used_s / sent * 1e6,
        "p50_ms": statistics.median(delays) * 1e3,
        "p99_ms": delays[int(len(delays) * 0.99)] * 1e3,
        "lost": lost,
        "growth": mib / filled_mib,
        "mib": mib,
    }


def follow_lavdlike(seconds: float) -> Figures:
    """One run of row 8 by our server."""
    with tempfile.TemporaryDirectory() as name:
        root = trees.scalars(Path(name), 1, 10, 1_000)
        append = clients.appender(root / "experiment-00000" / "scalars.tsv")

        def log(number: int) -> None:
            append(f"{100_000 + number}\t{time.time():.3f}\t{clients.LABEL}\t0.5\n")

        with servers.lavdlike(root) as server:
            clients.labels(server, ["experiment-00000"])
            return asyncio.run(_follow(server, seconds, log))


def fan_out(rounds: int) -> Result:
    """Row 8."""
    whole_s = _FAN_OUT_S if rounds >= measure.WHOLE_ROUNDS else _QUICK_FAN_OUT_S

    def floor(seconds: float) -> Figures:
        with servers.bare_feed(_INTERVAL_S) as server:
            server.until(server.is_listening)
            return asyncio.run(_follow(server, seconds, lambda _number: None))

    contestants = {
        "lavdlike": lambda: follow_lavdlike(_QUICK_FAN_OUT_S),
        _FLOOR: lambda: floor(_QUICK_FAN_OUT_S),
    }
    taken = measure.in_turn(contestants, rounds)
    middle = measure.medians(taken)
    long = follow_lavdlike(whole_s)
    speed = 1 / measure.ratio(taken, "lavdlike", _FLOOR, "cpu_us")
    bars = [
        ("every value arrives", f"{long['lost']:.0f} lost", long["lost"] == 0),
        (">= 0.5 x the floor's sends for a second of CPU", f"{speed:.2f} x", speed >= 0.5),
        ("p99 < 250 ms", f"{middle['lavdlike']['p99_ms']:.0f} ms", middle["lavdlike"]["p99_ms"] < 250),
        (f"memory flat over {whole_s} s (<= 1.1 x)", f"{long['growth']:.2f} x", long["growth"] <= 1.1),
    ]
    table = [
        [name, f"{f['cpu_us']:.0f}", f"{f['p50_ms']:.1f}", f"{f['p99_ms']:.0f}", f"{f['mib']:.0f}"]
        for name, f in {**middle, f"lavdlike, {whole_s} s": long}.items()
    ]
    title = f"20 values/s to {_BROWSERS} browsers, and {_IDLE:,} idle ones"
    note = (
        "Every message counts as a send, rows of the overview to idle browsers included. Beyond the floor stand:"
        " each value is noticed, read and parsed in other threads (1.4 ms of CPU, shared by all browsers), and each"
        " browser has a bounded queue and a task that is woken (3 to 5 us); the message is encoded once."
    )
    return Result("8", title, ["", "CPU us a send", "p50 ms", "p99 ms", "MiB"], table, bars, middle, [note])


async def _per_value(server: servers.Server, root: Path) -> Figures:
    """What one value costs, beside what the server does by itself in that time."""
    append = clients.appender(root / "experiment-00000" / "scalars.tsv")
    async with clients.browser(server.port, ["experiment-00000"]) as connection:
        await asyncio.to_thread(clients.labels, server, ["experiment-00000"])
        await asyncio.to_thread(server.get, "/api/experiments/experiment-00000")
        await asyncio.sleep(_SETTLED_S)
        idle = await _used(server, asyncio.sleep(_IDLE_S))
        delays: list[float] = []

        async def log() -> None:
            for number in range(_VALUES):
                start = time.perf_counter()
                append(f"{number}\t{time.time():.3f}\t{clients.LABEL}\t0.5\n")
                await asyncio.wait_for(clients.points(connection), 10)
                delays.append(time.perf_counter() - start)
                await asyncio.sleep(_INTERVAL_S)

        start_s = measure.now_s()
        used = await _used(server, log())
        share = (measure.now_s() - start_s) / _IDLE_S
    each = {key: max(0.0, used[key] - idle[key] * share) / _VALUES for key in used}
    return {**each, "p50_ms": statistics.median(delays) * 1e3}


async def _used(server: servers.Server, work: Awaitable[None]) -> Figures:
    (reads, read_bytes), cpu_s = server.reads(), server.cpu_s()
    await work
    now = server.reads()
    return {
        "cpu_ms": (server.cpu_s() - cpu_s) * 1e3,
        "reads": now[0] - reads,
        "bytes": now[1] - read_bytes,
    }


def growth(rounds: int) -> Result:
    """Row 10."""
    sizes = _FILES if rounds >= measure.WHOLE_ROUNDS else _QUICK_FILES
    with tempfile.TemporaryDirectory() as name:

        def run(root: Path) -> Callable[[], Figures]:
            def one() -> Figures:
                with servers.lavdlike(root) as server:
                    server.until(server.is_listening)
                    return asyncio.run(_per_value(server, root))

            return one

        contestants = {}
        for count in sizes:
            root = trees.files(Path(name, str(count)), count, experiments=10)
            (root / "experiment-00000" / "scalars.tsv").write_text(
                f"{HEADER}0\t{trees.START}\t{clients.LABEL}\t0.5\n"
            )
            contestants[f"{count:,} files"] = run(root)
        middle = measure.medians(measure.in_turn(contestants, rounds))
    least, most = (middle[f"{count:,} files"] for count in (sizes[0], sizes[-1]))
    bars = [
        (
            f"{what} a value at {sizes[-1]:,} files <= 1.5 x those at {sizes[0]:,}",
            f"{most[key] / least[key]:.2f} x",
            most[key] <= 1.5 * least[key],
        )
        for key, what in (("reads", "calls that read"), ("bytes", "bytes read"), ("cpu_ms", "CPU"))
    ]
    table = [
        [size, *(f"{figures[key]:.2f}" for key in ("reads", "bytes", "cpu_ms", "p50_ms"))]
        for size, figures in middle.items()
    ]
    header = ["", "calls that read", "bytes read", "CPU ms", "p50 ms"]
    return Result("10", "work for one new value against the size of the tree", header, table, bars, middle)
