"""A root in a store is live: each list shows what has come, and what does not answer holds nobody up."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lavdlike import layout
from lavdlike.disk.opening import bucket_at, path_of
from lavdlike.disk.parts import part_path
from lavdlike.disk.stores.bucket import Bucket
from lavdlike.errors import StoreError
from lavdlike.layout import ExperimentName
from lavdlike.messages import Look, PointsAdded, StoreHealth
from lavdlike.named_roots import NamedRoot
from lavdlike.scalar_messages import SeriesRequest
from lavdlike.server.live.hints import Hint
from lavdlike.server.live.object_watcher import ObjectWatcher
from tests.limits import LIMIT_S
from tests.server.live_hub import Live, serving

pytestmark = pytest.mark.anyio
_numbers = itertools.count()
HEADER = b"step\twall_time\tlabel\tvalue\n"
RUN = b'{"version": 1}'


@pytest.fixture(autouse=True)
def _folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture
def path() -> Path:
    return path_of(f"memory://live-{next(_numbers)}/logs")


def bucket_of(path: Path) -> Bucket:
    found = bucket_at(path)
    assert found is not None
    return found


def test_what_changes_between_two_lists_is_hinted_at(path: Path) -> None:
    bucket = bucket_of(path)
    bucket.store.put("run/a", b"1")
    bucket.tree()
    told = threading.Event()
    watcher = ObjectWatcher(bucket, "", told.set, interval_s=0.01)
    try:
        assert watcher.is_watched("run")
        bucket.store.put("run/a", b"2")
        assert told.wait(LIMIT_S)
        assert watcher.take().hints == {Hint("run", "a")}
    finally:
        watcher.close()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a state of the hub, which hints and ticks of its own lead to."""
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110 - of what lies in a store nobody tells an event
            await asyncio.sleep(0.01)


def store_of_first(live: Live) -> StoreHealth:
    store = live.hub.rows.roots()[0].store
    assert store is not None
    return store


@pytest.mark.slow
async def test_runs_and_their_points_are_seen_as_they_come(path: Path) -> None:
    bucket = bucket_of(path)
    async with serving(path, poll_interval_s=0.1) as live:
        subscription = live.hub.subscribe()
        bucket.store.put("run/experiment.json", RUN)
        await until(lambda: "run" in live.hub.rows.rows)
        bucket.store.put(part_path("run/scalars.tsv", 0), HEADER + b"1\t2\tloss\t0.5\n")
        row = live.hub.rows.rows[ExperimentName("run")]
        await until(lambda: "scalars" in row.summary.kinds)
        assert store_of_first(live).requests > 0
        subscription.close()


@pytest.mark.slow
async def test_a_page_costs_a_list_and_what_is_appended_to_ten_runs_a_read_of_each(path: Path) -> None:
    bucket, names = bucket_of(path), [f"run{number}" for number in range(10)]
    for name in names:
        bucket.store.put(f"{name}/experiment.json", RUN)
        bucket.store.put(part_path(f"{name}/scalars.tsv", 0), HEADER + b"1\t2\tloss\t0.5\n" * 5000)
    puts = bucket.store.meter.totals()["put"]
    async with serving(path, poll_interval_s=0.1) as live:
        await live.hub.rows.read()
        assert bucket.store.meter.totals() == {"list": 1, "read": 10, "put": puts}
        subscription = live.hub.subscribe()
        subscription.look(Look([layout.ExperimentId(name) for name in names], ["scalars"], ["loss"]))
        for name in names:
            await live.answers.catalogue(name)
        await live.answers.series_page(SeriesRequest(names, ["loss"]))
        before = bucket.store.meter.totals()
        assert before["read"] == 20
        for name in names:
            bucket.store.put(part_path(f"{name}/scalars.tsv", len(HEADER) + 13 * 5000), b"2\t3\tloss\t0.25\n")
        seen: set[str] = set()
        async with asyncio.timeout(LIMIT_S):
            while seen != set(names):
                batch = await subscription.next_batch()
                seen |= {each.experiment for each in batch if isinstance(each, PointsAdded)}
        assert bucket.store.meter.totals()["read"] - before["read"] == 10
        assert "stat" not in bucket.store.meter.totals()
        subscription.close()


@pytest.mark.slow
async def test_a_store_that_does_not_answer_holds_no_other_root_up(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = bucket_of(path)
    bucket.store.put("run/experiment.json", RUN)
    (tmp_path / "local" / "run").mkdir(parents=True)
    (tmp_path / "local" / "run" / "experiment.json").write_bytes(RUN)
    roots = (NamedRoot("a", path), NamedRoot("b", tmp_path / "local"))
    async with serving(path, several=roots, poll_interval_s=0.1) as live:
        subscription = live.hub.subscribe()
        await until(lambda: {"a/run", "b/run"} <= live.hub.rows.rows.keys())
        monkeypatch.setattr(bucket.store, "list", _no_answer)
        await until(lambda: store_of_first(live).unreachable_since > 0)
        assert store_of_first(live).reason == "no answer in time"
        assert "a/run" in live.hub.rows.rows
        (tmp_path / "local" / "more").mkdir()
        (tmp_path / "local" / "more" / "experiment.json").write_bytes(RUN)
        await until(lambda: "b/more" in live.hub.rows.rows)
        monkeypatch.undo()
        bucket.store.put("later/experiment.json", RUN)
        await until(lambda: "a/later" in live.hub.rows.rows)
        subscription.close()


def _no_answer(*_: object) -> Iterator[object]:
    raise StoreError("memory://", "no answer in time", is_temporary=True)
