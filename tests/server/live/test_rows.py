from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lavdlike.server import summaries
from lavdlike.server.live import Live
from lavdlike.server.messages import ExperimentsChanged, ExperimentSummary
from lavdlike.server.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Live]:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    live = Live(Settings(tmp_path))
    await live.start()
    yield live
    await live.stop()


async def rows(live: Live) -> dict[str, ExperimentSummary]:
    return {row.id: row for row in (await live.root_page()).experiments}


async def test_names_are_there_at_once_and_details_follow(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    live = Live(Settings(tmp_path))
    subscription = live.subscribe()  # before anything is read, or the details could be there before it
    await live.start()
    assert (await rows(live)).keys() == {"one", "two"}
    told: dict[str, ExperimentSummary] = {}
    while told.keys() != {"one", "two"} or not all(row.details for row in told.values()):
        for message in await subscription.next_batch():
            if isinstance(message, ExperimentsChanged):
                told.update((row.id, row) for row in message.changed)
    assert told == await rows(live)
    await live.stop()


async def test_the_first_page_does_not_wait_for_ten_thousand_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(500):
        (tmp_path / str(number)).mkdir()
    go_on = threading.Event()
    real = summaries.read_summaries

    def wait(*args: Any, **options: Any) -> Any:
        go_on.wait(20)
        return real(*args, **options)

    monkeypatch.setattr(summaries, "read_summaries", wait)
    live = Live(Settings(tmp_path))
    await live.start()
    assert len(await rows(live)) == 500
    (tmp_path / "0" / "a.txt").touch()
    assert len((await live.catalogue("0")).labels) == 1
    go_on.set()
    await live.stop()


async def test_a_session_that_begins_shows_at_once(live: Live, tmp_path: Path) -> None:
    subscription = live.subscribe()
    (tmp_path / "one" / "experiment.json").write_text('{"sessions": [{"started": 1.0}], "tags": ["new"]}')
    shown: list[ExperimentSummary] = []
    while not shown or shown[-1].status != "running":
        for message in await subscription.next_batch():
            if isinstance(message, ExperimentsChanged):
                shown.extend(row for row in message.changed if row.id == "one")
    assert shown[-1].tags == ["new"]


async def test_rows_of_experiments_without_a_watch_are_read_again_from_time_to_time(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live._experiments._reads.done()
    live._watcher.unwatch(["one", "two"])
    subscription = live.subscribe()
    (tmp_path / "one" / "experiment.json").write_text('{"tags": ["unreported"]}')
    live._experiments.refresh()  # not before the time
    assert not live._experiments._unread
    monkeypatch.setattr("lavdlike.server.experiments._UNWATCHED_S", 0.0)
    live._experiments.refresh()
    told: list[ExperimentSummary] = []
    while not told:
        for message in await asyncio.wait_for(subscription.next_batch(), 10):
            told += message.changed if isinstance(message, ExperimentsChanged) else []
    assert [(row.id, row.tags) for row in told] == [("one", ["unreported"])]


async def test_a_row_that_changes_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").mkdir()
    is_written, is_hinted = threading.Event(), threading.Event()
    real = summaries.read_summaries

    def read_and_wait(*args: Any, **options: Any) -> Any:
        read = list(real(*args, **options))
        is_written.set()
        is_hinted.wait(20)
        return read

    monkeypatch.setattr(summaries, "read_summaries", read_and_wait)
    live = Live(Settings(tmp_path, watch="poll"))
    subscription = live.subscribe()
    await live.start()
    await asyncio.to_thread(is_written.wait, 20)
    (tmp_path / "one" / "experiment.json").write_text('{"tags": ["new"]}')
    live._experiments.hint_row("one", "experiment.json")
    is_hinted.set()
    while (await rows(live))["one"].tags != ["new"]:
        await subscription.next_batch()
    await live.stop()


async def test_an_experiment_that_is_written_to_all_the_time_is_told_of_now_and_then(
    live: Live, tmp_path: Path
) -> None:
    """Its row changes with every value, but is sent once in five seconds."""
    subscription = live.subscribe()
    while not all(row.details for row in (await rows(live)).values()):
        await subscription.next_batch()
    sent = 0
    with (tmp_path / "one" / "scalars.tsv").open("w") as file:
        begun = time.monotonic()
        while time.monotonic() < begun + 0.5:
            file.write("x\n")
            file.flush()
            await asyncio.sleep(0.002)
    while True:
        try:
            batch = await asyncio.wait_for(subscription.next_batch(), 0.1)
        except asyncio.TimeoutError:
            break
        sent += sum(isinstance(message, ExperimentsChanged) for message in batch)
    assert sent <= 1 + (time.monotonic() - begun) / 5


async def test_a_row_that_hangs_does_not_keep_the_others_from_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "hangs", "z"):
        (tmp_path / name).mkdir()
    go_on = threading.Event()
    real = os.fstat
    inode = (tmp_path / "hangs").stat().st_ino

    def hang(fd: int) -> os.stat_result:
        status = real(fd)
        if status.st_ino == inode:
            go_on.wait(30)
        return status

    monkeypatch.setattr(os, "fstat", hang)
    monkeypatch.setattr("lavdlike.server.experiments._ROW_LIMIT_S", 0.2)
    live = Live(Settings(tmp_path, watch="poll"))
    await live.start()
    subscription = live.subscribe()
    while not all(row.details for name, row in (await rows(live)).items() if name != "hangs"):
        await asyncio.wait_for(subscription.next_batch(), 20)
    while not (problems := (await live.problems()).problems):  # noqa: ASYNC110 - there is no event for it
        await asyncio.sleep(0.01)
    assert "cannot be read now" in problems[0].reason
    go_on.set()
    subscription.close()
    await live.stop()


async def test_a_root_that_comes_later_is_found(tmp_path: Path) -> None:
    live = Live(Settings(tmp_path / "root"))
    await live.start()
    page = await live.root_page()
    assert (page.experiments, page.health.root_present) == ([], False)
    assert page.health.reason == "it is not there"
    subscription = live.subscribe()
    (tmp_path / "root" / "exp").mkdir(parents=True)
    while not (await live.root_page()).health.root_present:
        await asyncio.wait_for(subscription.next_batch(), 10)
    assert (await rows(live)).keys() == {"exp"}
    await live.stop()


async def test_a_root_that_is_a_file_is_said_to_be_no_folder(tmp_path: Path) -> None:
    (tmp_path / "root").touch()
    live = Live(Settings(tmp_path / "root"))
    await live.start()
    assert (await live.root_page()).health.reason == "it is not a folder"
    await live.stop()
