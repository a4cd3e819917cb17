"""Requests are repeated within bounds where that helps, counted, and held back beyond the limit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lavdlike.bounded import giving_up
from lavdlike.disk.stores.memory_store import MemoryStore
from lavdlike.disk.stores.object_store import CREATE, ReadBytes, StoredObject
from lavdlike.disk.stores.request_meter import RequestMeter
from lavdlike.disk.stores.retry_policy import RetryPolicy
from lavdlike.disk.stores.steady_store import SteadyStore
from lavdlike.errors import StoreConflictError, StoreError, StoreRightsError

BUSY = StoreError("memory://", "the store answered 503", is_temporary=True)


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Failing(MemoryStore):
    """A store that refuses before it begins, or loses its answers.

    Args:
        errors: of the next requests; of a list behind so many objects. None: it works.
    """

    def __init__(self, errors: list[Exception | None], *, loses: bool = False, behind: int = 0) -> None:
        super().__init__()
        self.errors, self.loses, self.behind = errors, loses, behind

    def fail(self) -> None:
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error

    def list(self, prefix: str = "", *, after: str = "") -> Iterator[StoredObject]:
        for count, found in enumerate(super().list(prefix, after=after)):
            if count == self.behind:
                self.fail()
            yield found

    def read(self, path: str, begin: int = 0, end: int | None = None, *, etag: str = "") -> ReadBytes:
        self.fail()
        return super().read(path, begin, end, etag=etag)

    def put(self, path: str, content: bytes | Path, *, condition: str | None = None) -> str:
        if not self.loses:
            self.fail()
            return super().put(path, content, condition=condition)
        etag = super().put(path, content, condition=condition)
        self.fail()
        return etag


def steady(store: MemoryStore, limit_per_minute: int = 0, policy: RetryPolicy = RetryPolicy()) -> SteadyStore:  # noqa: B008
    time = Time()
    meter = RequestMeter(limit_per_minute, clock=time, sleep=time.sleep)
    return SteadyStore(store, meter, policy, clock=time, sleep=time.sleep)


def test_what_is_temporary_is_tried_again_and_each_try_counted() -> None:
    store = steady(Failing([BUSY, BUSY]))
    store.put("a", b"1")
    assert store.meter.totals() == {"put": 3}


def test_tries_end() -> None:
    store = steady(Failing([BUSY] * 100))
    with pytest.raises(StoreError, match="503"):
        store.read("a")
    assert store.meter.totals() == {"read": RetryPolicy().tries}


def test_what_stays_refused_is_asked_once() -> None:
    store = steady(Failing([StoreRightsError("memory://", "refused")]))
    with pytest.raises(StoreRightsError):
        store.read("a")
    assert store.meter.totals() == {"read": 1}


def test_a_list_goes_on_where_it_broke_off_and_names_nothing_twice() -> None:
    inner = Failing([BUSY, BUSY, BUSY, None], behind=2)
    for name in "abcdefg":
        inner.put(name, b"") if not inner.errors else MemoryStore.put(inner, name, b"")
    assert [found.path for found in steady(inner).list()] == list("abcdefg")


def test_a_put_whose_answer_was_lost_has_succeeded_and_one_of_somebody_else_has_not() -> None:
    store = steady(Failing([BUSY], loses=True))
    etag = store.put("a", b"1", condition=CREATE)
    assert store.stat("a").etag == etag
    with pytest.raises(StoreConflictError):
        store.put("a", b"1", condition=CREATE)


def test_requests_beyond_the_limit_wait_for_the_minute_and_whoever_gives_up_does_not() -> None:
    store = steady(MemoryStore(), 3)
    for name in "abc":
        store.put(name, b"")
    assert store.meter.last_minute() == 3
    with giving_up.when(lambda: True), pytest.raises(giving_up.GivenUpError):
        store.put("d", b"")
    store.put("d", b"")
    assert store.meter.last_minute() <= 3
    assert sum(store.meter.totals().values()) == 4
