"""Files that belong to an opened one and stand beside it under its name and a suffix: SQLite's `-wal` and `-journal`.

The folder is found by the descriptor, and used only if the opened file is what stands in it under that name. So what is
opened lies in the same folder as a file that the root has opened, whatever was renamed meanwhile; links are not
followed.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_FOLDER_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_FILE_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
)


@contextmanager
def opened_beside(descriptor: int, suffix: str) -> Iterator[int | None]:
    """The descriptor of the regular file beside an opened one; None if there is none, or it cannot be opened."""
    found = _open(descriptor, suffix)
    try:
        yield found
    finally:
        if found is not None:
            os.close(found)


def _open(descriptor: int, suffix: str) -> int | None:
    path = _path_of(descriptor)
    if path is None:
        return None
    folder_path, name = os.path.split(path)
    try:
        folder = os.open(folder_path, _FOLDER_FLAGS)
    except OSError:
        return None
    try:
        if not os.path.samestat(os.stat(name, dir_fd=folder, follow_symlinks=False), os.fstat(descriptor)):
            return None
        found = os.open(name + suffix, _FILE_FLAGS, dir_fd=folder)
    except OSError:
        return None
    finally:
        os.close(folder)
    if stat.S_ISREG(os.fstat(found).st_mode):
        return found
    os.close(found)
    return None


def _path_of(descriptor: int) -> str | None:
    """Where an opened file stands now, as the system says; None if it does not."""
    if sys.platform == "darwin":
        import fcntl

        try:
            path = fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1024))
        except OSError:
            return None
        return os.fsdecode(path.rstrip(b"\0"))
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115 - asked for very often
    except OSError:
        return None
