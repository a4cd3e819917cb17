"""A place where trees of files are: what readers ask of it, wherever it is (`local` is a folder of this machine).

Paths are relative to the root, with `/`, as `layout` has them. Names that begin with a dot are not part of the tree.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Literal, NamedTuple, Protocol

from lavdlike.disk import filling
from lavdlike.disk.walk import Found
from lavdlike.errors import LimitError

# Why something is not read.
LINK_OUT = "link, not followed (--follow-links)"
LINK_TO_NOTHING = "link to nothing"
LINK_CIRCLE = "link, not followed: it leads in a circle"
NOT_REGULAR = "not a regular file"
NO_PERMISSION = "no permission to read it"

# A file can change again within the granularity of its times without showing it.
_SETTLED_AFTER_S = 2.0
_CHUNK_BYTES = 2**20

EntryType = Literal["file", "folder", "link", "other"]


class Entry(NamedTuple):
    """One name in a folder. `inode` is that of the name itself: of a link, not of its target."""

    name: str
    type: EntryType
    inode: int


class Opened(Protocol):
    """A file that is open for reading."""

    @property
    def fd(self) -> int:
        """Its descriptor, closed by who opened it."""

    @property
    def run(self) -> str:
        """Which one is meant, of a file that holds many runs; "" of others."""


class OpenedFile(NamedTuple):
    """A regular file, open for reading. `path` is relative to the root; `status` is that at the time of opening.

    `run`: which one is meant, of a file that holds many (`sources.stores`).
    """

    fd: int
    path: str
    status: os.stat_result
    run: str = ""

    def read(self, limit_bytes: int) -> bytes:
        """The file from where it was read to, to its end.

        Raises:
            LimitError: that is more than the limit.
        """
        data = bytearray()
        while chunk := filling.read(self.fd, min(limit_bytes + 1 - len(data), _CHUNK_BYTES)):
            data += chunk
            if len(data) > limit_bytes:
                limit = f"{limit_bytes / 2**20:g} MiB"
                raise LimitError(self.path, f"larger than {limit}, the most that is read of it")
        return bytes(data)


class OpenedFolder(Protocol):
    """A folder as it was when it was opened, whatever its path leads to by now."""

    @property
    def descriptor(self) -> int:
        """For a watch of it, where it lies on this machine."""

    def status(self) -> os.stat_result: ...

    def entries(self) -> Iterator[Entry]:
        """The names in it and what they are, without the status of each. Hidden names are left out."""

    def status_of(self, path: str, *, follow_links: bool = False) -> os.stat_result:
        """Of what stands at a path below it.

        Raises:
            OSError: it is not there, or cannot be asked for.
        """

    def file(self, name: str, shown: str) -> AbstractContextManager[OpenedFile]:
        """A file that was just listed as a regular one. `shown`: what errors call it.

        Raises:
            FileNotFoundError: it is gone, or something else has taken its place.
            NotServedError: no permission.
        """

    def folder(self, name: str) -> AbstractContextManager[OpenedFolder]:
        """A folder that was just listed as one.

        Raises:
            OSError: it is gone, something else has taken its place, or no permission.
        """


class Root(Protocol):
    """The folder that holds the experiments. It may be deleted and made again."""

    def status(self) -> os.stat_result:
        """Of the folder itself; raises OSError."""

    def folder(
        self, path: str, *, start: OpenedFolder | None = None, start_names: int = 1
    ) -> AbstractContextManager[OpenedFolder]:
        """A folder; "" is the root itself.

        Args:
            path: relative to the root.
            start: a folder on the way, if the caller has it open: saves the way to it.
            start_names: how many of the path's names lead to that folder.

        Raises:
            FileNotFoundError, NotADirectoryError: there is no such folder now.
            NotServedError: a link that is not followed, or no permission.
        """

    def file(self, path: str) -> AbstractContextManager[OpenedFile]:
        """A regular file, opened for reading without ever waiting for another process.

        Raises:
            FileNotFoundError, NotADirectoryError: there is no such file now.
            NotServedError: a link that is not followed, not a regular file, or no permission.
        """


class Entered(NamedTuple):
    """What stands at a path that may be edited. `identity`: `identity_of` its status."""

    type: EntryType
    identity: str
    modified: float
    size_bytes: int


class EditableRoot(Root, Protocol):
    """A root in which people's edits are made: never through a link, and also at hidden names of ours.

    Every method raises EditError with a sentence if the disk refuses (full, read-only, no permission) or a link stands
    in the way; then nothing is changed.
    """

    def locked(self, path: str) -> AbstractContextManager[None]:
        """Hold a lock file, which is made with its folders; for one editor at a time, in this process and in others.

        Raises:
            EditError: another one holds it for longer than a few seconds.
        """

    def shows(self, path: str) -> bool:
        """Whether a path of an experiment is one of what is shown: of some roots that is one folder only."""

    def look(self, path: str) -> Entered | None:
        """What stands at a path; None if nothing does, or its folder is not there."""

    def names(self, path: str) -> list[str]:
        """Of all that is in a folder, hidden names too; none if it is not there."""

    def read(self, path: str, *, last_bytes: int | None = None) -> bytes | None:
        """The content of a file, or its end; None without a file.

        Raises:
            LimitError: larger than what is edited.
        """

    def replace(self, path: str, content: bytes | None, match: str, *, keep_as: str = "") -> None:
        """Put a file in the place of the one with this match ("" for none) in one step; None removes it.

        The new file has the mode and the group of the old one. Makes no folder.

        Args:
            keep_as: where the replaced file itself is moved, in a folder that is there: another program that has it
                open may still write into it. Not possible for a file on another disk; then it is removed.

        Raises:
            ConflictError: another state stands there, also one that came at the last moment: it still does.
            EditError: the folder is not there.
        """

    def append(self, path: str, line: bytes) -> None:
        """Append a line, without its newline, to a file, which is made. A cut last line is ended before."""

    def make_folder(self, path: str) -> None:
        """Make a folder, and those above it."""

    def close_as(self, folder: str, file: str) -> None:
        """Close a folder to the group and to others as far as they cannot read a file at its path.

        Otherwise it has the rights of the folder above it. Nothing is done without the file, or to somebody else's
        folder.
        """

    def move(self, source: str, target: str, *, identity: str = "") -> None:
        """Give a file or folder another path, where nothing stands; the target's folder has to be there.

        Args:
            identity: of what is to be moved; something else is not moved.

        Raises:
            ConflictError: something else stands at the source.
            EditError: something stands at the target.
        """

    def move_files(self, names: Iterable[str], source: str, target: str) -> Iterator[str]:
        """Move files of a folder to another one, which is made; tells the name of each behind its move.

        Left out is what is not there, and what has a name that something in the target has.
        """

    def copy(self, source: str, target: str, *, leave_out: Collection[str] = ()) -> None:
        """Copy a folder to a path where nothing stands; the target's folder has to be there. See `disk/copying`.

        Args:
            leave_out: paths below the source that are not copied.

        Raises:
            EditError: something stands at the target, or the disk refuses: a part of it may be there then.
        """

    def below(self, path: str) -> Iterator[Found]:
        """All that is below a folder (`walk.everything_below`); nothing if it is not there."""

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all that is in it. Links in it are removed, not followed."""

    def remove_empty_folder(self, path: str) -> bool:
        """Remove a folder unless something is in it; says whether there is none now."""


def identity_of(status: os.stat_result) -> str:
    """Names a file or folder on its machine as long as it exists, whatever its path is."""
    return f"{status.st_dev:x}-{status.st_ino:x}"


def type_of(mode: int) -> EntryType:
    """What something is, by the mode of its status."""
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "other"


def etag_of(status: os.stat_result) -> str:
    """Names the content of a file: weak while a further change could still go unseen, strong from then on."""
    tag = f'"{status.st_mtime_ns:x}-{status.st_ctime_ns:x}-{status.st_size:x}-{status.st_ino:x}"'
    return tag if is_settled(status) else f"W/{tag}"


def fingerprint_of(status: os.stat_result) -> int:
    """Another number for another content; never 0, and never twice the same while a change could still go unseen."""
    moment = 0 if is_settled(status) else time.monotonic_ns()
    facts = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev, moment)
    return hash(facts) or 1


def is_settled(status: os.stat_result) -> bool:
    """Whether any later change shows in the times."""
    return max(status.st_mtime, status.st_ctime) + _SETTLED_AFTER_S < time.time()
