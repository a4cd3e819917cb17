"""Files that only their user can read."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path
from typing import NamedTuple

from lavdlike.errors import UsageError


class PrivateFile(NamedTuple):
    content: bytes
    found: os.stat_result


def read_private(path: Path, max_bytes: int) -> PrivateFile:
    """What a regular file of this user holds that nobody else can read or write. A link in its place is not followed.

    Raises:
        FileNotFoundError: there is none.
        UsageError: it is another sort of file, larger, cannot be read, or not this user's alone; says what to do.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        reason = "it is a link" if error.errno == errno.ELOOP else error.strerror or str(error)
        raise UsageError(f"{path} cannot be read: {reason}") from None
    try:
        found = os.fstat(descriptor)
        _check(path, found)
        content = os.read(descriptor, max_bytes + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from None
    finally:
        os.close(descriptor)
    if len(content) > max_bytes:
        raise UsageError(f"{path} is larger than {max_bytes} bytes")
    return PrivateFile(content, found)


def _check(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise UsageError(f"{path} is no regular file")
    if found.st_uid != os.geteuid():
        raise UsageError(f"{path} belongs to another user; it must be yours alone")
    if not is_private(found):
        raise UsageError(f"others can read or write {path}; run: chmod 600 {path}")


def is_private(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & 0o077


def write_private(path: Path, content: bytes) -> None:
    """Replace a file by one that only the user can read, at no moment readable by others."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(
        temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
    )
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
