"""What lies in a file of a run as a folder (`disk.root.OpenedFolder`): like one of the disk, only that it can be asked
what came.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from lavdlike.disk.root import Entry, OpenedFile
from lavdlike.reading.known_members import KnownMembers, Told
from lavdlike.reading.tree import Seen
from lavdlike.sources.members import Beside


class InsideFolder:
    """A folder in a file. Closed, with that file, by who opened it.

    Args:
        descriptor: of the folder that the file lies in: a watch of it reports what is written to the file.
        path: relative to the root; `below`: in the file.
        beside: reads other files that the file names.

    Raises:
        FileNotFoundError: there is no such folder in it.
    """

    def __init__(
        self, descriptor: int, file: OpenedFile, path: str, below: str, members: KnownMembers, beside: Beside
    ) -> None:
        self.descriptor = descriptor
        self._file = file
        self._path = path
        self._below = below
        self._members = members
        self._beside = beside
        if below and not members.holds(file, f"{below}/", beside):
            raise FileNotFoundError(errno.ENOENT, "there is no such folder in the file", path)

    def tell(self, seen: Seen | None, *, until: float) -> Told:
        """Of all that lies in the file, what was not told (`KnownMembers.tell`)."""
        return self._members.tell(self._file, seen, self._beside, until=until)

    def status(self) -> os.stat_result:
        own = self._file.status
        inode = hashlib.blake2b(f"{own.st_ino}/{self._below}".encode(errors="surrogateescape"), digest_size=8)
        entries = (stat.S_IFDIR | 0o555, int.from_bytes(inode.digest(), "big") >> 1, *own[2:])
        return os.stat_result(entries)

    def entries(self) -> Iterator[Entry]:
        before = f"{self._below}/" if self._below else ""
        types: dict[str, bool] = {}
        for path in self._members.paths(self._file, self._beside):
            if path.startswith(before):
                name, slash, _ = path[len(before) :].partition("/")
                types[name] = bool(slash)
        for name, is_folder in types.items():
            yield Entry(name, "folder" if is_folder else "file", 0)

    def status_of(self, path: str, *, follow_links: bool = False) -> os.stat_result:  # noqa: ARG002 - there are none
        below = self._at(path)
        if self._members.holds(self._file, f"{below}/", self._beside):
            return self._folder(below).status()
        with self.file(path, f"{self._path}/{path}") as opened:
            return opened.status

    def file(self, name: str, shown: str) -> AbstractContextManager[OpenedFile]:
        return self._members.opened(self._file, self._at(name), shown, self._beside)

    @contextmanager
    def folder(self, name: str) -> Iterator[InsideFolder]:
        yield self._folder(self._at(name))

    def _folder(self, below: str) -> InsideFolder:
        path = f"{self._path.removesuffix(self._below)}{below}" if self._below else f"{self._path}/{below}"
        return InsideFolder(self.descriptor, self._file, path, below, self._members, self._beside)

    def _at(self, name: str) -> str:
        return f"{self._below}/{name}" if self._below else name
