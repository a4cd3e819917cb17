"""Files that are on no disk: bytes that were taken out of a file, or made of them, behind a descriptor of their own.

So whoever reads files (parts of them, in a child process) need not know that these lie in another one.
"""

from __future__ import annotations

import os
import stat
import tempfile
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
    fd = _descriptor()
    try:
        written = 0
        while written < len(data):
            written += os.write(fd, memoryview(data)[written:])
        os.lseek(fd, 0, os.SEEK_SET)
        yield OpenedFile(fd, path, _status(len(data), of, inode, min(max(modified_ns, 0), _MAX_TIME_NS)))
    finally:
        os.close(fd)


def _descriptor() -> int:
    """Of an empty file that goes with it."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("member", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _status(size_bytes: int, of: os.stat_result, inode: int, modified_ns: int) -> os.stat_result:
    seconds = modified_ns // 10**9
    times = {
        f"st_{name}{unit}": value
        for name in ("atime", "mtime", "ctime")
        for unit, value in (("", modified_ns / 1e9), ("_ns", modified_ns))
    }
    mode = stat.S_IFREG | stat.S_IMODE(of.st_mode) & 0o444
    entries = (mode, inode, of.st_dev, 1, of.st_uid, of.st_gid, size_bytes, seconds, seconds, seconds)
    return os.stat_result(entries, times)
