"""People's edits of the tree, by descriptor (`root.EditableRoot`): what stands at a path is replaced in one step.

No name on the way is ever followed if it is a link, whatever somebody makes of it meanwhile.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from lavdlike.disk.copying import copy_below
from lavdlike.disk.local import LocalRoot
from lavdlike.disk.removal import remove_all
from lavdlike.disk.replacing import LINK, Place, file_at, rename_to_free, replace, share, write_all
from lavdlike.disk.root import Entered, identity_of, type_of
from lavdlike.disk.walk import Found, everything_below
from lavdlike.errors import ConflictError, EditError
from lavdlike.layout import HISTORY_FOLDER, TRASH_FOLDER, shown
from lavdlike.root_settings import ROOT_SETTINGS_FILE

# How long an edit waits for its turn. Each takes milliseconds, so whoever is in the way for longer hangs.
LOCK_WAIT_S = 10.0

_OWN_FOLDERS = frozenset({TRASH_FOLDER, HISTORY_FOLDER})
_LOCK_PAUSE_S = 0.005
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
_APPEND_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW
_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk is full: no more is allowed to this user",
    errno.EFBIG: "larger than the system allows",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "no permission to change it",
    errno.EPERM: "no permission to change it",
    errno.ELOOP: LINK,
    errno.ENOTDIR: "a link, or no folder, stands on the way to it; nothing is changed through links",
    errno.ENOENT: "it, or its folder, is not there any more",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EXDEV: "it lies on another disk",
}


class LocalEditor(LocalRoot):
    """A folder of this machine in which people's edits are made; see `root.EditableRoot`."""

    def __init__(self, path: Path, *, only: str = "") -> None:
        super().__init__(path, only=only)

    @property
    def said_at(self) -> Path:
        """By which path what is said of the root is known elsewhere."""
        return self.path

    def shows(self, path: str) -> bool:
        return self.only in ("", path.partition("/")[0])

    @contextlib.contextmanager
    def locked(self, path: str) -> Iterator[None]:
        self.make_folder(path.rpartition("/")[0])
        with self._place(path) as place, _said(path):
            descriptor = os.open(place.name, _APPEND_FLAGS, 0o666, dir_fd=place.folder)
            share(descriptor, place.folder)
        try:
            _wait_for_lock(descriptor, path)
            yield
        finally:
            _unlock(descriptor)
            os.close(descriptor)

    def look(self, path: str) -> Entered | None:
        try:
            with self._place(path, missing_ok=True) as place:
                status = os.stat(place.name, dir_fd=place.folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return Entered(type_of(status.st_mode), identity_of(status), status.st_mtime, status.st_size)

    def names(self, path: str) -> list[str]:
        try:
            with self._folder(path, missing_ok=True) as folder, _said(path):
                return os.listdir(folder)  # noqa: PTH208 - a descriptor is no path
        except FileNotFoundError:
            return []

    def read(self, path: str, *, last_bytes: int | None = None) -> bytes | None:
        try:
            with self._place(path, missing_ok=True) as place, _said(path):
                found = file_at(place, last_bytes=last_bytes)
        except FileNotFoundError:
            return None
        return None if found is None else found.content

    def replace(self, path: str, content: bytes | None, match: str, *, keep_as: str = "") -> None:
        with contextlib.ExitStack() as stack:
            place = stack.enter_context(self._place(path))
            kept = stack.enter_context(self._place(keep_as)) if keep_as else None
            stack.enter_context(_said(path))
            replace(place, content, match, kept)

    def append(self, path: str, line: bytes) -> None:
        with self._place(path) as place, _said(path):
            descriptor = os.open(place.name, _APPEND_FLAGS, 0o666, dir_fd=place.folder)
            try:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    raise EditError(path, "not a regular file")
                share(descriptor, place.folder)
                is_cut = status.st_size > 0 and os.pread(descriptor, 1, status.st_size - 1) != b"\n"
                write_all(descriptor, b"\n" * is_cut + line + b"\n")
            finally:
                os.close(descriptor)

    def make_folder(self, path: str) -> None:
        names = self._checked(path) if path else []
        with _said(path):
            folder = os.open(self.path, _FOLDER_FLAGS & ~os.O_NOFOLLOW)
            try:
                for name in names:
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(name, dir_fd=folder)
                    below = os.open(name, _FOLDER_FLAGS, dir_fd=folder)
                    share(below, folder)
                    os.close(folder)
                    folder = below
            finally:
                os.close(folder)

    def close_as(self, folder: str, file: str) -> None:
        try:
            with self._place(file, missing_ok=True) as place:
                above = os.fstat(place.folder)
                found = os.stat(place.name, dir_fd=place.folder, follow_symlinks=False)
        except FileNotFoundError:
            return
        with self._place(folder) as place, self._folder(folder) as opened, _said(folder):
            now = os.fstat(opened)
            closed = _closed_rights(above, now.st_gid, 0o1) | _closed_rights(found, now.st_gid, 0o4)
            wanted = stat.S_IMODE(os.fstat(place.folder).st_mode) & ~closed
            if stat.S_IMODE(now.st_mode) != wanted:
                with contextlib.suppress(PermissionError):
                    os.fchmod(opened, wanted)

    def move(self, source: str, target: str, *, identity: str = "") -> None:
        with self._place(source) as old, self._place(target) as new, _said(source):
            _check_identity(old, identity)
            try:
                rename_to_free(old, new)
            except FileExistsError:
                raise EditError(target, "something of that name is there already") from None
            try:
                _check_identity(new, identity)  # another one may have taken its place in between
            except ConflictError:
                rename_to_free(new, old)
                raise

    def move_files(self, names: Iterable[str], source: str, target: str) -> Iterator[str]:
        self.make_folder(target)
        with self._folder(source) as old, self._folder(target) as new:
            for name in names:
                places = Place(old, name, f"{source}/{name}"), Place(new, name, f"{target}/{name}")
                for place in places:
                    self._checked(place.path)
                with _said(f"{source}/{name}"), contextlib.suppress(FileNotFoundError, FileExistsError):
                    rename_to_free(*places)
                    yield name

    def copy(self, source: str, target: str, *, leave_out: Collection[str] = ()) -> None:
        with self._folder(source) as old, self._place(target) as new, _said(target):
            os.mkdir(new.name, dir_fd=new.folder)
            with self._folder(target) as made:
                share(made, new.folder)
                copy_below(old, made, leave_out)

    def below(self, path: str) -> Iterator[Found]:
        with (
            contextlib.suppress(FileNotFoundError),
            self._folder(path, missing_ok=True) as folder,
            _said(path),
        ):
            yield from everything_below(folder)

    def remove(self, path: str) -> None:
        with self._place(path) as place, _said(path):
            remove_all(place.name, place.folder)

    def remove_empty_folder(self, path: str) -> bool:
        try:
            with self._place(path, missing_ok=True) as place:
                os.rmdir(place.name, dir_fd=place.folder)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return True

    @contextlib.contextmanager
    def _place(self, path: str, *, missing_ok: bool = False) -> Iterator[Place]:
        names = self._checked(path)
        with self._folder("/".join(names[:-1]), missing_ok=missing_ok, shown=path) as folder:
            yield Place(folder, names[-1], path)

    @contextlib.contextmanager
    def _folder(self, path: str, *, missing_ok: bool = False, shown: str = "") -> Iterator[int]:
        """`missing_ok`: raise FileNotFoundError instead of EditError if it is not there."""
        with _said(shown or path, missing_ok=missing_ok):
            folder = os.open(self.path, _FOLDER_FLAGS & ~os.O_NOFOLLOW)  # the root itself may be a link
        try:
            for name in self._checked(path) if path else []:
                with _said(shown or path, missing_ok=missing_ok):
                    below = os.open(name, _FOLDER_FLAGS, dir_fd=folder)
                os.close(folder)
                folder = below
            yield folder
        finally:
            os.close(folder)

    def _checked(self, path: str) -> list[str]:
        """See `_checked_names`; of a root that shows one folder only, the others are not part of the tree."""
        names = _checked_names(path)
        if not self.shows(names[0]) and names[0] not in _OWN_FOLDERS and path != ROOT_SETTINGS_FILE:
            raise EditError(path, f"not part of what is shown, which is the folder {shown(self.only)} alone")
        return names


def _checked_names(path: str) -> list[str]:
    """The names of a path of the tree or of our own hidden folders.

    Raises:
        EditError: it is neither.
    """
    names = path.split("/")
    inner = names[1:] if names[0] in _OWN_FOLDERS else names
    is_ours = names[0] in _OWN_FOLDERS
    if any(name in ("", ".", "..") or "\0" in name for name in names) or any(
        name.startswith(".") and not is_ours for name in inner
    ):
        raise EditError(path, "not part of the tree")
    return names


@contextlib.contextmanager
def _said(path: str, *, missing_ok: bool = False) -> Iterator[None]:
    """An error of the system as a sentence about the path."""
    try:
        yield
    except FileNotFoundError as error:
        if missing_ok:
            raise
        raise EditError(path, _reason_of(error)) from error
    except OSError as error:
        raise EditError(path, _reason_of(error)) from error


def _closed_rights(status: os.stat_result, group: int, bit: int) -> int:
    """The bits of a mode of a folder of a group to leave out, for who has not this right (one of 4, 2, 1) to a file."""
    of_others, of_group = status.st_mode & bit, status.st_mode >> 3 & bit
    if status.st_gid != group:
        of_group = of_others
    return (0 if of_group else 0o070) | (0 if of_others else 0o007)


def _reason_of(error: OSError) -> str:
    return _REASONS.get(error.errno or 0, error.strerror or str(error))


def _check_identity(place: Place, identity: str) -> None:
    status = os.stat(place.name, dir_fd=place.folder, follow_symlinks=False)
    if stat.S_ISLNK(status.st_mode):
        raise EditError(place.path, LINK)
    if identity and identity_of(status) != identity:
        raise ConflictError(place.path, None)


def _wait_for_lock(descriptor: int, path: str) -> None:
    give_up = time.monotonic() + LOCK_WAIT_S
    while not _try_lock(descriptor):
        if time.monotonic() > give_up:
            raise EditError(path, f"another edit has not ended for {LOCK_WAIT_S:g} s; try again")
        time.sleep(_LOCK_PAUSE_S)


def _try_lock(descriptor: int) -> bool:
    """False if another one holds it; without locks (some network file systems) everybody has it."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        pass
    return True


def _unlock(descriptor: int) -> None:
    """A child that another thread has forked meanwhile has the descriptor, too, and would keep the lock."""
    with contextlib.suppress(ImportError, OSError):
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_UN)
