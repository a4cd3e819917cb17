"""The pages of a SQLite file as they were after its last commit: of the file, its write-ahead log, its journal.

Nothing is locked. Instead, what was read is looked at once more in the end (`Pages.are_same`): pages that have the same
content at two looks all had it at the moment between, so that together they are one state of the database.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Container

from lavdlike.disk.filling import pread
from lavdlike.sources.sqlite.rollback_journal import Originals
from lavdlike.sources.sqlite.wal import Wal

MAGIC = b"SQLite format 3\0"
HEADER_BYTES = 100
# Of pages that are kept: those that lead to others.
_KEPT_BYTES = 16 * 2**20
_OF_FILE = -1


class DamagedError(ValueError):
    """Something is not as it has to be. `page`: the number of the page that it stands in.

    `is_missing`: that page is not there; it may come, where the file is being copied.
    """

    def __init__(self, reason: str, page: int, *, is_missing: bool = False) -> None:
        self.reason = reason
        self.page = page
        self.is_missing = is_missing
        super().__init__(f"page {page}: {reason}")


class Pages:
    """Pages of one look at a file.

    Args:
        descriptor: of the file.
        wal: what it read of the log `wal_descriptor`; it goes on there.
        journal: what a transaction under way, or left behind, has replaced, with the journal's descriptor.
        is_checked: whether what is read is noted for `are_same`.

    Raises:
        DamagedError: it is no SQLite file.
    """

    def __init__(
        self,
        descriptor: int,
        wal: Wal,
        wal_descriptor: int | None,
        journal: tuple[Originals, int] | None,
        *,
        is_checked: bool,
    ) -> None:
        self._descriptor = descriptor
        self._wal = wal
        self._wal_descriptor = wal_descriptor
        self._originals: Originals | None = journal[0] if journal is not None else None
        self._journal_descriptor = journal[1] if journal is not None else -1
        self.is_checked = is_checked
        self._read: dict[int, tuple[int, int]] = {}  # where pages stand that were read, and their hashes
        self._is_torn = False  # a page that was read twice was another one by then
        self._kept: dict[int, bytes] = {}
        header = pread(descriptor, HEADER_BYTES, 0)
        if not header.startswith(MAGIC):
            raise DamagedError("no SQLite file", 1)
        self.page_bytes = page_bytes_of(header)
        if len(header) < HEADER_BYTES or self.page_bytes == 0:
            raise DamagedError("its header is cut or broken", 1)
        wal.read(wal_descriptor, self.page_bytes)
        self._wal_header = wal.header
        self._wal_pages = dict(wal.pages) if is_checked else wal.pages
        header = self.page(1)[:HEADER_BYTES]
        self.usable_bytes = self.page_bytes - header[20]
        self.encoding = int.from_bytes(header[56:60], "big")
        self.count = self._count(header)
        if self.usable_bytes < 480:
            raise DamagedError("its header is broken", 1)

    def page(self, number: int) -> bytes:
        """Raises DamagedError: it is not there."""
        known = self._kept.get(number)
        if known is not None:
            return known
        place = self._wal_pages.get(number, _OF_FILE)
        data = self._content(number, place)
        if len(data) < self.page_bytes:
            reason = "it is not there: the file is cut, or was copied while it was written to"
            raise DamagedError(reason, number, is_missing=True)
        if self.is_checked:
            now = place, hash(data)
            self._is_torn |= self._read.setdefault(number, now) != now
        return data

    def keep(self, number: int, page: bytes) -> None:
        """It will be asked for again."""
        if len(self._kept) * self.page_bytes >= _KEPT_BYTES:
            self._kept.clear()
        self._kept[number] = page

    def are_same(self, replaced: Container[int]) -> bool:
        """Whether all that was read stands there still, so that it was one state of the database.

        Args:
            replaced: the pages in the journal by now; it has to be that of the same transaction.
        """
        self._wal.read(self._wal_descriptor, self.page_bytes)
        if self._is_torn or self._wal.header != self._wal_header:
            return False
        for number, (place, hashed) in self._read.items():
            # Of the file, such a page may have been read as a later commit has it.
            is_of_file = place == _OF_FILE and (
                self._originals is None or number not in self._originals.pages
            )
            if is_of_file and (number in self._wal.pages or number in replaced):
                return False
            if hash(self._content(number, place)) != hashed:
                return False
        return True

    def _content(self, number: int, place: int) -> bytes:
        if place != _OF_FILE and self._wal_descriptor is not None:
            return pread(self._wal_descriptor, self.page_bytes, place)
        if self._originals is not None and number in self._originals.pages:
            return pread(self._journal_descriptor, self.page_bytes, self._originals.pages[number])
        return pread(self._descriptor, self.page_bytes, (number - 1) * self.page_bytes)

    def _count(self, header: bytes) -> int:
        if self._wal.page_count:
            return self._wal.page_count
        if self._originals is not None:
            return self._originals.page_count
        said, change, of_change = struct.unpack_from(">I", header, 28)[0], header[24:28], header[92:96]
        if said and change == of_change:
            return int(said)
        return os.fstat(self._descriptor).st_size // self.page_bytes


def page_bytes_of(header: bytes) -> int:
    """The size of pages; 0 if it is none."""
    size = int.from_bytes(header[16:18], "big")
    size = 65536 if size == 1 else size
    return size if 512 <= size <= 65536 and size & (size - 1) == 0 else 0
