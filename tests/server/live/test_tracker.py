from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lavdlike.layout import ExperimentName
from lavdlike.reading import inside, scan
from lavdlike.reading.scan_turns import Task
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.reading.tree import TreeChanges
from lavdlike.server.live.hints import Name, Priority
from lavdlike.server.live.limits import LiveLimits
from lavdlike.server.live.tracker import ExperimentTracker
from lavdlike.server.live.watcher import NoWatcher
from lavdlike.server.live.workers import Workers
from tests.limits import LIMIT_S
from tests.sources.events.event_bytes import VERSION, event
from tests.sources.events.test_event_members import PNG, image

pytestmark = pytest.mark.anyio


class Watches(NoWatcher):
    """Knows which folders it was asked to watch, of `room` at most."""

    def __init__(self) -> None:
        super().__init__("")
        self.priorities: dict[str, Priority] = {}
        self.room = 1000

    def watch(self, folder: str, descriptor: int, priority: Priority) -> None:
        assert descriptor >= 0
        if len(self.priorities) < self.room:
            self.priorities[folder] = priority

    def rank(self, priorities: Mapping[str, Priority]) -> None:
        self.priorities.update((name, new) for name, new in priorities.items() if name in self.priorities)

    def unwatch(self, folders: Iterable[str]) -> None:
        for folder in folders:
            self.priorities.pop(folder, None)

    def is_watched(self, folder: str) -> bool:
        return folder in self.priorities

    def unwatched(self, folders: Iterable[Name]) -> list[Name]:
        return [folder for folder in folders if folder not in self.priorities]


class Tracked:
    """A tracker of the experiment `run`, and what it has told."""

    def __init__(self, root: Path, limits: LiveLimits | None = None) -> None:
        self.folder = root / "run"
        self.workers = Workers(2)
        self.watches = Watches()
        self.loaded = 0
        self.changes: list[TreeChanges] = []
        self.tracker = ExperimentTracker(
            ExperimentName("run"),
            StoredRoot(root),
            self.workers,
            self.watches,
            self._on_loaded,
            lambda _tracker, changes: self.changes.append(changes),
            limits or LiveLimits(first_retry_s=0.01),
        )

    def _on_loaded(self, _tracker: ExperimentTracker) -> None:
        self.loaded += 1

    async def current(self) -> None:
        await asyncio.wait_for(self.tracker.current(), LIMIT_S)

    def labels(self) -> list[str]:
        return sorted(item.label for item in self.tracker.tree.items())

    def write(self, path: str, content: str = "x") -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)


@pytest.fixture
async def tracked(tmp_path: Path) -> AsyncIterator[Tracked]:
    made = Tracked(tmp_path)
    made.folder.mkdir()
    yield made
    await made.tracker.close()
    made.workers.close()


async def test_the_first_scan_finds_all_and_tells_of_no_change(tracked: Tracked) -> None:
    tracked.write("a.txt")
    tracked.write("0001/deep/er/b.txt")
    assert not tracked.tracker.is_current
    await tracked.current()
    assert tracked.labels() == ["a", "deep/er/b"]
    assert (tracked.loaded, tracked.changes) == (1, [])
    assert tracked.tracker.is_current


async def test_a_hint_of_a_name_looks_at_that_name_alone(tracked: Tracked) -> None:
    await tracked.current()
    tracked.write("a.txt")
    tracked.write("b.txt")
    tracked.tracker.hint("", "a.txt")
    await tracked.current()
    assert tracked.labels() == ["a"]
    assert [item.label for item in tracked.changes[0].items] == ["a"]
    assert tracked.loaded == 1


@pytest.mark.slow
async def test_many_hints_of_names_are_one_look_at_their_folder(
    tracked: Tracked, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tracked.current()
    looks: list[tuple[str, int]] = []
    joined = 0
    look, join = scan.scan_folders, Task.and_also

    def count_looks(root: Any, name: str, tasks: Any, *args: Any, **options: Any) -> Any:
        looks.extend((task.folder, len(task.names)) for task in tasks)
        return look(root, name, tasks, *args, **options)

    def count_joins(task: Task, other: Task) -> Task:
        nonlocal joined
        joined += 1
        return join(task, other)

    monkeypatch.setattr(scan, "scan_folders", count_looks)
    monkeypatch.setattr(Task, "and_also", count_joins)
    for number in range(2000):
        tracked.write(f"{number}.txt")
    for number in range(2000):
        tracked.tracker.hint("", f"{number}.txt")
        tracked.tracker.hint("", "0.txt")
    await tracked.current()
    assert len(tracked.labels()) == 2000
    assert (looks, joined) == ([("", 2000)], 0)  # each joining makes a new set of all names


async def test_a_hint_of_a_folder_looks_at_all_of_it_and_what_is_new_below(tracked: Tracked) -> None:
    tracked.write("gone.txt")
    await tracked.current()
    (tracked.folder / "gone.txt").unlink()
    tracked.write("0001/deep/a.txt")
    tracked.tracker.hint("", None)
    await tracked.current()
    assert tracked.labels() == ["deep/a"]


async def test_a_file_of_points_that_grows_is_not_looked_at_at_once(tracked: Tracked) -> None:
    tracked.write("scalars.tsv", "step\twall_time\tlabel\tvalue\n")
    await tracked.current()
    tracked.tracker.hint("", "scalars.tsv")
    assert tracked.tracker.is_current
    tracked.write("a.txt")
    tracked.tracker.hint("", "a.txt")
    assert not tracked.tracker.is_current


async def test_a_check_finds_what_was_not_reported_and_only_there(tracked: Tracked) -> None:
    tracked.write("0001/a.txt")
    tracked.tracker.watch()
    await tracked.current()
    tracked.write("0001/b.txt")
    tracked.tracker.check_unreported()
    await tracked.current()
    assert tracked.labels() == ["a"]
    tracked.tracker.check()
    await tracked.current()
    assert tracked.labels() == ["a", "b"]


async def test_all_folders_are_watched_those_on_show_first_and_new_ones_too(tracked: Tracked) -> None:
    tracked.write("0001/a.txt")
    tracked.write("0002/a.txt")
    tracked.tracker.show()
    await tracked.current()
    watched = tracked.watches.priorities
    assert sorted(watched, key=lambda name: watched[name]) == ["run", "run/0002", "run/0001"]
    on_show = dict(watched)
    tracked.tracker.leave()
    await tracked.tracker.ranked()
    assert all(watched[name] > on_show[name] for name in on_show)
    tracked.write("0003/a.txt")
    tracked.tracker.hint("", "0003")
    await tracked.current()
    assert tracked.watches.is_watched("run/0003")
    assert tracked.tracker.unreported() == []


async def test_folders_without_a_watch_are_named_and_watched_when_there_is_room(tracked: Tracked) -> None:
    tracked.write("0001/a.txt")
    tracked.watches.room = 1
    tracked.tracker.show()
    await tracked.current()
    assert tracked.tracker.unreported() == ["0001"]
    tracked.watches.room = 2
    tracked.tracker.watch_rest()
    await tracked.current()
    assert tracked.tracker.unreported() == []


async def test_folders_that_are_gone_are_no_longer_watched(tracked: Tracked) -> None:
    tracked.write("0001/a.txt")
    tracked.tracker.watch()
    await tracked.current()
    (tracked.folder / "0001/a.txt").unlink()
    (tracked.folder / "0001").rmdir()
    tracked.tracker.hint("", "0001")
    await tracked.current()
    assert list(tracked.watches.priorities) == ["run"]
    tracked.tracker.unwatch((3, 0))
    assert tracked.watches.priorities == {"run": (3, 0)}  # for its row of the overview


async def test_a_look_that_fails_is_made_again_and_loses_nothing(
    tracked: Tracked, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tracked.current()
    scan_folders, failures = scan.scan_folders, 2

    def fail_twice(*args: Any, **options: Any) -> Any:
        nonlocal failures
        if failures:
            failures -= 1
            raise OSError(5, "Input/output error")
        return scan_folders(*args, **options)

    monkeypatch.setattr(scan, "scan_folders", fail_twice)
    tracked.write("a.txt")
    tracked.tracker.hint("", "a.txt")
    while True:
        try:
            await tracked.current()
        except OSError:
            continue
        break
    assert failures == 0
    assert tracked.labels() == ["a"]


async def test_problems_have_paths_from_the_root(tracked: Tracked) -> None:
    tracked.write("0001/bad.json", "{")
    await tracked.current()
    assert [problem.path for problem in tracked.tracker.problems()] == ["run/0001/bad.json"]


EVENTS = "events.out.tfevents.1"


def pictures(*steps: int) -> bytes:
    return b"".join(event(image("picture", PNG), step=step) for step in steps)


async def test_what_lies_in_a_file_is_there_from_the_begin_and_no_folder_of_it_is_watched(
    tracked: Tracked,
) -> None:
    (tracked.folder / EVENTS).write_bytes(VERSION + pictures(*range(30)))
    tracked.tracker.watch()
    await tracked.current()
    assert tracked.labels() == ["picture"] * 30
    assert (tracked.loaded, tracked.changes) == (1, [])
    assert list(tracked.watches.priorities) == ["run"]
    assert tracked.tracker.unreported() == []


async def test_what_a_file_gains_is_told_alone(tracked: Tracked) -> None:
    (tracked.folder / EVENTS).write_bytes(VERSION + pictures(1, 2))
    await tracked.current()
    with (tracked.folder / EVENTS).open("ab") as file:
        file.write(pictures(3))
    tracked.tracker.hint("", EVENTS)
    await tracked.current()
    assert [item.step for changes in tracked.changes for item in changes.items] == [3]


async def test_a_round_finds_what_no_hint_has_told(tracked: Tracked) -> None:
    (tracked.folder / EVENTS).write_bytes(VERSION + pictures(1))
    await tracked.current()
    with (tracked.folder / EVENTS).open("ab") as file:
        file.write(pictures(2))
    tracked.tracker.check_unreported()
    await tracked.current()
    assert [item.step for changes in tracked.changes for item in changes.items] == [2]


async def test_a_file_that_takes_long_to_look_through_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end = threading.Event()
    look = inside.look_inside

    def slow(*args: Any, **options: Any) -> Any:
        assert may_end.wait(LIMIT_S)
        return look(*args, **options)

    monkeypatch.setattr(inside, "look_inside", slow)
    tracked = Tracked(tmp_path, LiveLimits(inside_patience_s=0.01))
    tracked.write("a.txt")
    (tracked.folder / EVENTS).write_bytes(VERSION + pictures(1))
    try:
        await tracked.current()
        assert tracked.labels() == ["a"]
        assert tracked.tracker.is_loaded
        may_end.set()
        async with asyncio.timeout(LIMIT_S):
            while tracked.labels() != ["a", "picture"]:
                await tracked.current()
        assert [item.label for changes in tracked.changes for item in changes.items] == ["picture"]
    finally:
        may_end.set()
        await tracked.tracker.close()
        tracked.workers.close()
