from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lavdlike import Logger
from lavdlike.filter_messages import ComparisonRequest, FilterAnswer, FilterRequest
from lavdlike.reading import kept_results
from lavdlike.reading.filter.questions import Answered, answered
from lavdlike.server.live import filter_answers
from lavdlike.server.live.filter_answers import FilterAnswers
from lavdlike.server.live.limits import DEFAULTS, LiveLimits
from tests.limits import LIMIT_S
from tests.server.live_hub import Live, serving

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def files_have_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not to wait until a change of the files would show in their times."""
    monkeypatch.setattr(kept_results, "is_settled", lambda _status: True)


def make_sweep(root: Path) -> None:
    """Learning rates times seeds."""
    for lr in (0.1, 0.01):
        for seed in (0, 1):
            with Logger(f"lr{lr}-seed{seed}", root, config={"lr": lr, "seed": seed}) as logger:
                for step in range(3):
                    logger.log_scalar(lr * 10 + seed - step / 10, "val/loss", step)


@asynccontextmanager
async def filtering(root: Path, limits: LiveLimits = DEFAULTS) -> AsyncIterator[tuple[Live, FilterAnswers]]:
    async with serving(root, limits=limits) as live:
        await live.hub.rows.read()
        filters = FilterAnswers(live.hub)
        try:
            yield live, filters
        finally:
            await filters.close()


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def whole(filters: FilterAnswers, request: FilterRequest) -> FilterAnswer:
    """The answer when nothing is unread any more."""
    async with asyncio.timeout(LIMIT_S):
        while (answer := await filters.answer(request)).unread:
            pass
    return answer


async def test_the_best_run_is_found_in_files_that_nobody_has_read(tmp_path: Path) -> None:
    make_sweep(tmp_path)
    async with filtering(tmp_path) as (_, filters):
        request = FilterRequest("lr=0.01 or lr=0.1", columns=["lr", "min(val/loss)"], sort="min(val/loss)")
        answer = await whole(filters, request)
        assert answer.experiments == ["lr0.01-seed0", "lr0.1-seed0", "lr0.01-seed1", "lr0.1-seed1"]
        assert answer.cells == [[0.01, 0.1, 0.01, 0.1], [-0.1, 0.8, 0.9000000000000001, 1.8]]
        assert answer.is_live
        assert (answer.mistakes, answer.notes) == ([], [])
        assert filters.reader.read_count == 4


async def test_groups_are_compared(tmp_path: Path) -> None:
    make_sweep(tmp_path)
    async with filtering(tmp_path) as (_, filters):
        a, b = ([f"lr{lr}-seed{seed}" for seed in (0, 1)] for lr in (0.1, 0.01))
        async with asyncio.timeout(LIMIT_S):
            while (found := await filters.compare(ComparisonRequest(a, b, "last(val/loss)"))).unread:
                pass
        assert found.difference == pytest.approx(0.9)
        assert found.degrees == pytest.approx(2.0)
        assert found.better == ""


BEST = FilterRequest(columns=["min(val/loss)", "at(val/loss, 1)"], sort="min(val/loss)")
LOWEST = [-0.1, 0.8, 0.9000000000000001, 1.8]


async def test_settings_are_asked_without_reading_scalars(tmp_path: Path) -> None:
    make_sweep(tmp_path)
    async with filtering(tmp_path) as (_, filters):
        answer = await filters.answer(FilterRequest("lr=0.01", columns=["seed", "status"], facets=True))
        assert answer.experiments == ["lr0.01-seed0", "lr0.01-seed1"]
        assert answer.cells == [[0.0, 1.0], ["finished", "finished"]]
        assert [facet.field for facet in answer.facets] == ["seed"]
        assert (answer.unread, answer.is_live, filters.reader.read_count) == (0, False, 0)


async def test_what_was_read_is_not_read_again_not_even_by_another_server(
    tmp_path: Path, cache: Path
) -> None:
    make_sweep(tmp_path)
    async with filtering(tmp_path) as (_, filters):
        for _ in range(3):
            assert (await whole(filters, BEST)).cells[0] == LOWEST
        assert filters.reader.read_count == 4
    (folder,) = names_in(cache / "lavdlike")
    file = cache / "lavdlike" / folder / "results"
    async with filtering(tmp_path) as (_, filters):
        again = await whole(filters, BEST)
        assert again.cells == [LOWEST, [0.0, 0.9, 1.0, 1.9]]
        assert filters.reader.read_count == 0
        # Another step was not kept.
        assert (await whole(filters, FilterRequest(columns=["at(val/loss, 0)"]))).cells == [
            [0.1, 1.1, 1.0, 2.0]
        ]
        assert filters.reader.read_count == 4
    with (tmp_path / "lr0.1-seed0" / "scalars.tsv").open("a") as scalars:
        scalars.write("3\t1763600000.000\tval/loss\t-7\n")
    async with filtering(tmp_path) as (_, filters):
        assert -7.0 in (await whole(filters, BEST)).cells[0]
        assert filters.reader.read_count == 1
    file.write_bytes(file.read_bytes()[:-10])
    async with filtering(tmp_path) as (_, filters):
        assert -7.0 in (await whole(filters, BEST)).cells[0]
        assert filters.reader.read_count == 4


async def test_points_in_memory_are_answered_from_there(tmp_path: Path) -> None:
    make_sweep(tmp_path)
    names = names_in(tmp_path)
    async with filtering(tmp_path) as (live, filters):
        await live.answers.scalar_labels(names)
        assert (await whole(filters, BEST)).cells == [LOWEST, [0.0, 0.9, 1.0, 1.9]]
        assert filters.reader.read_count == 0
        with Logger("lr0.1-seed1", tmp_path) as logger:
            logger.log_scalar(-1.0, "val/loss", 3)
        async with asyncio.timeout(LIMIT_S):
            while (answer := await filters.answer(BEST)).cells[0][0] != -1.0:
                await live.hub.rows.read()
        assert answer.experiments[0] == "lr0.1-seed1"
        assert filters.reader.read_count == 0


async def test_an_experiment_that_grows_is_followed(tmp_path: Path) -> None:
    async with filtering(tmp_path) as (live, filters):
        with Logger("grows", tmp_path) as logger:
            for step in range(3):
                logger.log_scalar(float(step), "loss", step)
                async with asyncio.timeout(LIMIT_S):
                    while True:
                        await live.hub.rows.read()
                        answer = await filters.answer(FilterRequest(columns=["last(loss)"]))
                        if answer.cells == [[float(step)]]:
                            break
                        live.hub.rows.read_all()
        assert filters.reader.read_count <= 2


async def test_what_takes_longer_is_told_and_comes_later(tmp_path: Path) -> None:
    make_sweep(tmp_path)
    async with filtering(tmp_path, replace(DEFAULTS, unread_patience_s=0.0)) as (_, filters):
        first = await filters.answer(FilterRequest("lr=0.1 min(val/loss)<1"))
        assert (first.experiments, first.unread, first.notes) == ([], 2, [])
        assert (await whole(filters, FilterRequest("lr=0.1 min(val/loss)<1"))).experiments == ["lr0.1-seed0"]
        # Those that the other term leaves out were not read.
        assert filters.reader.read_count == 2


async def test_what_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_sweep(tmp_path)
    read = kept_results.read_results

    def fail_once(root: Any, name: str, *asked: Any) -> Any:
        if name == "lr0.1-seed0":
            raise OSError("no such luck")
        return read(root, name, *asked)  # type: ignore[arg-type]

    monkeypatch.setattr(kept_results, "read_results", fail_once)
    async with filtering(tmp_path) as (_, filters):
        answer = await whole(filters, FilterRequest("min(val/loss)<5"))
        assert len(answer.experiments) == 3
        assert answer.notes == ["the scalars of 1 experiment cannot be read now"]


async def test_the_loop_computes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_sweep(tmp_path)
    threads = []

    def noting(*args: Any, **options: Any) -> Answered:
        threads.append(threading.current_thread())
        return answered(*args, **options)

    monkeypatch.setattr(filter_answers, "answered", noting)
    async with filtering(tmp_path) as (_, filters):
        await filters.answer(FilterRequest("lr=0.1"))
    assert threads
    assert threading.main_thread() not in threads


async def test_experiments_that_are_gone_are_forgotten(tmp_path: Path) -> None:
    make_sweep(tmp_path)
    async with filtering(tmp_path) as (live, filters):
        await whole(filters, BEST)
        shutil.rmtree(tmp_path / "lr0.1-seed0")
        live.hub.rows.hint(None)
        await live.hub.rows.scanned()
        answer = await whole(filters, BEST)
        assert answer.experiments == ["lr0.01-seed0", "lr0.01-seed1", "lr0.1-seed1"]
        comparison = ComparisonRequest(["lr0.1-seed0", "nothing"], ["lr0.01-seed1"], "last(val/loss)")
        found = await filters.compare(comparison)
        assert (found.a, found.unread) == (None, 0)


async def test_a_comparison_needs_a_field(tmp_path: Path) -> None:
    async with filtering(tmp_path) as (_, filters):
        with pytest.raises(ValueError, match="a name is missing"):
            await filters.compare(ComparisonRequest([], [], ""))
