"""The tree of an index: entries of values, each with the rowid of its row behind them.

The index has no collation and no order of its own (`schema.Index`).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from lavdlike.sources.sqlite.alike import Alike, alike_in, of_rows
from lavdlike.sources.sqlite.page_cells import CellsOfPage, cells_of
from lavdlike.sources.sqlite.pages import DamagedError
from lavdlike.sources.sqlite.row_records import BadRecordError, RecordReader, Row, Value, rank, varint
from lavdlike.sources.sqlite.tree_pages import MAX_DEPTH, Budget, TreePages, first, places_in, together

if TYPE_CHECKING:
    from lavdlike.sources.sqlite.page_cells import Places

_INNER, _LEAF = 0x02, 0x0A
# So many entries of a page are sooner read one by one than as arrays.
_FEW = 20
_Entry = tuple[Value, ...]
_Ranks = tuple[tuple[int, object], ...]


class _Wanted(NamedTuple):
    """Entries with this value in the first column, none before those that begin with values of these ranks."""

    value: Value
    ranks: _Ranks


class IndexTrees:
    """Walks through the indexes of one look at a file."""

    def __init__(self, pages: TreePages, encoding: int) -> None:
        self._pages = pages
        self._encoding = encoding
        self._reader = RecordReader(None, encoding)
        self._most = (pages.pages.usable_bytes - 12) * 64 // 255 - 23

    def first_value(self, root: int, at_least: str) -> str | None:
        """The first text in the first column that is not before this one; None if all are."""
        ranks = (rank(at_least),)
        for entry in self._entries(root, ranks, MAX_DEPTH, Budget()):
            if isinstance(entry[0], str) and rank(entry[0]) >= ranks[0]:
                return entry[0]
        return None

    def rowids(self, root: int, begin: tuple[Value, ...], columns: int) -> Iterator[Places]:
        """Of the entries from these values on that have the same first one, in their order, some at a time.

        Args:
            columns: how many the index has beside the rowid.
        """
        import numpy as np

        wanted = _Wanted(begin[0], tuple(map(rank, begin)))
        reader = RecordReader((0, columns), self._encoding)
        found = self._equal(root, wanted, MAX_DEPTH, Budget())
        for some in together(found, self._pages.pages.page_bytes):
            pages = [each for each in some if isinstance(each, CellsOfPage)]
            rowids = [np.array([each for each in some if isinstance(each, int)], np.int64)]
            if pages:
                rowids += [_rowids_with(begin[0], each) for each in self._alike(pages, reader)]
            yield np.concatenate(rowids)

    def _alike(self, pages: list[CellsOfPage], reader: RecordReader) -> Iterator[Alike]:
        """Entries of leaves, the first value and the rowid of each."""
        found, others = alike_in(cells_of(pages, most=self._most, is_table=False), reader)
        yield from found
        entries = (self._entry(number, page, place) for number, page, place in others.each())
        yield from of_rows(Row(0, (entry[0], entry[-1])) for entry in entries if entry)

    def _equal(
        self, number: int, wanted: _Wanted, depth_left: int, budget: Budget
    ) -> Generator[CellsOfPage | int, None, bool]:
        """Cells of leaves, and rowids of entries in inner pages; and whether another value has followed."""
        opened = self._pages.opened(number, depth_left, budget, (_INNER, _LEAF))
        if opened is None:
            return False
        page, begin, type_ = opened
        if type_ == _LEAF:
            places = places_in(page, begin, 8)
            low, high = self._range(number, page, places, wanted)
            if high - low > _FEW:
                yield CellsOfPage(number, page, places[low:high])
            else:
                entries = (self._entry(number, page, place) for place in places[low:high])
                yield from (
                    entry[-1] for entry in entries if _has(entry, wanted.value) and isinstance(entry[-1], int)
                )
            return high < len(places)
        for child, entry in self._children(number, page, begin, wanted.ranks):
            if child and (yield from self._equal(child, wanted, depth_left - 1, budget)):
                return True
            if entry and not _has(entry, wanted.value):
                return True
            if entry and isinstance(entry[-1], int):
                yield entry[-1]
        return False

    def _range(self, number: int, page: bytes, places: Sequence[int], wanted: _Wanted) -> tuple[int, int]:
        """The first of the entries of a leaf that are wanted, and the one behind the last."""

        def is_from(index: int) -> bool:
            return _is_from(self._entry(number, page, places[index]), wanted.ranks)

        def is_behind(index: int) -> bool:
            return not _has(self._entry(number, page, places[index]), wanted.value)

        count = len(places)
        low = 0 if count and is_from(0) else first(count, is_from)  # as in most
        if low == count or not is_behind(count - 1):
            return low, count
        return low, low + first(count - low, lambda index: is_behind(low + index))

    def _entries(self, number: int, ranks: _Ranks, depth_left: int, budget: Budget) -> Iterator[_Entry]:
        """Those from one on that begins with values of these ranks."""
        opened = self._pages.opened(number, depth_left, budget, (_INNER, _LEAF))
        if opened is None:
            return
        page, begin, type_ = opened
        if type_ == _INNER:
            for child, entry in self._children(number, page, begin, ranks):
                yield from self._entries(child, ranks, depth_left - 1, budget)
                if entry:
                    yield entry
            return
        places = places_in(page, begin, 8)
        low = first(len(places), lambda index: _is_from(self._entry(number, page, places[index]), ranks))
        for place in places[low:]:
            if entry := self._entry(number, page, place):
                yield entry

    def _children(self, number: int, page: bytes, begin: int, ranks: _Ranks) -> Iterator[tuple[int, _Entry]]:
        """The pages below an inner one in which such entries may be, each with the entry behind it, if there is one."""
        places = places_in(page, begin, 12)
        low = first(len(places), lambda index: _is_from(self._entry(number, page, places[index] + 4), ranks))
        for place in places[low:]:
            yield int.from_bytes(page[place : place + 4], "big"), self._entry(number, page, place + 4)
        yield int.from_bytes(page[begin + 8 : begin + 12], "big"), ()

    def _entry(self, number: int, page: bytes, place: int) -> _Entry:
        """Its values; none of a broken one, which is noted."""
        try:
            length, place = varint(page, place)
            return self._reader.values(self._pages.payload(number, page, place, length, self._most))
        except (DamagedError, BadRecordError, IndexError) as error:
            self._pages.note(error, number)
            return ()


def _is_from(entry: _Entry, ranks: _Ranks) -> bool:
    """Whether an entry comes at these ranks or behind them; one that is broken does."""
    return not entry or tuple(map(rank, entry[: len(ranks)])) >= ranks


def _has(entry: _Entry, value: Value) -> bool:
    return bool(entry) and entry[0] == value


def _rowids_with(value: Value, entries: Alike) -> Places:
    """The rowids of those entries that have a value."""
    import numpy as np

    values, rowids = entries.columns
    if not isinstance(rowids, np.ndarray) or values is None:
        return np.array([], np.int64)
    whole = rowids.astype(np.int64)
    if isinstance(values, list) and values.count(value) == len(values):  # type: ignore[arg-type]  # texts or bytes
        return whole
    return whole[np.array([each == value for each in values], np.bool_)]
