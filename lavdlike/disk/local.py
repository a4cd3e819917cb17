"""The one way from a path of the tree to an opened file or folder, by descriptor, never out of the root.

Every name is opened below the descriptor of its folder without following links, so that nothing that changes meanwhile
can lead elsewhere. A link is read and its target walked in the same way; one that leaves the root is not followed,
unless the server was told so. Only regular files are opened: a FIFO, socket or device is not even touched.

Paths are relative to the root, with `/`, as `layout` has them. Names that begin with a dot are not part of the tree,
not even for a link. Of a root that shows one of its folders only, the others are no part of the tree either.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lavdlike import layout
from lavdlike.disk.root import (
    LINK_CIRCLE,
    LINK_OUT,
    NO_PERMISSION,
    NOT_REGULAR,
    Entry,
    EntryType,
    OpenedFile,
    OpenedFolder,
    type_of,
)
from lavdlike.errors import NotServedError

# As many links as Linux follows itself, and a bound for what hostile links can cost.
_MAX_LINKS = 40
_MAX_STEPS = 1000

_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class LocalRoot:
    """A folder of this machine (`root.Root`). Opened anew at each access: it may be deleted and made again.

    Args:
        only: the name of the one folder in it that there is; "": of all.
    """

    def __init__(self, path: Path, *, follow_links: bool = False, only: str = "") -> None:
        self.path = path
        self.only = only
        self._follow_links = follow_links

    def status(self) -> os.stat_result:
        return self.path.stat()

    @contextmanager
    def folder(
        self, path: str, *, start: OpenedFolder | None = None, start_names: int = 1
    ) -> Iterator[LocalFolder]:
        fd = self._open(path, folder=True, start=None if start is None else (start.descriptor, start_names))
        try:
            yield LocalFolder(fd) if path or not self.only else _OneFolder(fd, self.only)
        finally:
            os.close(fd)

    @contextmanager
    def file(self, path: str) -> Iterator[OpenedFile]:
        fd = self._open(path, folder=False)
        try:
            yield _checked(fd, path)
        finally:
            os.close(fd)

    def _open(self, path: str, *, folder: bool, start: tuple[int, int] | None = None) -> int:
        """`start`: a descriptor on the way, and how many names lead to it."""
        names = path.split("/") if path else []
        if "" in names or "\0" in path or layout.is_hidden(path):
            raise FileNotFoundError(errno.ENOENT, "not part of the tree", path)
        if self.only and names and names[0] != self.only:
            raise FileNotFoundError(errno.ENOENT, "not part of the tree", path)
        try:
            walk = _Walk(
                self.path, path, names, folder=folder, follow_links=self._follow_links, only=self.only
            )
            return walk.open(start)
        except PermissionError:
            raise NotServedError(path, NO_PERMISSION) from None
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                raise FileNotFoundError(errno.ENOENT, "no such name is possible", path) from None
            raise


class LocalFolder:
    """See `root.OpenedFolder`. Closed by who opened it."""

    __slots__ = ("descriptor",)

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def status(self) -> os.stat_result:
        return os.fstat(self.descriptor)

    def entries(self) -> Iterator[Entry]:
        with os.scandir(self.descriptor) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    yield Entry(entry.name, _type_of(entry), entry.inode())

    def status_of(self, path: str, *, follow_links: bool = False) -> os.stat_result:
        return os.stat(path, dir_fd=self.descriptor, follow_symlinks=follow_links)

    @contextmanager
    def file(self, name: str, shown: str) -> Iterator[OpenedFile]:
        try:
            fd = os.open(name, _FILE_FLAGS | os.O_NOFOLLOW, dir_fd=self.descriptor)
        except PermissionError:
            raise NotServedError(shown, NO_PERMISSION) from None
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENXIO):  # a link, a socket
                raise FileNotFoundError(errno.ENOENT, "no longer a file", shown) from None
            raise
        try:
            yield _checked(fd, shown)
        finally:
            os.close(fd)

    @contextmanager
    def folder(self, name: str) -> Iterator[LocalFolder]:
        fd = os.open(name, _FOLDER_FLAGS | os.O_NOFOLLOW, dir_fd=self.descriptor)
        try:
            yield LocalFolder(fd)
        finally:
            os.close(fd)


class _OneFolder(LocalFolder):
    """A root in which there is one folder only."""

    __slots__ = ("_only",)

    def __init__(self, descriptor: int, only: str) -> None:
        super().__init__(descriptor)
        self._only = only

    def entries(self) -> Iterator[Entry]:
        with suppress(FileNotFoundError):
            status = self.status_of(self._only)
            yield Entry(self._only, type_of(status.st_mode), status.st_ino)

    def status_of(self, path: str, *, follow_links: bool = False) -> os.stat_result:
        self._check(path)
        return super().status_of(path, follow_links=follow_links)

    @contextmanager
    def file(self, name: str, shown: str) -> Iterator[OpenedFile]:
        self._check(name)
        with super().file(name, shown) as opened:
            yield opened

    @contextmanager
    def folder(self, name: str) -> Iterator[LocalFolder]:
        self._check(name)
        with super().folder(name) as opened:
            yield opened

    def _check(self, path: str) -> None:
        if path.partition("/")[0] != self._only:
            raise FileNotFoundError(errno.ENOENT, "not part of the tree", path)


class _Walk:
    """The way from the root down, name by name. A link puts its target in its place, and the walk begins again."""

    def __init__(
        self, root: Path, path: str, names: list[str], *, folder: bool, follow_links: bool, only: str
    ) -> None:
        self._root = root
        self._only = only
        self._path = path
        self._names = names
        self._folder = folder
        self._leave_links_to_the_system = follow_links
        self._no_follow = 0 if follow_links else os.O_NOFOLLOW
        self._links_left = _MAX_LINKS
        self._steps_left = _MAX_STEPS

    def open(self, start: tuple[int, int] | None) -> int:
        fd = None if start is None else self._walk(os.dup(start[0]), start[1])
        while fd is None:
            fd = self._walk(os.open(self._root, _FOLDER_FLAGS), 0)
        return fd

    def _walk(self, fd: int, first: int) -> int | None:
        """The descriptor at the end of the names, or None if a link has changed the names. Closes the given one."""
        for index in range(first, len(self._names)):
            try:
                below = self._enter(fd, index)
            finally:
                os.close(fd)
            if below is None:
                return None
            fd = below
        if not self._names and not self._folder:  # a link to the root itself
            os.close(fd)
            raise NotServedError(self._path, NOT_REGULAR)
        return fd

    def _enter(self, folder_fd: int, index: int) -> int | None:
        self._steps_left -= 1
        if self._steps_left < 0:
            raise NotServedError(self._path, "too many folders and links on the way to it")
        name = self._names[index]
        if name == "..":
            self._go_up(index)
            return None
        if index == 0 and self._only not in ("", name):
            raise NotServedError(self._path, LINK_OUT)
        is_last = index == len(self._names) - 1
        try:
            if is_last and not self._folder:
                return self._open_file(folder_fd, name, index)
            return os.open(name, _FOLDER_FLAGS | self._no_follow, dir_fd=folder_fd)
        except OSError as error:
            # Without following, a link is "not a directory" here, or too many links for a file.
            if error.errno not in (errno.ELOOP, errno.ENOTDIR) or self._leave_links_to_the_system:
                raise
            self._follow(folder_fd, index)
            return None

    def _open_file(self, folder_fd: int, name: str, index: int) -> int | None:
        # Looked at before it is opened: opening a FIFO wakes its writer, opening a device may do anything.
        follow = self._leave_links_to_the_system
        mode = os.stat(name, dir_fd=folder_fd, follow_symlinks=follow).st_mode
        if stat.S_ISLNK(mode):
            self._follow(folder_fd, index)
            return None
        if not stat.S_ISREG(mode):
            raise NotServedError(self._path, NOT_REGULAR)
        return os.open(name, _FILE_FLAGS | self._no_follow, dir_fd=folder_fd)

    def _follow(self, folder_fd: int, index: int) -> None:
        try:
            target = os.readlink(self._names[index], dir_fd=folder_fd)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            raise NotADirectoryError(errno.ENOTDIR, "not a folder", self._path) from None
        self._links_left -= 1
        if self._links_left < 0:
            raise NotServedError(self._path, LINK_CIRCLE)
        before, rest = self._names[:index], self._names[index + 1 :]
        if target.startswith("/"):
            before, target = [], self._inside(target)
        names = [name for name in target.split("/") if name not in ("", ".")]
        if any(name.startswith(".") and name != ".." for name in names):
            raise NotServedError(self._path, LINK_OUT)
        self._names = before + names + rest

    def _inside(self, target: str) -> str:
        """The absolute target of a link, relative to the root."""
        for root in (os.fspath(self._root.absolute()), os.path.realpath(self._root)):
            if target == root or target.startswith(root.rstrip("/") + "/"):
                return target[len(root) :]
        raise NotServedError(self._path, LINK_OUT)

    def _go_up(self, index: int) -> None:
        # What stands before was entered without links, so the name before is the folder above.
        if index == 0:
            raise NotServedError(self._path, LINK_OUT)
        self._names = self._names[: index - 1] + self._names[index + 1 :]


def _checked(fd: int, path: str) -> OpenedFile:
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode):
        raise NotServedError(path, NOT_REGULAR)
    return OpenedFile(fd, path, status)


def _type_of(entry: os.DirEntry[str]) -> EntryType:
    if entry.is_file(follow_symlinks=False):
        return "file"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "link" if entry.is_symlink() else "other"
