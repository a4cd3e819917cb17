"""A folder on the disk as marks of runs are looked for in it (`run_marks.Listed`)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cached_property

from lavdlike.disk.filling import read
from lavdlike.disk.root import Entry, OpenedFolder
from lavdlike.errors import NotServedError
from lavdlike.sources.run_marks import BEGIN_BYTES

# Names of one folder; what is beyond them is not looked into.
_MAX_NAMES = 100_000


class ListedFolder:
    """See `run_marks.Listed`.

    Args:
        entries: of the folder, if the caller has them.
    """

    def __init__(self, path: str, opened: OpenedFolder, entries: Sequence[Entry] | None = None) -> None:
        self.name = path.rpartition("/")[2]
        self._path = path
        self._opened = opened
        if entries is not None:
            self._entries = entries

    @cached_property
    def files(self) -> frozenset[str]:
        return frozenset(name for name, type_, _ in self._entries if type_ == "file")

    @cached_property
    def folders(self) -> list[str]:
        return [name for name, type_, _ in self._entries if type_ == "folder"]

    @cached_property
    def _entries(self) -> Sequence[Entry]:
        return list(itertools.islice(self._opened.entries(), _MAX_NAMES))

    def has(self, path: str) -> bool:
        try:
            self._opened.status_of(path)
        except OSError:
            return False
        return True

    def begin_of(self, file: str) -> bytes:
        try:
            with self._opened.file(file, f"{self._path}/{file}") as opened:
                return read(opened.fd, BEGIN_BYTES)
        except (OSError, NotServedError):
            return b""
