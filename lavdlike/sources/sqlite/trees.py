"""Tables and indexes of a SQLite file: B-trees of pages (https://www.sqlite.org/fileformat.html, "B-tree Pages").

What of a tree is broken is noted and passed over; the rest is given.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lavdlike.bounded import giving_up
from lavdlike.sources.sqlite.pages import HEADER_BYTES, DamagedError, Pages
from lavdlike.sources.sqlite.records import BadRecordError, RecordReader, Value, rank, varint

_INDEX_INNER, _TABLE_INNER, _INDEX_LEAF, _TABLE_LEAF = 0x02, 0x05, 0x0A, 0x0D
_MAX_DEPTH = 20
# Longer rows are not read: pictures and checkpoints may be, what is read here never is.
MAX_ROW_BYTES = 16 * 2**20
_LAST_ROWID = 2**63 - 1


class Row(NamedTuple):
    """`values`: those of the columns that were asked for."""

    rowid: int
    values: tuple[Value, ...]


class Trees:
    """Walks through the trees of one look at a file.

    `damaged`: what could not be read, in the order of the walk.
    """

    def __init__(self, pages: Pages) -> None:
        self.damaged: list[DamagedError] = []
        self._pages = pages

    def rows(self, root: int, reader: RecordReader, *, after: int = -(2**63)) -> Iterator[Row]:
        """The rows of a table behind one of a rowid, by their rowids."""
        budget = _Budget(self._pages.count)
        last = after
        for number, page, places in self._leaves(root, after, _MAX_DEPTH, budget):
            for place in places:
                try:
                    rowid, payload = self._table_cell(number, page, place)
                    if rowid <= last:
                        if rowid > after:
                            self._note(DamagedError("its rows are in no order", number), number)
                        continue
                    values = reader.values(payload)
                except (DamagedError, BadRecordError, IndexError) as error:
                    self._note(error, number)
                    continue
                last = rowid
                yield Row(rowid, values)

    def rows_at(self, root: int, reader: RecordReader, rowids: Sequence[int]) -> Iterator[Row]:
        """Those of these rowids, which grow, that are there."""
        index = 0
        while index < len(rowids):
            budget = _Budget(self._pages.count)
            first = next(iter(self._leaves(root, rowids[index] - 1, _MAX_DEPTH, budget)), None)
            begin = index
            if first is not None:
                number, page, places = first
                for place in places:
                    try:
                        rowid, _ = self._rowid(page, place)
                        while index < len(rowids) and rowids[index] < rowid:
                            index += 1
                        if index == len(rowids):
                            return
                        if rowids[index] == rowid:
                            values = reader.values(self._table_cell(number, page, place)[1])
                            index += 1
                            yield Row(rowid, values)
                    except (DamagedError, BadRecordError, IndexError) as error:
                        self._note(error, number)
            if index == begin:
                index += 1

    def entries(
        self, root: int, reader: RecordReader, first: tuple[Value, ...]
    ) -> Iterator[tuple[Value, ...]]:
        """The entries of an index that begin with these values or follow one that would, in their order.

        The index has no collation and no order of its own (`schema.Index`). Its last column is the rowid.
        """
        wanted = tuple(map(rank, first))
        yield from self._entries(root, reader, wanted, _MAX_DEPTH, _Budget(self._pages.count))

    def _entries(
        self,
        number: int,
        reader: RecordReader,
        wanted: tuple[tuple[int, object], ...],
        depth_left: int,
        budget: _Budget,
    ) -> Iterator[tuple[Value, ...]]:
        try:
            page, begin, type_ = self._open(number, depth_left, budget, (_INDEX_INNER, _INDEX_LEAF))
            places = _places(page, begin, 12 if type_ == _INDEX_INNER else 8)
        except (DamagedError, struct.error) as error:
            self._note(error, number)
            return
        # Of what lies before the first wanted one nothing is read but the entries on the way.
        low, high = 0, len(places)
        found: dict[int, tuple[Value, ...] | None] = {}
        while low < high:
            middle = (low + high) // 2
            found[middle] = entry = self._index_cell(number, page, places[middle], type_, reader)
            if entry is not None and tuple(map(rank, entry[: len(wanted)])) < wanted:
                low = middle + 1
            else:
                high = middle
        for index in range(low, len(places) + 1):
            if type_ == _INDEX_INNER:
                place = begin + 8 if index == len(places) else places[index]
                below = int.from_bytes(page[place : place + 4], "big")
                yield from self._entries(below, reader, wanted, depth_left - 1, budget)
            if index < len(places):
                entry = found.get(index) or self._index_cell(number, page, places[index], type_, reader)
                if entry is not None:
                    yield entry

    def _leaves(
        self, number: int, after: int, depth_left: int, budget: _Budget
    ) -> Iterator[tuple[int, bytes, Sequence[int]]]:
        """The leaves of a table that may hold rows behind a rowid, with the places of their cells."""
        try:
            page, begin, type_ = self._open(number, depth_left, budget, (_TABLE_INNER, _TABLE_LEAF))
            places = _places(page, begin, 12 if type_ == _TABLE_INNER else 8)
        except (DamagedError, struct.error) as error:
            self._note(error, number)
            return
        if type_ == _TABLE_LEAF:
            yield number, page, places
            return
        self._pages.keep(number, page)
        low, high = 0, len(places)
        try:
            while low < high:
                middle = (low + high) // 2
                if varint(page, places[middle] + 4)[0] <= after:
                    low = middle + 1
                else:
                    high = middle
        except BadRecordError as error:
            self._note(error, number)
            low = 0
        for place in places[low:]:
            yield from self._leaves(
                int.from_bytes(page[place : place + 4], "big"), after, depth_left - 1, budget
            )
        last = int.from_bytes(page[begin + 8 : begin + 12], "big")
        yield from self._leaves(last, after, depth_left - 1, budget)

    def _open(
        self, number: int, depth_left: int, budget: _Budget, types: tuple[int, int]
    ) -> tuple[bytes, int, int]:
        """A page, where its header begins, and its type."""
        if not 1 <= number <= self._pages.count:
            raise DamagedError("a page that is none", number)
        if depth_left == 0:
            raise DamagedError(f"a tree that is deeper than {_MAX_DEPTH} pages", number)
        budget.take(number)
        page = self._pages.page(number)
        begin = HEADER_BYTES if number == 1 else 0
        if page[begin] not in types:
            raise DamagedError("a page of another type than its tree", number)
        return page, begin, page[begin]

    def _rowid(self, page: bytes, place: int) -> tuple[int, tuple[int, int]]:
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

    def _table_cell(self, number: int, page: bytes, place: int) -> tuple[int, bytes]:
        rowid, (length, place) = self._rowid(page, place)
        usable = self._pages.usable_bytes
        if 0 <= length <= usable - 35:
            return rowid, page[place : place + length]
        return rowid, self._payload(number, page, place, length, usable - 35)

    def _index_cell(
        self, number: int, page: bytes, place: int, type_: int, reader: RecordReader
    ) -> tuple[Value, ...] | None:
        try:
            length, place = varint(page, place + 4 if type_ == _INDEX_INNER else place)
            most = (self._pages.usable_bytes - 12) * 64 // 255 - 23
            return reader.values(self._payload(number, page, place, length, most))
        except (DamagedError, BadRecordError, IndexError) as error:
            self._note(error, number)
            return None

    def _payload(self, number: int, page: bytes, place: int, length: int, most: int) -> bytes:
        """A row, or an entry, that may go on in pages of their own. `most`: what is held of one that does not."""
        if length < 0 or length > MAX_ROW_BYTES:
            raise DamagedError(
                f"a row of {length:,} bytes: {MAX_ROW_BYTES // 2**20} MiB are the most that is read", number
            )
        if length <= most:
            return page[place : place + length]
        usable = self._pages.usable_bytes
        least = (usable - 12) * 32 // 255 - 23
        local = least + (length - least) % (usable - 4)
        local = local if local <= most else least
        parts = [page[place : place + local]]
        left = length - local
        following = int.from_bytes(page[place + local : place + local + 4], "big")
        while left > 0:
            if not 2 <= following <= self._pages.count:
                raise DamagedError("a row that goes on in a page that is none", number)
            data = self._pages.page(following)
            parts.append(data[4 : 4 + min(left, usable - 4)])
            left -= usable - 4
            following = int.from_bytes(data[:4], "big")
        return b"".join(parts)

    def _note(self, error: Exception, number: int) -> None:
        if not isinstance(error, DamagedError):
            error = DamagedError(str(error) if isinstance(error, BadRecordError) else "a broken page", number)
        self.damaged.append(error)


class _Budget:
    """No page belongs to a tree twice: a tree that leads to itself comes to an end."""

    def __init__(self, count: int) -> None:
        self._left = max(count, 1)
        self._seen: set[int] = set()

    def take(self, number: int) -> None:
        giving_up.check()
        if number in self._seen:
            raise DamagedError("a tree that leads to itself", number)
        self._seen.add(number)


def _places(page: bytes, begin: int, header_bytes: int) -> tuple[int, ...]:
    """Where the cells of a page begin."""
    (count,) = struct.unpack_from(">H", page, begin + 3)
    return struct.unpack_from(f">{count}H", page, begin + header_bytes)
