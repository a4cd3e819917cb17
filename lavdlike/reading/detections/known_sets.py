"""The sets of boxes of a root that somebody asked for: read once, one after the other, in a thread that gives up.

What is asked for is answered at once: the set, or how far it is read. A set is the same as long as its files are.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from lavdlike.bounded import giving_up
from lavdlike.bounded.giving_up import GivenUpError
from lavdlike.detection_messages import ReadingState
from lavdlike.disk.root import OpenedFile, Root
from lavdlike.disk.tail import Stamp, settled_stamp
from lavdlike.errors import LavdlikeError
from lavdlike.layout import ExperimentName
from lavdlike.reading.detections import own_boxes
from lavdlike.reading.detections.kept_sets import KeptSets
from lavdlike.sources.detections.detection_format import DetectionFormat, Things
from lavdlike.sources.detections.detection_set import DetectionSet
from lavdlike.sources.detections.format_registry import FORMATS

# In memory, of all sets: 80 bytes each.
MAX_BOXES = 10_000_000
MAX_SETS = 200
# Nobody has asked for a set that is being read for so long.
_UNWANTED_AFTER_S = 60.0
# A folder with a file for each picture is looked through for changes that nobody noticed at most so often.
_CHECKED_EVERY_S = 5.0


@dataclass(eq=False)
class TreeFiles:
    """The files of an experiment as its tree knows them.

    `folders`: the names in each. `free`: JSON files that are none of ours. `described`: those that describe pictures.
    Of these the fingerprints as well (`tree.File`). `changes`: grows with each change of others that was noticed.
    """

    root: Root
    name: ExperimentName
    folders: Mapping[str, Sequence[str]]
    free: Mapping[str, int] = field(default_factory=dict)
    described: Mapping[str, int] = field(default_factory=dict)
    changes: int = 0

    @cached_property
    def names_hash(self) -> int:
        """Another one if there are other names."""
        return hash(tuple((folder, frozenset(names)) for folder, names in sorted(self.folders.items())))

    @contextmanager
    def file(self, path: str) -> Iterator[OpenedFile]:
        with self.root.file(f"{self.name}/{path}") as opened:
            yield opened


class Asked(NamedTuple):
    """What is known of a set. `version`: another one for another content; `reason`: why it cannot be read."""

    state: ReadingState
    done: float = 0.0
    detections: DetectionSet | None = None
    version: Hashable = None
    reason: str = ""


class _State(NamedTuple):
    """What the files of a set were when they were looked through. `time`: monotonic; `changes`: as of `TreeFiles`."""

    time: float
    changes: int
    version: Hashable


class _Entry:
    """One set, as it was read, or while it is."""

    def __init__(self, version: Hashable) -> None:
        self.version = version
        self.done = 0.0
        self.detections: DetectionSet | None = None
        self.reason = ""
        self.has_ended = threading.Event()
        self.asked_at = time.monotonic()

    def end(self, detections: DetectionSet) -> None:
        self.detections = detections
        self.has_ended.set()

    @property
    def asked(self) -> Asked:
        if not self.has_ended.is_set():
            return Asked("reading", self.done)
        if self.detections is None:
            return Asked("failed", 1.0, None, self.version, self.reason)
        return Asked("ready", 1.0, self.detections, self.version)


class KnownSets:
    """Those of one server. Thread-safe; `close` it in the end."""

    def __init__(self, kept: KeptSets) -> None:
        self._kept = kept
        self._entries: OrderedDict[tuple[ExperimentName, str], _Entry] = OrderedDict()
        self._found: dict[ExperimentName, tuple[int, list[tuple[str, str]]]] = {}
        self._formats: dict[tuple[ExperimentName, str], DetectionFormat] = {}
        self._states: dict[tuple[ExperimentName, str], _State] = {}
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._is_closed = False

    def paths_in(self, files: TreeFiles) -> list[tuple[str, str]]:
        """The paths of the sets of an experiment, and the names of their formats.

        Files are looked at only where there are other names than before, or other JSON files.
        """
        state = hash((files.names_hash, frozenset(files.free.items()), bool(files.described)))
        known = self._found.get(files.name)
        if known is not None and known[0] == state:
            return known[1]
        found: list[tuple[str, str]] = []
        if files.described:
            found += [(path, own_boxes.FORMAT) for path in (own_boxes.EXPECTED, own_boxes.PREDICTED)]
        for each in FORMATS:
            for path in each.sets_in(files, lambda path: path in files.free):
                giving_up.check()
                self._formats[files.name, path] = each
                found.append((path, each.name))
        self._found[files.name] = state, found
        return found

    def ask(self, files: TreeFiles, path: str, *, patience_s: float = 0.0, reads: bool = True) -> Asked:
        """The set at a path, or how far it is read.

        Args:
            patience_s: how long to wait for it.
            reads: whether to have it read if it was not; else it is being read, as far as anybody can tell.

        Raises:
            FileNotFoundError: there is no such set.
        """
        key = files.name, path
        version = self._version_of(files, path)
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or entry.version != version:
                if not reads or self._is_closed:
                    return Asked("reading")
                entry = self._entries[key] = _Entry(version)
                self._begin(files, path, entry)
            self._entries.move_to_end(key)
            entry.asked_at = time.monotonic()
        entry.has_ended.wait(patience_s)
        return entry.asked

    def things(self, files: TreeFiles, path: str, detections: DetectionSet, picture: int) -> Things:
        """All that a set of other programs says of one picture, by its place; raises as its format does."""
        return self._format_of(files, path).things(files, path, detections, picture)

    def close(self) -> None:
        self._is_closed = True

    def _format_of(self, files: TreeFiles, path: str) -> DetectionFormat:
        if (files.name, path) not in self._formats:
            self.paths_in(files)
        if (files.name, path) not in self._formats:
            raise FileNotFoundError(2, "there are no annotations of this name", path)
        return self._formats[files.name, path]

    def _version_of(self, files: TreeFiles, path: str) -> Hashable:
        """Another one if any of its files has changed."""
        if path in (own_boxes.EXPECTED, own_boxes.PREDICTED):
            return tuple(files.described.items())
        names = self._format_of(files, path).files_of(files, path)
        known = self._states.get((files.name, path))
        if (
            len(names) > 1
            and known is not None
            and known.changes == files.changes
            and time.monotonic() - known.time < _CHECKED_EVERY_S
        ):
            return known.version
        version = _state_of(files, names)
        self._states[files.name, path] = _State(time.monotonic(), files.changes, version)
        return version

    def _begin(self, files: TreeFiles, path: str, entry: _Entry) -> None:
        threading.Thread(
            target=self._read, args=(files, path, entry), name="lavdlike-detections", daemon=True
        ).start()

    def _read(self, files: TreeFiles, path: str, entry: _Entry) -> None:
        def is_unwanted() -> bool:
            return self._is_closed or time.monotonic() - entry.asked_at > _UNWANTED_AFTER_S

        def told(done: float) -> None:
            giving_up.check()
            entry.done = done

        try:
            with self._turn, giving_up.when(is_unwanted):
                self._read_set(files, path, entry, told)
        except GivenUpError:
            with self._lock:
                if self._entries.get((files.name, path)) is entry:
                    del self._entries[files.name, path]
            entry.reason = "it was given up"
        except (OSError, LavdlikeError, MemoryError) as error:
            entry.reason = getattr(error, "strerror", None) or str(error) or "there is not enough memory"
        finally:
            entry.has_ended.set()
            self._forget()

    def _read_set(self, files: TreeFiles, path: str, entry: _Entry, told: Callable[[float], None]) -> None:
        """Read it into its entry; what is to be kept of it is written when it has been answered."""
        if path in (own_boxes.EXPECTED, own_boxes.PREDICTED):
            both = own_boxes.read_own(files, files.described, told)
            entry.end(both[path == own_boxes.PREDICTED])
            return
        format_of = self._format_of(files, path)
        names = format_of.files_of(files, path)
        stamp = self._stamp_of(files, names)
        kept = self._kept.of(stamp) if stamp is not None else None
        found = kept if kept is not None else format_of.read(files, path, told)
        entry.end(found)
        if stamp is not None and kept is None and self._stamp_of(files, names) == stamp:
            self._kept.keep(stamp, found)

    def _stamp_of(self, files: TreeFiles, names: Sequence[str]) -> Stamp | None:
        """Of a set in one file, if nothing happens to it."""
        if len(names) != 1:
            return None
        with files.file(names[0]) as opened:
            return settled_stamp(opened.fd)

    def _forget(self) -> None:
        """What nobody has asked for the longest, beyond what may be in memory."""
        with self._lock:
            boxes = 0
            for count, (key, entry) in enumerate(reversed(list(self._entries.items()))):
                boxes += len(entry.detections.table) if entry.detections is not None else 0
                if count > 0 and entry.has_ended.is_set() and (boxes > MAX_BOXES or count >= MAX_SETS):
                    del self._entries[key]


def _state_of(files: TreeFiles, paths: Sequence[str]) -> Hashable:
    state = hashlib.sha256()
    for path in paths:
        giving_up.check()
        try:
            with files.file(path) as opened:
                status = opened.status
        except (OSError, LavdlikeError):
            state.update(f"{path}\0gone\0".encode("utf-8", "surrogateescape"))
            continue
        facts = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        state.update(f"{path}\0{facts}\0".encode("utf-8", "surrogateescape"))
    return state.digest()
