from __future__ import annotations

import asyncio
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lavdlike.layout import ExperimentName
from lavdlike.messages import Look
from lavdlike.reading import scan
from lavdlike.server.live import inotify
from lavdlike.server.live.limits import LiveLimits
from lavdlike.server.live.tracker import ExperimentTracker
from tests.limits import LIMIT_S
from tests.server.live_hub import Live, serving

pytestmark = pytest.mark.anyio


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for step in range(1, 101):
        (tmp_path / "exp" / f"{step:04}").mkdir(parents=True)
    return tmp_path


async def shown(live: Live) -> ExperimentTracker:
    live.hub.subscribe().look(Look(["exp"], ["texts"]))
    await live.answers.catalogue("exp")
    return live.hub.known.by_name[ExperimentName("exp")].tracker


async def test_the_newest_steps_are_looked_at_first_and_what_is_no_step_before_them(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "exp" / "notes").mkdir()
    (root / "exp" / "0100" / "deeper").mkdir()
    looked: list[str] = []
    real = scan.scan_folders

    def look(root_: Any, name: str, tasks: Any, *args: Any, **options: Any) -> Any:
        seen = real(root_, name, tasks, *args, **options)
        looked.extend(each.folder for each in seen)
        return seen

    async with serving(root, poll_interval_s=1000) as live:
        tracker = await shown(live)
        monkeypatch.setattr(scan, "scan_folders", look)
        tracker.check()
        await tracker.current()
    assert looked == ["", "notes", *(f"{step:04}" for step in range(100, 0, -1)), "0100/deeper"]


@pytest.mark.slow
async def test_what_a_look_waits_for_is_no_cost(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = scan.scan_folders

    def wait(*args: Any, **options: Any) -> Any:
        time.sleep(0.5)
        return real(*args, **options)

    async with serving(root, watch="poll", poll_interval_s=1000) as live:
        tracker = await shown(live)
        monkeypatch.setattr(scan, "scan_folders", wait)
        tracker.check_unreported()
        await tracker.current()
        assert tracker.round_s(time.monotonic()) >= 0.5
        assert 0 < tracker.round_cost_s < 0.3


async def test_folders_without_a_watch_are_looked_at_while_others_change_all_the_time(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inotify, "InotifyWatcher", partial(inotify.InotifyWatcher, max_watches=5))
    async with serving(root, poll_interval_s=0.05, limits=LiveLimits(tick_s=0.02)) as live:
        tracker = await shown(live)
        assert "0001" in tracker.unreported()
        (root / "exp" / "0001" / "unreported.txt").touch()
        deadline = time.monotonic() + LIMIT_S
        number = 0
        while "unreported.txt" not in tracker.tree.folders["0001"].nodes:
            assert time.monotonic() < deadline
            number += 1
            tracker.hint("0100", f"{number % 100}.txt")  # as from a script that writes all the time
            await asyncio.sleep(0)


async def test_a_share_of_the_watched_folders_is_compared_each_time(root: Path) -> None:
    async with serving(root, poll_interval_s=1000) as live:
        tracker = await shown(live)
        for folder in tracker.tree.folders.values():
            folder.modified_ns = 1  # as if they had changed without a word
        for _ in range(4):
            tracker.check_unreported(0.25)
            await tracker.current()
        changed = [folder for folder in tracker.tree.folders.values() if folder.modified_ns == 1]
        assert len(changed) == 0
