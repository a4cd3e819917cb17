"""One file of an archive behind a descriptor of its own, as whoever reads files wants it.

Small ones are in memory, larger ones in a file without a name in the folder for temporary files: nothing but a piece
of them is in memory at once. What was unpacked last is kept for the next who asks, within limits.
"""

from __future__ import annotations

import errno
import os
import tempfile
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress

from lavdlike.bounded import giving_up
from lavdlike.disk.archives.archive_tree import Part
from lavdlike.disk.made import empty_descriptor
from lavdlike.errors import NotServedError

# Of one file, unpacked.
MAX_BYTES = 2 * 2**30
_IN_MEMORY_BYTES = 8 * 2**20
# Of what is kept, in memory and on the disk. Smaller files are unpacked sooner than kept ones are found.
_KEPT_FROM_BYTES = 64 * 2**10
_KEPT_IN_MEMORY_BYTES = 48 * 2**20
_KEPT_ON_DISK_BYTES = 2 * 2**30
_MAX_KEPT = 64
_PIECE = 2**20

# Reads bytes of the archive at a place: as `os.pread`.
ReadAt = Callable[[int, int], bytes]


class Unpacked:
    """Files that were unpacked, of one archive. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, tuple[int, int]] = OrderedDict()  # by offset: descriptor and size

    def opened(self, path: str, part: Part, read_at: ReadAt) -> int:
        """A descriptor of the whole file at its begin, closed by who asked.

        Args:
            path: for errors.
            part: of which `offset` is that of its bytes.

        Raises:
            NotServedError: it is too large, damaged, or there is no room for it.
        """
        if part.size_bytes > MAX_BYTES:
            limit = f"{MAX_BYTES / 2**30:g} GiB"
            raise NotServedError(path, f"larger than {limit}, the most that is unpacked of one file")
        with self._lock:
            if part.offset in self._kept:
                self._kept.move_to_end(part.offset)
                return _again(self._kept[part.offset][0])
        fd = _file_for(part.size_bytes)
        try:
            _unpack(path, part, read_at, fd)
            os.lseek(fd, 0, os.SEEK_SET)
        except OSError as error:
            os.close(fd)
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise
            raise NotServedError(path, f"no room in {tempfile.gettempdir()} to unpack it") from None
        except BaseException:
            os.close(fd)
            raise
        self._keep(part, fd)
        return fd

    def close(self) -> None:
        with self._lock:
            for fd, _ in self._kept.values():
                os.close(fd)
            self._kept.clear()

    def _keep(self, part: Part, fd: int) -> None:
        if part.size_bytes < _KEPT_FROM_BYTES:
            return
        with self._lock:
            if part.offset in self._kept:
                return
            with suppress(OSError):
                os.close(_again(fd))  # only what can be opened once more is of use
                self._kept[part.offset] = os.dup(fd), part.size_bytes
            while self._kept and self._is_too_much():
                os.close(self._kept.popitem(last=False)[1][0])

    def _is_too_much(self) -> bool:
        sizes = [size for _, size in self._kept.values()]
        in_memory = sum(size for size in sizes if size <= _IN_MEMORY_BYTES)
        on_disk = sum(sizes) - in_memory
        return len(sizes) > _MAX_KEPT or in_memory > _KEPT_IN_MEMORY_BYTES or on_disk > _KEPT_ON_DISK_BYTES


def _again(fd: int) -> int:
    """The file once more, with a place of its own where it is read. Raises OSError."""
    return os.open(f"/proc/self/fd/{fd}", os.O_RDONLY | os.O_CLOEXEC)


def _file_for(size_bytes: int) -> int:
    if size_bytes <= _IN_MEMORY_BYTES:
        return empty_descriptor()
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _unpack(path: str, part: Part, read_at: ReadAt, fd: int) -> None:
    checksum = written = 0
    for data in _pieces(path, part, read_at):
        giving_up.check()
        written += len(data)
        if written > part.size_bytes:
            raise NotServedError(path, f"damaged: it is longer than the {part.size_bytes:,} bytes it says")
        checksum = zlib.crc32(data, checksum)
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
    if written < part.size_bytes:
        raise NotServedError(path, f"damaged or cut: {written:,} of its {part.size_bytes:,} bytes are there")
    if part.is_checked and checksum != part.checksum:
        raise NotServedError(path, "damaged: its checksum is another one")


def _pieces(path: str, part: Part, read_at: ReadAt) -> Iterator[bytes]:
    """At most a few MiB each."""
    stored = _stored(part, read_at)
    if not part.is_deflated:
        yield from stored
        return
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for data in stored:
            while data and not stream.eof:
                yield stream.decompress(data, _PIECE)
                data = stream.unconsumed_tail
        while not stream.eof and (rest := stream.decompress(b"", _PIECE)):
            yield rest
    except zlib.error:
        raise NotServedError(path, "damaged: it cannot be unpacked") from None


def _stored(part: Part, read_at: ReadAt) -> Iterator[bytes]:
    place, end = part.offset, part.offset + part.stored_bytes
    while place < end:
        data = read_at(place, min(_PIECE, end - place))
        if not data:
            return
        place += len(data)
        yield data
