"""How the logger writes: appends whole lines, replaces whole files, merges keys into JSON files.

Nothing here waits for the disk (no fsync): when a call returns, the bytes are with the kernel and outlive the process.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import secrets
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lavdlike.errors import LogFormatError
from lavdlike.kinds import json_file

LOCK_FILE = ".lavdlike.lock"
TEMPORARY_PREFIX = ".lavdlike-"
# How long lines can go to a file that was deleted or renamed under us before we notice.
IDENTITY_CHECK_S = 1.0
_LEFTOVER_AFTER_S = 86_400
_LOCK_WAIT_S = 1.0
_LOCK_POLL_S = 0.005
_KNOWN_FOLDERS = 1000
_BINARY: int = getattr(os, "O_BINARY", 0)  # Windows would write other newlines

_log = logging.getLogger("lavdlike")


class UnwrittenError(OSError):
    """Lines that could not be appended; `rest` is what of them is not in the file."""

    def __init__(self, error: OSError, rest: bytes) -> None:
        super().__init__(error.errno, error.strerror or str(error))
        self.rest = rest


class AppendFile:
    """An append-only file of lines; several threads, forks and processes can write it at once.

    Each call is one write to an O_APPEND descriptor. A last line that was cut (the process that wrote it was killed,
    the disk was full) is ended with `cut_mark` before anything is written behind it.

    Args:
        path: the file; it and its folder are made when the first line is written.
        header: its first line.
        cut_mark: what ends a cut line, with a newline.
        alternative: where to write if `path` begins with something else than `header`: it is somebody else's.
    """

    def __init__(
        self, path: Path, *, header: bytes = b"", cut_mark: bytes = b"\n", alternative: Path | None = None
    ) -> None:
        self.path = path
        self._header = header
        self._cut_mark = cut_mark
        self._alternative = alternative
        self._descriptor = -1
        self._identity: tuple[int, int] | None = None
        self._checked = 0.0
        self._is_cut = False
        self.renew_lock()

    def renew_lock(self) -> None:
        """For a forked child: another thread of its parent may have held the lock."""
        self._lock = threading.RLock()  # reentrant: a signal handler may log while its own thread is in here

    def append(self, lines: bytes, now: float) -> None:
        """Append whole lines. `now`: Unix time in seconds.

        Raises:
            UnwrittenError: the disk refused all of them, or the last ones.
        """
        with self._lock:
            try:
                if self._is_cut or not -IDENTITY_CHECK_S < now - self._checked < IDENTITY_CHECK_S:
                    self._make_ready(now)
                written = os.write(self._descriptor, lines)
                while written != len(lines):
                    whole = lines.rfind(b"\n", 0, written) + 1
                    self._is_cut = written > whole
                    lines = lines[whole:]
                    self._make_ready(now)
                    written = os.write(self._descriptor, lines)
            except OSError as error:
                raise UnwrittenError(error, lines) from error

    def close(self) -> None:
        with self._lock:
            self._checked = 0.0
            if self._descriptor >= 0:
                descriptor, self._descriptor = self._descriptor, -1
                os.close(descriptor)

    def _make_ready(self, now: float) -> None:
        """Open the file unless it is the open one, and end a cut line."""
        if self._descriptor < 0 or _identity(self.path) != self._identity:
            self.close()
            self._descriptor = self._opened()
        if self._is_cut:
            if os.write(self._descriptor, self._cut_mark) != len(self._cut_mark):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self._is_cut = False
        self._checked = now

    def _opened(self) -> int:
        make_folder(self.path.parent)
        if self._header:
            _create_with(self.path, self._header)
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _BINARY, 0o666)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(errno.EINVAL, "not a regular file")
            if self._header and found.st_size == 0:
                _write_header(descriptor, self._header)
            elif self._header and _read_at(descriptor, 0, len(self._header)) != self._header:
                return self._opened_alternative()
            self._is_cut = found.st_size > 0 and _ends_cut(descriptor)
            self._identity = (found.st_dev, found.st_ino)
            kept, descriptor = descriptor, -1
            return kept
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def _opened_alternative(self) -> int:
        if self._alternative is None:
            raise OSError(errno.EEXIST, "the file is somebody else's: its first line is not ours")
        _log.warning("%s is not a file of ours; writing to %s instead", self.path, self._alternative.name)
        self.path, self._alternative = self._alternative, None
        return self._opened()


def make_folder(folder: Path) -> None:
    """Make a folder and those above it; in one that was there, old leftovers of killed writers are removed."""
    if folder in _known_folders and folder.is_dir():
        return
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        _remove_leftovers(folder)
    if len(_known_folders) >= _KNOWN_FOLDERS:
        _known_folders.clear()
    _known_folders.add(folder)


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """Put a whole file at `path`, so that a reader finds the old or the new one, never a part.

    `write` writes it under a hidden temporary name in the same folder.
    """
    make_folder(path.parent)
    temporary = path.with_name(TEMPORARY_PREFIX + secrets.token_hex(4))
    try:
        write(temporary)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def replace_bytes(path: Path, content: bytes) -> None:
    """`replace_file` for bytes that are at hand."""
    replace_file(path, lambda temporary: temporary.write_bytes(content))


def update_json(path: Path, change: Callable[[dict[str, Any]], None], *, lock: Path) -> None:
    """Change the object of a JSON file under the lock of its experiment; what is not changed is kept.

    A file that is not a JSON object is kept beside it, with `.broken` behind its name.
    """
    make_folder(lock.parent)
    with _locked(lock):
        document = _read_or_set_aside(path)
        change(document)
        replace_bytes(path, json_file.dump(document))


_known_folders: set[Path] = set()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _create_with(path: Path, header: bytes) -> None:
    """Make the file with its header in one go, unless it is there: two processes must not both write a header."""
    if path.exists():
        return
    temporary = path.with_name(TEMPORARY_PREFIX + secrets.token_hex(4))
    try:
        temporary.write_bytes(header)
        # Where links are not possible (FAT, some network file systems) the header is written after opening.
        with contextlib.suppress(OSError):
            os.link(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _write_header(descriptor: int, header: bytes) -> None:
    if os.write(descriptor, header) != len(header):
        os.ftruncate(descriptor, 0)  # a part of it would make the file somebody else's
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _read_at(descriptor: int, offset: int, size_bytes: int) -> bytes:
    os.lseek(descriptor, offset, os.SEEK_SET)  # O_APPEND writes are not moved by it; Windows has no pread
    return os.read(descriptor, size_bytes)


def _ends_cut(descriptor: int) -> bool:
    """Whether the last line has no newline and is not just being written by somebody else."""
    size = -1
    while True:
        found = os.fstat(descriptor)
        if _read_at(descriptor, found.st_size - 1, 1) == b"\n":
            return False
        if found.st_size == size:
            return True
        size = found.st_size
        time.sleep(0.01)


def _remove_leftovers(folder: Path) -> None:
    before = time.time() - _LEFTOVER_AFTER_S
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if (
                entry.name.startswith(TEMPORARY_PREFIX)
                and entry.stat(follow_symlinks=False).st_mtime < before
            ):
                Path(entry).unlink()


def _read_or_set_aside(path: Path) -> dict[str, Any]:
    try:
        return json_file.read_object(path.read_bytes(), path.name)
    except FileNotFoundError:
        return {}
    except LogFormatError as error:
        aside = path.with_name(path.name + ".broken")
        _log.warning("%s; it is kept as %s", error, aside.name)
        path.replace(aside)
        return {}


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file; after a second without getting it go on with a warning, as a reader is never in the way."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        give_up = time.monotonic() + _LOCK_WAIT_S
        while not _try_lock(descriptor):
            if time.monotonic() > give_up:
                _log.warning("%s is held by another process for over a second; writing without it", path)
                break
            time.sleep(_LOCK_POLL_S)
        yield
    finally:
        os.close(descriptor)  # releases it


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            # Anything else is a file system without locks: nothing to wait for.
            return error.errno not in (errno.EWOULDBLOCK, errno.EINTR)
        return True
