from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lavdlike.layout import ExperimentName as Name
from lavdlike.messages import ExperimentsChanged, ExperimentSummary, Hello
from lavdlike.reading import summaries
from lavdlike.server.live.hints import Hints
from lavdlike.server.live.limits import LiveLimits
from lavdlike.server.live.subscriptions import Subscription
from lavdlike.server.settings import Settings
from tests.limits import LIMIT_S
from tests.server.live_hub import Live, serving

pytestmark = pytest.mark.anyio


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Live]:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    live = Live(Settings(tmp_path))
    await live.hub.start()
    yield live
    await live.hub.stop()


async def rows(live: Live) -> dict[str, ExperimentSummary]:
    return {row.id: row for row in (await live.answers.root_page()).experiments}


def early_subscription(live: Live) -> Subscription:
    """That of a browser which hears everything from the server's start on."""
    publisher = live.hub.publisher
    return Subscription(publisher, Hello(publisher.epoch, publisher.sequence, live.hub.health.health))


async def test_names_are_there_at_once_and_details_follow(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    live = Live(Settings(tmp_path))
    subscription = early_subscription(live)  # or the details could be there before it
    await live.hub.start()
    assert (await rows(live)).keys() == {"one", "two"}
    told: dict[str, ExperimentSummary] = {}
    while told.keys() != {"one", "two"} or not all(row.details for row in told.values()):
        for message in await subscription.next_batch():
            if isinstance(message, ExperimentsChanged):
                told.update((row.id, row) for row in message.changed)
    assert told == await rows(live)
    await live.hub.stop()


async def test_the_first_page_does_not_wait_for_ten_thousand_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(500):
        (tmp_path / str(number)).mkdir()
    go_on = threading.Event()
    real = summaries.read_summaries

    def wait(*args: Any, **options: Any) -> Any:
        go_on.wait(LIMIT_S)
        return real(*args, **options)

    monkeypatch.setattr(summaries, "read_summaries", wait)
    live = Live(Settings(tmp_path))
    await live.hub.start()
    assert len(await rows(live)) == 500
    (tmp_path / "0" / "a.txt").touch()
    assert len((await live.answers.catalogue("0")).labels) == 1
    go_on.set()
    await live.hub.stop()


async def test_a_session_that_begins_shows_at_once(live: Live, tmp_path: Path) -> None:
    subscription = live.hub.subscribe()
    (tmp_path / "one" / "experiment.json").write_text('{"sessions": [{"started": 1.0}], "tags": ["new"]}')
    shown: list[ExperimentSummary] = []
    while not shown or shown[-1].status != "running":
        for message in await subscription.next_batch():
            if isinstance(message, ExperimentsChanged):
                shown.extend(row for row in message.changed if row.id == "one")
    assert shown[-1].tags == ["new"]


@pytest.mark.parametrize(
    ("before", "changed", "content", "config"),
    [
        ({".hydra/config.yaml": "lr: 1\n"}, ".hydra/config.yaml", "lr: 2\n", {"lr": 2}),
        ({"meta.yaml": "run_id: a\n", "params/lr": "1"}, "params/seed", "3", {"lr": 1, "seed": 3}),
    ],
)
async def test_settings_in_a_folder_of_a_run_show_at_once(
    tmp_path: Path, before: dict[str, str], changed: str, content: str, config: dict[str, object]
) -> None:
    """Nobody looks at the experiment, and nothing directly in its folder changes."""
    for path, text in before.items():
        (tmp_path / "run" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "run" / path).write_text(text)
    async with serving(tmp_path) as live:
        await live.hub.rows.read()
        subscription = live.hub.subscribe()
        (tmp_path / "run" / changed).write_text(content)
        while (await rows(live))["run"].config != config:
            await asyncio.wait_for(subscription.next_batch(), LIMIT_S)
        subscription.close()


async def test_rows_of_experiments_without_a_watch_are_read_again_from_time_to_time(
    live: Live, tmp_path: Path
) -> None:
    await live.hub.rows.read()
    live.hub.watcher.unwatch(["one", "two"])
    subscription = live.hub.subscribe()
    (tmp_path / "one" / "experiment.json").write_text('{"tags": ["unreported"]}')
    live.hub.rows.refresh()  # not before the time
    assert live.hub.rows.is_read
    for row in live.hub.rows.rows.values():
        row.read_at -= live.hub.rows.check_interval_s
    assert live.hub.rows.check_interval_s == 5
    live.hub.rows.refresh()
    told: list[ExperimentSummary] = []
    while not told:
        for message in await asyncio.wait_for(subscription.next_batch(), LIMIT_S):
            told += message.changed if isinstance(message, ExperimentsChanged) else []
    assert [(row.id, row.tags) for row in told] == [("one", ["unreported"])]


async def test_rows_are_read_again_after_events_were_lost(live: Live, tmp_path: Path) -> None:
    await live.hub.rows.read()
    subscription = live.hub.subscribe()
    live.hub.watcher.take = lambda: Hints(frozenset())  # type: ignore[method-assign]
    (tmp_path / "one" / "experiment.json").write_text('{"tags": ["lost"]}')
    live.hub.watcher.take = lambda: Hints(frozenset(), lost=True)  # type: ignore[method-assign]
    live.hub._take_hints()
    while (await rows(live))["one"].tags != ["lost"]:
        await asyncio.wait_for(subscription.next_batch(), LIMIT_S)
    subscription.close()


async def test_a_row_that_changes_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").mkdir()
    is_written, is_hinted = threading.Event(), threading.Event()
    real = summaries.read_summaries

    def read_and_wait(*args: Any, **options: Any) -> Any:
        read = list(real(*args, **options))
        is_written.set()
        is_hinted.wait(LIMIT_S)
        return read

    monkeypatch.setattr(summaries, "read_summaries", read_and_wait)
    live = Live(Settings(tmp_path, watch="poll"))
    subscription = early_subscription(live)
    await live.hub.start()
    await asyncio.to_thread(is_written.wait, LIMIT_S)
    (tmp_path / "one" / "experiment.json").write_text('{"tags": ["new"]}')
    live.hub.rows.hint_row(Name("one"), "experiment.json")
    is_hinted.set()
    while (await rows(live))["one"].tags != ["new"]:
        await subscription.next_batch()
    await live.hub.stop()


@pytest.mark.slow
async def test_an_experiment_that_is_written_to_all_the_time_is_told_of_now_and_then(
    live: Live, tmp_path: Path
) -> None:
    """Its row changes with every value, but is sent once in five seconds."""
    subscription = live.hub.subscribe()
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
        except TimeoutError:
            break
        sent += sum(isinstance(message, ExperimentsChanged) for message in batch)
    assert sent <= 1 + (time.monotonic() - begun) / 5


@pytest.mark.slow
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
            go_on.wait(LIMIT_S)
        return status

    monkeypatch.setattr(os, "fstat", hang)
    live = Live(Settings(tmp_path, watch="poll"), LiveLimits(row_s=0.2))
    await live.hub.start()
    subscription = live.hub.subscribe()
    while not all(row.details for name, row in (await rows(live)).items() if name != "hangs"):
        await asyncio.wait_for(subscription.next_batch(), LIMIT_S)
    while not (problems := (await live.answers.problems()).problems):  # noqa: ASYNC110 - there is no event for it
        await asyncio.sleep(0.01)
    assert "cannot be read now" in problems[0].reason
    go_on.set()
    subscription.close()
    await live.hub.stop()


@pytest.mark.slow
async def test_a_root_that_comes_later_is_found(tmp_path: Path) -> None:
    live = Live(Settings(tmp_path / "root"))
    await live.hub.start()
    page = await live.answers.root_page()
    assert (page.experiments, page.health.root_present) == ([], False)
    assert page.health.reason == "it is not there"
    subscription = live.hub.subscribe()
    (tmp_path / "root" / "exp").mkdir(parents=True)
    while not (await live.answers.root_page()).health.root_present:
        await asyncio.wait_for(subscription.next_batch(), LIMIT_S)
    assert (await rows(live)).keys() == {"exp"}
    await live.hub.stop()


async def test_a_root_that_is_a_file_is_said_to_be_no_folder(tmp_path: Path) -> None:
    (tmp_path / "root").touch()
    live = Live(Settings(tmp_path / "root"))
    await live.hub.start()
    assert (await live.answers.root_page()).health.reason == "it is not a folder"
    await live.hub.stop()


async def test_what_was_read_before_does_not_take_the_place_of_what_was_read_now(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live.hub.rows.read()
    real = summaries.read_summaries
    has_read, go_on = threading.Event(), threading.Event()

    def read_and_wait(*args: Any, **options: Any) -> Any:
        read = real(*args, **options)
        monkeypatch.setattr(summaries, "read_summaries", real)
        has_read.set()
        go_on.wait(LIMIT_S)
        return read

    monkeypatch.setattr(summaries, "read_summaries", read_and_wait)
    live.hub.rows.hint_row(Name("one"), None)
    await asyncio.to_thread(has_read.wait, LIMIT_S)
    live.hub.watcher.unwatch(["one"])  # from now on nothing is reported
    (tmp_path / "one" / "experiment.json").write_text('{"tags": ["new"]}')
    await live.hub.rows.read_now([Name("one")])
    assert (await rows(live))["one"].tags == ["new"]
    go_on.set()
    await live.hub.rows.read()
    assert (await rows(live))["one"].tags == ["new"]
