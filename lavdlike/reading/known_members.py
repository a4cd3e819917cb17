"""What lies in files, as far as they were looked through: kept for all readers of a root, within a budget. Thread-safe.

A file is looked through once, from where it was left; what has not been asked for the longest is forgotten.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import math
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from lavdlike import layout
from lavdlike.disk.made import opened_bytes
from lavdlike.disk.root import OpenedFile
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.reading.made_contents import MadeContents
from lavdlike.reading.tree import Seen
from lavdlike.sources import member_registry, source_registry
from lavdlike.sources.members import Beside, Member, Members, MembersFile

# Of all files together; the last one that was asked for is always kept.
_MAX_KEPT = 500_000
# Of these files; each takes some 20 KB beside its members.
_MAX_FILES = 2000
# Told at once.
_MAX_TOLD = 2000


class Told(NamedTuple):
    """Members of a file that somebody was not told of. `seen`: with them.

    `is_all`: whether these are all that it holds now. `is_anew`: what was told before is no longer so.
    """

    members: list[Member]
    seen: Seen
    is_all: bool
    is_anew: bool
    problems: list[str]


class KnownMembers:
    """Those of the files of a root."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: OrderedDict[tuple[int, int], _KnownFile] = OrderedDict()
        self._made = MadeContents()

    def tell(self, opened: OpenedFile, seen: Seen | None, beside: Beside, *, until: float) -> Told:
        """What lies in a file and was not told.

        Args:
            beside: reads other files that the file names.
            until: when to stop looking through it (monotonic time); some of it is always looked through.
        """
        known = self._known(opened, beside)
        with known.lock:
            is_all = known.look(opened.fd, until=until)
            is_anew = seen is not None and seen.state != known.state
            begin = 0 if seen is None or is_anew else seen.told
            end = min(begin + _MAX_TOLD, len(known.found))
            members = [known.by_path[path] for path in dict.fromkeys(known.found[begin:end])]
            is_all = is_all and end == len(known.found)
            told = Told(
                members, Seen(known.state, end), is_all, is_anew, known.file.problems() if known.file else []
            )
        self._forget()
        return told

    @contextmanager
    def opened(self, opened: OpenedFile, path: str, shown: str, beside: Beside) -> Iterator[OpenedFile]:
        """The file that a member is.

        Args:
            path: the member's, below that file.
            shown: the same relative to the root.
            beside: reads other files that the file names.

        Raises:
            FileNotFoundError: there is no such member.
            LogFormatError, NotServedError: it, or a file that it is made of, cannot be read.
        """
        known = self._known(opened, beside)
        with known.lock:
            member = known.member(opened.fd, path)
        if member is None or known.format is None:
            raise FileNotFoundError(errno.ENOENT, "there is no such thing in the file", shown)
        if member.same_as:
            with beside.opened(member.same_as) as other:
                yield other._replace(path=shown)
            return
        format_ = known.format

        def make() -> bytes:
            return format_.content(opened.fd, member, layout.shown(shown), beside)

        stamp = _stamp(opened, member, beside)
        data = make() if stamp is None else self._made.get((_inode(opened, member), *stamp), make)
        status = opened.status
        modified_ns = status.st_mtime_ns if member.time is None else int(member.time * 1e9)
        with opened_bytes(data, shown, status, inode=_inode(opened, member), modified_ns=modified_ns) as made:
            yield made

    def paths(self, opened: OpenedFile, beside: Beside) -> list[str]:
        """Those of all members of a file."""
        known = self._known(opened, beside)
        with known.lock:
            known.look(opened.fd, until=math.inf)
            return list(known.by_path)

    def holds(self, opened: OpenedFile, begin: str, beside: Beside) -> bool:
        """Whether the path of any member of a file begins so."""
        return any(path.startswith(begin) for path in self.paths(opened, beside))

    def _known(self, opened: OpenedFile, beside: Beside) -> _KnownFile:
        identity = opened.status.st_dev, opened.status.st_ino
        with self._lock:
            known = self._files.get(identity)
            if known is None:
                known = self._files[identity] = _KnownFile(opened, beside)
            self._files.move_to_end(identity)
            return known

    def _forget(self) -> None:
        with self._lock:
            count = sum(len(known.found) for known in self._files.values())
            while (count > _MAX_KEPT or len(self._files) > _MAX_FILES) and len(self._files) > 1:
                count -= len(self._files.popitem(last=False)[1].found)


class _KnownFile:
    """One file. `found`: the paths of its members in the order in which they were found. Used under its lock."""

    _states = itertools.count(1)

    def __init__(self, opened: OpenedFile, beside: Beside) -> None:
        self.lock = threading.Lock()
        self.state = next(self._states)
        self.format: Members | None = None
        self.file: MembersFile | None = None
        self.by_path: dict[str, Member] = {}
        self.found: list[str] = []
        self._name = opened.path.rpartition("/")[2]
        self._run = opened.run
        self._beside = beside

    def look(self, descriptor: int, *, until: float = 0.0, wanted: str = "") -> bool:
        """Go on looking through the file; says whether its end was reached.

        Args:
            wanted: stop when this path was found.
        """
        if self.file is not None and self.file.is_unchanged(descriptor):
            return True
        if self.file is None or not self.file.continues(descriptor):
            self._begin(descriptor)
        if self.file is None:
            return True
        for members in self.file.find_new(descriptor):
            for member in members:
                path = self._own(member.path)
                self.by_path[path] = member
                self.found.append(path)
            if (wanted in self.by_path) if wanted else time.monotonic() > until:
                return False
        return True

    def member(self, descriptor: int, path: str) -> Member | None:
        if self.file is not None and path in self.by_path and self.file.continues(descriptor):
            if self.by_path[path].time is None:  # it is as its file is now
                self.look(descriptor, until=math.inf)
            return self.by_path[path]
        self.look(descriptor, wanted=path)
        return self.by_path.get(path)

    def _begin(self, descriptor: int) -> None:
        if self.file is not None:
            self.state = next(self._states)
        self.by_path.clear()
        self.found.clear()
        self.format = member_registry.format_of(self._name, source_registry.begin_of(descriptor))
        self.file = None
        if self.format is not None:
            self.file = self.format.file(self._name, self._beside, self._run)

    def _own(self, path: str) -> str:
        """One text for a path, however often it comes."""
        known = self.by_path.get(path)
        return path if known is None else known.path


def _stamp(opened: OpenedFile, member: Member, beside: Beside) -> tuple[int, ...] | None:
    """Of the file that a member shows, another one if it was written to; None: it shows none that is there."""
    try:
        if not member.covers:
            return None
        if member.covers[0] == "":
            return _stamp_of(opened.status)
        with beside.opened(member.covers[0]) as covered:
            return _stamp_of(covered.status)
    except (OSError, NotServedError, LogFormatError):
        return None


def _stamp_of(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _inode(opened: OpenedFile, member: Member) -> int:
    """Another number for another content."""
    said = f"{opened.status.st_dev}/{opened.status.st_ino}/{member.path}/".encode(errors="surrogateescape")
    return int.from_bytes(hashlib.blake2b(said + member.where, digest_size=8).digest(), "big") >> 1
