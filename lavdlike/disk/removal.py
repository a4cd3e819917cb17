"""Removing a folder with all that is in it, by descriptor: no link is followed, however deep it is.

Nor is anything removed that is mounted in it, such as a folder of another machine or of a container's host.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
# So many folders are open at once; what is deeper is moved up first.
_MAX_DEPTH = 50


def remove_all(name: str, folder: int) -> None:
    """Remove a file, link or folder of this name.

    Args:
        folder: descriptor of the folder that holds it.

    Raises:
        OSError: something in it cannot be removed; what was removed before is gone.
    """
    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISDIR(status.st_mode):
        os.unlink(name, dir_fd=folder)
        return
    top = os.open(name, _FOLDER_FLAGS, dir_fd=folder)
    try:
        _check_not_mounted(top, folder)
        while not _emptied(top, top, _MAX_DEPTH):
            pass  # what was moved up is emptied in the next round
    finally:
        os.close(top)
    os.rmdir(name, dir_fd=folder)


def _emptied(folder: int, top: int, depth_left: int) -> bool:
    """Remove what is in a folder; False if something was moved to the top instead."""
    is_empty = True
    for name in os.listdir(folder):
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISDIR(status.st_mode):
            os.unlink(name, dir_fd=folder)
            continue
        if depth_left == 0:
            os.rename(name, f".{secrets.token_hex(8)}", src_dir_fd=folder, dst_dir_fd=top)
            is_empty = False
            continue
        below = os.open(name, _FOLDER_FLAGS, dir_fd=folder)
        try:
            _check_not_mounted(below, folder)
            is_empty = _emptied(below, top, depth_left - 1) and is_empty
        finally:
            os.close(below)
        os.rmdir(name, dir_fd=folder)
    return is_empty


def _check_not_mounted(folder: int, above: int) -> None:
    """Raise OSError if another file system, or another part of this one, is mounted at a folder."""
    if _mount_of(folder) != _mount_of(above):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))


def _mount_of(folder: int) -> tuple[int, bytes]:
    """Only Linux tells what of the same file system is mounted twice."""
    told = b""
    with suppress(OSError):
        lines = Path(f"/proc/self/fdinfo/{folder}").read_bytes().splitlines()
        told = next((line for line in lines if line.startswith(b"mnt_id:")), b"")
    return os.fstat(folder).st_dev, told
