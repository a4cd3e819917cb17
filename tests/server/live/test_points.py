from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from lavdlike.disk import local
from lavdlike.disk.root import OpenedFile
from lavdlike.kinds.scalars import HEADER
from lavdlike.layout import ExperimentName
from lavdlike.messages import FeedMessage, PointsAdded, ScalarsChanged
from lavdlike.series.store import SeriesStore
from lavdlike.server.live.limits import LiveLimits
from lavdlike.server.live.points import Points, Turns
from lavdlike.server.live.problem_log import ProblemLog
from lavdlike.server.live.subscriptions import Publisher
from lavdlike.server.live.urgency import Urgency
from lavdlike.server.live.workers import Workers
from tests.limits import LIMIT_S

pytestmark = pytest.mark.anyio


class Sources:
    """An experiment of one scalars file."""

    def __init__(self, root: Path) -> None:
        self._root = local.LocalRoot(root)

    def paths(self, _experiment: str) -> list[str]:
        return ["scalars.tsv"]

    def open(self, experiment: str, name: str) -> AbstractContextManager[OpenedFile]:
        return self._root.file(f"{experiment}/{name}")

    def preferred(self, _experiment: str) -> list[str]:
        return []

    def step_values(self, _experiment: str) -> Iterator[Any]:
        return iter(())


class Told(Publisher):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__(lambda _before, _after: None)
        self.messages: list[FeedMessage] = []

    def publish(self, message: FeedMessage) -> None:
        self.messages.append(message)


def lines(step: int, labels: int) -> str:
    return "".join(f"{step}\t1.0\tm{label}\t0.5\n" for label in range(labels))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "exp" / "scalars.tsv"
    path.parent.mkdir()
    path.write_text(HEADER + lines(1, 50))
    return path


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
async def points(path: Path, told: Told) -> AsyncIterator[Points]:
    workers = Workers(1)
    store = SeriesStore(Sources(path.parent.parent))
    points = Points(ExperimentName("exp"), store, workers, told, ProblemLog(), LiveLimits(slice_series=10))
    await points.current()
    assert told.messages == []  # whoever asked first has it from the answer
    yield points
    await points.close()
    workers.close()


def add(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


async def test_very_many_labels_are_told_of_in_parts_between_which_others_get_their_turn(
    path: Path, told: Told, points: Points
) -> None:
    loop = asyncio.get_running_loop()
    told_at_turns: set[int] = set()

    def turn() -> None:
        told_at_turns.add(len(told.messages))
        if len(told.messages) < 5:
            loop.call_soon(turn)

    add(path, lines(2, 50))
    turn()
    points.change(is_looked_at=True)
    await points.current()
    assert [len(message.series) for message in told.messages if isinstance(message, PointsAdded)] == [10] * 5
    assert {1, 2, 3, 4} <= told_at_turns


async def test_what_a_read_finds_that_was_given_up_is_asked_for_anew(
    path: Path, told: Told, points: Points, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = SeriesStore.read_new

    def fail_in_the_end(store: SeriesStore, *args: Any) -> Any:
        real(store, *args)
        raise OSError("given up")

    add(path, lines(2, 1))
    with monkeypatch.context() as failing:
        failing.setattr(SeriesStore, "read_new", fail_in_the_end)
        points.change(is_looked_at=False)
        with pytest.raises(OSError, match="given up"):
            await points.current()
    assert not told.messages
    await points.current()
    assert [type(message) for message in told.messages] == [ScalarsChanged]


async def test_what_is_waited_for_is_read_first_in_the_order_of_the_requests() -> None:
    urgency = Urgency()
    turns, begun, ended = Turns(LIMIT_S, urgency), [], asyncio.Event()

    async def read(name: str) -> None:
        async with turns.turn(ExperimentName(name)):
            begun.append(name)
            await ended.wait()

    processors = os.cpu_count() or 1
    looked_at = [f"looked-at-{number}" for number in range(processors)]
    reads = [asyncio.create_task(read(name)) for name in (*looked_at, "a", "b", "c", "d")]
    await asyncio.sleep(0)
    with urgency.waited_for(["d", "b"]), urgency.waited_for(["c", "b"]):
        ended.set()
        await asyncio.gather(*reads)
    assert begun[processors:] == ["d", "b", "c", "a"]


async def test_reads_that_hang_are_not_waited_for_and_others_still_take_turns() -> None:
    turns, ended = Turns(patience_s=0.01), asyncio.Event()
    processors = os.cpu_count() or 1
    reading = most = 0

    async def read(*, hangs: bool) -> None:
        nonlocal reading, most
        async with turns.turn(ExperimentName("exp")):
            if hangs:
                await ended.wait()
                return
            reading += 1
            most = max(most, reading)
            await asyncio.sleep(0)
            reading -= 1

    hanging = [asyncio.create_task(read(hangs=True)) for _ in range(processors)]
    others = (read(hangs=False) for _ in range(5 * processors))
    await asyncio.wait_for(asyncio.gather(*others), LIMIT_S)
    assert most <= processors
    ended.set()
    await asyncio.gather(*hanging)
