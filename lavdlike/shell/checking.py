"""`lavdlike check`: whether a running server answers what is on the disk; without one, whether all of it is read."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from lavdlike import layout
from lavdlike.disk.filling import pread
from lavdlike.disk.root import Root
from lavdlike.errors import NotServedError
from lavdlike.layout import ExperimentName
from lavdlike.messages import Item, ItemAddress, LabelEntry, Problem
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.tree import SCALARS, Address, File
from lavdlike.scalar_messages import ScalarLabel
from lavdlike.shell.opened_roots import OpenedRoots, open_roots
from lavdlike.shell.output import Output, say, write_to_stdout
from lavdlike.shell.printing import print_problems
from lavdlike.shell.served import Served
from lavdlike.shell.text import escaped

ALIKE, DIFFERENT = 0, 1
# A server is told of a change within this; what differs for longer is a difference.
AGAIN_S = 3.0
_ITEMS_AT_ONCE = 25
_LABELS_AT_ONCE = 50
_BLOCK_BYTES = 2**20


class Difference(NamedTuple):
    """`path`: in the root, of a file, or an experiment with a label. `what`: is another one, or only on one side."""

    path: str
    what: str


class Compared(NamedTuple):
    """How much of an experiment was compared."""

    items: int = 0
    points: int = 0
    files: int = 0
    size_bytes: int = 0


def check(roots: Sequence[str], url: str | None, *, as_json: bool = False, follow_links: bool = False) -> int:
    """Write what a server answers otherwise than the disk, or what of the roots cannot be read.

    What changes meanwhile is compared again after some seconds; only what still differs is told.

    Args:
        roots: as they are named on the command line, and were for the server.
        url: the server's link; None: there is no server.

    Returns:
        The exit code: 0, or 1 if there is anything to tell.

    Raises:
        NotFoundError: there is no such root, or the server does not answer.
    """
    opened = open_roots(roots, follow_links=follow_links)
    if url is None:
        return write_to_stdout(lambda out: _read_all(opened, out), as_json=as_json)
    served = Served(url)
    return write_to_stdout(lambda out: _compare_all(opened, served, out), as_json=as_json)


def _read_all(opened: OpenedRoots, out: Output) -> int:
    found: list[Problem] = [problem for each in opened.all for problem in each.problems_in_archive()]
    for name in opened.names():
        snapshot = Snapshot(opened.root, name)
        found += snapshot.problems()
        read = map(snapshot.read, snapshot.tree.items())
        found += [item.problem for item in read if item is not None and item.problem is not None]
    found = list(dict.fromkeys(found))
    print_problems(found, out)
    return DIFFERENT if found else ALIKE


def _compare_all(opened: OpenedRoots, served: Served, out: Output) -> int:
    names = opened.names()
    different = _lasting(lambda: _different_names(opened, served))
    known = {row.id for row in served.root().experiments}
    whole = Compared()
    for name in names:
        if layout.experiment_id(name) in known:
            compared = Comparison(opened.root, name, served)
            different += _lasting(compared.differences)
            whole = Compared(*(one + other for one, other in zip(whole, compared.compared, strict=True)))
    for each in different:
        if out.as_json:
            out.json(each._asdict())
        else:
            out.line(escaped(f"{each.path}: {each.what}"))
    say(
        f"lavdlike: compared {len(names):,} experiments, {whole.items:,} items, {whole.points:,} points and "
        f"{whole.files:,} files ({whole.size_bytes / 2**20:,.1f} MiB): {len(different):,} differences",
        sys.stderr,
    )
    return DIFFERENT if different else ALIKE


def _lasting(find: Callable[[], Sequence[Difference]]) -> list[Difference]:
    """What differs now, and still does when it is looked at again."""
    first = find()
    if not first:
        return []
    time.sleep(AGAIN_S)
    again = set(find())
    return [difference for difference in first if difference in again]


def _different_names(opened: OpenedRoots, served: Served) -> list[Difference]:
    here = {layout.experiment_id(name) for name in opened.names()}
    there = {row.id for row in served.root().experiments}
    shown = {each: layout.shown(layout.experiment_name(each)) for each in here | there}
    return [
        *(
            Difference(shown[each], "the server does not have this experiment")
            for each in sorted(here - there)
        ),
        *(Difference(shown[each], "only the server has this experiment") for each in sorted(there - here)),
    ]


class Comparison:
    """Of one experiment, as it is on the disk and as the server answers."""

    def __init__(self, root: Root, name: ExperimentName, served: Served) -> None:
        self.compared = Compared()
        self._root = root
        self._name = name
        self._id = layout.experiment_id(name)
        self._served = served

    def differences(self) -> list[Difference]:
        """Labels, items, points and bytes, in this order."""
        snapshot = Snapshot(self._root, self._name)
        self.compared = Compared()
        return [
            *self._labels(snapshot),
            *self._items(snapshot),
            *self._scalars(snapshot),
            *self._files(snapshot),
        ]

    def _at(self, label: str) -> str:
        return f"{layout.shown(self._name)}/{label}"

    def _labels(self, snapshot: Snapshot) -> Iterator[Difference]:
        here = _by_label(snapshot.tree.catalogue())
        there = _by_label(self._served.catalogue(self._id).labels)
        for kind, label in sorted(here.keys() | there.keys()):
            if here.get((kind, label)) != there.get((kind, label)):
                yield Difference(self._at(label), f"{kind}: other steps")

    def _items(self, snapshot: Snapshot) -> Iterator[Difference]:
        every = [item for item in snapshot.tree.items() if item.kind != SCALARS or item.step is None]
        for begin in range(0, len(every), _ITEMS_AT_ONCE):
            part = every[begin : begin + _ITEMS_AT_ONCE]
            asked = [ItemAddress(self._id, item.kind, item.label, item.step) for item in part]
            for item, answered in zip(part, self._served.items(asked), strict=True):
                if _content_of(snapshot.read(item)) != _content_of(answered):
                    yield Difference(self._at(item.label), f"{item.kind}, {_step(item)}: another content")
        self.compared = self.compared._replace(items=len(every))

    def _scalars(self, snapshot: Snapshot) -> Iterator[Difference]:
        here = {label.label: label for label in snapshot.scalar_labels()}
        answer = self._served.scalar_labels(self._id)
        there = {label.label: label for label in answer.labels} if answer else {}
        for label in sorted(here.keys() | there.keys()):
            if _said(here.get(label)) != _said(there.get(label)):
                yield Difference(self._at(label), "scalars: another count, last value or range")
        points = 0
        for begin in range(0, len(labels := sorted(here)), _LABELS_AT_ONCE):
            part = labels[begin : begin + _LABELS_AT_ONCE]
            served = {
                (series.head.label, series.head.writer): (series.steps, series.wall_times, series.values)
                for series in self._served.series(self._id, part)
            }
            on_disk = self._points(snapshot, part)
            points += sum(len(steps) for steps, _, _ in on_disk.values())
            for label, writer in sorted(on_disk.keys() | served.keys()):
                if on_disk.get((label, writer)) != served.get((label, writer)):
                    of = f" of {writer}" if writer else ""
                    yield Difference(self._at(label), f"scalars: other points{of}")
        self.compared = self.compared._replace(points=points)

    def _points(self, snapshot: Snapshot, labels: Iterable[str]) -> Mapping[tuple[str, str], Any]:
        from lavdlike.sources.columns import json_numbers

        found = {}
        for label in labels:
            for writer, _, (steps, wall_times, values, exact) in snapshot.series_of(label):
                numbers = msgspec.json.decode(msgspec.json.encode(json_numbers(values, exact)))
                found[label, writer] = ([int(step) for step in steps], wall_times.tolist(), numbers)
        return found

    def _files(self, snapshot: Snapshot) -> Iterator[Difference]:
        files = size_bytes = 0
        for folder, known in snapshot.tree.folders.items():
            for name, node in known.nodes.items():
                if known.inside or not isinstance(node, File):
                    continue
                path = f"{folder}/{name}" if folder else name
                digest, length = self._digest(snapshot, path)
                files, size_bytes = files + 1, size_bytes + length
                if digest != self._served.digest(layout.file_id(self._name, path)):
                    yield Difference(self._at(layout.shown(path)), "other bytes")
        self.compared = self.compared._replace(files=files, size_bytes=size_bytes)

    def _digest(self, snapshot: Snapshot, path: str) -> tuple[str | None, int]:
        """None of a file that is not served, and its size."""
        with suppress(OSError, NotServedError), snapshot.file(path) as opened:
            digest, length = hashlib.sha256(), 0
            while data := pread(opened.fd, _BLOCK_BYTES, length):
                digest.update(data)
                length += len(data)
            return digest.hexdigest(), length
        return None, 0


def _by_label(entries: Iterable[LabelEntry]) -> dict[tuple[str, str], tuple[Any, bool]]:
    return {(each.kind, each.label): ([*map(tuple, each.steps)], each.has_global) for each in entries}


def _step(item: Address) -> str:
    return "no step" if item.step is None else f"step {item.step}"


def _content_of(item: Item | None) -> Any:
    """What is said of an item, as it is sent; without what was found out of it besides, and where it lies on a disk."""
    if item is None:
        return None
    files = [(file.path, file.size_bytes, file.modified) for file in item.files]
    content = msgspec.json.decode(msgspec.json.encode(item.content))
    return files, content, None if item.problem is None else item.problem.reason


def _said(label: ScalarLabel | None) -> Any:
    return None if label is None else msgspec.json.decode(msgspec.json.encode(label))
