"""What SQLite files of many runs have in common, as a `store.Store` and as a `source.Source`."""

from __future__ import annotations

from abc import ABC, abstractmethod

from lavdlike.sources.descriptions.description import Description
from lavdlike.sources.source import Form, PointsFile, Role
from lavdlike.sources.sqlite.database import (
    JOURNAL_SUFFIX,
    WAL_SUFFIX,
    BusyError,
    Tables,
    database_of,
    is_sqlite,
    newest_ns,
    version_of,
)
from lavdlike.sources.sqlite.pages import DamagedError
from lavdlike.sources.store import State, StoredRun, UnreadableStoreError, member_name


class SqliteStore(ABC):
    """See `store.Store`."""

    name: str
    suffixes: tuple[str, ...] = (".db", ".sqlite", ".sqlite3")
    beside: tuple[str, ...] = (WAL_SUFFIX, JOURNAL_SUFFIX)

    @abstractmethod
    def runs_in(self, tables: Tables) -> list[StoredRun] | None:
        """None if they are not those of the format."""

    @abstractmethod
    def description_in(self, tables: Tables, key: str) -> Description: ...

    def state(self, descriptor: int) -> State:
        return State(newest_ns(descriptor), version_of(descriptor))

    def runs(self, descriptor: int) -> list[StoredRun] | None:
        try:
            return database_of(descriptor).look(descriptor, self.runs_in)
        except DamagedError:
            return None  # any file
        except BusyError as error:
            raise UnreadableStoreError(str(error)) from None

    def describe(self, descriptor: int, key: str) -> Description:
        try:
            return database_of(descriptor).look(descriptor, lambda tables: self.description_in(tables, key))
        except DamagedError as error:
            raise UnreadableStoreError(error.reason, f"page {error.page}") from None
        except BusyError as error:
            raise UnreadableStoreError(str(error)) from None


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
