"""What a process knows of the objects below one address: the last list, the copies, how the store answers.

All roots and editors of an address share it. Whoever follows the store (`follow`) lists it from time to time; otherwise
an access lists it, if the last list is older than what somebody who looks again would expect.
"""

from __future__ import annotations

import atexit
import errno
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from lavdlike.disk import filling, user_cache
from lavdlike.disk.stores.object_cache import DEFAULT_BYTES, ObjectCache
from lavdlike.disk.stores.object_store import StoredObject
from lavdlike.disk.stores.object_tree import ObjectTree, TreeFile, changed_paths, tree_of
from lavdlike.disk.stores.opened_stores import open_store
from lavdlike.disk.stores.steady_store import SteadyStore
from lavdlike.errors import NotServedError, StoreError, StoreMissingError, StoreRightsError

DEFAULT_REQUESTS_PER_MINUTE = 1200
_FRESH_S = 5.0
# What is read ahead of one file, and of how many at once.
_AHEAD_BYTES = 2**16
_AHEAD_AT_ONCE = 16

_Failure = TypeVar("_Failure", bound=OSError | NotServedError)


@dataclass(frozen=True)
class StoreOptions:
    """How stores are read by this process.

    `cache`: the folder of copies; None: in the user's cache. `cache_bytes`: of the copies of one store.
    `requests_per_minute`: to one store; 0: as many as it takes.
    """

    cache: Path | None = None
    cache_bytes: int = DEFAULT_BYTES
    requests_per_minute: int = DEFAULT_REQUESTS_PER_MINUTE


class StoreState(NamedTuple):
    """How a store answers.

    `listed_at`: when the last list that came was asked for, Unix seconds, 0: none came. `failed_since`: since when
    lists fail, 0: the last one came. `reason`: why. `requests_per_minute`: in the last minute; `limit_per_minute`: of
    those, 0: none.
    """

    listed_at: float
    failed_since: float
    reason: str
    objects: int
    requests_per_minute: int
    limit_per_minute: int
    cached_bytes: int


class Bucket:
    """For any thread."""

    def __init__(self, store: SteadyStore, cache: ObjectCache) -> None:
        self.store = store
        self.cache = cache
        self._turn = threading.Lock()  # one list at a time
        self._lock = threading.Lock()
        self._tree: ObjectTree | None = None
        self._listed_at = self._failed_since = 0.0
        self._listed = float("-inf")  # by a clock that goes on
        self._error: OSError | NotServedError | None = None
        self._followers = 0

    def tree(self) -> ObjectTree:
        """What is there; the last known, if somebody follows it.

        Raises:
            OSError, NotServedError: it was never listed, and cannot be.
        """
        with self._lock:
            tree, is_followed = self._tree, self._followers > 0
            is_fresh = is_followed or time.monotonic() - self._listed < _FRESH_S
        if tree is not None and is_fresh:
            return tree
        with self._turn:
            if self._tree is not None and self._tree is not tree:
                return self._tree  # listed meanwhile
            try:
                return self._list()
            except (OSError, NotServedError):
                if tree is None:
                    raise
                return tree

    def look(self) -> Iterator[tuple[str, str]]:
        """List the store; what has changed since the last list, by folder and name.

        Raises:
            OSError, NotServedError: it cannot be listed.
        """
        with self._turn:
            before = self._tree
            tree = self._list()
        return iter(()) if before is None else changed_paths(before, tree)

    def _list(self) -> ObjectTree:
        asked_at = time.time()
        try:
            tree = tree_of(self.store.list(), self._tree, asked_at)
        except StoreMissingError as error:
            raise self._failed(FileNotFoundError(errno.ENOENT, error.reason, error.place)) from None
        except StoreRightsError as error:
            raise self._failed(NotServedError("", error.reason)) from None
        except StoreError as error:
            raise self._failed(OSError(errno.EIO, error.reason, error.place)) from None
        with self._lock:
            self._tree, self._listed_at, self._listed = tree, asked_at, time.monotonic()
            self._failed_since, self._error = 0.0, None
        return tree

    def _failed(self, error: _Failure) -> _Failure:
        with self._lock:
            self._failed_since = self._failed_since or time.time()
            self._error = error
        return error

    def read_ahead(self, name: str, *, most: int) -> None:
        """Have all files of a name here, many at once, before they are read one after the other.

        What cannot be had is left to those who read it.
        """
        tree = self.tree()
        paths = [f"{folder}/{name}" for folder in tree.folders() if folder and tree.names(folder).get(name)]
        files = [(path, file) for path in paths[:most] if (file := tree.file(path)) is not None]

        def read(asked: tuple[str, TreeFile]) -> None:
            with suppress(OSError, NotServedError), self.cache.opened(*asked) as descriptor:
                filling.fill(descriptor, _AHEAD_BYTES)

        with ThreadPoolExecutor(_AHEAD_AT_ONCE) as pool:
            list(pool.map(read, files))

    def note(self, path: str, found: StoredObject | None) -> None:
        """What was written here, or removed, is known before the next list."""
        with self._turn, self._lock:
            if self._tree is not None:
                self._tree = self._tree.with_file(path, found)

    def follow(self, by: int) -> None:
        """Somebody lists it from now on (1), or no longer (-1)."""
        with self._lock:
            self._followers += by

    def state(self) -> StoreState:
        with self._lock:
            error = self._error
            objects = 0 if self._tree is None else self._tree.objects
            times = self._listed_at, self._failed_since
        reason = (error.strerror or "") if isinstance(error, OSError) else error.reason if error else ""
        meter = self.store.meter
        return StoreState(
            *times, reason, objects, meter.last_minute(), meter.limit_per_minute, self.cache.size_bytes
        )


_options = StoreOptions()
_known: dict[str, Bucket] = {}
_lock = threading.Lock()


def configure(options: StoreOptions) -> None:
    """How stores that are opened from now on are read."""
    global _options  # noqa: PLW0603 - one place for what the command line says of all stores
    _options = options


def known_bucket(address: str) -> Bucket:
    """The one of an address. Raises as `open_store`."""
    with _lock:
        found = _known.get(address)
        if found is None:
            store = open_store(address, requests_per_minute=_options.requests_per_minute)
            found = _known[address] = Bucket(store, ObjectCache(store, _place(), _options.cache_bytes))
            atexit.register(found.cache.close)
        return found


def _place() -> Path:
    place = _options.cache or user_cache.cache_folder() / "stores"
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError:
        return Path(tempfile.gettempdir())
    return place
