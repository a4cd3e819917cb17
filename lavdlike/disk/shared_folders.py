"""Folders that several people write: which rights new files get there, and where to write what one may not change.

A folder with the setgid bit belongs to a group on purpose. The system gives what is made in it that group, but takes
the group's rights from each user's umask; here they come from the folder (docs/format.md, "Files of several people").
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import re
import stat
from pathlib import Path

_FILE_RIGHTS, _FOLDER_RIGHTS = 0o060, 0o070  # those of the group
_MAX_SUFFIX = 60
_NOT_IN_A_SUFFIX = re.compile(r"[^A-Za-z0-9_.@-]")

_log = logging.getLogger("lavdlike")


def make_folders(folder: Path) -> None:
    """Make a folder and those above it.

    Raises:
        FileExistsError: it is there.
    """
    try:
        folder.mkdir()
    except FileNotFoundError:
        with contextlib.suppress(FileExistsError):
            make_folders(folder.parent)
        folder.mkdir()
    _share_folder(folder)


def open_or_make(path: Path, flags: int) -> int:
    """A descriptor of a file, which is made if it is not there."""
    # O_CREAT only then: in a sticky folder the system refuses it for files of others that may be written.
    with contextlib.suppress(FileNotFoundError):
        return os.open(path, flags)
    descriptor = os.open(path, flags | os.O_CREAT, 0o666)
    share(path)
    return descriptor


def share(file: Path) -> None:
    """Give a new file the rights that the group has in its folder, if that is a group's (setgid)."""
    with contextlib.suppress(OSError):  # it may be written without
        rights = _rights_of_group(file.parent) & _FILE_RIGHTS
        mode = stat.S_IMODE(file.stat().st_mode)
        if rights & ~mode:
            file.chmod(mode | rights)


class OwnFiles:
    """Where to write instead of what belongs to somebody else; who asks first says so for all.

    An own file has the user's name behind its own: `scalars.rank3.tsv` becomes `scalars.rank3.alice.tsv`, or, if that
    is somebody else's too, `scalars.rank3.alice.1000.tsv` with the user's number.
    """

    def __init__(self) -> None:
        self._is_said = False

    def instead_of(self, path: Path) -> Path | None:
        """The own file for one that was refused; None if it is not because of another user, or there is no other."""
        if not belongs_to_another(path):
            return None
        number = str(os.geteuid())
        suffix = number if path.stem.endswith(f".{user_suffix()}") else user_suffix()
        return None if path.stem.endswith(f".{number}") else _with_suffix(path, suffix)

    def say(self, refused: Path, own: Path) -> None:
        """Say, once, which file is written instead of which, and how everybody can write the same ones."""
        if self._is_said:
            return
        self._is_said = True
        _log.warning(
            "%s belongs to %s, and %s may not change it: what is logged goes to %s, and so on with the other files of "
            "the experiment; readers read them together. All write the same files in a group's folder "
            "(chgrp GROUP, chmod g+rwxs; docs/deploy.md), or if everybody begins with umask 002",
            refused,
            _owner_of(refused),
            user_suffix(),
            own.name,
        )


def belongs_to_another(path: Path) -> bool:
    """Whether a file or folder is there and is another user's."""
    try:
        return hasattr(os, "geteuid") and path.stat().st_uid != os.geteuid()
    except OSError:
        return False


def why_refused(path: Path, error: BaseException) -> str:
    """Why a file could not be written, with what to do where it is because of another user's folder."""
    reason = str(getattr(error, "strerror", None) or error)
    if getattr(error, "errno", None) not in (errno.EACCES, errno.EPERM):
        return reason
    there = path.parent
    while not there.exists() and there != there.parent:
        there = there.parent
    if not belongs_to_another(there):
        return reason
    return f"{reason}: {there} belongs to {_owner_of(there)}, who can share it (chmod g+rwxs; docs/deploy.md)"


def user_suffix() -> str:
    """The name of the user who runs this process, as it may stand in a file's name; the number if there is none."""
    number = os.geteuid()
    name = _NOT_IN_A_SUFFIX.sub("_", _name_of(number)).strip(".")[:_MAX_SUFFIX]
    return name if name.strip("_") else str(number)


def _with_suffix(path: Path, suffix: str) -> Path:
    return path.with_name(f"{path.stem}.{suffix}{path.suffix}")


def _owner_of(path: Path) -> str:
    try:
        return _name_of(path.stat().st_uid)
    except OSError:
        return "another user"


def _name_of(user: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(user).pw_name
    except (ImportError, KeyError):
        return str(user)


def _rights_of_group(folder: Path) -> int:
    """The group's bits of a folder's mode, if it is a group's on purpose; else 0."""
    mode = folder.stat().st_mode
    return mode & _FOLDER_RIGHTS if mode & stat.S_ISGID else 0


def _share_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):
        rights = _rights_of_group(folder.parent)
        made = folder.stat()
        mode = stat.S_IMODE(made.st_mode)
        # For who is not in the group, the system takes the setgid bit away with every change of the rights.
        if rights & ~mode and (os.geteuid() == 0 or made.st_gid in (os.getegid(), *os.getgroups())):
            folder.chmod(mode | rights)
