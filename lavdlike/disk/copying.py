"""Copies what is in a folder, by descriptor: no link is followed, and hidden names, links and pipes are left out."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from contextlib import suppress

from lavdlike.bounded import giving_up
from lavdlike.disk.replacing import write_all

_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
_READ_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_WRITE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
_CHUNK_BYTES = 2**20
# Each level holds two descriptors while what is below it is copied.
_MAX_DEPTH = 100


def copy_below(
    source: int, target: int, leave_out: Collection[str], *, path: str = "", depth: int = 0
) -> None:
    """Copy all that is in an opened folder into another one.

    Files keep their times of change. What vanishes meanwhile is left out; a file that grows is copied as far as it is.

    Args:
        leave_out: paths below the first folder that are not copied.
        path: of `source` below the first folder.

    Raises:
        OSError: something cannot be read or written, or lies too deep; what was copied until then is there.
    """
    if depth > _MAX_DEPTH:
        raise OSError(f"folders more than {_MAX_DEPTH} deep")
    for name in sorted(os.listdir(source)):
        below = f"{path}/{name}" if path else name
        if name.startswith(".") or below in leave_out:
            continue
        giving_up.check()
        with suppress(FileNotFoundError):
            status = os.stat(name, dir_fd=source, follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                _copy_folder(name, source, target, leave_out, path=below, depth=depth)
            elif stat.S_ISREG(status.st_mode):
                _copy_file(name, source, target)


def _copy_folder(
    name: str, source: int, target: int, leave_out: Collection[str], *, path: str, depth: int
) -> None:
    below = os.open(name, _FOLDER_FLAGS, dir_fd=source)
    try:
        os.mkdir(name, dir_fd=target)
        copy = os.open(name, _FOLDER_FLAGS, dir_fd=target)
        try:
            copy_below(below, copy, leave_out, path=path, depth=depth + 1)
        finally:
            os.close(copy)
    finally:
        os.close(below)


def _copy_file(name: str, source: int, target: int) -> None:
    read = os.open(name, _READ_FLAGS, dir_fd=source)
    try:
        status = os.fstat(read)
        written = os.open(name, _WRITE_FLAGS, stat.S_IMODE(status.st_mode) & 0o666, dir_fd=target)
        try:
            while chunk := os.read(read, _CHUNK_BYTES):
                giving_up.check()
                write_all(written, chunk)
            os.utime(written, ns=(status.st_atime_ns, status.st_mtime_ns))
        finally:
            os.close(written)
    finally:
        os.close(read)
