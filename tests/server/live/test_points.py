from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from lavdlike.kinds.scalars import HEADER
from lavdlike.server import files
from lavdlike.server.messages import FeedMessage, PointsAdded, ScalarsChanged
from lavdlike.server.points import Points
from lavdlike.server.problems import ProblemLog
from lavdlike.server.series import SeriesStore
from lavdlike.server.subscriptions import Publisher
from lavdlike.server.workers import Workers

pytestmark = pytest.mark.anyio


class Sources:
    """An experiment of one scalars file."""

    def __init__(self, root: Path) -> None:
        self._root = files.Root(root)

    def scalars_files(self, _experiment: str) -> list[str]:
        return ["scalars.tsv"]

    def open(self, experiment: str, name: str) -> AbstractContextManager[files.OpenedFile]:
        return self._root.file(f"{experiment}/{name}")

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
    points = Points("exp", "exp", store, workers, told, ProblemLog())
    await points.current()
    assert [type(message) for message in told.messages] == [ScalarsChanged]
    told.messages.clear()
    yield points
    await points.close()
    workers.close()


def add(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


async def test_very_many_labels_are_told_of_in_parts_between_which_others_get_their_turn(
    path: Path, told: Told, points: Points, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lavdlike.server.points._SLICE_SERIES", 10)
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
