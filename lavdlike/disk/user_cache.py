"""A folder of the user for what can be made anew at any time: never in a root, and nothing is missed without it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


def cache_folder_of(root: Path) -> Path:
    """Where what was made of a root is kept: `$XDG_CACHE_HOME/lavdlike/...` or `~/.cache/lavdlike/...`; not made."""
    return cache_folder() / hashlib.sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:32]


def cache_folder() -> Path:
    """What all roots share."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    cache = Path(base) if Path(base).is_absolute() else Path.home() / ".cache"
    return cache / "lavdlike"


def kept(path: Path, most_bytes: int) -> bytes | None:
    """What was kept there; None if there is nothing, it cannot be read, or it is larger."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as file:
            return file.read() if os.fstat(descriptor).st_size <= most_bytes else None
    except OSError:
        return None


def keep(path: Path, data: bytes) -> bool:
    """Put a file there in one step, readable by its user alone; says whether that could be done."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, temporary = tempfile.mkstemp(prefix=".new-", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except OSError:
        if temporary:
            with suppress(OSError):
                Path(temporary).unlink()
        return False
    return True


def touch(path: Path) -> None:
    """It was used now."""
    with suppress(OSError):
        os.utime(path)


def tidy(folder: Path, *, most_bytes: int, used_since: float) -> None:
    """Remove what was not used since a time (in seconds), and what was not used for longest beyond so many bytes."""
    found: list[tuple[float, int, Path]] = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):  # another process has removed it
                status = entry.stat(follow_symlinks=False)
                if entry.is_file(follow_symlinks=False):
                    found.append((status.st_mtime, status.st_size, folder / entry.name))
    kept_bytes = 0
    for used, size, path in sorted(found, reverse=True):
        kept_bytes += size
        if used < used_since or kept_bytes > most_bytes:
            with suppress(OSError):
                path.unlink()


def scratch() -> BinaryIO:
    """A file of no name, for what is made anew by every process; it is gone when it is closed.

    Raises:
        OSError: no disk takes it.
    """
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return tempfile.TemporaryFile(dir=folder)
    except OSError:
        return tempfile.TemporaryFile()
