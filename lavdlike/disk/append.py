"""How the logger appends whole lines to files that several writers may have open.

Nothing here waits for the disk (no fsync): when a call returns, the bytes are with the kernel and outlive the process.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import secrets
import stat
import threading
import time
from pathlib import Path

from lavdlike.disk import changes
from lavdlike.disk.shared_folders import OwnFiles, open_or_make, share
from lavdlike.disk.write import TEMPORARY_PREFIX, make_folder

# How long lines can go to a file that was deleted or renamed under us before we notice.
IDENTITY_CHECK_S = 1.0
_BINARY: int = getattr(os, "O_BINARY", 0)  # Windows would write other newlines
_NO_WAITING: int = getattr(os, "O_NONBLOCK", 0)  # for the other end of a pipe

_log = logging.getLogger("lavdlike")


class UnwrittenError(OSError):
    """Lines that could not be appended; `rest` is what of them is not in the file."""

    def __init__(self, error: OSError, rest: bytes) -> None:
        super().__init__(error.errno, error.strerror or str(error))
        self.rest = rest


class AppendFile:
    """An append-only file of lines; several threads, forks and processes can write it at once.

    Each call is one write to an O_APPEND descriptor. Of a line that a full disk cut, the rest is written when there is
    room. One that another writer cut (it was killed) is ended with `cut_mark` before anything is written behind it.

    Args:
        path: the file; it and its folder are made when the first line is written.
        header: its first line.
        cut_mark: what ends a cut line, with a newline.
        alternative: where to write if `path` begins with something else than `header`: another program wrote it.
        own_files: where to write if another user's file is refused; None: nowhere.

    `asked_for` stays `path`; `path` is what is written.
    """

    def __init__(
        self,
        path: Path,
        *,
        header: bytes = b"",
        cut_mark: bytes = b"\n",
        alternative: Path | None = None,
        own_files: OwnFiles | None = None,
    ) -> None:
        self.asked_for = self.path = path
        self.header = header
        self._cut_mark = cut_mark
        self._alternative = alternative
        self._own_files = own_files
        self._descriptor = -1
        self._identity: tuple[int, int] | None = None
        self._checked = 0.0
        self._is_cut = False
        self._cut_piece, self._cut_end = b"", 0
        self.renew_lock()

    def renew_lock(self) -> None:
        """For a forked child: another thread of its parent may have held the lock."""
        self._lock = threading.RLock()  # reentrant: a signal handler may log while its own thread is in here

    @property
    def is_ours(self) -> bool:
        """Whether the file begins with the header now, or nothing stands in it yet."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | _BINARY | _NO_WAITING)
        except OSError:
            return True
        try:
            return os.read(descriptor, len(self.header)) in (b"", self.header)
        except OSError:
            return True  # appending will say what is wrong
        finally:
            os.close(descriptor)

    def append(self, lines: bytes, now: float) -> None:
        """Append whole lines. `now`: Unix time in seconds.

        Raises:
            UnwrittenError: the disk refused all of them, or the last ones.
        """
        with self._lock:
            try:
                if self._is_cut or not -IDENTITY_CHECK_S < now - self._checked < IDENTITY_CHECK_S:
                    self._make_ready(now)
                written = self._written(lines) if self._is_cut else os.write(self._descriptor, lines)
                while written != len(lines):
                    whole = lines.rfind(b"\n", 0, written) + 1
                    self._note_cut(lines[whole:written])
                    lines = lines[whole:]
                    self._make_ready(now)
                    written = self._written(lines)
                self._is_cut = False
            except OSError as error:
                raise UnwrittenError(error, lines) from error

    def _written(self, lines: bytes) -> int:
        """How much of these lines is in the file now, where it may hold the begin of them."""
        there = self._begun(lines) if self._is_cut else 0
        return there + os.write(self._descriptor, lines[there:])

    def close(self) -> None:
        with self._lock:
            self._checked = 0.0
            if self._descriptor >= 0:
                descriptor, self._descriptor = self._descriptor, -1
                os.close(descriptor)

    def _make_ready(self, now: float) -> None:
        """Open the file unless it is the open one."""
        if self._descriptor < 0 or _identity(self.path) != self._identity:
            self.close()
            self._descriptor = self._opened_or_own()
        self._checked = now
        changes.changed(self.path)

    def _note_cut(self, piece: bytes) -> None:
        """Remember the piece of a line that the disk took last."""
        self._is_cut = bool(piece)
        self._cut_piece, self._cut_end = piece, os.fstat(self._descriptor).st_size

    def _begun(self, lines: bytes) -> int:
        """How much of the lines is the cut piece at the file's end; one of another line is ended with the mark."""
        end = os.fstat(self._descriptor).st_size
        if self._cut_piece and end == self._cut_end and lines.startswith(self._cut_piece):
            return len(self._cut_piece)
        if _read_at(self._descriptor, end - 1, 1) != b"\n" and os.write(
            self._descriptor, self._cut_mark
        ) != len(self._cut_mark):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._is_cut = False
        return 0

    def _opened_or_own(self) -> int:
        try:
            return self._opened()
        except PermissionError:
            own = self._own_files.instead_of(self.path) if self._own_files else None
            if self._own_files is None or own is None:
                raise
            refused, self.path = self.path, own
            try:
                descriptor = self._opened_or_own()
            except OSError:
                self.path = refused
                raise
            self._own_files.say(refused, self.path)
            return descriptor

    def _opened(self) -> int:
        make_folder(self.path.parent)
        if self.header:
            _create_with(self.path, self.header)
        descriptor = open_or_make(self.path, os.O_RDWR | os.O_APPEND | _BINARY)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(errno.EINVAL, "not a regular file")
            if self.header and found.st_size == 0:
                _write_header(descriptor, self.header)
            elif self.header and _read_at(descriptor, 0, len(self.header)) != self.header:
                return self._opened_alternative()
            self._is_cut, self._cut_piece = found.st_size > 0 and _ends_cut(descriptor), b""
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
        share(temporary)
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
