"""Rollback journals: pages as they were before a transaction that has not ended, or never will
(https://www.sqlite.org/fileformat.html, "The Rollback Journal").
"""

from __future__ import annotations

import os
import struct
from typing import NamedTuple

from lavdlike.disk.filling import pread

MAGIC = bytes.fromhex("d9d505f920a163d7")
_HEADER = struct.Struct(">8s5I")
HEADER_BYTES = _HEADER.size
_UNCOUNTED = 0xFFFFFFFF
# Of one journal; a transaction over more pages is not undone, which is said.
MAX_PAGES = 1_000_000
_SUMMED_EVERY = 200


class Originals(NamedTuple):
    """`pages`: by page number, where its content from before the transaction stands in the journal.

    `page_count`: of the database before it. `is_cut`: there are more than `MAX_PAGES`.
    """

    pages: dict[int, int]
    page_count: int
    is_cut: bool = False


def originals(descriptor: int, page_bytes: int) -> Originals | None:
    """What a transaction has replaced; None of a journal without one: empty, ended, or cleared."""
    pages: dict[int, int] = {}
    page_count = -1
    place, size = 0, os.fstat(descriptor).st_size
    while True:
        header = pread(descriptor, _HEADER.size, place)
        if len(header) < _HEADER.size:
            break
        magic, count, nonce, pages_before, sector_bytes, own_page_bytes = _HEADER.unpack(header)
        if (
            magic != MAGIC
            or (page_count < 0 and own_page_bytes != page_bytes)
            or not 32 <= sector_bytes <= 65536
        ):
            break
        if page_count < 0:
            page_count = pages_before
        place += sector_bytes
        record_bytes = page_bytes + 8
        if count == _UNCOUNTED:
            count = max(size - place, 0) // record_bytes
        for _ in range(count):
            record = pread(descriptor, record_bytes, place)
            if len(record) < record_bytes or not _is_whole(record, nonce):
                return Originals(pages, page_count)
            # The first that is kept of a page is the one from before the transaction.
            pages.setdefault(int.from_bytes(record[:4], "big"), place + 4)
            if len(pages) > MAX_PAGES:
                return Originals(pages, page_count, is_cut=True)
            place += record_bytes
        place = -(-place // sector_bytes) * sector_bytes
    return None if page_count < 0 else Originals(pages, page_count)


def _is_whole(record: bytes, nonce: int) -> bool:
    page = record[4:-4]
    own = nonce + sum(page[len(page) - _SUMMED_EVERY : 0 : -_SUMMED_EVERY])
    return own & 0xFFFFFFFF == int.from_bytes(record[-4:], "big")
