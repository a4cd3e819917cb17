"""Cells of many pages at once: where each begins and ends, its rowid, and which have the same header. Pure.

A row at a time costs Python some microseconds; rows that are alike are taken apart together, a column each (`alike`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Places = NDArray[np.int64]

# Longer headers are rare where rows are many; such rows are taken one by one.
HEADER_BYTES = 16
_MAX_VARINT_BYTES = 9
NO_CELL = -2


class CellsOfPage(NamedTuple):
    """Where in a page cells stand: of an inner page of an index, behind the page that each leads to."""

    number: int
    page: bytes
    places: tuple[int, ...]


class Cells(NamedTuple):
    """Cells of pages, in their order.

    `data`: the pages, one behind the other, and some bytes more. `numbers`: in which of the pages each is. `places`:
    where it is there. `rowids`: 0 in an index. `begins`: where in the data the rows, or entries, begin that are whole
    and have short headers; -1 of others, `NO_CELL` if there can be none. `ends`: where these end.
    """

    pages: Sequence[CellsOfPage]
    data: NDArray[np.uint8]
    numbers: Places
    places: Places
    rowids: Places
    begins: Places
    ends: Places

    def at(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> Cells:
        """Some of them."""
        every = (self.numbers, self.places, self.rowids, self.begins, self.ends)
        return Cells(self.pages, self.data, *(each[which] for each in every))

    def each(self) -> Iterator[tuple[int, bytes, int]]:
        """The number of the page, the page, and the place in it."""
        for number, place in zip(self.numbers.tolist(), self.places.tolist(), strict=True):
            yield self.pages[number].number, self.pages[number].page, place

    def alike(self) -> Iterator[tuple[bytes, Places]]:
        """Headers behind their lengths, each with the indices of the cells that have it, in their order."""
        import numpy as np

        usual = np.flatnonzero(self.begins >= 0)
        if not len(usual):
            return
        begins = self.begins[usual]
        heads = windows(self.data, begins, HEADER_BYTES)
        heads[np.arange(HEADER_BYTES) >= heads[:, :1]] = 0
        words = heads.view(np.uint64)
        order = np.lexsort((words[:, 1], words[:, 0]))
        words = words[order]
        changes = np.flatnonzero((words[1:] != words[:-1]).any(axis=1)) + 1
        for part in np.split(order, changes):
            head = heads[part[0]].tobytes()
            yield head[1 : head[0]], usual[part]


def cells_of(pages: Sequence[CellsOfPage], *, most: int, is_table: bool) -> Cells:
    """Those of at least one page, all of one size.

    Args:
        most: so many bytes of a row are in its cell if it does not go on elsewhere.
    """
    import numpy as np

    page_bytes = len(pages[0].page)
    beyond = bytes(HEADER_BYTES + 2 * _MAX_VARINT_BYTES)
    data = np.frombuffer(b"".join([*(each.page for each in pages), beyond]), np.uint8)
    numbers = np.repeat(np.arange(len(pages)), [len(each.places) for each in pages])
    places = np.fromiter(itertools.chain.from_iterable(each.places for each in pages), np.int64)
    is_cell = places < page_bytes
    lengths, begins = varints(data, numbers * page_bytes + np.where(is_cell, places, 0))
    rowids = np.zeros(len(places), np.int64)
    if is_table:
        rowids, begins = varints(data, begins)
    is_whole = is_cell & (lengths > 0) & (lengths <= most) & (begins + lengths <= (numbers + 1) * page_bytes)
    heads = data[np.where(is_whole, begins, 0)]
    is_whole &= (heads > 0) & (heads <= HEADER_BYTES) & (heads <= lengths)
    ends = begins + lengths
    begins = np.where(is_whole, begins, np.where(is_cell, -1, NO_CELL))
    return Cells(pages, data, numbers, places, rowids, begins, ends)


def varints(data: NDArray[np.uint8], places: Places) -> tuple[Places, Places]:
    """The numbers that begin there, as `row_records.varint`; behind each nine bytes have to be."""
    import numpy as np

    bytes_ = data[places]
    numbers = (bytes_ & 0x7F).astype(np.int64)
    behind = places + 1
    open_ = np.flatnonzero(bytes_ >= 0x80)
    for index in range(1, 9):
        if not len(open_):
            break
        bytes_ = data[behind[open_]]
        if index < 8:
            numbers[open_] = numbers[open_] << 7 | bytes_ & 0x7F
        else:
            numbers[open_] = numbers[open_] << 8 | bytes_
        behind[open_] += 1
        open_ = open_[bytes_ >= 0x80]
    return numbers, behind


def windows(data: NDArray[np.uint8], begins: Places, size: int) -> NDArray[np.uint8]:
    """So many bytes from each of these places on, a row each."""
    import numpy as np

    # As `sliding_window_view`, which takes longer than all else here where rows are few.
    every = np.ndarray((len(data) - size + 1, size), np.uint8, data, strides=(1, 1))
    return np.ascontiguousarray(every[begins])
