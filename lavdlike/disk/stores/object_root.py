"""The objects below an address as a root (`disk.root.Root`): folders as one list says, files as copies."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from lavdlike import layout
from lavdlike.disk.made import status_of_made, told_as
from lavdlike.disk.root import NOT_REGULAR, Entry, OpenedFile, OpenedFolder
from lavdlike.disk.stores.bucket import known_bucket
from lavdlike.disk.stores.object_tree import ObjectTree, TreeFile, inode_of
from lavdlike.disk.stores.store_addresses import joined
from lavdlike.errors import MissingLibraryError, NotServedError, StoreError, UsageError
from lavdlike.messages import Problem


class ObjectRoot:
    """What is in a store.

    Args:
        address: of the folder that is the root.
        only: the name of the one folder in it that there is: only what lies in it is listed; "": of all.

    Raises:
        UsageError: it is the address of no store, holds credentials, or a library for it is not installed.
        NotServedError: nobody knows such an address.
    """

    def __init__(self, address: str, *, only: str = "") -> None:
        self.address = address
        self.only = only
        try:
            self.bucket = known_bucket(joined(address, [only] if only else []))
        except StoreError as error:
            raise NotServedError("", error.reason) from None
        except MissingLibraryError as error:
            raise UsageError(str(error)) from None
        digest = hashlib.blake2b(self.bucket.store.address.encode(), digest_size=4).digest()
        self.device = int.from_bytes(digest, "big")
        own = (
            stat.S_IFREG | 0o444,
            0,
            self.device,
            1,
            os.getuid(),
            os.getgid(),
            0,
            0,
            0,
            0,
        )
        self._of = os.stat_result(own)

    def status(self) -> os.stat_result:
        self.bucket.tree()
        return self._folder_status(0, inode_of(""))

    def problems(self) -> list[Problem]:
        """What of it is not shown; paths relative to the root."""
        try:
            found = self.bucket.tree().problems
        except (OSError, NotServedError):
            return []  # whoever lists it is told
        return [Problem("/".join(filter(None, (self.only, each.path))), each.reason) for each in found]

    @contextmanager
    def folder(
        self,
        path: str,
        *,
        start: OpenedFolder | None = None,  # noqa: ARG002 - nothing is on the way
        start_names: int = 1,  # noqa: ARG002
    ) -> Iterator[OpenedFolder]:
        self.check(path)
        tree = self.bucket.tree()
        if not (self.only and not path) and not tree.has_folder(inner := self.inner(path)):
            missing = tree.file(inner) is None
            raise (FileNotFoundError if missing else NotADirectoryError)(errno.ENOENT, "no such folder", path)
        yield ObjectFolder(self, tree, path)

    @contextmanager
    def file(self, path: str) -> Iterator[OpenedFile]:
        self.check(path)
        tree = self.bucket.tree()
        found = tree.file(self.inner(path))
        if found is None:
            if (self.only and not path) or tree.has_folder(self.inner(path)):
                raise NotServedError(path, NOT_REGULAR)
            raise FileNotFoundError(errno.ENOENT, "no such file", path)
        with self.opened(found, path, path) as opened:
            yield opened

    @contextmanager
    def opened(self, found: TreeFile, path: str, shown: str) -> Iterator[OpenedFile]:
        """A file of the tree. `shown`: what errors call it."""
        status = self.file_status(found, path)
        with self.bucket.cache.opened(self.inner(path), found) as fd, told_as(fd, status):
            yield OpenedFile(fd, shown, status)

    def file_status(self, found: TreeFile, path: str) -> os.stat_result:
        """With its own time, and an inode that is that of the path."""
        inode = inode_of(self.inner(path))
        return status_of_made(found.size_bytes, self._of, inode=inode, modified_ns=found.modified_ns)

    def folder_status(self, tree: ObjectTree, path: str) -> os.stat_result:
        if self.only and not path:
            return self._folder_status(0, inode_of("/"))
        return self._folder_status(tree.folder_time_ns(self.inner(path)), inode_of(self.inner(path)))

    def _folder_status(self, modified_ns: int, inode: int) -> os.stat_result:
        made = status_of_made(0, self._of, inode=inode, modified_ns=modified_ns)
        times = {
            f"st_{name}{unit}": getattr(made, f"st_{name}{unit}")
            for name in ("atime", "mtime", "ctime")
            for unit in ("", "_ns")
        }
        return os.stat_result((stat.S_IFDIR | 0o555, *made[1:]), times)

    def check(self, path: str) -> None:
        """Raises FileNotFoundError: no path of the tree is such."""
        names = path.split("/") if path else []
        is_other = bool(self.only and names) and names[0] != self.only
        if any(name in ("", ".", "..") for name in names) or layout.is_hidden(path) or is_other:
            raise FileNotFoundError(errno.ENOENT, "not part of the tree", path)

    def inner(self, path: str) -> str:
        """The path in the store."""
        return path.partition("/")[2] if self.only else path


class ObjectFolder:
    """A folder in a store (`disk.root.OpenedFolder`), as one list says. `path`: below the root."""

    descriptor = -1  # nothing of a disk: whoever follows the store tells what changes in it

    def __init__(self, root: ObjectRoot, tree: ObjectTree, path: str) -> None:
        self._root = root
        self._tree = tree
        self._path = path

    def status(self) -> os.stat_result:
        return self._root.folder_status(self._tree, self._path)

    def entries(self) -> Iterator[Entry]:
        if self._root.only and not self._path:
            yield Entry(self._root.only, "folder", inode_of(""))
            return
        for name, found in self._tree.names(self._root.inner(self._path)).items():
            if not name.startswith("."):
                inode = inode_of(self._root.inner(self._below(name)))
                yield Entry(name, "folder" if found is None else "file", inode)

    def status_of(self, path: str, *, follow_links: bool = False) -> os.stat_result:  # noqa: ARG002 - there are none
        if path == ".":
            return self.status()
        below = self._below(path)
        self._check(below)
        inner = self._root.inner(below)
        found = self._tree.file(inner)
        if found is not None:
            return self._root.file_status(found, below)
        if not self._tree.has_folder(inner):
            raise FileNotFoundError(errno.ENOENT, "no such file or folder", path)
        return self._root.folder_status(self._tree, below)

    @contextmanager
    def file(self, name: str, shown: str) -> Iterator[OpenedFile]:
        below = self._below(name)
        self._check(below)
        found = self._tree.file(self._root.inner(below))
        if found is None:
            raise FileNotFoundError(errno.ENOENT, "no such file", shown)
        with self._root.opened(found, below, shown) as opened:
            yield opened

    @contextmanager
    def folder(self, name: str) -> Iterator[ObjectFolder]:
        below = self._below(name)
        self._check(below)
        if not self._tree.has_folder(self._root.inner(below)):
            raise NotADirectoryError(errno.ENOTDIR, "no such folder", name)
        yield ObjectFolder(self._root, self._tree, below)

    def _check(self, below: str) -> None:
        if self._root.only and below.partition("/")[0] != self._root.only:
            raise FileNotFoundError(errno.ENOENT, "not part of the tree", below)

    def _below(self, name: str) -> str:
        return f"{self._path}/{name}" if self._path else name
