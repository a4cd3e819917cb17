"""The points of one run in a table that only grows, read by its rowids (`source.PointsFile`)."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sized
from typing import Generic, NamedTuple, TypeVar

from lavdlike.disk.made import status_of
from lavdlike.messages import Problem
from lavdlike.sources.columns import Columns
from lavdlike.sources.sqlite.database import BusyError, Tables, Version, database_of, version_of
from lavdlike.sources.sqlite.pages import DamagedError
from lavdlike.sources.sqlite.row_records import Row

# At one look: some milliseconds, so that a script that commits all the time leaves room for one.
ROWS_AT_ONCE = 20_000
MAX_PROBLEMS = 100


Rows = TypeVar("Rows", bound=Sized)


class Some(NamedTuple, Generic[Rows]):
    """Rows of the run. `last`: the one with the largest rowid; None: there are none.

    `after`: the rowid up to which all were looked at. `is_more`: whether there may be more.
    """

    rows: Rows
    last: Row | None
    after: int
    is_more: bool


class StoredPoints(ABC, Generic[Rows]):
    """What all formats have in common. `path`: relative to the root, for people."""

    writer: str

    def __init__(self, path: str) -> None:
        self._path = path
        self._last: Row | None = None  # of those that were read
        self._after = -(2**63)  # the rowid up to which rows were looked at
        self._version: Version | None = None  # when all of it was read
        self._identity: tuple[int, int] | None = None
        self._problems: dict[tuple[str, str], Problem] = {}
        self._is_cut = False  # pages were missing
        self._outside = 0  # values at steps that are none

    @abstractmethod
    def rows(self, tables: Tables, after: int) -> Iterator[Row]:
        """Those of the run behind a rowid, by their rowids."""

    @abstractmethod
    def some(self, tables: Tables, after: int) -> Some[Rows]:
        """As many of them as are read at one look. It may be called again, so that it changes nothing."""

    @abstractmethod
    def columns(self, rows: Rows, modified: float) -> dict[str, Columns]:
        """What they hold. `modified`: when the file was written."""

    def is_unchanged(self, descriptor: int) -> bool:
        return self._version is not None and version_of(descriptor) == self._version

    def continues(self, descriptor: int) -> bool:
        status = status_of(descriptor)
        if self._identity is not None and (status.st_dev, status.st_ino) != self._identity:
            return False
        if self._is_cut:  # then what was missed may be there now
            return False
        last = self._last
        if last is None:
            return True
        try:
            again = database_of(descriptor).look(
                descriptor, lambda tables: next(self.rows(tables, last.rowid - 1), None)
            )
        except (DamagedError, BusyError):
            return True  # said by `read_new`
        return again == last

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        status = status_of(descriptor)
        self._identity = status.st_dev, status.st_ino
        self._problems, self._version, version = {}, None, None
        self._is_cut = False
        database = database_of(descriptor)
        is_more = True
        while is_more:
            try:
                version = version_of(descriptor)
                some, damaged = database.look(descriptor, self._look)
            except DamagedError as error:
                self._is_cut |= error.is_missing
                self.note(error.reason, f"page {error.page}")
                break
            except BusyError:
                return  # something will be said to have changed again
            for each in damaged:
                self._is_cut |= each.is_missing
                self.note(each.reason, f"page {each.page}")
            self._after, is_more = some.after, some.is_more
            self._last = some.last or self._last
            if some.rows:
                yield self.columns(some.rows, status.st_mtime)
        self._version = version

    def problems(self) -> list[Problem]:
        found = list(self._problems.values())
        if self._outside:
            reason = f"{self._outside} values at steps that are none: steps are from 0 to 2**53 - 1"
            found.append(Problem(self._path, reason))
        return found

    def note(self, reason: str, position: str) -> None:
        if len(self._problems) < MAX_PROBLEMS:
            self._problems[reason, position] = Problem(self._path, reason, position)

    def note_outside(self, count: int) -> None:
        """That there are so many more values at steps that are none."""
        self._outside += count

    def _look(self, tables: Tables) -> tuple[Some[Rows], list[DamagedError]]:
        some = self.some(tables, self._after)
        return some, tables.damaged[:MAX_PROBLEMS]


class RowByRow(StoredPoints[list[Row]]):
    """Whose rows are taken one by one."""

    def some(self, tables: Tables, after: int) -> Some[list[Row]]:
        found = list(itertools.islice(self.rows(tables, after), ROWS_AT_ONCE))
        last = found[-1] if found else None
        return Some(found, last, after if last is None else last.rowid, len(found) == ROWS_AT_ONCE)
