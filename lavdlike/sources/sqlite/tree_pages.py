"""Pages of trees, whichever they are of: opened with what of them is broken noted, and what goes on elsewhere."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from lavdlike.bounded import giving_up
from lavdlike.sources.sqlite.pages import HEADER_BYTES, DamagedError, Pages
from lavdlike.sources.sqlite.row_records import BadRecordError

T = TypeVar("T")
MAX_DEPTH = 20
# Longer rows are not read: pictures and checkpoints may be, what is read here never is.
MAX_ROW_BYTES = 16 * 2**20
# Pages are taken together (`cells`), the first ones soon.
_FIRST_TOGETHER = 4
_BYTES_TOGETHER = 2**20


class TreePages:
    """Those of one look at a file. `damaged`: what could not be read, in the order of the walk."""

    def __init__(self, pages: Pages) -> None:
        self.damaged: list[DamagedError] = []
        self.pages = pages

    def opened(
        self, number: int, depth_left: int, budget: Budget, types: tuple[int, int]
    ) -> tuple[bytes, int, int] | None:
        """A page, where its header begins, and its type; None of one that is none of these, which is noted.

        Args:
            types: those of inner pages and of leaves.
        """
        try:
            page, begin = self._open(number, depth_left, budget)
        except DamagedError as error:
            self.note(error, number)
            return None
        type_ = page[begin]
        if type_ not in types:
            self.note(DamagedError("a page of another type than its tree", number), number)
            return None
        if begin + 12 + 2 * cell_count(page, begin) > len(page):
            self.note(DamagedError("a broken page", number), number)
            return None
        if type_ == types[0]:
            self.pages.keep(number, page)
        return page, begin, type_

    def _open(self, number: int, depth_left: int, budget: Budget) -> tuple[bytes, int]:
        if not 1 <= number <= self.pages.count:
            raise DamagedError("a page that is none", number)
        if depth_left == 0:
            raise DamagedError(f"a tree that is deeper than {MAX_DEPTH} pages", number)
        budget.take(number)
        return self.pages.page(number), HEADER_BYTES if number == 1 else 0

    def payload(self, number: int, page: bytes, place: int, length: int, most: int) -> bytes:
        """A row, or an entry, that may go on in pages of their own. `most`: what is held of one that does not.

        Raises:
            DamagedError
        """
        if length < 0 or length > MAX_ROW_BYTES:
            raise DamagedError(
                f"a row of {length:,} bytes: {MAX_ROW_BYTES // 2**20} MiB are the most that is read", number
            )
        if length <= most:
            return page[place : place + length]
        usable = self.pages.usable_bytes
        least = (usable - 12) * 32 // 255 - 23
        local = least + (length - least) % (usable - 4)
        local = local if local <= most else least
        parts = [page[place : place + local]]
        left = length - local
        following = int.from_bytes(page[place + local : place + local + 4], "big")
        while left > 0:
            if not 2 <= following <= self.pages.count:
                raise DamagedError("a row that goes on in a page that is none", number)
            data = self.pages.page(following)
            parts.append(data[4 : 4 + min(left, usable - 4)])
            left -= usable - 4
            following = int.from_bytes(data[:4], "big")
        return b"".join(parts)

    def note(self, error: Exception, number: int) -> None:
        if not isinstance(error, DamagedError):
            error = DamagedError(str(error) if isinstance(error, BadRecordError) else "a broken page", number)
        self.damaged.append(error)


class Budget:
    """No page belongs to a tree twice: a tree that leads to itself comes to an end."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def take(self, number: int) -> None:
        giving_up.check()
        if number in self._seen:
            raise DamagedError("a tree that leads to itself", number)
        self._seen.add(number)


def cell_count(page: bytes, begin: int) -> int:
    return page[begin + 3] << 8 | page[begin + 4]


def places_in(page: bytes, begin: int, header_bytes: int) -> tuple[int, ...]:
    """Where the cells of a page begin. `begin`: where its header does."""
    return struct.unpack_from(f">{cell_count(page, begin)}H", page, begin + header_bytes)


def first(count: int, is_wanted: Callable[[int], bool]) -> int:
    """The first of so many indices from which on all are; `count` if none is."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if is_wanted(middle):
            high = middle
        else:
            low = middle + 1
    return low


def together(found: Iterable[T], page_bytes: int) -> Iterator[list[T]]:
    """Pages, or what is found in them, some at a time."""
    some: list[T] = []
    most = _FIRST_TOGETHER
    for each in found:
        some.append(each)
        if len(some) >= most:
            yield some
            some, most = [], min(most * 8, max(_BYTES_TOGETHER // page_bytes, 1))
    if some:
        yield some
