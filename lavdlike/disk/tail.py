"""What is new in an append-only file: whole lines since the last look, and whether the file is still the same."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

from lavdlike.disk.root import is_settled

# Reading takes several times this beside what is read, in each thread; smaller ones are not worth its while to polars.
BLOCK_BYTES = 4 * 2**20
# A line that is longer is no line of a log of values; it is skipped.
MAX_LINE_BYTES = 16 * 2**20
# What is compared at the file's begin and in front of the place read to (docs/format.md, "Tails").
_COMPARED_BYTES = 4096


class Tail:
    """How far one file was read. Files are given as open descriptors; nothing is kept open."""

    def __init__(self) -> None:
        self.offset = 0  # of the first byte that is not read
        self.skipped: list[int] = []  # where lines begin that are too long
        self._is_within_skipped = False
        self._head = b""
        self._recent = b""  # what stood in front of the offset
        self._file = (0, 0)
        self._stamp: tuple[int, ...] | None = None

    def is_unchanged(self, descriptor: int) -> bool:
        """Whether nothing happened to the file since all of it was read: by its size and times alone."""
        return _stamp(os.fstat(descriptor)) == self._stamp

    def continues(self, descriptor: int) -> bool:
        """Whether what was read still stands in the file, so that reading can go on at the offset.

        False for another file of that name, a shorter one, and one that was written anew in place.
        """
        status = os.fstat(descriptor)
        if self.offset == 0:
            return True
        return (
            (status.st_dev, status.st_ino) == self._file
            and status.st_size >= self.offset
            and os.pread(descriptor, len(self._head), 0) == self._head
            and os.pread(descriptor, len(self._recent), self.offset - len(self._recent)) == self._recent
        )

    def new_lines(self, descriptor: int) -> Iterator[tuple[int, bytes]]:
        """Blocks of whole lines since the offset, each with its own offset. A line without its end is left for later.

        The offset moves on with every block that is taken.
        """
        status = os.fstat(descriptor)
        self._file = (status.st_dev, status.st_ino)
        block_bytes = BLOCK_BYTES
        while self.offset < status.st_size:
            # Not more than is there: memory for as much as is asked for is taken before anything is read.
            data = os.pread(descriptor, min(block_bytes, status.st_size - self.offset), self.offset)
            end = data.rfind(b"\n") + 1
            if end == 0 and len(data) < block_bytes:
                break
            if end == 0 and block_bytes < MAX_LINE_BYTES:
                block_bytes = MAX_LINE_BYTES
                continue
            block_bytes = BLOCK_BYTES
            if end == 0:
                if not self._is_within_skipped:
                    self.skipped.append(self.offset)
                self._is_within_skipped = True
                self._move(descriptor, data)
                self._pass_hole(descriptor, status.st_size)
                continue
            if self._is_within_skipped:
                self._is_within_skipped = False
                self._move(descriptor, data[: data.find(b"\n") + 1])
                continue
            if end < len(data):
                data = data[:end]
            begin = self.offset
            self._move(descriptor, data)
            yield begin, data
        self._stamp = _stamp(status) if is_settled(status) else None

    def _pass_hole(self, descriptor: int, size_bytes: int) -> None:
        """Go on where the file holds something: sparse ones can be of any length, and reading zeros takes hours."""
        try:
            begin = os.lseek(descriptor, self.offset, os.SEEK_DATA)
        except AttributeError:  # not on Windows
            return
        except OSError as error:
            begin = size_bytes if error.errno == errno.ENXIO else self.offset
        if begin > self.offset:
            self.offset = begin
            self._recent = os.pread(descriptor, _COMPARED_BYTES, begin - _COMPARED_BYTES)

    def _move(self, descriptor: int, data: bytes) -> None:
        self.offset += len(data)
        self._recent = (
            (self._recent + data)[-_COMPARED_BYTES:]
            if len(data) < _COMPARED_BYTES
            else data[-_COMPARED_BYTES:]
        )
        if len(self._head) < _COMPARED_BYTES:
            self._head = os.pread(descriptor, min(_COMPARED_BYTES, self.offset), 0)


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
