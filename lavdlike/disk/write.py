"""How the logger writes whole files and merges keys into JSON files; `append` has the files of lines.

Nothing here waits for the disk (no fsync): when a call returns, the bytes are with the kernel and outlive the process.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import random
import secrets
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from lavdlike import json_file
from lavdlike.disk import changes
from lavdlike.disk.shared_folders import belongs_to_another, make_folders, open_or_make, share
from lavdlike.errors import LimitError, LogFormatError

LOCK_FILE = ".lavdlike.lock"
TEMPORARY_PREFIX = ".lavdlike-"
_LEFTOVER_AFTER_S = 86_400
# How long a process waits for its turn at the lock: of hundreds that start at once each takes some milliseconds.
LOCK_WAIT_S = 30
# Once that was too short, whoever has it hangs: for so long nobody waits for it again.
_STUCK_S = 300.0
_LOCK_PAUSE_S, _LOCK_LONGEST_PAUSE_S = 0.002, 0.05
_KNOWN_FOLDERS = 1000
# Not the module's: a script that has seeded it gets its own numbers, however long the lock was waited for.
_RANDOM = random.SystemRandom()

_log = logging.getLogger("lavdlike")


def make_folder(folder: Path) -> None:
    """Make a folder and those above it; in one that was there, old leftovers of killed writers are removed."""
    if folder in _known_folders and folder.is_dir():
        return
    try:
        make_folders(folder)
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
        share(temporary)
        temporary.replace(path)
        changes.changed(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def replace_bytes(path: Path, content: bytes) -> None:
    """`replace_file` for bytes that are at hand."""
    replace_file(path, lambda temporary: temporary.write_bytes(content))


def remove_file(path: Path) -> None:
    """Remove a file of the tree, if it is there."""
    changes.going(path)
    path.unlink(missing_ok=True)


def update_json(
    path: Path, change: Callable[[dict[str, Any]], object], *, lock: Path, limited: bool = True
) -> None:
    """Change the object of a JSON file under the lock of its experiment; what is not changed is kept.

    A file that is not a JSON object is kept beside it, with `.broken` behind its name. One without any key is removed.

    Args:
        limited: whether to refuse what readers would refuse (docs/format.md, "JSON files").

    Raises:
        LimitError: the file would have too many keys, be nested too deep or be too large; it stays as it was.
    """
    _turn_at(lock).take(_Update(path, change, limited))


class _Update(NamedTuple):
    path: Path
    change: Callable[[dict[str, Any]], object]
    limited: bool

    def do(self) -> None:
        document = _read_or_set_aside(self.path)
        self.change(document)
        if not document:
            remove_file(self.path)
            return
        content = json_file.dump(document)
        if self.limited:
            json_file.check_limits(document, self.path.name)
            json_file.check_size(len(content), self.path.name)
        replace_bytes(self.path, content)


class _Turn:
    """One update of JSON files of an experiment at a time, among the threads of this process and among processes.

    A signal handler that updates a file while its own thread is doing so must neither wait for itself nor be
    overwritten: its update is done by the interrupted one, right behind its own.
    """

    def __init__(self, lock: Path) -> None:
        self._lock_file = lock
        self._mutex = threading.RLock()
        self._holder: int | None = None
        self._from_handlers: deque[_Update] = deque()
        self._stuck_until = 0.0
        self._said_unlocked = False

    def take(self, update: _Update) -> None:
        if self._holder == threading.get_ident():
            self._from_handlers.append(update)
            return
        with self._mutex:
            try:
                self._do(update)
            finally:
                # A handler may come until the holder is None, and then has put its update here.
                while self._from_handlers and self._did(self._from_handlers[0]):
                    self._from_handlers.popleft()

    def _did(self, update: _Update) -> bool:
        """Whether a handler's update need not be tried again: what is wrong with it is not the interrupted one's."""
        try:
            self._do(update)
        except OSError:
            return False
        except Exception as error:  # noqa: BLE001 - as above
            _log.warning("cannot write %s: %s", update.path, error)
        return True

    def _do(self, update: _Update) -> None:
        self._holder = threading.get_ident()
        try:
            make_folder(self._lock_file.parent)
            with self._locked():
                update.do()
        finally:
            self._holder = None

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock file; after 30 s without getting it go on with a warning, as a reader is never in the way."""
        descriptor = self._opened()
        if descriptor is None:
            yield
            return
        try:
            give_up = time.monotonic() + (LOCK_WAIT_S if time.monotonic() > self._stuck_until else 0.0)
            pause_s = _LOCK_PAUSE_S
            while not try_lock(descriptor):
                if time.monotonic() > give_up:
                    self._stuck_until = time.monotonic() + _STUCK_S
                    _log.warning(
                        "%s is held by another process for over %d s; writing without it",
                        self._lock_file,
                        LOCK_WAIT_S,
                    )
                    break
                # Hundreds of processes that start together do not all ask at the same moment.
                time.sleep(pause_s * _RANDOM.uniform(0.5, 1.5))
                pause_s = min(pause_s * 1.5, _LOCK_LONGEST_PAUSE_S)
            yield
        finally:
            unlock(descriptor)
            os.close(descriptor)

    def _opened(self) -> int | None:
        """The lock file; None if it is another user's, who lets nobody else read it."""
        try:
            return open_or_make(self._lock_file, os.O_RDWR)
        except PermissionError:
            if not belongs_to_another(self._lock_file):
                raise
        # On a local disk a lock can be had of what may only be read.
        with contextlib.suppress(PermissionError):
            return os.open(self._lock_file, os.O_RDONLY)
        if not self._said_unlocked:
            self._said_unlocked = True
            _log.warning("%s is another user's, and may not be read; writing without it", self._lock_file)
        return None


_turns: dict[Path, _Turn] = {}


def _turn_at(lock: Path) -> _Turn:
    return _turns.get(lock) or _turns.setdefault(lock, _Turn(lock))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_turns.clear)  # another thread of the parent may have had its turn


_known_folders: set[Path] = set()


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
        return json_file.parse(path.read_bytes(), path.name)
    except FileNotFoundError:
        return {}
    except LimitError:
        raise  # too deep for Python, but not broken
    except LogFormatError as error:
        aside = _free_name(path.with_name(path.name + ".broken"))
        _log.warning("%s in %s; it is kept as %s", error, path.parent, aside.name)
        path.replace(aside)
        return {}


def _free_name(path: Path) -> Path:
    for number in range(2, 1000):
        if not path.exists():
            break
        path = path.with_name(f"{path.name.removesuffix(f'-{number - 1}')}-{number}")
    return path


if sys.platform == "win32":
    import msvcrt

    def try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def unlock(descriptor: int) -> None:
        """Closing it does."""

else:
    import fcntl

    def try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            # Anything else is a file system without locks: nothing to wait for.
            return error.errno not in (errno.EWOULDBLOCK, errno.EINTR)
        return True

    def unlock(descriptor: int) -> None:
        # A child that another thread has forked meanwhile has the descriptor, too, and would keep the lock.
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)
