"""A page that says how late changes may be seen must be right."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lavdlike.messages import Health, HealthChanged, Look
from lavdlike.reading import scan
from lavdlike.series import store
from lavdlike.server.live import inotify, watcher
from lavdlike.server.live.limits import LiveLimits
from tests.limits import LIMIT_S
from tests.server.live_hub import Live, serving

pytestmark = pytest.mark.anyio
OFTEN = LiveLimits(health_s=0.02, tick_s=0.02)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("one", "two", "three"):
        (tmp_path / "root" / name / "0001").mkdir(parents=True)
    return tmp_path / "root"


async def said(live: Live, condition: Callable[[Health], object]) -> Health:
    """The health, once it is as wanted."""
    deadline = time.monotonic() + LIMIT_S
    while not condition(live.hub.health.health):
        assert time.monotonic() < deadline, live.hub.health.health
        await asyncio.sleep(0.01)
    return live.hub.health.health


async def test_all_is_seen_at_once_where_all_is_watched(root: Path) -> None:
    async with serving(root, limits=OFTEN) as live:
        live.hub.subscribe().look(Look(["one"], ["texts"]))
        health = await said(live, lambda health: (health.watched_folders, health.delay_s) == (5, 0))
        assert health.reason == ""
        assert (health.unwatched_folders, health.unwatched_rows, health.links) == (0, 0, 0)


async def test_the_first_browser_is_told_at_once_how_often_is_looked_for_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inotify, "InotifyWatcher", partial(inotify.InotifyWatcher, max_watches=2))
    async with serving(root, poll_interval_s=7, limits=LiveLimits(health_s=LIMIT_S)) as live:
        await live.hub.rows.read()
        live.hub.health.renew(time.monotonic(), live.hub.watcher, live.hub.rows, ())
        assert (live.hub.health.health.delay_s or 0) >= 60  # nobody looks
        live.hub.subscribe()
        assert (live.hub.health.health.delay_s or 0) < 20


async def test_rows_of_the_overview_whose_folder_is_not_watched_count(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inotify, "InotifyWatcher", partial(inotify.InotifyWatcher, max_watches=2))
    async with serving(root, poll_interval_s=7, limits=OFTEN) as live:
        health = await said(live, lambda health: health.unwatched_rows == 2 and health.delay_s)
        assert health.delay_s is not None
        assert health.delay_s >= 7
        assert health.row_delay_s >= health.delay_s
        assert "no more than 2 folders" in health.reason


async def test_links_count_since_nobody_reports_what_they_lead_to(root: Path) -> None:
    (root / "one" / "a.txt").touch()
    (root / "one" / "0001" / "link.txt").symlink_to("../a.txt")
    async with serving(root, poll_interval_s=7, limits=OFTEN) as live:
        live.hub.subscribe().look(Look(["one"], ["texts"]))
        health = await said(live, lambda health: health.links == 1)
        assert health.unwatched_folders == 0
        assert health.delay_s is not None
        assert health.delay_s >= 7


async def test_the_root_counts_where_it_is_not_watched(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two", "three"):
        (root / name / "0001").rmdir()
        (root / name).rmdir()
    network = partial(inotify.InotifyWatcher, network_type=lambda _device: "nfs4")
    monkeypatch.setattr(watcher, "choose", lambda _option, _path, notify: network(notify))
    async with serving(root, poll_interval_s=7, limits=OFTEN) as live:
        assert (live.hub.health.health.delay_s or 0) >= 7


async def test_a_look_that_fails_leaves_nothing_to_claim(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = scan.scan_folders
    is_failing = True

    def fail(*args: Any, **options: Any) -> Any:
        if is_failing:
            raise OSError("the disk is broken")
        return real(*args, **options)

    monkeypatch.setattr(scan, "scan_folders", fail)
    limits = LiveLimits(health_s=0.02, tick_s=0.02, first_retry_s=0.05)
    async with serving(root, limits=limits) as live:
        live.hub.subscribe().look(Look(["one"], ["texts"]))
        health = await said(live, lambda health: health.delay_s is None)
        assert health.reason == "one cannot be kept up to date now: the disk is broken"
        is_failing = False
        await said(live, lambda health: health.delay_s == 0)


async def test_scalars_that_cannot_be_read_leave_nothing_to_claim(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_failing = True
    real = store.SeriesStore.read_new

    def fail(*args: Any) -> Any:
        if is_failing:
            raise OSError("the disk is broken")
        return real(*args)

    monkeypatch.setattr(store.SeriesStore, "read_new", fail)
    limits = LiveLimits(health_s=0.02, tick_s=0.02, first_retry_s=0.05)
    async with serving(root, limits=limits) as live:
        live.hub.subscribe().look(Look(["one"], ["scalars"], ["loss"]))
        health = await said(live, lambda health: health.delay_s is None)
        assert health.reason == "one cannot be kept up to date now: the disk is broken"
        is_failing = False
        await said(live, lambda health: health.delay_s == 0)


@pytest.mark.slow
async def test_a_look_that_takes_long_is_a_delay(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = scan.scan_folders

    def be_slow(*args: Any, **options: Any) -> Any:
        time.sleep(0.3)
        return real(*args, **options)

    monkeypatch.setattr(scan, "scan_folders", be_slow)
    async with serving(root, watch="poll", poll_interval_s=0.02, limits=OFTEN) as live:
        live.hub.subscribe().look(Look(["one"], ["texts"]))
        health = await said(live, lambda health: (health.delay_s or 0) > 0.3)
        assert health.mode == "poll"


async def test_browsers_are_told_from_time_to_time_that_the_server_is_still_there(root: Path) -> None:
    limits = LiveLimits(health_s=0.02, tick_s=0.02, still_there_s=0.05)
    async with serving(root, limits=limits) as live:
        subscription = live.hub.subscribe()
        subscription.look(Look())
        told = 0
        while told < 3:
            batch = await asyncio.wait_for(subscription.next_batch(), LIMIT_S)
            told += sum(isinstance(message, HealthChanged) for message in batch)
        subscription.close()
