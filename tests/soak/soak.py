"""A server that runs for long: 100 experiments that grow by 1,000 values a second, 50 browsers that come and go.

    python -m tests.soak.soak [--minutes 30 | --hours 4] [--seed 1]

Its cache of scalars is 32 MiB and full, and every experiment has been on show, before anything is measured.
Prints what was found; ends with an error if memory grew faster than allowed over the last two thirds (10 MiB/h;
1 MiB/h in 4 hours or more), descriptors were not given back, a value was lost on its way to a browser or is not as it
was logged, or the idle server needs 1 % of a CPU or more. All of it happens on this machine; little of a CPU is used.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from lavdlike import Logger
from tests.running import Running
from tests.soak.series import exact_series

EXPERIMENTS = [f"run-{number:03d}" for number in range(100)]
LABELS = [f"train/label {number}" for number in range(10)]
BROWSERS = 50
# 32 bytes a point: 40 MB, more than the cache holds.
STEPS_BEFORE = 1250
VALUES_PER_S = 1000
# At any time the browsers look at some of these, as people do; the others are written all the same.
LOOKED_AT = 24
LOOKED_AT_FOR_S = 60.0
SAMPLE_S = 5.0
IDLE_S = 60.0
MIB = 2**20


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=30.0)
    arguments.add_argument("--hours", type=float)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    duration_s = 3600 * given.hours if given.hours else 60 * given.minutes
    with tempfile.TemporaryDirectory(prefix="lavdlike-soak-") as folder:
        root = Path(folder) / "log"
        _fill(root)
        running = Running(
            root, "--no-token", program="tests.soak.small_cache", log=root.with_name("server.log")
        )
        try:
            asyncio.run(_soak(running, duration_s, random.Random(given.seed)))
        finally:
            running.stop()


async def _soak(running: Running, duration_s: float, chance: random.Random) -> None:
    limits = httpx.Limits(max_connections=BROWSERS)
    async with httpx.AsyncClient(
        base_url=running.url, timeout=60.0, trust_env=False, limits=limits
    ) as client:
        await _look_at_everything(running, client)
    await asyncio.sleep(IDLE_S / 4)
    descriptors_before = running.descriptors()
    idle_before = await _idle_cpu(running)
    print(
        f"before: {running.rss_bytes() / MIB:.1f} MiB, {descriptors_before} descriptors, "
        f"idle {idle_before:.2%} of a CPU",
        flush=True,
    )
    counts = _Counts()
    written = multiprocessing.get_context("spawn").Pipe(duplex=False)
    writer = multiprocessing.get_context("spawn").Process(
        target=_write, args=(running.root, duration_s, written[1])
    )
    cpu_before, began = running.cpu_s(), time.monotonic()
    writer.start()
    end = began + duration_s
    async with httpx.AsyncClient(
        base_url=running.url, timeout=60.0, trust_env=False, limits=limits
    ) as client:
        browsers = [
            asyncio.create_task(_Browser(running, client, counts, random.Random(chance.random())).live(end))
            for _ in range(BROWSERS)
        ]
        samples = await _sample(running, began, end, counts)
        for browser in browsers:
            await browser
    steps = await asyncio.to_thread(written[0].recv)
    writer.join()
    busy_cpu = (running.cpu_s() - cpu_before) / (time.monotonic() - began)
    with httpx.Client(base_url=running.url, timeout=60.0, trust_env=False) as checking:
        values = _check_all(checking, steps)
    await asyncio.sleep(IDLE_S / 4)
    idle_after = await _idle_cpu(running)
    descriptors_after = running.descriptors()
    slope = _slope(samples, began + duration_s / 3)
    print(
        f"after {duration_s / 60:.0f} minutes:\n"
        f"  {values} values logged, all there; {counts.points} arrived at browsers, {counts.gaps} gaps\n"
        f"  {counts.streams} streams, {counts.requests} requests, {counts.resyncs} resyncs, "
        f"{counts.refused} refusals\n"
        f"  memory {samples[-1][1] / MIB:.1f} MiB, most {max(rss for _, rss in samples) / MIB:.1f} MiB; "
        f"slope over the last two thirds {slope / MIB:+.2f} MiB/h\n"
        f"  descriptors {descriptors_before} before, {descriptors_after} after\n"
        f"  server's CPU {busy_cpu:.1%} busy, {idle_before:.2%} idle before, {idle_after:.2%} idle after",
        flush=True,
    )
    assert counts.gaps == 0
    assert counts.refused == 0
    assert descriptors_after <= descriptors_before + 2
    assert max(idle_before, idle_after) < 0.01
    assert slope < (1 if duration_s >= 4 * 3600 else 10) * MIB


# --- what is written --------------------------------------------------------------------------------------------


def _value(experiment: str, label: str, step: int) -> float:
    return _number_of(experiment + label) + 1 / (step + 1)


def _number_of(text: str) -> int:
    return sum(index * byte for index, byte in enumerate(text.encode(), 1))


def _fill(root: Path) -> None:
    steps = list(range(STEPS_BEFORE))
    for experiment in EXPERIMENTS:
        with Logger(experiment, root) as logger:
            for label in LABELS:
                logger.log_scalar([_value(experiment, label, step) for step in steps], label, steps)


def _write(root: Path, duration_s: float, written: Any) -> None:
    """Every experiment gets a step of all labels a second; which ones are to be there in the end is sent."""
    with ExitStack() as stack:
        loggers = [stack.enter_context(Logger(experiment, root)) for experiment in EXPERIMENTS]
        began = time.monotonic()
        turns = int(duration_s * VALUES_PER_S / len(LABELS))
        for turn in range(turns):
            ahead = began + turn * len(LABELS) / VALUES_PER_S - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
            place = turn % len(loggers)
            step = STEPS_BEFORE + turn // len(loggers)
            for label in LABELS:
                loggers[place].log_scalar(_value(EXPERIMENTS[place], label, step), label, step)
    written.send({name: STEPS_BEFORE + (turns + 99 - place) // 100 for place, name in enumerate(EXPERIMENTS)})


# --- browsers ---------------------------------------------------------------------------------------------------


@dataclass
class _Counts:
    streams: int = 0
    requests: int = 0
    points: int = 0
    gaps: int = 0
    resyncs: int = 0
    refused: int = 0


class _Browser:
    """Comes, looks at two experiments for a while, leaves in one way or another, and comes again."""

    def __init__(
        self, running: Running, client: httpx.AsyncClient, counts: _Counts, chance: random.Random
    ) -> None:
        self._running = running
        self._client = client
        self._counts = counts
        self._chance = chance
        self._known: dict[tuple[str, str, str], int] = {}  # experiment, label, identity -> points

    async def live(self, end: float) -> None:
        while time.monotonic() < end:
            await asyncio.sleep(self._chance.uniform(0, 3))
            stay = min(self._chance.uniform(2, 40), end - time.monotonic())
            async with connect(self._running.stream_url, proxy=None, max_queue=64) as stream:
                self._counts.streams += 1
                with suppress(asyncio.TimeoutError, ConnectionClosed):
                    await asyncio.wait_for(self._look(stream), max(stay, 0.1))
                if self._chance.random() < 0.5:
                    stream.transport.abort()

    async def _look(self, stream: ClientConnection) -> None:
        shift = int(time.monotonic() / LOOKED_AT_FOR_S) * 5
        places = self._chance.sample(range(LOOKED_AT), 2)
        experiments = [EXPERIMENTS[(shift + place) % len(EXPERIMENTS)] for place in places]
        labels = self._chance.sample(LABELS, 3)
        look = {"type": "look", "experiments": experiments, "scalar_labels": labels, "kinds": ["files"]}
        await stream.send(json.dumps(look))
        await self._ask(experiments, labels)
        async for text in stream:
            message = json.loads(text)
            if message["type"] == "points":
                self._take(message)
            elif message["type"] in ("resync", "scalars"):
                self._counts.resyncs += 1
                await self._ask(experiments, labels)

    async def _ask(self, experiments: list[str], labels: list[str]) -> None:
        self._counts.requests += 1
        wanted = {"experiments": experiments, "labels": labels, "columns": 500, "smoothing": 0.6}
        answer = await self._client.post("api/scalars/series", json=wanted)
        if answer.status_code != 200:
            self._counts.refused += 1
            return
        length = int.from_bytes(answer.content[:4], "little")
        for head in json.loads(answer.content[4 : 4 + length])["series"]:
            self._known[head["experiment"], head["label"], head["identity"]] = head["count"]

    def _take(self, message: dict[str, Any]) -> None:
        for series in message["series"]:
            key = (message["experiment"], series["label"], series["identity"])
            known = self._known.get(key)
            if known is not None and series["first"] > known:
                self._counts.gaps += 1
            if known is not None:
                self._known[key] = max(known, series["first"] + len(series["steps"]))
            self._counts.points += len(series["steps"])


async def _look_at_everything(running: Running, client: httpx.AsyncClient) -> None:
    async with connect(running.stream_url, proxy=None) as stream:
        for experiment in EXPERIMENTS:
            look = {"type": "look", "experiments": [experiment], "scalar_labels": LABELS, "kinds": ["files"]}
            await stream.send(json.dumps(look))
            (await client.get(f"api/experiments/{experiment}")).raise_for_status()
            wanted = {"experiments": [experiment], "labels": LABELS, "columns": 10}
            (await client.post("api/scalars/series", json=wanted)).raise_for_status()


# --- what is measured -------------------------------------------------------------------------------------------


async def _sample(running: Running, began: float, end: float, counts: _Counts) -> list[tuple[float, int]]:
    """Time and memory."""
    samples = [(time.monotonic(), running.rss_bytes())]
    said = began
    while time.monotonic() < end:
        await asyncio.sleep(min(SAMPLE_S, max(end - time.monotonic(), 0.01)))
        samples.append((time.monotonic(), running.rss_bytes()))
        if samples[-1][0] - said > 60:
            said = samples[-1][0]
            print(
                f"{(said - began) / 60:4.0f} min: {samples[-1][1] / MIB:.1f} MiB, {running.descriptors()} "
                f"descriptors, {counts.streams} streams, {counts.points} points, {counts.gaps} gaps",
                flush=True,
            )
    return samples


def _slope(samples: list[tuple[float, int]], since: float) -> float:
    """Bytes an hour, by least squares."""
    times, sizes = np.array([sample for sample in samples if sample[0] >= since]).T
    return float(np.polyfit((times - times[0]) / 3600, sizes, 1)[0])


async def _idle_cpu(running: Running) -> float:
    """The part of one CPU that the server uses while nobody asks and nothing is written."""
    before, began = running.cpu_s(), time.monotonic()
    await asyncio.sleep(IDLE_S)
    return (running.cpu_s() - before) / (time.monotonic() - began)


def _check_all(client: httpx.Client, steps: dict[str, int]) -> int:
    """Every value is there, once, as it was logged. Returns how many."""
    checked = 0
    for experiment, label in _series():
        (series,) = exact_series(client, experiment, [label])
        wanted = np.arange(steps[experiment])
        assert np.array_equal(series.steps, wanted), f"{experiment}, {label}: not the steps that were logged"
        expected = [_value(experiment, label, step) for step in wanted.tolist()]
        assert np.array_equal(series.values, expected), f"{experiment}, {label}: not the values"
        checked += len(wanted)
    return checked


def _series() -> Iterator[tuple[str, str]]:
    return product(EXPERIMENTS, LABELS)


if __name__ == "__main__":
    main()
