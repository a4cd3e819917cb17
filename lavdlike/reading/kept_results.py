"""What the labels of experiments come to, kept beyond their points: in memory, and in a file that may go at any time.

Results are those of `series.results`, of all values. They hold as long as the files that they were read from are the
same: by identity, size and time of these, and by the names in the folders where there might be others.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from lavdlike import layout
from lavdlike.bounded import giving_up
from lavdlike.disk import user_cache
from lavdlike.disk.root import OpenedFolder, Root, is_settled
from lavdlike.errors import NotServedError
from lavdlike.layout import ExperimentName
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.tree import SCALARS
from lavdlike.sources import source_registry

if TYPE_CHECKING:
    from lavdlike.series.results import LabelResult

# The most labels of one experiment that are kept, those asked for first.
MAX_LABELS = 1000
# Of one label.
MAX_STEPS = 100
DEFAULT_BUDGET_BYTES = 128 * 2**20
_MAX_FILE_BYTES = 2 * DEFAULT_BUDGET_BYTES
_VERSION = 2
# points, last, last step, minimum, argmin, maximum, argmax, mean; NaN where there is none.
_NUMBERS = struct.Struct("<8d")
_OVERHEAD_BYTES = 500

# A label, and a step at which its value is asked for; None: what all its values come to.
AskedLabel = tuple[str, int | None]


class Results(NamedTuple):
    """Of one experiment.

    `match`: names the state of the files it was read from, b"" if they may change without showing it.
    `folders`, `files`: relative to the experiment. `places`: of labels in `numbers`; shared between experiments.
    `is_whole`: whether there are no other labels. `at`: values by label and step; None where there is none.
    """

    match: bytes
    folders: tuple[str, ...]
    files: tuple[str, ...]
    places: Mapping[str, int]
    numbers: bytes
    is_whole: bool
    at: Mapping[AskedLabel, float | None]

    def knows(self, label: str, step: int | None = None) -> bool:
        if self.is_whole and label not in self.places:
            return True
        return label in self.places if step is None else (label, step) in self.at

    def label(self, label: str) -> LabelResult | None:
        from lavdlike.series.results import LabelResult

        place = self.places.get(label)
        if place is None:
            return None
        points, last, last_step, *rest = _NUMBERS.unpack_from(self.numbers, place * _NUMBERS.size)
        minimum, argmin, maximum, argmax, mean = (None if each != each else each for each in rest)
        if argmin is None or argmax is None:
            return LabelResult(int(points), last, int(last_step))
        return LabelResult(
            int(points), last, int(last_step), minimum, int(argmin), maximum, int(argmax), mean
        )

    @property
    def size_bytes(self) -> int:
        names = sum(map(len, self.folders)) + sum(map(len, self.files))
        return _OVERHEAD_BYTES + len(self.numbers) + names + 100 * len(self.at)


def results_path_of(root: Path) -> Path:
    """Of the file for the experiments in this root; servers and commands share it, the last one that writes wins."""
    return user_cache.cache_folder_of(root) / "results"


def read_results(
    root: Root, name: ExperimentName, asked: Iterable[AskedLabel], preferred: Sequence[str] = ()
) -> Results:
    """What all labels of an experiment come to, those that are asked for in any case.

    Args:
        preferred: files that people chose to read in place of others.

    Raises:
        GivenUpError: nobody waits for it.
    """
    from lavdlike.series.results import result_of, value_at

    asked = list(asked)
    snapshot = Snapshot(root, name, preferred=preferred, looks_inside=False)
    folders = tuple(sorted(snapshot.tree.folders))
    files = tuple(sorted({*snapshot.paths(name), *_files_of_values(snapshot)}))
    match = match_of_files(root, name, folders, files, preferred) or b""
    every = [entry.label for entry in snapshot.scalar_labels()]
    wanted = {label for label, _ in asked}
    chosen = sorted(every, key=lambda label: label not in wanted)[:MAX_LABELS]
    found: dict[str, bytes] = {}
    for label in chosen:
        giving_up.check()
        result = result_of(snapshot.counted(label))
        if result is not None:
            found[label] = _packed(result)
    at: dict[AskedLabel, float | None] = {
        (label, step): value_at(snapshot.counted(label), step) if label in found else None
        for label, step in asked
        if step is not None
    }
    places = {label: place for place, label in enumerate(found)}
    is_whole = len(chosen) == len(every)
    return Results(match, folders, files, places, b"".join(found.values()), is_whole, at)


def current_results(
    root: Root,
    name: ExperimentName,
    known: Results | None,
    asked: Iterable[AskedLabel],
    preferred: Sequence[str] = (),
) -> tuple[Results, bool]:
    """What is known, if it answers what is asked and the files are still the same; else read, which is said.

    Args:
        preferred: as of `read_results`.

    Raises:
        GivenUpError: nobody waits for it.
    """
    asked = list(asked)
    steps: dict[AskedLabel, None] = {}
    if known is not None:
        if all(known.knows(*each) for each in asked) and is_current(root, name, known, preferred):
            return known, False
        steps = dict.fromkeys(known.at)
    every = [*asked, *steps]
    kept_steps = [each for each in every if each[1] is not None][:MAX_STEPS]
    wanted = [*(each for each in asked if each[1] is None), *kept_steps]
    return read_results(root, name, dict.fromkeys(wanted), preferred), True


def is_current(root: Root, name: ExperimentName, results: Results, preferred: Sequence[str] = ()) -> bool:
    """Whether the files that it was read from are still the same."""
    return results.match != b"" and results.match == match_of_files(
        root, name, results.folders, results.files, preferred
    )


def match_of_files(
    root: Root,
    name: ExperimentName,
    folders: Iterable[str],
    files: Iterable[str],
    preferred: Sequence[str] = (),
) -> bytes | None:
    """Names the state of these; None if one of them could change without showing it, or cannot be looked at."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update("\0".join(preferred).encode(errors="surrogateescape"))
    try:
        with root.folder(name) as opened:
            digest.update(_names(opened))
            for path in folders:
                if path:
                    status = opened.status_of(path, follow_links=True)
                    if not is_settled(status):
                        return None
                    digest.update(struct.pack("<qQ", status.st_mtime_ns, status.st_ino))
            for path in files:
                status = opened.status_of(path, follow_links=True)
                if not is_settled(status):
                    return None
                digest.update(
                    struct.pack("<qqQQ", status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev)
                )
    except (OSError, NotServedError):
        return None
    return digest.digest()


def _names(opened: OpenedFolder) -> bytes:
    """Of what may hold points, directly in the experiment: its time changes with every note as well."""
    entries = (
        entry.name
        for entry in opened.entries()
        if entry.type != "file" or source_registry.may_be_claimed(entry.name)
    )
    return b"\0".join(map(os.fsencode, sorted(entries)))


def _files_of_values(snapshot: Snapshot) -> Iterable[str]:
    """JSON files that hold a value of a step."""
    for item in snapshot.tree.items():
        if item.kind == SCALARS and item.step is not None:
            yield from snapshot.tree.files_of(item)


def _packed(result: LabelResult) -> bytes:
    nan = float("nan")
    return _NUMBERS.pack(*(nan if each is None else float(each) for each in result))


class KeptResults:
    """Those of many experiments, within a budget. Not thread-safe.

    Args:
        path: of the file; nothing is read or written before it is asked for.
    """

    def __init__(self, path: Path, *, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        self.by_name: dict[ExperimentName, Results] = {}
        self.is_saved = True
        self._path = path
        self._budget_bytes = budget_bytes
        self._size_bytes = 0
        self._places: dict[tuple[str, ...], Mapping[str, int]] = {}

    def put(self, name: ExperimentName, results: Results, asked: Iterable[AskedLabel] = ()) -> None:
        """Keep these; of what was put long ago some goes where there is no room.

        Args:
            asked: which labels are needed: where room is short, only they are kept.
        """
        if 2 * self._size_bytes > self._budget_bytes:
            results = _only(results, {label for label, _ in asked})
        self.drop(name)
        self.by_name[name] = results._replace(places=self._shared(results.places))
        self._size_bytes += results.size_bytes
        self.is_saved = False
        while self._size_bytes > self._budget_bytes and len(self.by_name) > 1:
            self.drop(next(iter(self.by_name)))

    def drop(self, name: ExperimentName) -> None:
        dropped = self.by_name.pop(name, None)
        if dropped is not None:
            self._size_bytes -= dropped.size_bytes
            self.is_saved = False

    def load(self) -> None:
        """What the file says; nothing if it is none of ours, or broken."""
        data = user_cache.kept(self._path, _MAX_FILE_BYTES)
        if data is None:
            return
        with suppress(msgspec.DecodeError, UnicodeError, RecursionError):
            file = msgspec.msgpack.decode(data, type=_File)
            if file.version == _VERSION and all(map(_is_sound, file.entries)):
                for entry in file.entries:
                    name = layout.experiment_name(layout.ExperimentId(entry.experiment))
                    if name not in self.by_name:
                        self.put(name, entry.results(file.labels[entry.labels]))
                self.is_saved = True

    def packed(self) -> bytes:
        """The content of the file."""
        labels: dict[tuple[str, ...], int] = {}
        entries = [
            _Entry.of(name, results, labels.setdefault(tuple(results.places), len(labels)))
            for name, results in self.by_name.items()
            if results.match
        ]
        self.is_saved = True
        return msgspec.msgpack.encode(_File(_VERSION, list(labels), entries))

    def save(self, data: bytes) -> bool:
        """In a thread, what `packed` has returned; says whether it could be written."""
        return user_cache.keep(self._path, data)

    def _shared(self, places: Mapping[str, int]) -> Mapping[str, int]:
        if len(self._places) > 10_000:
            self._places.clear()
        return self._places.setdefault(tuple(places), places)


def _only(results: Results, labels: set[str]) -> Results:
    size = _NUMBERS.size
    kept = {
        label: results.numbers[place * size : (place + 1) * size]
        for label, place in results.places.items()
        if label in labels
    }
    places = {label: place for place, label in enumerate(kept)}
    is_whole = results.is_whole and len(places) == len(results.places)
    return results._replace(places=places, numbers=b"".join(kept.values()), is_whole=is_whole)


class _Entry(msgspec.Struct, array_like=True):
    experiment: str
    match: bytes
    folders: bytes
    files: bytes
    labels: int  # which of the lists of labels
    numbers: bytes
    is_whole: bool
    at: list[tuple[str, int, float | None]]

    @staticmethod
    def of(name: ExperimentName, results: Results, labels: int) -> _Entry:
        return _Entry(
            layout.experiment_id(name),
            results.match,
            os.fsencode("\0".join(results.folders)),
            os.fsencode("\0".join(results.files)),
            labels,
            results.numbers,
            results.is_whole,
            [(label, step, value) for (label, step), value in results.at.items() if step is not None],
        )

    def results(self, labels: tuple[str, ...]) -> Results:
        return Results(
            self.match,
            tuple(os.fsdecode(self.folders).split("\0")),
            tuple(filter(None, os.fsdecode(self.files).split("\0"))),
            {label: place for place, label in enumerate(labels)},
            self.numbers,
            self.is_whole,
            {(label, step): value for label, step, value in self.at},
        )


class _File(msgspec.Struct, array_like=True):
    version: int
    labels: list[tuple[str, ...]]
    entries: list[_Entry]


def _is_sound(entry: _Entry) -> bool:
    return len(entry.numbers) % _NUMBERS.size == 0
