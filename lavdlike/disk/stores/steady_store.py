"""A store whose requests are counted, and repeated within bounds where that helps."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from lavdlike.bounded import giving_up
from lavdlike.disk.stores.object_store import ObjectStore, ReadBytes, StoredObject
from lavdlike.disk.stores.request_meter import RequestMeter, RequestType
from lavdlike.disk.stores.retry_policy import RetryPolicy
from lavdlike.errors import StoreConflictError, StoreError, StoreMissingError

T = TypeVar("T")

# Objects in one answer to a list: the store is asked again for those that follow.
_PAGE_OBJECTS = 1000
# Not the module's: what a script has seeded is its own, and a thread may ask a store at any time.
_RANDOM = random.SystemRandom()


class SteadyStore:
    """A store (`object_store.ObjectStore`) around another one.

    Raises what the other one does, if it is no use to try again or was tried often enough.

    Args:
        meter: counts each try, and each further page of a list.
    """

    def __init__(
        self,
        store: ObjectStore,
        meter: RequestMeter,
        policy: RetryPolicy = RetryPolicy(),  # noqa: B008 - a tuple
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.meter = meter
        self._store = store
        self._policy = policy
        self._clock, self._sleep = clock, sleep

    @property
    def address(self) -> str:
        return self._store.address

    @property
    def has_conditions(self) -> bool:
        return self._store.has_conditions

    def list(self, prefix: str = "", *, after: str = "") -> Iterator[StoredObject]:
        """As that of the store; one that breaks off goes on behind the last object that came."""
        failed, begun, listed = 0, self._clock(), 0
        while True:
            try:
                self.meter.take("list")
                for found in self._store.list(prefix, after=after):
                    if (
                        found.path <= after
                    ):  # not in order, as not every store is: what follows cannot be known
                        after = ""
                        listed = -1
                    elif listed >= 0:
                        after = found.path
                        listed += 1
                        if listed % _PAGE_OBJECTS == 0:
                            self.meter.take("list")
                    yield found
                    failed, begun = 0, self._clock()
            except StoreError as error:
                failed += 1
                if listed < 0:
                    raise
                self._wait(error, failed, begun)
            else:
                return

    def stat(self, path: str) -> StoredObject:
        return self._tried("stat", lambda: self._store.stat(path))

    def read(self, path: str, begin: int = 0, end: int | None = None, *, etag: str = "") -> ReadBytes:
        return self._tried("read", lambda: self._store.read(path, begin, end, etag=etag))

    def put(self, path: str, content: bytes | Path, *, condition: str | None = None) -> str:
        """As that of the store. A put whose answer was lost, and which is there, has succeeded."""
        tries = 0

        def once() -> str:
            nonlocal tries
            tries += 1
            try:
                return self._store.put(path, content, condition=condition)
            except StoreConflictError:
                if tries > 1 and (etag := self._etag_if_same(path, content)) is not None:
                    return etag
                raise

        return self._tried("put", once)

    def delete(self, path: str) -> None:
        self._tried("delete", lambda: self._store.delete(path))

    def _etag_if_same(self, path: str, content: bytes | Path) -> str | None:
        """The etag of an object that holds just this."""
        expected = content.read_bytes() if isinstance(content, Path) else content
        self.meter.take("read")
        try:
            found = self._store.read(path)
        except StoreMissingError:
            return None
        return found.etag if found.content == expected else None

    def _tried(self, kind: RequestType, request: Callable[[], T]) -> T:
        failed, begun = 0, self._clock()
        while True:
            self.meter.take(kind)
            try:
                return request()
            except StoreError as error:
                failed += 1
                self._wait(error, failed, begun)

    def _wait(self, error: StoreError, failed: int, begun: float) -> None:
        """Before the next try; raises the error if there is none."""
        pause_s = self._policy.pause_s(failed, self._clock() - begun, _RANDOM.random())
        if not error.is_temporary or pause_s is None:
            raise error
        giving_up.check()
        self._sleep(pause_s)
