"""The records of a `.wandb` file: LevelDB's log format behind a header of its own.

Blocks of 32 KiB hold chunks: a CRC-32 of type and content, the length, the type (whole, first, middle, last), the
content. No chunk goes over the end of a block; what is too short for one there is filled with zeros
(https://github.com/google/leveldb/blob/main/doc/log_format.md, but for the CRC, which is zlib's).
"""

from __future__ import annotations

import zlib
from typing import NamedTuple

HEADER = b":W&B\xe1\xbe\x00"
BLOCK_BYTES = 32 * 2**10
CHUNK_HEADER_BYTES = 7
# Longer records are not read: tables and pictures may be, a step of a history never is.
MAX_RECORD_BYTES = 16 * 2**20
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_NOTHING = bytes(CHUNK_HEADER_BYTES)
_TYPE_SUMS = [zlib.crc32(bytes([type_])) for type_ in range(_LAST + 1)]


class Broken(NamedTuple):
    """`begin`: in the file."""

    begin: int
    reason: str


class RecordReader:
    """Takes records out of parts of a file, in their order; goes on where it was left, also within a record.

    `broken`: what could not be read, to be taken away by who reads it.
    """

    def __init__(self) -> None:
        self.broken: list[Broken] = []
        self._parts: list[bytes] | None = None
        self._parts_bytes = 0
        self._begin = 0  # of the record under way
        self._is_passing = False  # over a record that is too long

    def start_within(self) -> None:
        """What comes first may be the rest of a record."""
        self._is_passing = True

    def split(self, data: bytes, offset: int) -> tuple[list[bytes], int]:
        """The records that end in a part, and how many of its bytes are done with.

        Args:
            data: the bytes from `offset` on, behind the file's header. What is not done with is given again.
        """
        records: list[bytes] = []
        place, size = 0, len(data)
        while place < size:
            left = BLOCK_BYTES - (offset + place) % BLOCK_BYTES
            if left < CHUNK_HEADER_BYTES:
                if size - place < left:
                    break
                place += left
                continue
            begin = place + CHUNK_HEADER_BYTES
            if begin > size:
                break
            length = data[place + 4] | data[place + 5] << 8
            type_ = data[place + 6]
            if type_ == 0 and data[place:begin] == _NOTHING:
                place, is_end = self._pass_zeros(data, place, offset)
                if is_end:
                    break
                continue
            end = begin + length
            is_possible = 1 <= type_ <= _LAST and CHUNK_HEADER_BYTES + length <= left
            if is_possible and end > size:
                break
            if not is_possible or not _fits(data, place, begin, end):
                self._drop(offset + place, "a record that does not fit its checksum")
                place = end if is_possible and _begins_chunk(data, end, offset) else place + left
                place = min(place, size)
                continue
            self._take(type_, data[begin:end], offset + place, records)
            place = end
        return records, place

    def _take(self, type_: int, content: bytes, place: int, records: list[bytes]) -> None:
        if type_ in (_FULL, _FIRST):
            if self._parts is not None:
                self.broken.append(Broken(self._begin, "a record without an end"))
            self._parts, self._is_passing, self._begin = None, False, place
            if type_ == _FULL:
                records.append(content)
            else:
                self._parts, self._parts_bytes = [content], len(content)
        elif self._parts is not None:
            self._parts.append(content)
            self._parts_bytes += len(content)
            if type_ == _LAST:
                records.append(b"".join(self._parts))
                self._parts = None
            elif self._parts_bytes > MAX_RECORD_BYTES:
                limit = f"{MAX_RECORD_BYTES // 2**20} MiB, the most that is read of a record"
                self._drop(self._begin, f"a record longer than {limit}")
        elif not self._is_passing:
            self._drop(place, "a record without a begin")

    def _pass_zeros(self, data: bytes, place: int, offset: int) -> tuple[int, bool]:
        """Where it goes on, and whether that is the end: zeros may be what is not written yet."""
        rest = data[place:].lstrip(b"\0")
        if not rest:
            return place, True
        count = len(data) - place - len(rest)
        self._drop(offset + place, f"{count} bytes are zero")
        return min(next_block(offset + place + count) - offset, len(data)), False

    def _drop(self, place: int, reason: str) -> None:
        self.broken.append(Broken(place, reason))
        self._parts, self._is_passing = None, True


def next_block(place: int) -> int:
    """Where the next block begins, from a place in the file on."""
    return -(-place // BLOCK_BYTES) * BLOCK_BYTES


def _fits(data: bytes, place: int, begin: int, end: int) -> bool:
    own = int.from_bytes(data[place : place + 4], "little")
    return zlib.crc32(data[begin:end], _TYPE_SUMS[data[place + 6]]) == own


def _begins_chunk(data: bytes, place: int, offset: int) -> bool:
    """Whether a whole chunk stands there."""
    begin = place + CHUNK_HEADER_BYTES
    if begin > len(data) or BLOCK_BYTES - (offset + place) % BLOCK_BYTES < CHUNK_HEADER_BYTES:
        return False
    end = begin + (data[place + 4] | data[place + 5] << 8)
    return 1 <= data[place + 6] <= _LAST and end <= len(data) and _fits(data, place, begin, end)
