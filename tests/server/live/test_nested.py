from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lavdlike import Logger
from lavdlike.layout import ExperimentName as Name
from lavdlike.messages import ItemAddress, Look
from lavdlike.server.live import rows
from lavdlike.server.live.limits import LiveLimits
from lavdlike.server.settings import WatchOption
from tests.limits import LIMIT_S
from tests.reading.test_run_folders import EVENTS, MLFLOW_EXPERIMENT, MLFLOW_RUN
from tests.server.live_hub import Live, serving
from tests.sources.events.event_bytes import VERSION, point

pytestmark = pytest.mark.anyio

WAYS: list[WatchOption] = ["auto", "poll"]


def run(folder: Path, file: str = EVENTS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).touch()
    return folder


async def shows(live: Live, *names: str) -> None:
    """Wait until these are the experiments."""
    await until(lambda: sorted(live.hub.rows.rows) == sorted(names), lambda: sorted(live.hub.rows.rows))


async def until(condition: Callable[[], bool], state: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, state()
        await asyncio.sleep(0.01)


async def labels(live: Live, experiment: str) -> list[str]:
    found = (await live.answers.catalogue(experiment)).labels
    return sorted(entry.label for entry in found if "tfevents" not in entry.label)


async def test_runs_are_found_at_any_depth(tmp_path: Path) -> None:
    run(tmp_path / "runs" / "detect" / "train")
    run(tmp_path / "runs" / "detect" / "train2")
    (tmp_path / "flat" / "0001").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    async with serving(tmp_path) as live:
        await shows(live, "runs/detect/train", "runs/detect/train2", "flat", "empty")
        row = live.hub.rows.rows[Name("runs/detect/train")]
        assert (row.summary.id, row.summary.name) == ("runs%2Fdetect%2Ftrain", "runs/detect/train")


async def test_of_one_run_that_is_shown_nothing_beside_it_is(tmp_path: Path) -> None:
    run(tmp_path / "one")
    (run(tmp_path / "beside") / "notes.md").write_text("not shown")
    async with serving(tmp_path, only="one") as live:
        await shows(live, "one")
        run(tmp_path / "new")
        (run(tmp_path / "one" / "inner") / "notes.md").touch()
        await shows(live, "one", "one/inner")
        assert await labels(live, "one%2Finner") == ["notes"]
        for name in ("beside", "new"):
            with pytest.raises(FileNotFoundError):
                await live.answers.catalogue(name)
            with pytest.raises(FileNotFoundError):
                await live.answers.folder(name, "")
        shutil.rmtree(tmp_path / "one")
        await shows(live)


@pytest.mark.parametrize("watch", WAYS)
async def test_runs_come_and_go_while_they_are_shown(tmp_path: Path, watch: WatchOption) -> None:
    run(tmp_path / "runs" / "a")
    async with serving(tmp_path, watch=watch, poll_interval_s=0.05, limits=LiveLimits(tick_s=0.05)) as live:
        live.hub.subscribe()
        await shows(live, "runs/a")
        (tmp_path / "runs" / "b").mkdir()
        await asyncio.sleep(0)
        (tmp_path / "runs" / "b" / EVENTS).touch()
        await shows(live, "runs/a", "runs/b")
        run(tmp_path / "runs" / "c" / "d" / "e")
        await shows(live, "runs/a", "runs/b", "runs/c/d/e")
        (tmp_path / "runs" / "b").rename(tmp_path / "runs" / "z")
        shutil.rmtree(tmp_path / "runs" / "c")
        await shows(live, "runs/a", "runs/z")
        shutil.rmtree(tmp_path / "runs" / "a")
        (tmp_path / "runs" / "z" / EVENTS).unlink()
        await shows(live, "runs")
        shutil.rmtree(tmp_path / "runs")
        await shows(live)
        run(tmp_path / "runs" / "a")
        await shows(live, "runs/a")


@pytest.mark.parametrize("watch", WAYS)
async def test_a_run_that_was_moved_away_is_shown_when_it_is_back(tmp_path: Path, watch: WatchOption) -> None:
    run(tmp_path / "runs" / "lr" / "a")
    async with serving(tmp_path, watch=watch, poll_interval_s=0.05, limits=LiveLimits(tick_s=0.05)) as live:
        live.hub.subscribe()
        await shows(live, "runs/lr/a")
        (tmp_path / "runs" / "lr" / "a").rename(tmp_path / ".away")
        await shows(live, "runs")
        (tmp_path / ".away").rename(tmp_path / "runs" / "lr" / "a")
        await shows(live, "runs/lr/a")


@pytest.mark.parametrize("watch", WAYS)
async def test_a_mark_is_seen_when_its_content_comes(tmp_path: Path, watch: WatchOption) -> None:
    folder = tmp_path / "mlruns" / "0" / "ab12"
    folder.mkdir(parents=True)
    (folder / "meta.yaml").touch()
    (folder.parent / "meta.yaml").write_bytes(MLFLOW_EXPERIMENT)
    async with serving(tmp_path, watch=watch, poll_interval_s=0.05, limits=LiveLimits(tick_s=0.05)) as live:
        live.hub.subscribe()
        await shows(live, "mlruns")
        (folder / "new").touch()  # a change of a file alone is seen only where it is reported
        (folder / "meta.yaml").write_bytes(MLFLOW_RUN)
        await shows(live, "mlruns/0/ab12")


async def test_what_an_experiment_holds_ends_where_another_one_begins(tmp_path: Path) -> None:
    outer = run(tmp_path / "outer")
    (outer / "notes").mkdir()
    (outer / "notes" / "mine.md").touch()
    (outer / "inner").mkdir()
    (outer / "inner" / "its.md").touch()
    async with serving(tmp_path) as live:
        await shows(live, "outer")
        assert await labels(live, "outer") == ["inner/its", "notes/mine"]
        run(outer / "inner")
        await shows(live, "outer", "outer/inner")
        assert await labels(live, "outer") == ["notes/mine"]
        assert "its" in await labels(live, "outer%2Finner")
        (outer / "inner" / EVENTS).unlink()
        await shows(live, "outer")
        assert await labels(live, "outer") == ["inner/its", "notes/mine"]


async def test_all_that_is_asked_of_an_experiment_is_answered_of_one_in_a_folder(tmp_path: Path) -> None:
    with Logger("a b", tmp_path / "sweep") as logger:
        logger.log_scalar(0.5, "loss", 1)
        logger.log_text("hello", "said")
    id_ = "sweep%2Fa%20b"
    async with serving(tmp_path) as live:
        await shows(live, "sweep/a b")
        [item] = await live.answers.items([ItemAddress(id_, "texts", "said", None)])
        assert item is not None
        assert item.files[0].path == "said.txt"
        [scalars] = await live.answers.scalar_labels([id_])
        assert [label.label for label in scalars.labels] == ["loss"]
        page = await live.answers.folder(id_, "")
        assert "said.txt" in [entry.name for entry in page.entries]


async def test_one_that_nobody_has_told_of_yet_is_found_when_it_is_asked_for(tmp_path: Path) -> None:
    run(tmp_path / "runs" / "a")
    async with serving(tmp_path, watch="poll", poll_interval_s=60) as live:
        await shows(live, "runs/a")
        run(tmp_path / "runs" / "b" / "c")
        assert await live.answers.name_of("runs%2Fb%2Fc") == "runs/b/c"
        with pytest.raises(FileNotFoundError):
            await live.answers.name_of("runs%2Fb%2Fd")


async def test_another_folder_in_its_place_is_another_experiment(tmp_path: Path) -> None:
    run(tmp_path / "runs" / "a")
    async with serving(tmp_path) as live:
        await shows(live, "runs/a")
        before = live.hub.rows.rows[Name("runs/a")]
        run(tmp_path / "other")
        (tmp_path / "runs").rename(tmp_path / "old")
        run(tmp_path / "runs" / "a")
        await shows(live, "runs/a", "old/a", "other")
        await until(lambda: live.hub.rows.rows[Name("runs/a")].identity != before.identity, lambda: before)


@pytest.mark.slow
async def test_files_beside_the_runs_of_a_folder_are_those_of_the_folder(tmp_path: Path) -> None:
    inner = run(tmp_path / "all" / "sweep" / "a")
    run(tmp_path / "all" / "sweep" / "b")
    for path in ("out.log", "plots/x.png", "a/notes.md"):
        (tmp_path / "all" / "sweep" / path).parent.mkdir(exist_ok=True)
        (tmp_path / "all" / "sweep" / path).touch()
    (tmp_path / "all" / "history.csv").write_text("epoch,loss\n0,0.5\n1,0.25\n")
    async with serving(tmp_path) as live:
        await shows(live, "all/sweep/a", "all/sweep/b")
        assert await labels(live, "all%2Fsweep") == ["out", "plots/x"]
        assert await labels(live, "all") == ["history", "sweep/out", "sweep/plots/x"]
        (found,) = await live.answers.scalar_labels(["all"])
        assert [(entry.label, entry.count) for entry in found.labels] == [("history/loss", 2)]
        page = await live.answers.folder("all%2Fsweep", "")
        assert sorted(entry.name for entry in page.entries) == ["a", "b", "out.log", "plots"]
        assert await live.answers.name_of("all%2Fsweep") == "all/sweep"
        for name in ("all%2Fsweep%2Fplots", "all%2Fother"):
            with pytest.raises(FileNotFoundError):
                await live.answers.catalogue(name)
        # A folder that becomes a run is one from then on, and the other way round.
        run(tmp_path / "all" / "sweep")
        await shows(live, "all/sweep", "all/sweep/a", "all/sweep/b")
        assert live.hub.known.by_name[Name("all")].row is not live.hub.rows.rows[Name("all/sweep")]
        assert await labels(live, "all%2Fsweep") == ["out", "plots/x"]
        assert await labels(live, "all") == ["history"]
        (tmp_path / "all" / "sweep" / EVENTS).unlink()
        await shows(live, "all/sweep/a", "all/sweep/b")
        assert await labels(live, "all%2Fsweep") == ["out", "plots/x"]
        shutil.rmtree(inner)
        shutil.rmtree(tmp_path / "all" / "sweep" / "b")
        await shows(live, "all")


@pytest.mark.parametrize("watch", WAYS)
async def test_files_beside_runs_are_followed_while_somebody_looks(
    tmp_path: Path, watch: WatchOption
) -> None:
    run(tmp_path / "sweep" / "lr" / "a")
    async with serving(tmp_path, watch=watch, poll_interval_s=0.1) as live:
        await shows(live, "sweep/lr/a")
        live.hub.subscribe().look(Look(["sweep", "sweep%2Flr"], ["texts"]))
        assert await labels(live, "sweep") == await labels(live, "sweep%2Flr") == []
        (tmp_path / "sweep" / "lr" / "notes.txt").write_text("said")
        await until(
            lambda: (items_of(live, "sweep"), items_of(live, "sweep%2Flr")) == (["lr/notes"], ["notes"]), list
        )


def items_of(live: Live, folder: str) -> list[str]:
    """The texts that are known now, without asking for them."""
    known = live.hub.known.of_id(folder)
    return (
        [] if known is None else [item.label for item in known.tracker.tree.items() if item.kind == "texts"]
    )


async def test_a_mark_that_comes_two_levels_down_is_seen(tmp_path: Path) -> None:
    run(tmp_path / "dirs" / "other")
    async with serving(tmp_path) as live:
        await shows(live, "dirs/other")
        start = tmp_path / "dirs" / "config" / "20260101_120000"
        start.mkdir(parents=True)
        await until(lambda: live.hub.watcher.is_watched("dirs/config/20260101_120000"), list)
        (start / "vis_data").mkdir()
        await shows(live, "dirs/other", "dirs/config")


# What is not hinted at would never be seen.
NO_ROUNDS = LiveLimits(tick_s=1e6, reconcile_s=1e6)


async def test_the_first_file_of_a_run_is_in_its_row_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "BUSY_S", 1e6)  # rows of busy runs wait
    (tmp_path / "empty").mkdir()
    async with serving(tmp_path, limits=NO_ROUNDS) as live:
        await shows(live, "empty")
        await live.hub.rows.read()
        run(tmp_path / "empty")
        await until(
            lambda: live.hub.rows.rows[Name("empty")].summary.source == "TensorBoard",
            lambda: live.hub.rows.rows[Name("empty")].summary,
        )


async def test_new_runs_are_told_by_the_watcher_alone(tmp_path: Path) -> None:
    run(tmp_path / "sweep" / "first")
    async with serving(tmp_path, limits=NO_ROUNDS) as live:
        await shows(live, "sweep/first")
        run(tmp_path / "sweep" / "second")
        await shows(live, "sweep/first", "sweep/second")
        run(tmp_path / "new" / "run")  # a folder of runs, a run in it and its event file at once
        run(tmp_path / "new" / "deep" / "er" / "run")
        await shows(live, "sweep/first", "sweep/second", "new/run", "new/deep/er/run")
        run(tmp_path.parent / "made" / "moved" / "run")
        (tmp_path.parent / "made" / "moved").rename(tmp_path / "moved")
        for number in range(20):
            run(tmp_path / "many" / str(number))
        many = [f"many/{number}" for number in range(20)]
        await shows(live, "sweep/first", "sweep/second", "new/run", "new/deep/er/run", "moved/run", *many)
        live.hub.subscribe().look(Look(["new%2Frun"], ["scalars"], ["loss"]))
        await live.answers.scalar_labels(["new%2Frun"])
        (tmp_path / "new" / "run" / EVENTS).write_bytes(VERSION + point(1, 0.5))

        def has_loss() -> bool:
            read = live.hub.known.series.peek(Name("new/run"))
            return read is not None and "loss" in read.series

        await until(has_loss, lambda: live.hub.rows.rows[Name("new/run")].summary)
