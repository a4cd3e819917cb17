"""Files that are on no disk: bytes that were taken out of a file, or made of them, behind a descriptor of their own.

So whoever reads files (parts of them, in a child process) need not know that these lie in another one.
"""

from __future__ import annotations

import os
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lavdlike.disk.root import OpenedFile

_MAX_TIME_NS = 2**62


@contextmanager
def opened_bytes(
    data: bytes, path: str, of: os.stat_result, *, inode: int, modified_ns: int
) -> Iterator[OpenedFile]:
    """A file that holds these bytes.

    Args:
        path: relative to the root.
        of: the status of the file that they come from, whose owner and device it has.
        inode: another one for every other content.
        modified_ns: since 1970.
    """
    fd = empty_descriptor()
    try:
        written = 0
        while written < len(data):
            written += os.write(fd, memoryview(data)[written:])
        os.lseek(fd, 0, os.SEEK_SET)
        yield OpenedFile(fd, path, status_of_made(len(data), of, inode=inode, modified_ns=modified_ns))
    finally:
        os.close(fd)


def empty_descriptor() -> int:
    """Of an empty file that goes with it."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("member", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def status_of_made(size_bytes: int, of: os.stat_result, *, inode: int, modified_ns: int) -> os.stat_result:
    """What is told of such a file; arguments as of `opened_bytes`."""
    modified_ns = min(max(modified_ns, 0), _MAX_TIME_NS)
    seconds = modified_ns // 10**9
    times = {
        f"st_{name}{unit}": value
        for name in ("atime", "mtime", "ctime")
        for unit, value in (("", modified_ns / 1e9), ("_ns", modified_ns))
    }
    mode = stat.S_IFREG | stat.S_IMODE(of.st_mode) & 0o444
    entries = (mode, inode, of.st_dev, 1, of.st_uid, of.st_gid, size_bytes, seconds, seconds, seconds)
    return os.stat_result(entries, times)


# By device and inode of the descriptors that are open now: which file each is a copy of, and how many of them.
_told: dict[tuple[int, int], tuple[os.stat_result, int]] = {}
_lock = threading.Lock()


@contextmanager
def told_as(descriptor: int, status: os.stat_result) -> Iterator[None]:
    """Within the block, a descriptor of a copy is told to be of the file that it is a copy of (`status_of`)."""
    own = os.fstat(descriptor)
    key = own.st_dev, own.st_ino
    with _lock:
        _told[key] = status, _told.get(key, (status, 0))[1] + 1
    try:
        yield
    finally:
        with _lock:
            known, count = _told[key]
            if count > 1:
                _told[key] = known, count - 1
            else:
                del _told[key]


def status_of(descriptor: int) -> os.stat_result:
    """Of an opened file: as of the file itself, where it is a copy. So readers know it again when it is copied anew."""
    own = os.fstat(descriptor)
    told = _told.get((own.st_dev, own.st_ino)) if _told else None
    return own if told is None else told[0]
