"""What SQLite files of many runs have in common, as a `store.Store` and as a `source.Source`."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from typing import NamedTuple
from weakref import WeakKeyDictionary

from lavdlike.sources.descriptions.description import Description
from lavdlike.sources.source import Form, PointsFile, Role
from lavdlike.sources.sqlite.database import (
    JOURNAL_SUFFIX,
    WAL_SUFFIX,
    BusyError,
    Database,
    Tables,
    database_of,
    is_sqlite,
    newest_and_version,
)
from lavdlike.sources.sqlite.pages import HEADER_BYTES, DamagedError
from lavdlike.sources.store import Damage, Listed, State, StoredRun, UnreadableStoreError, member_name

# Of one file.
MAX_DAMAGE = 20


class Runs(NamedTuple):
    """Those of a file as they were read. `contents`, `until`: of its tables, what tells that they are the same."""

    runs: list[StoredRun]
    contents: int
    until: int = 0


class SqliteStore(ABC):
    """See `store.Store`."""

    name: str
    suffixes: tuple[str, ...] = (".db", ".sqlite", ".sqlite3")
    beside: tuple[str, ...] = (WAL_SUFFIX, JOURNAL_SUFFIX)

    def __init__(self) -> None:
        self._before: WeakKeyDictionary[Database, Runs] = WeakKeyDictionary()

    @abstractmethod
    def is_called(self, path: str) -> bool: ...

    @abstractmethod
    def runs_in(self, tables: Tables, before: Runs | None) -> Runs | None:
        """None if they are not those of the format. `before`: what there was, to go on from there."""

    @abstractmethod
    def description_in(self, tables: Tables, key: str) -> Description: ...

    def state(self, descriptor: int) -> State:
        return State(*newest_and_version(descriptor))

    def listed(self, descriptor: int, *, is_called: bool) -> Listed:
        database = database_of(descriptor)
        before = self._before.get(database)
        try:
            runs, damaged = database.look(
                descriptor, lambda tables: (self.runs_in(tables, before), tables.damaged[:MAX_DAMAGE])
            )
        except DamagedError as error:
            begin = os.pread(descriptor, HEADER_BYTES, 0)
            # An empty one is to be written yet; and others than SQLite's files may have such names.
            is_said = is_sqlite(begin) or (is_called and begin != b"")
            return Listed(None, (_damage(error),) if is_said else ())
        except BusyError as error:
            raise UnreadableStoreError(str(error)) from None
        if runs is not None and not damaged:
            self._before[database] = runs
        return Listed(None if runs is None else runs.runs, tuple(map(_damage, damaged)))

    def describe(self, descriptor: int, key: str) -> Description:
        try:
            return database_of(descriptor).look(descriptor, lambda tables: self.description_in(tables, key))
        except DamagedError as error:
            raise UnreadableStoreError(*_damage(error)) from None
        except BusyError as error:
            raise UnreadableStoreError(str(error)) from None


def _damage(error: DamagedError) -> Damage:
    return Damage(error.reason, f"page {error.page}")


class StoredRuns(ABC):
    """The runs of a database, each as the only file of its folder. See `source.Source`."""

    title: str
    form = Form.RUN_LOG
    told_by_name = True
    store: SqliteStore

    @abstractmethod
    def points(self, path: str, shown: str, run: str = "") -> PointsFile: ...

    def names(self, path: str) -> bool:
        return path == member_name(self.store)

    def claims(self, path: str, begin: bytes) -> Role | None:
        return Role.POINTS if self.names(path) and (not begin or is_sqlite(begin)) else None
