"""The points of one run in a table that only grows, read by its rowids (`source.PointsFile`)."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import partial

from lavdlike.messages import Problem
from lavdlike.sources.columns import Columns
from lavdlike.sources.sqlite.database import BusyError, Tables, database_of, stamp_of
from lavdlike.sources.sqlite.pages import DamagedError
from lavdlike.sources.sqlite.trees import Row

# At one look: some milliseconds, so that a script that commits all the time leaves room for one.
ROWS_AT_ONCE = 20_000
MAX_PROBLEMS = 100


class StoredPoints(ABC):
    """What all formats have in common. `path`: relative to the root, for people."""

    writer: str

    def __init__(self, path: str) -> None:
        self._path = path
        self._last: Row | None = None  # of those that were read
        self._stamp: tuple[object, ...] | None = None
        self._identity: tuple[int, int] | None = None
        self._problems: dict[tuple[str, str], Problem] = {}
        self._outside = 0  # values at steps that are none

    @abstractmethod
    def rows(self, tables: Tables, after: int) -> Iterator[Row]:
        """Those of the run behind a rowid, by their rowids."""

    @abstractmethod
    def columns(self, rows: Sequence[Row], modified: float) -> dict[str, Columns]:
        """What they hold. `modified`: when the file was written."""

    def some(self, tables: Tables, after: int) -> list[Row]:
        """At most `ROWS_AT_ONCE` of `rows`; fewer if there are no more."""
        found = []
        for row in self.rows(tables, after):
            found.append(row)
            if len(found) == ROWS_AT_ONCE:
                break
        return found

    def is_unchanged(self, descriptor: int) -> bool:
        return self._stamp is not None and stamp_of(descriptor) == self._stamp

    def continues(self, descriptor: int) -> bool:
        status = os.fstat(descriptor)
        if self._identity is not None and (status.st_dev, status.st_ino) != self._identity:
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
        status = os.fstat(descriptor)
        self._identity = status.st_dev, status.st_ino
        stamp = stamp_of(descriptor)
        self._problems = {}
        database = database_of(descriptor)
        while True:
            after = self._last.rowid if self._last is not None else -(2**63)
            try:
                rows, damaged = database.look(descriptor, partial(self._look, after=after))
            except DamagedError as error:
                self.note(error.reason, f"page {error.page}")
                break
            except BusyError:
                return  # something will be said to have changed again
            for each in damaged:
                self.note(each.reason, f"page {each.page}")
            if rows:
                self._last = rows[-1]
                yield self.columns(rows, status.st_mtime)
            if len(rows) < ROWS_AT_ONCE:
                break
        self._stamp = stamp

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

    def _look(self, tables: Tables, after: int) -> tuple[list[Row], list[DamagedError]]:
        rows = self.some(tables, after)
        return rows, tables.damaged[:MAX_PROBLEMS]
