"""A users file on the disk: followed while the server runs, and changed by `lavdlike passwd`."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from lavdlike.errors import UsageError
from lavdlike.server.host.private_files import read_private, write_private
from lavdlike.server.web.users import User, Users, read_users, with_user

MAX_BYTES = 1024 * 1024
# A file that was changed so recently could be changed again without another size or time.
_SETTLED_AFTER_S = 2.0

_log = logging.getLogger(__name__)


class _State(NamedTuple):
    """`version`: of the file that was looked at, good or not; None: to be read again. `fault`: why it is not good."""

    version: tuple[int, ...] | None
    users: Users
    fault: str = ""


class UsersFile:
    """The people of a file, as it is at each look. May be asked from several threads.

    When it changes into what cannot be used, or is gone, the people of before stay, and the log says why. To lock out
    everybody, leave an empty file.

    Raises:
        UsageError: at the start, it cannot be used, or nobody is in it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._state = _read(path)
        except FileNotFoundError:
            raise UsageError(
                f"--users: there is no file {path}; make one with: lavdlike passwd {path} NAME"
            ) from None
        except UsageError as error:
            raise UsageError(f"--users: {error}") from None
        if not len(self._state.users):
            raise UsageError(f"--users: nobody is in {path}; add somebody with: lavdlike passwd {path} NAME")

    def users(self) -> Users:
        state = self._state
        version = _version(self._path)
        if version != state.version or version is None:
            state = self._state = self._looked_again(version, state)
        return state.users

    def _looked_again(self, version: tuple[int, ...] | None, before: _State) -> _State:
        try:
            return _read(self._path)
        except (FileNotFoundError, UsageError) as error:
            fault = str(error)
            if fault != before.fault:
                _log.warning("The users file cannot be used, so those of before still hold: %s", fault)
            return _State(version, before.users, fault)


def _read(path: Path) -> _State:
    content, found = read_private(path, MAX_BYTES)
    users = Users(_parsed(content, path))
    is_settled = abs(time.time() - found.st_mtime) > _SETTLED_AFTER_S
    return _State(_version_of(found) if is_settled else None, users)


def _version(path: Path) -> tuple[int, ...] | None:
    try:
        return _version_of(path.lstat())
    except OSError:
        return None


def _version_of(found: os.stat_result) -> tuple[int, ...]:
    return (
        found.st_dev,
        found.st_ino,
        found.st_size,
        found.st_mtime_ns,
        found.st_ctime_ns,
        found.st_mode,
    )


# --- changing it --------------------------------------------------------------------------------------------


def users_in(path: Path) -> list[User]:
    """Who is in a users file, nobody if there is none. Raises UsageError if it cannot be used."""
    content = _content(path)
    return _parsed(content, path)


def put_user(path: Path, user: User) -> None:
    """Replace or add a person's line of this sort; a new file is made. At no moment is there half a file.

    Raises:
        UsageError: the file cannot be used as it is, or cannot be written.
    """
    try:
        with _only_writer(path.parent):
            content = _content(path)
            _parsed(content, path)  # what is no users file is not changed
            changed = with_user(content.decode(), user).encode()
            _parsed(changed, path)
            write_private(path, changed)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from None


def _content(path: Path) -> bytes:
    try:
        return read_private(path, MAX_BYTES).content
    except FileNotFoundError:
        return b""


def _parsed(content: bytes, path: Path) -> list[User]:
    try:
        return read_users(content.decode())
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8") from None
    except UsageError as error:
        raise UsageError(f"{path}, {error}") from None


@contextmanager
def _only_writer(folder: Path) -> Iterator[None]:
    """Wait for another `lavdlike passwd` at a file of this folder: the later one must see what the other wrote."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
