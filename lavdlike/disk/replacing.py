"""How one file is replaced in a folder that is open: written under a hidden name, and exchanged with the old one.

So the file is always the old or the new one, and what really stood there is at hand, also if another program saved it
at the last moment. Errors of the system are raised as they are; `edit` makes sentences of them.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from typing import NamedTuple

from lavdlike.disk import exchange
from lavdlike.errors import ConflictError, EditError, LavdlikeError, LimitError
from lavdlike.match import match_of

MAX_BYTES = 16 * 2**20
LINK = "a link stands there; nothing is changed through links"

_TEMPORARY_PREFIX = ".lavdlike-"
_READ_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC | os.O_NOFOLLOW
_NEW_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
_CHUNK_BYTES = 2**20
_RIGHTS = 0o777


class Place(NamedTuple):
    """A name in a folder, given by its descriptor. `path`: of the root, for errors."""

    folder: int
    name: str
    path: str


class File(NamedTuple):
    content: bytes
    status: os.stat_result


def replace(place: Place, content: bytes | None, match: str, kept: Place | None) -> None:
    """See `root.EditableRoot.replace`."""
    old = file_at(place)
    if match_of(None if old is None else old.content) != match:
        raise ConflictError(place.path, None if old is None else old.content)
    if old is not None and not os.access(place.name, os.W_OK, dir_fd=place.folder):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if content is not None:
        temporary = _written(place, content, old)
        if old is None:
            _put_new(place, temporary)
        else:
            _put_over(place, temporary, match, kept)
    elif old is not None:
        _take_away(place, match, kept)


def file_at(place: Place, *, last_bytes: int | None = None) -> File | None:
    """The file that stands there, None if nothing does."""
    try:
        mode = os.stat(place.name, dir_fd=place.folder, follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode):
            raise EditError(place.path, LINK)
        if not stat.S_ISREG(mode):  # a FIFO would be woken, a device may do anything
            raise EditError(place.path, "not a regular file")
        descriptor = os.open(place.name, _READ_FLAGS, dir_fd=place.folder)
    except FileNotFoundError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise EditError(place.path, "not a regular file")
        if last_bytes is not None:
            os.lseek(descriptor, max(0, status.st_size - last_bytes), os.SEEK_SET)
        return File(_read_all(descriptor, place.path), status)
    finally:
        os.close(descriptor)


def _read_all(descriptor: int, path: str) -> bytes:
    data = bytearray()
    while chunk := os.read(descriptor, _CHUNK_BYTES):
        data += chunk
        if len(data) > MAX_BYTES:
            raise LimitError(path, f"larger than {MAX_BYTES // 2**20} MiB, the most that is edited")
    return bytes(data)


def write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _written(place: Place, content: bytes, old: File | None) -> Place:
    """Where the content now stands: a hidden file beside the place, with mode and group of the old file."""
    hidden = _hidden_beside(place)
    mode = 0o666 if old is None else 0o600  # until it is that of the old file, nobody else reads it
    descriptor = os.open(hidden.name, _NEW_FLAGS, mode, dir_fd=hidden.folder)
    try:
        write_all(descriptor, content)
        if old is None:
            share(descriptor, place.folder)
        else:
            with contextlib.suppress(PermissionError):  # a group of which we are not
                os.fchown(descriptor, -1, old.status.st_gid)
            # Not setuid and setgid: the old file may be another user's, and the new one is ours.
            os.fchmod(descriptor, old.status.st_mode & _RIGHTS)
    except BaseException:
        _keep(hidden, None)
        raise
    finally:
        os.close(descriptor)
    return hidden


def share(descriptor: int, folder: int) -> None:
    """Give a new file or folder the group's rights where people share a folder (setgid), whatever the umask is."""
    above = os.fstat(folder).st_mode
    if not above & stat.S_ISGID or not above & stat.S_IWGRP:
        return
    mode = os.fstat(descriptor).st_mode
    wanted = stat.S_ISGID | 0o070 if stat.S_ISDIR(mode) else 0o060
    if mode & wanted != wanted:
        with contextlib.suppress(PermissionError):  # another one's, who made it at the same time
            os.fchmod(descriptor, stat.S_IMODE(mode) | wanted)


def _put_new(place: Place, temporary: Place) -> None:
    """Where no file stood: never over one that came meanwhile."""
    try:
        rename_to_free(temporary, place)
    except FileExistsError:
        _keep(temporary, None)
        raise _conflict(place) from None
    except OSError:
        _keep(temporary, None)
        raise


def _put_over(place: Place, temporary: Place, match: str, kept: Place | None) -> None:
    """In the place of a file, which is then moved to `kept`."""
    try:
        exchange.exchange(temporary.name, place.name, folder=place.folder)
    except exchange.UnsupportedError:
        _put_over_by_rename(place, temporary, kept)
        return
    except OSError as error:
        _keep(temporary, None)
        if error.errno == errno.ENOENT:
            raise ConflictError(place.path, None) from None
        raise
    if _is_state(temporary, match):
        _keep(temporary, kept)
        return
    # Another program saved at the last moment: its file goes back. What is then under the hidden name is our state, or
    # what yet another one has saved.
    try:
        exchange.exchange(temporary.name, place.name, folder=place.folder)
        _keep(temporary, kept)
    except FileNotFoundError:  # ours was removed
        rename_to_free(temporary, place)
    raise _conflict(place)


def _put_over_by_rename(place: Place, temporary: Place, kept: Place | None) -> None:
    """Where names cannot be exchanged."""
    if kept is not None:
        with contextlib.suppress(OSError):  # not every file system has hard links
            os.link(place.name, kept.name, src_dir_fd=place.folder, dst_dir_fd=kept.folder)
    try:
        os.replace(temporary.name, place.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)
    except OSError:
        _keep(temporary, None)
        raise


def _take_away(place: Place, match: str, kept: Place | None) -> None:
    """Remove a file; it is moved to `kept`."""
    hidden = _hidden_beside(place)
    try:
        os.rename(place.name, hidden.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)
    except FileNotFoundError:
        raise ConflictError(place.path, None) from None
    if _is_state(hidden, match):
        _keep(hidden, kept)
        return
    try:
        rename_to_free(hidden, place)
    except FileExistsError:  # something newer still
        _keep(hidden, kept)
    raise _conflict(place)


def _is_state(place: Place, match: str) -> bool:
    try:
        found = file_at(place)
    except (LavdlikeError, OSError):  # a link, too large, unreadable
        return False
    return match_of(None if found is None else found.content) == match


def _conflict(place: Place) -> ConflictError:
    found = file_at(place)
    return ConflictError(place.path, None if found is None else found.content)


def _hidden_beside(place: Place) -> Place:
    return place._replace(name=_TEMPORARY_PREFIX + secrets.token_hex(4))


def _keep(hidden: Place, kept: Place | None) -> None:
    """Move a replaced file away, or remove it."""
    if kept is not None:
        with contextlib.suppress(OSError):  # on another disk
            os.rename(hidden.name, kept.name, src_dir_fd=hidden.folder, dst_dir_fd=kept.folder)
            return
    with contextlib.suppress(OSError):
        os.unlink(hidden.name, dir_fd=hidden.folder)


def rename_to_free(source: Place, target: Place) -> None:
    """Rename, never over something. FileExistsError if something stands there."""
    try:
        exchange.rename_to_free(
            source.name, target.name, source_folder=source.folder, target_folder=target.folder
        )
    except exchange.UnsupportedError:
        with contextlib.suppress(FileNotFoundError):
            os.stat(target.name, dir_fd=target.folder, follow_symlinks=False)
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target.path) from None
        os.rename(source.name, target.name, src_dir_fd=source.folder, dst_dir_fd=target.folder)
