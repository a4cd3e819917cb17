"""What SQLite files of many runs have in common, as a `run_store.Store` and as a `source.Source`."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from lavdlike.disk.filling import pread
from lavdlike.sources.descriptions.description import Description
from lavdlike.sources.run_store import (
    Changed,
    Damage,
    Listed,
    State,
    StoredRun,
    UnreadableStoreError,
    member_name,
)
from lavdlike.sources.source import Form, PointsFile, Role
from lavdlike.sources.sqlite.database import (
    JOURNAL_SUFFIX,
    WAL_SUFFIX,
    BusyError,
    Database,
    Tables,
    Version,
    database_of,
    is_sqlite,
    newest_and_version,
    version_of,
)
from lavdlike.sources.sqlite.pages import HEADER_BYTES, DamagedError
from lavdlike.sources.sqlite.row_records import Row

# Of one file.
MAX_DAMAGE = 20


class Runs(NamedTuple):
    """Those of a file as they were read. `contents`, `until`: of its tables, what tells that they are the same."""

    runs: list[StoredRun]
    contents: tuple[dict[int, int], ...]
    until: int = 0


class _Marks(NamedTuple):
    """By table: the last rowid; and what is on its pages."""

    rowids: dict[str, int]
    contents: dict[str, dict[int, int]]


class SqliteStore(ABC):
    """See `run_store.Store`."""

    name: str
    # Tables whose rows belong to runs: only added to, or written anew as well; with the points, or what is said.
    points_table: str
    added_tables: tuple[str, ...] = ()
    changed_tables: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = (".db", ".sqlite", ".sqlite3")
    beside: tuple[str, ...] = (WAL_SUFFIX, JOURNAL_SUFFIX)

    def __init__(self) -> None:
        self._before: WeakKeyDictionary[Database, Runs] = WeakKeyDictionary()
        self._marked: WeakKeyDictionary[Database, tuple[Version, _Marks]] = WeakKeyDictionary()

    @abstractmethod
    def is_called(self, path: str) -> bool: ...

    @abstractmethod
    def key_column(self, tables: Tables) -> str:
        """In which column of these tables the key of the run stands."""

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
        version = version_of(descriptor)  # before it is looked at: it is not newer than that
        try:
            runs, marks, damaged = database.look(
                descriptor,
                lambda tables: (
                    self.runs_in(tables, before),
                    self._marks(tables),
                    tables.damaged[:MAX_DAMAGE],
                ),
            )
        except DamagedError as error:
            begin = pread(descriptor, HEADER_BYTES, 0)
            # An empty one is to be written yet; and others than SQLite's files may have such names.
            is_said = is_sqlite(begin) or (is_called and begin != b"")
            return Listed(None, (_damage(error),) if is_said else ())
        except BusyError as error:
            raise UnreadableStoreError(str(error)) from None
        if runs is not None and not damaged:
            self._before[database] = runs
        if version is not None:
            self._marked[database] = version, marks
        return Listed(None if runs is None else runs.runs, tuple(map(_damage, damaged)), marks)

    def changed(self, descriptor: int, marks: object) -> Changed | None:
        if not isinstance(marks, _Marks):
            return None
        database = database_of(descriptor)
        version, now = self._marked.get(database, (None, None))
        now = now if version is not None and version == version_of(descriptor) else None
        if now == marks:
            return Changed(frozenset(), frozenset(), marks)
        try:
            return database.look(descriptor, lambda tables: self._changed(tables, marks, now))
        except DamagedError as error:
            raise UnreadableStoreError(*_damage(error)) from None
        except BusyError as error:
            raise UnreadableStoreError(str(error)) from None

    def _changed(self, tables: Tables, marks: _Marks, now: _Marks | None) -> Changed | None:
        """`now`: what `marks` are now, if that is known."""
        now = now or self._marks(tables)
        if any(rowid < marks.rowids[table] for table, rowid in now.rowids.items()):
            return None
        column = self.key_column(tables)

        def added(table: str) -> Iterator[Row]:
            return tables.rows(table, (column,), after=marks.rowids[table])

        told = [added(table) for table in self.added_tables]
        for table, pages in now.contents.items():
            others = {page for page, content in pages.items() if marks.contents[table].get(page) != content}
            if others:
                told.append(tables.rows_on(table, (column,), others))
        return Changed(_keys(added(self.points_table)), _keys(itertools.chain(*told)), now)

    def _marks(self, tables: Tables) -> _Marks:
        grown = (self.points_table, *self.added_tables)
        return _Marks(
            {table: tables.last_rowid(table) for table in grown},
            {table: tables.contents(table) for table in self.changed_tables},
        )

    def describe(self, descriptor: int, key: str) -> Description:
        try:
            return database_of(descriptor).look(descriptor, lambda tables: self.description_in(tables, key))
        except DamagedError as error:
            raise UnreadableStoreError(*_damage(error)) from None
        except BusyError as error:
            raise UnreadableStoreError(str(error)) from None


def _keys(rows: Iterable[Row]) -> frozenset[str]:
    return frozenset(key for row in rows if isinstance(key := row.values[0], str))


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
