"""All that lies below a folder, hidden names as well, by descriptor: for what is counted.

No link is followed and no other file system entered, so that whatever changes meanwhile cannot lead elsewhere.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

# Each level holds a descriptor while what is below it is looked at.
MAX_DEPTH = 200

_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Found(NamedTuple):
    """A name below a folder. `path`: relative to that folder. `status`: of the name itself, not of a link's target.

    `is_unread`: of a folder whose names are not told: no permission, too deep, or of another file system.
    """

    path: str
    status: os.stat_result
    is_unread: bool = False

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.status.st_mode)

    @property
    def disk_bytes(self) -> int:
        """What it takes on the disk, which is less than its size if it has holes, more if it is small."""
        return self.status.st_blocks * 512


def everything_below(descriptor: int) -> Iterator[Found]:
    """Every name below an opened folder; a folder behind what it holds. What vanishes meanwhile is left out."""
    yield from _below(descriptor, "", os.fstat(descriptor).st_dev, MAX_DEPTH)


def _below(descriptor: int, path: str, device: int, depth: int) -> Iterator[Found]:
    for name in os.listdir(descriptor):
        below = f"{path}/{name}" if path else name
        with suppress(FileNotFoundError):
            status = os.lstat(name, dir_fd=descriptor)
            if not stat.S_ISDIR(status.st_mode):
                yield Found(below, status)
                continue
            opened = _opened(name, descriptor) if depth and status.st_dev == device else None
            if opened is not None:
                try:
                    yield from _below(opened, below, device, depth - 1)
                finally:
                    os.close(opened)
            yield Found(below, status, is_unread=opened is None)


def _opened(name: str, folder: int) -> int | None:
    """None if it may not be read, or something else has taken its place."""
    try:
        return os.open(name, _FOLDER_FLAGS, dir_fd=folder)
    except (PermissionError, NotADirectoryError):
        return None
