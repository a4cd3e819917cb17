"""A SQLite file of another program, asked for rows of its tables while that program may write to it.

`Database.look` calls a function with what the file holds (`Tables`). If the file changed meanwhile, what the function
returned may be of two states at once: it is called again. So what it reads has to be little, and it must keep nothing
before it returns.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar, cast

from lavdlike.disk.beside import opened_beside
from lavdlike.disk.filling import pread
from lavdlike.disk.made import status_of
from lavdlike.disk.root import is_settled
from lavdlike.sources.sqlite import rollback_journal
from lavdlike.sources.sqlite.index_trees import IndexTrees
from lavdlike.sources.sqlite.pages import HEADER_BYTES, MAGIC, DamagedError, Pages, page_bytes_of
from lavdlike.sources.sqlite.row_records import RecordReader, Row, Value
from lavdlike.sources.sqlite.schema import Index, Schema, schema_of
from lavdlike.sources.sqlite.table_trees import TableTrees
from lavdlike.sources.sqlite.tree_pages import TreePages
from lavdlike.sources.sqlite.wal import Wal

if TYPE_CHECKING:
    from lavdlike.sources.sqlite.alike import Alike
    from lavdlike.sources.sqlite.page_cells import Places

T = TypeVar("T")
Version = tuple[object, ...]
WAL_SUFFIX, JOURNAL_SUFFIX = "-wal", "-journal"
# How often a look is tried while the file changes; each takes milliseconds, and between commits there are pauses.
# The version of the format of a file that is written with a log ("write version").
_WITH_LOG = 2
_TRIES = 20
_PAUSE_S = 0.005
_MAX_KNOWN = 32


class BusyError(Exception):
    """It changed at every look: it is to be asked again."""


class Tables:
    """What the file holds at one look.

    `damaged`: what could not be read of it until now.
    """

    def __init__(self, pages: Pages, schema: Schema | None = None) -> None:
        self._pages = TreePages(pages)
        self._encoding = pages.encoding
        self._contents: dict[str, dict[int, int]] = {}
        self._tables = TableTrees(self._pages)
        self._indexes = IndexTrees(self._pages, pages.encoding)
        reader = RecordReader(range(5), pages.encoding)
        self.schema = schema or schema_of(row.values for row in self._tables.rows(1, reader))

    @property
    def damaged(self) -> list[DamagedError]:
        return self._pages.damaged

    def has(self, table: str, columns: Sequence[str] = ()) -> bool:
        """Whether there is such a table, with these columns."""
        found = self.schema.tables.get(table)
        return found is not None and set(columns) <= set(found.columns)

    def rows(self, table: str, columns: Sequence[str], *, after: int = -(2**63)) -> Iterator[Row]:
        """All rows with a larger rowid, by that; nothing without the table. Columns that it lacks are None."""
        found = self.schema.tables.get(table)
        if found is not None:
            yield from self._tables.rows(found.root, self._reader(found.columns, columns), after=after)

    def rows_of(
        self, table: str, columns: Sequence[str], column: str, value: str | int, *, after: int = -(2**63)
    ) -> Iterator[Row]:
        """As `rows`, those with this value in a column: by an index, if there is one."""
        found = self.schema.tables.get(table)
        if found is None or column not in found.columns:
            return
        rowids = self._indexed(table, column, value, after)
        if rowids is None:
            for row in self.rows(table, [*columns, column], after=after):
                if row.values[-1] == value:
                    yield row._replace(values=row.values[:-1])
            return
        reader = self._reader(found.columns, columns)
        for some in rowids:
            yield from self._tables.rows_at(found.root, reader, some)

    def rowids_of(
        self, table: str, column: str, value: str | int, *, after: int = -(2**63), count: int | None = None
    ) -> Places | None:
        """Those of the rows with this value in a column, by an index: the first ones; None without one that tells."""
        import numpy as np

        found = self._indexed(table, column, value, after)
        if found is None:
            return None
        parts = [np.array([], np.int64)]
        left = 2**63 if count is None else count
        for some in found:
            parts.append(some[:left])
            left -= len(some)
            if left <= 0:
                break
        return np.concatenate(parts)

    def rows_at(self, table: str, columns: Sequence[str], rowids: Places) -> Iterator[Row]:
        """Those of these rowids, which grow, that are there."""
        found = self.schema.tables.get(table)
        if found is not None:
            yield from self._tables.rows_at(found.root, self._reader(found.columns, columns), rowids)

    def alike_at(self, table: str, columns: Sequence[str], rowids: Places) -> Iterator[Alike]:
        """The same, those together whose values have the same types, in no order: for very many rows."""
        found = self.schema.tables.get(table)
        if found is not None:
            yield from self._tables.alike_at(found.root, self._reader(found.columns, columns), rowids)

    def contents(self, table: str) -> dict[int, int]:
        """By page of a table, another number for other rows there: without a look at single rows."""
        found = self.schema.tables.get(table)
        if found is None:
            return {}
        if table not in self._contents:
            self._contents[table] = self._tables.contents(found.root)
        return self._contents[table]

    def rows_on(self, table: str, columns: Sequence[str], pages: Container[int]) -> Iterator[Row]:
        """The rows on these pages of a table."""
        found = self.schema.tables.get(table)
        if found is not None:
            yield from self._tables.rows_on(found.root, self._reader(found.columns, columns), pages)

    def last_rowid(self, table: str) -> int:
        """The largest one, or one before all if there is no row."""
        found = self.schema.tables.get(table)
        return -(2**63) if found is None else self._tables.last_rowid(found.root)

    def distinct(self, table: str, column: str) -> Iterator[str]:
        """Each text in a column once, by an index, if there is one."""
        fitting = self._indexes_of(table, column)
        if not fitting:
            every = (row.values[0] for row in self.rows(table, (column,)))
            yield from dict.fromkeys(text for text in every if isinstance(text, str))
            return
        text = self._indexes.first_value(fitting[0].root, "")
        while text is not None:
            yield text
            text = self._indexes.first_value(fitting[0].root, f"{text}\0")  # no text lies between these

    def _indexes_of(self, table: str, column: str) -> list[Index]:
        """Those that tell the rows of a value; texts of UTF-16 have another order in them."""
        if self._encoding > 1:
            return []
        return [each for each in self.schema.indexes if each.table == table and each.columns[:1] == (column,)]

    def _indexed(self, table: str, column: str, value: str | int, after: int) -> Iterator[Places] | None:
        """The rowids that an index has for a value, in their order; None without an index that tells."""
        fitting = self._indexes_of(table, column)
        if not fitting:
            return None
        return self._rowids_from(min(fitting, key=lambda each: len(each.columns)), value, after)

    def _rowids_from(self, index: Index, value: str | int, after: int) -> Iterator[Places]:
        import numpy as np

        is_by_rowid = len(index.columns) == 1  # otherwise by another column before
        begin: tuple[Value, ...] = (value, after + 1) if is_by_rowid else (value,)
        found = self._indexes.rowids(index.root, begin, len(index.columns))
        for some in found if is_by_rowid else [np.concatenate([np.array([], np.int64), *found])]:
            grown = np.sort(some[some > after])
            grown = grown[
                np.insert(grown[1:] != grown[:-1], 0, True)[: len(grown)]
            ]  # where it is broken, one may come twice
            if len(grown):
                after = int(grown[-1]) if is_by_rowid else after
                yield grown

    def _reader(self, stored: Sequence[str], columns: Sequence[str]) -> RecordReader:
        places = [stored.index(each) if each in stored else len(stored) for each in columns]
        return RecordReader(places, self._encoding)


class Database:
    """One file, for several looks: its log is read on where it was left."""

    def __init__(self) -> None:
        self._wal = Wal()
        self._lock = threading.Lock()
        self._schema: tuple[bytes, Schema] | None = None

    def look(self, descriptor: int, read: Callable[[Tables], T]) -> T:
        """What a function makes of the file after some commit of it.

        Raises:
            DamagedError: it is no SQLite file, or its header is broken.
            BusyError: it was written to all the time.
        """
        with self._lock:
            return self._look(descriptor, read)

    def version(self, descriptor: int, wal: int | None, journal_descriptor: int | None) -> Version:
        """Another one after each commit, and while a transaction is written, whatever the times of the files are.

        Args:
            wal, journal_descriptor: what stands beside it.

        Raises:
            DamagedError: it is no SQLite file, or its header is broken.
        """
        header = pread(descriptor, HEADER_BYTES, 0)
        page_bytes = page_bytes_of(header)
        if not header.startswith(MAGIC) or len(header) < HEADER_BYTES or not page_bytes:
            raise DamagedError("no SQLite file", 1)
        status = status_of(descriptor)
        with self._lock:
            self._wal.read(wal, page_bytes)
            # Without a log each commit counts in the header; with one it stands behind the last in the log, until the
            # last writer takes the log away with it: then only the time of the file tells of a commit.
            counted = header[24:28], header[92:96]
            written_ns = status.st_mtime_ns if header[18] == _WITH_LOG else 0
            of_file = status.st_dev, status.st_ino, status.st_size, *counted, written_ns
            return *of_file, self._wal.header, self._wal.committed_bytes, _header_of(journal_descriptor)

    def _look(self, descriptor: int, read: Callable[[Tables], T]) -> T:
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(_PAUSE_S)
            with ExitStack() as opened:
                files = _Files(descriptor, opened)
                pages, tables, result, error, key = None, None, None, None, b""
                try:
                    pages = Pages(
                        descriptor, self._wal, files.wal, files.originals(), is_checked=not files.is_quiet
                    )
                    key = _schema_key(pages)
                    is_known = self._schema is not None and self._schema[0] == key
                    tables = Tables(pages, self._schema[1] if self._schema is not None and is_known else None)
                    result = read(tables)
                except DamagedError as damaged:
                    error = damaged
                if not files.are_same(pages):
                    continue
            if error is not None:
                raise error
            if pages is not None and tables is not None and not tables.damaged:
                self._schema = key, tables.schema
            return cast(T, result)
        raise BusyError("it is written to all the time")


def database_of(descriptor: int) -> Database:
    """The one that was used for this file before, so that its log and its schema are not read again."""
    status = status_of(descriptor)
    identity = status.st_dev, status.st_ino
    with _lock:
        known = _known.setdefault(identity, Database())
        _known.move_to_end(identity)
        while len(_known) > _MAX_KNOWN:
            _known.popitem(last=False)
    return known


_lock = threading.Lock()
_known: OrderedDict[tuple[int, int], Database] = OrderedDict()


class _Files:
    """A file, its log and its journal, as they are at the begin of a look."""

    def __init__(self, descriptor: int, opened: ExitStack) -> None:
        self._descriptor = descriptor
        self.wal = opened.enter_context(opened_beside(descriptor, WAL_SUFFIX))
        self._journal = opened.enter_context(opened_beside(descriptor, JOURNAL_SUFFIX))
        self._journal_header = _header_of(self._journal)
        self._page_bytes = page_bytes_of(pread(descriptor, HEADER_BYTES, 0))
        statuses = [status_of(each) for each in (descriptor, self.wal, self._journal) if each is not None]
        self._stamp = tuple(map(_stamp, statuses))
        # Then a change from now on shows in the times.
        self.is_quiet = all(map(is_settled, statuses))

    def originals(self) -> tuple[rollback_journal.Originals, int] | None:
        if self._journal is None or not self._page_bytes:
            return None
        found = rollback_journal.originals(self._journal, self._page_bytes)
        # It may have been written only now: what is of its transaction must not be taken for what is of none.
        self._journal_header = _header_of(self._journal)
        if found is not None and found.is_cut:
            raise DamagedError(
                f"a transaction over more than {rollback_journal.MAX_PAGES:,} pages has not ended", 1
            )
        return None if found is None else (found, self._journal)

    def are_same(self, pages: Pages | None) -> bool:
        """Whether what was read was one state of the database."""
        every = (self._descriptor, self.wal, self._journal)
        is_stamp_same = self._stamp == tuple(_stamp(status_of(each)) for each in every if each is not None)
        with opened_beside(self._descriptor, JOURNAL_SUFFIX) as now:
            # Another header, or none: a transaction has ended or begun.
            if _header_of(now) != self._journal_header:
                return False
            if (self.is_quiet or pages is None) and is_stamp_same:
                return True
            replaced = rollback_journal.originals(now, self._page_bytes) if now is not None else None
        return pages is not None and pages.are_same(replaced.pages if replaced is not None else {})


def _schema_key(pages: Pages) -> bytes:
    """Another one for another schema: its counter in the header, and the page that its table begins in."""
    page = pages.page(1)
    return page[40:44] + page[HEADER_BYTES:]


def version_of(descriptor: int) -> Version | None:
    """`Database.version`; None of a file that has none."""
    return newest_and_version(descriptor)[1]


def newest_and_version(descriptor: int) -> tuple[int, Version | None]:
    """When the file, or what belongs to it, was last written to (Unix nanoseconds); and `version_of`."""
    with (
        opened_beside(descriptor, WAL_SUFFIX) as wal,
        opened_beside(descriptor, JOURNAL_SUFFIX) as journal_descriptor,
    ):
        every = [each for each in (descriptor, wal, journal_descriptor) if each is not None]
        newest = max(status_of(each).st_mtime_ns for each in every)
        try:
            return newest, database_of(descriptor).version(descriptor, wal, journal_descriptor)
        except DamagedError:
            return newest, None


def is_sqlite(begin: bytes) -> bool:
    return begin.startswith(MAGIC)


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _header_of(descriptor: int | None) -> tuple[bytes, int]:
    """What of a journal is another for another transaction; its count of pages is not. Nothing without one."""
    header = b"" if descriptor is None else pread(descriptor, rollback_journal.HEADER_BYTES, 0)
    if descriptor is None or not header.startswith(rollback_journal.MAGIC):
        return b"", 0
    return header[:8] + header[12:], status_of(descriptor).st_ino
