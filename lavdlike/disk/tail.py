"""What is new in an append-only file: whole lines or records since the last look, and whether it is the same."""

from __future__ import annotations

import errno
import os
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from lavdlike.bounded import giving_up
from lavdlike.disk.filling import is_filled_later, pread
from lavdlike.disk.made import status_of
from lavdlike.disk.root import is_settled

# Reading takes several times this beside what is read, in each thread; smaller ones are not worth its while to polars.
BLOCK_BYTES = 4 * 2**20
# A line that is longer is no line of a log of values; it is skipped.
MAX_LINE_BYTES = 16 * 2**20
# What is compared at the file's begin and in front of the place read to (docs/format.md, "Tails").
_COMPARED_BYTES = 4096


class Stamp(NamedTuple):
    """Of a file: what is another one after every change, if some time lies between the two (`root.is_settled`)."""

    device: int
    inode: int
    size: int
    changed_ns: int
    status_changed_ns: int


class Tail:
    """How far one file was read. Files are given as open descriptors; nothing is kept open."""

    def __init__(self) -> None:
        self.offset = 0  # of the first byte that is not read
        self.skipped: list[int] = []  # where lines begin that are too long
        self._is_within_skipped = False
        self._wanted_bytes = 0  # of the next block of bytes
        self._head = b""
        self._recent = b""  # what stood in front of the offset
        self._file = (0, 0)
        self._stamp: Stamp | None = None
        self._read_as: Stamp | None = None  # what the file was when it was last read, settled or not
        self._checksum: int | None = 0  # of all that was read; None: some of it was passed over

    def is_unchanged(self, descriptor: int) -> bool:
        """Whether nothing happened to the file since all of it was read: by its size and times alone."""
        return self._stamp is not None and _stamp(status_of(descriptor)) == self._stamp

    @property
    def stamp(self) -> Stamp | None:
        """What the file was when all of it was read; None if it may have changed without showing it."""
        return self._stamp

    def resume(self, descriptor: int, offset: int, stamp: Stamp) -> bool:
        """Go on at a place of the file as if all before it were read; not, and False, if the file is not as it says."""
        begin = max(offset - _COMPARED_BYTES, 0)
        recent = pread(descriptor, offset - begin, begin)
        head = pread(descriptor, min(_COMPARED_BYTES, offset), 0)
        if _stamp(status_of(descriptor)) != stamp:  # what was read may be of another state
            return False
        self.offset, self._head, self._recent = offset, head, recent
        self._file, self._stamp, self._read_as = (stamp.device, stamp.inode), stamp, stamp
        self._checksum = None
        return True

    def continues(self, descriptor: int) -> bool:
        """Whether what was read still stands in the file, so that reading can go on at the offset.

        False for another file of that name, a shorter one, and one that was written anew in place: as far as begin and
        end tell, and of one that is just as long and has another time, as all of it tells.
        """
        status = status_of(descriptor)
        if self.offset == 0:
            return True
        return (
            (status.st_dev, status.st_ino) == self._file
            and status.st_size >= self.offset
            and pread(descriptor, len(self._head), 0) == self._head
            and pread(descriptor, len(self._recent), self.offset - len(self._recent)) == self._recent
            and not self._is_rewritten(descriptor, status)
        )

    def _is_rewritten(self, descriptor: int, status: os.stat_result) -> bool:
        """Whether something was written where nothing was added; a file that was only touched is read once for that."""
        now, before = _stamp(status), self._read_as
        if before is None or now == before or now.size != before.size:
            return False
        return self._checksum is None or self._checksum != _checksum_of(descriptor, self.offset)

    def new_lines(self, descriptor: int) -> Iterator[tuple[int, bytes]]:
        """Blocks of whole lines since the offset, each with its own offset. A line without its end is left for later.

        The offset moves on with every block that is taken.
        """
        status = status_of(descriptor)
        self._file = (status.st_dev, status.st_ino)
        block_bytes = BLOCK_BYTES
        while self.offset < status.st_size:
            # Not more than is there: memory for as much as is asked for is taken before anything is read.
            data = pread(descriptor, min(block_bytes, status.st_size - self.offset), self.offset)
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
        self._note_read(status)

    def new_bytes(self, descriptor: int, block_bytes: int | None = None) -> Iterator[tuple[int, bytes, int]]:
        """Blocks since the offset, for files of records: where each begins, its bytes, and how long the file is.

        Whoever takes them says how far they were read (`take`, `move_to`), or that what begins there needs more bytes
        at once (`want`); otherwise it is left for later.

        Args:
            block_bytes: how long they are; None: as is best where all is read.
        """
        status = status_of(descriptor)
        self._file = (status.st_dev, status.st_ino)
        self._wanted_bytes = 0
        while self.offset < status.st_size:
            begin, wanted_bytes = self.offset, max(self._wanted_bytes, block_bytes or BLOCK_BYTES)
            data = pread(descriptor, min(wanted_bytes, status.st_size - begin), begin)
            self._wanted_bytes = 0
            if not data:  # it was cut meanwhile
                break
            yield begin, data, status.st_size
            if self.offset == begin and self._wanted_bytes <= len(data):
                break
        self._note_read(status)

    def _note_read(self, status: os.stat_result) -> None:
        self._read_as = _stamp(status)
        self._stamp = self._read_as if is_settled(status) else None

    def take(self, descriptor: int, data: bytes) -> None:
        """These bytes, which stand at the offset, are done with."""
        self._move(descriptor, data)

    def move_to(self, descriptor: int, offset: int) -> None:
        """What stands before this place is done with, without being read."""
        self.offset = offset
        self._checksum = None
        begin = max(offset - _COMPARED_BYTES, 0)
        self._recent = pread(descriptor, offset - begin, begin)
        self._take_head(descriptor)

    def want(self, size_bytes: int) -> None:
        """The next block is to be so long, if the file is."""
        self._wanted_bytes = size_bytes

    def _pass_hole(self, descriptor: int, size_bytes: int) -> None:
        """Go on where the file holds something: sparse ones can be of any length, and reading zeros takes hours."""
        begin = data_begin(descriptor, self.offset, size_bytes)
        if begin > self.offset:
            self.offset = begin
            self._checksum = None
            self._recent = pread(descriptor, _COMPARED_BYTES, begin - _COMPARED_BYTES)

    def _move(self, descriptor: int, data: bytes) -> None:
        self.offset += len(data)
        if self._checksum is not None:
            self._checksum = zlib.crc32(data, self._checksum)
        self._recent = (
            (self._recent + data)[-_COMPARED_BYTES:]
            if len(data) < _COMPARED_BYTES
            else data[-_COMPARED_BYTES:]
        )
        if len(self._head) < _COMPARED_BYTES:
            self._take_head(descriptor)

    def _take_head(self, descriptor: int) -> None:
        if len(self._head) < _COMPARED_BYTES:
            self._head = pread(descriptor, min(_COMPARED_BYTES, self.offset), 0)


def _checksum_of(descriptor: int, size_bytes: int) -> int:
    checksum = offset = 0
    while data := pread(descriptor, min(BLOCK_BYTES, size_bytes - offset), offset):
        giving_up.check()
        checksum, offset = zlib.crc32(data, checksum), offset + len(data)
    return checksum


def data_begin(descriptor: int, offset: int, size_bytes: int) -> int:
    """Where a file of this size holds something, from a place on; its size if it does not."""
    if is_filled_later(descriptor):
        return offset
    try:
        return os.lseek(descriptor, offset, os.SEEK_DATA)
    except AttributeError:  # not on Windows
        return offset
    except OSError as error:
        return size_bytes if error.errno == errno.ENXIO else offset


def settled_stamp(descriptor: int) -> Stamp | None:
    """Of a file as it is now; None if it could still change without showing it."""
    status = status_of(descriptor)
    return _stamp(status) if is_settled(status) else None


def _stamp(status: os.stat_result) -> Stamp:
    return Stamp(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
