"""Runs whose parts lie beside those of others, each as a folder of its parts (`sources.run_store.Parted`).

Nothing of such a folder is on the disk, and one that is comes first; its descriptor is that of the folder that the
parts lie in, so that a watch of it reports what is written to them.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import stat
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

from lavdlike import layout
from lavdlike.disk.root import Entry, OpenedFile, OpenedFolder
from lavdlike.errors import NotServedError
from lavdlike.reading.stored_listings import ChangedRuns
from lavdlike.sources import store_registry
from lavdlike.sources.run_store import Parted

_MAX_PARTS = 10_000

_Stamp = tuple[tuple[int, ...], ...]


class _Part(NamedTuple):
    """`file`: what it is called on the disk."""

    file: str
    status: os.stat_result


class PartedRuns:
    """Which runs of a root were met, and what they were then. Thread-safe.

    `met`: those that were there when they were last looked at, by path; read it only.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.met: dict[str, _Stamp] = {}

    def is_one(self, path: str) -> bool:
        """Whether it was when it was last looked at."""
        return path in self.met

    def folder(self, outer: OpenedFolder, path: str) -> PartFolder | None:
        """The parts of a run as a folder, by its path; `outer`: what they lie in. None if there is no such run."""
        if not layout.is_experiment_name(path):
            return None
        run = path.rpartition("/")[2]
        parts = next(filter(None, (_parts(outer, run, parted) for parted in store_registry.PARTED)), None)
        with self._lock:
            if parts is None:
                self.met.pop(path, None)
                return None
            self.met.setdefault(path, _stamp(parts))
        return PartFolder(outer, run, parts)

    def changes(self, folder: PartFolder | None, path: str) -> ChangedRuns:
        """What has changed since the last call, or since it was met."""
        if folder is None:
            return ChangedRuns([], [], is_relisted=True)
        now = _stamp(folder.parts)
        with self._lock:
            before, self.met[path] = self.met.get(path), now
        return ChangedRuns([], [], False) if now == before else ChangedRuns(None, None, is_relisted=True)

    def in_folder(self, outer: OpenedFolder, path: str, entries: Iterator[Entry]) -> Iterator[Entry]:
        """What is in a folder, with runs instead of their parts."""
        files: dict[str, list[Entry]] = {}
        for entry in entries:
            run = store_registry.run_of_part(entry.name) if entry.type == "file" else ""
            if run:
                files.setdefault(run, []).append(entry)
            else:
                yield entry
        self._keep_only(path, files)
        for run, beside in files.items():
            folder = self.folder(outer, f"{path}/{run}" if path else run)
            shown = beside
            if folder is not None:
                yield Entry(run, "folder", folder.status().st_ino)
                parts = {part.file for part in folder.parts.values()}
                shown = [entry for entry in beside if entry.name not in parts]
            yield from shown

    def _keep_only(self, folder: str, runs: Collection[str]) -> None:
        with self._lock:
            for path in list(self.met):
                outer, _, run = path.rpartition("/")
                if outer == folder and run not in runs:
                    del self.met[path]


class PartFolder:
    """The parts of a run (`disk.root.OpenedFolder`), by what they are called in it."""

    def __init__(self, outer: OpenedFolder, run: str, parts: Mapping[str, _Part]) -> None:
        self.descriptor = outer.descriptor
        self.parts = parts
        self._outer = outer
        self._run = run

    def status(self) -> os.stat_result:
        """With the time of the newest part."""
        newest = max((part.status for part in self.parts.values()), key=lambda status: status.st_mtime_ns)
        identity = f"{self._outer.status().st_ino}/{self._run}".encode(errors="surrogateescape")
        inode = int.from_bytes(hashlib.blake2b(identity, digest_size=8).digest(), "big") >> 1
        times = {
            f"st_{time_of}{unit}": value
            for time_of in ("atime", "mtime", "ctime")
            for unit, value in (("", newest.st_mtime_ns / 1e9), ("_ns", newest.st_mtime_ns))
        }
        fields = list(newest)
        fields[stat.ST_MODE], fields[stat.ST_INO] = stat.S_IFDIR | 0o555, inode
        for each in (stat.ST_ATIME, stat.ST_MTIME, stat.ST_CTIME):  # to read a part is no change
            fields[each] = newest.st_mtime_ns // 10**9
        return os.stat_result(fields, times)

    def entries(self) -> Iterator[Entry]:
        for name, part in self.parts.items():
            yield Entry(name, "file", part.status.st_ino)

    def status_of(self, path: str, *, follow_links: bool = False) -> os.stat_result:
        if path in ("", "."):
            return self.status()
        return self._outer.status_of(self._file(path, path), follow_links=follow_links)

    @contextmanager
    def file(self, name: str, shown: str) -> Iterator[OpenedFile]:
        with self._outer.file(self._file(name, shown), shown) as opened:
            yield opened

    def folder(self, name: str) -> AbstractContextManager[OpenedFolder]:
        raise FileNotFoundError(errno.ENOENT, "no such folder", name)

    def _file(self, name: str, shown: str) -> str:
        part = self.parts.get(name)
        if part is None:
            raise FileNotFoundError(errno.ENOENT, "no such file", shown)
        return part.file


def _parts(outer: OpenedFolder, run: str, parted: Parted) -> dict[str, _Part] | None:
    """By what they are called in the run's folder. None if the first is none, or something else has the run's name."""
    found: dict[str, _Part] = {}
    for number in itertools.islice(itertools.count(), _MAX_PARTS):
        file = parted.file_of(run, number)
        try:
            status = outer.status_of(file)
        except OSError:
            break
        if not stat.S_ISREG(status.st_mode):
            break
        found[parted.member_of(number)] = _Part(file, status)
    if not found or _is_there(outer, run):
        return None
    first = parted.file_of(run, 0)
    try:
        with outer.file(first, first) as opened:
            return found if parted.may_be_part(opened.fd) else None
    except (OSError, NotServedError):
        return None


def _is_there(folder: OpenedFolder, name: str) -> bool:
    try:
        folder.status_of(name)
    except OSError:
        return False
    return True


def _stamp(parts: Mapping[str, _Part]) -> _Stamp:
    return tuple(
        (part.status.st_ino, part.status.st_size, part.status.st_mtime_ns, part.status.st_ctime_ns)
        for part in parts.values()
    )
