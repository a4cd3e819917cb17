"""The tree of a table: its rows by their rowids (https://www.sqlite.org/fileformat.html, "B-tree Pages").

What of a tree is broken is noted and passed over; the rest is given.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from lavdlike.sources.sqlite.alike import Alike, alike_in, of_rows
from lavdlike.sources.sqlite.page_cells import NO_CELL, CellsOfPage, cells_of
from lavdlike.sources.sqlite.pages import DamagedError
from lavdlike.sources.sqlite.row_records import BadRecordError, RecordReader, Row, varint
from lavdlike.sources.sqlite.tree_pages import MAX_DEPTH, Budget, TreePages, first, places_in, together

if TYPE_CHECKING:
    from lavdlike.sources.sqlite.page_cells import Places

_INNER, _LEAF = 0x05, 0x0D
# So many rows are sooner read one by one than as arrays.
_FEW = 50


class TableTrees:
    """Walks through the tables of one look at a file."""

    def __init__(self, pages: TreePages) -> None:
        self._pages = pages

    def rows(self, root: int, reader: RecordReader, *, after: int = -(2**63)) -> Iterator[Row]:
        """The rows behind one of a rowid, by their rowids."""
        last = after
        for number, page, places in self._leaves(root, after, MAX_DEPTH, Budget()):
            for place in places:
                try:
                    rowid, payload = self._cell(number, page, place)
                    if rowid <= last:
                        if rowid > after:
                            self._pages.note(DamagedError("its rows are in no order", number), number)
                        continue
                    values = reader.values(payload)
                except (DamagedError, BadRecordError, IndexError) as error:
                    self._pages.note(error, number)
                    continue
                last = rowid
                yield Row(rowid, values)

    def rows_at(self, root: int, reader: RecordReader, rowids: Places) -> Iterator[Row]:
        """Those of these rowids, which grow, that are there."""
        for (number, page, places), wanted in self._leaves_at(root, rowids, MAX_DEPTH, Budget()):
            index = 0
            for rowid in wanted.tolist():
                try:
                    index = _find(page, places, rowid, index)
                    if index < len(places) and _rowid(page, places[index])[0] == rowid:
                        yield Row(rowid, reader.values(self._cell(number, page, places[index])[1]))
                except (DamagedError, BadRecordError, IndexError) as error:
                    self._pages.note(error, number)

    def alike_at(self, root: int, reader: RecordReader, rowids: Places) -> Iterator[Alike]:
        """The same in no order, those together that are alike."""
        import numpy as np

        if len(rowids) <= _FEW:
            yield from of_rows(self.rows_at(root, reader, rowids))
            return
        pages = self._pages.pages
        leaves = (leaf for leaf, _ in self._leaves_at(root, rowids, MAX_DEPTH, Budget()))
        for some in together(leaves, pages.page_bytes):
            cells = cells_of(some, most=pages.usable_bytes - 35, is_table=True)
            places = np.minimum(np.searchsorted(rowids, cells.rowids), len(rowids) - 1)
            found, others = alike_in(
                cells.at((rowids[places] == cells.rowids) | (cells.begins == NO_CELL)), reader
            )
            yield from found
            yield from of_rows(self._rows_in(others.each(), reader))

    def contents(self, root: int) -> dict[int, int]:
        """By page, another number for other rows there; not for what goes on elsewhere of long ones."""
        leaves = self._leaves(root, -(2**63), MAX_DEPTH, Budget())
        return {leaf.number: hash(leaf.page) for leaf in leaves}

    def rows_on(self, root: int, reader: RecordReader, pages: Container[int]) -> Iterator[Row]:
        """The rows on these pages."""
        for leaf in self._leaves(root, -(2**63), MAX_DEPTH, Budget()):
            if leaf.number in pages:
                yield from self._rows_in(((leaf.number, leaf.page, place) for place in leaf.places), reader)

    def last_rowid(self, root: int) -> int:
        """The largest one; one before all of a table without rows, or whose last page is broken."""
        number, budget = root, Budget()
        for depth in range(MAX_DEPTH):
            opened = self._pages.opened(number, MAX_DEPTH - depth, budget, (_INNER, _LEAF))
            if opened is None:
                break
            page, begin, type_ = opened
            if type_ == _INNER:
                number = int.from_bytes(page[begin + 8 : begin + 12], "big")
                continue
            places = places_in(page, begin, 8)
            try:
                return _rowid(page, places[-1])[0]
            except (BadRecordError, IndexError) as error:
                if places:
                    self._pages.note(error, number)
            break
        return -(2**63)

    def _rows_in(self, cells: Iterable[tuple[int, bytes, int]], reader: RecordReader) -> Iterator[Row]:
        for number, page, place in cells:
            try:
                rowid, payload = self._cell(number, page, place)
                row = Row(rowid, reader.values(payload))
            except (DamagedError, BadRecordError, IndexError) as error:
                self._pages.note(error, number)
                continue
            yield row

    def _leaves_at(
        self, number: int, rowids: Places, depth_left: int, budget: Budget
    ) -> Iterator[tuple[CellsOfPage, Places]]:
        """The leaves in which rows with these rowids are, if there are any, with all their cells; and which rowids."""
        import numpy as np

        opened = self._pages.opened(number, depth_left, budget, (_INNER, _LEAF))
        if opened is None:
            return
        page, begin, type_ = opened
        places = places_in(page, begin, 12 if type_ == _INNER else 8)
        if type_ == _LEAF:
            yield CellsOfPage(number, page, places), rowids
            return
        index = done = 0
        try:
            while done < len(rowids):
                wanted = int(rowids[done])
                if index < len(places) and _largest(page, places[index]) < wanted:
                    index = first(len(places), lambda index: _largest(page, places[index]) >= wanted)  # noqa: B023
                if index >= len(places):
                    child, end = int.from_bytes(page[begin + 8 : begin + 12], "big"), len(rowids)
                else:
                    place = places[index]
                    child = int.from_bytes(page[place : place + 4], "big")
                    end = int(np.searchsorted(rowids, _largest(page, place), side="right"))
                yield from self._leaves_at(child, rowids[done:end], depth_left - 1, budget)
                index, done = index + 1, max(end, done + 1)
        except BadRecordError as error:
            self._pages.note(error, number)

    def _leaves(self, number: int, after: int, depth_left: int, budget: Budget) -> Iterator[CellsOfPage]:
        """The leaves that may hold rows behind a rowid, with all their cells."""
        opened = self._pages.opened(number, depth_left, budget, (_INNER, _LEAF))
        if opened is None:
            return
        page, begin, type_ = opened
        places = places_in(page, begin, 12 if type_ == _INNER else 8)
        if type_ == _LEAF:
            yield CellsOfPage(number, page, places)
            return
        low = 0
        try:
            low = first(len(places), lambda index: _largest(page, places[index]) > after)
        except BadRecordError as error:
            self._pages.note(error, number)
        for place in places[low:]:
            yield from self._leaves(
                int.from_bytes(page[place : place + 4], "big"), after, depth_left - 1, budget
            )
        last = int.from_bytes(page[begin + 8 : begin + 12], "big")
        yield from self._leaves(last, after, depth_left - 1, budget)

    def _cell(self, number: int, page: bytes, place: int) -> tuple[int, bytes]:
        """The rowid, and the row."""
        rowid, (length, place) = _rowid(page, place)
        most = self._pages.pages.usable_bytes - 35
        if 0 <= length <= most:
            return rowid, page[place : place + length]
        return rowid, self._pages.payload(number, page, place, length, most)


def _find(page: bytes, places: Sequence[int], rowid: int, index: int) -> int:
    """The first cell of a leaf, from an index on, whose rowid is not smaller. Raises as `_rowid`."""
    if index < len(places) and _rowid(page, places[index])[0] == rowid:  # as in most
        return index
    return index + first(len(places) - index, lambda each: _rowid(page, places[index + each])[0] >= rowid)


def _largest(page: bytes, place: int) -> int:
    """The largest rowid in what a cell of an inner page leads to."""
    return varint(page, place + 4)[0]


def _rowid(page: bytes, place: int) -> tuple[int, tuple[int, int]]:
    """And the length of the row, and where it begins."""
    # Both are short in nearly all rows.
    length = page[place]
    if length < 0x80:
        place += 1
    else:
        length, place = varint(page, place)
    rowid = 0
    for index in range(place, place + 4):
        byte = page[index]
        rowid = rowid << 7 | byte & 0x7F
        if byte < 0x80:
            return rowid, (length, index + 1)
    rowid, place = varint(page, place)
    return rowid, (length, place)
