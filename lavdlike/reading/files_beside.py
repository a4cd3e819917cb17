"""Files that another file names (`sources.members.Beside`): as far as they lie in the same root, and nothing else."""

from __future__ import annotations

import functools
import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lavdlike.disk.root import OpenedFile, Root
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.sources.members import MAX_BYTES

_MAX_SHOWN = 200


class FilesBeside:
    """Those that the file at `naming`, relative to the root, names. `path`: where the root is."""

    def __init__(self, root: Root, path: Path, naming: str) -> None:
        self._root = root
        self._path = path
        self._naming = naming

    def __call__(self, named: str) -> bytes:
        with self.opened(named) as opened:
            return opened.read(MAX_BYTES)

    @contextmanager
    def opened(self, named: str) -> Iterator[OpenedFile]:
        path = in_root(named, self._naming.rpartition("/")[0], self._path)
        if path is None:
            raise LogFormatError(
                self._naming, f"it names {_shown(named)}, which is not in this folder of runs"
            )
        try:
            with self._root.file(path) as opened:
                yield opened
        except (FileNotFoundError, NotADirectoryError):
            raise LogFormatError(self._naming, f"it names {_shown(named)}, which is not there") from None

    def has(self, named: str) -> bool:
        try:
            with self.opened(named):
                return True
        except (OSError, NotServedError, LogFormatError):
            return False


def in_root(named: str, folder: str, root: Path) -> str | None:
    """The path below the root of what is named in one of its folders; None of what lies outside, by its name alone.

    >>> in_root("../b/x.png", "a", Path("/logs")), in_root("/logs/b/x.png", "a", Path("/logs"))
    ('b/x.png', 'b/x.png')
    >>> in_root("../../x.png", "a", Path("/logs")), in_root("/etc/passwd", "a", Path("/logs"))
    (None, None)
    """
    if "\0" in named:
        return None
    if named.startswith("/"):
        paths = [posixpath.relpath(named, own) for own in _places(root)]
        path = next((path for path in paths if not path.startswith("../")), "..")
    else:
        path = posixpath.normpath(posixpath.join(folder, named))
    return None if path in (".", "..") or path.startswith(("../", "/")) else path


@functools.cache
def _places(root: Path) -> tuple[str, str]:
    """Where a root is, with and without links."""
    return str(root.absolute()), str(root.resolve())


def _shown(named: str) -> str:
    return repr(named[:_MAX_SHOWN])
