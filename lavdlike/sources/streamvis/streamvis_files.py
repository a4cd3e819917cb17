"""Logs of Streamvis, as first published: groups of points, in one file for any number of scopes (docs/formats.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from lavdlike import layout
from lavdlike.disk.made import status_of
from lavdlike.disk.tail import Tail
from lavdlike.kinds import places, tables
from lavdlike.kinds.scalars import REWIND
from lavdlike.layout import MAX_STEP
from lavdlike.messages import Problem
from lavdlike.sources.columns import Columns, to_columns
from lavdlike.sources.source import Form, Role, TailedPoints
from lavdlike.sources.streamvis import streamvis_records as log

if TYPE_CHECKING:
    from lavdlike.sources.columns import FloatArray
T = TypeVar("T")

# Its files are called as people like; of others with these endings it is not asked what they hold.
_SUFFIXES = ("", ".log", ".bin", ".dat", ".pb", ".streamvis")
_MAX_GROUPS = 5000
_MAX_LABEL_LETTERS = 500
_MAX_PROBLEMS = 100
_X = "x"


class StreamvisLogs:
    """See `source.Source`."""

    title = "logs of Streamvis"
    form = Form.RUN_LOG
    told_by_name = False

    def names(self, path: str) -> bool:
        return places.split_suffix(path)[1].lower() in _SUFFIXES and layout.split_step(path)[0] is None

    def claims(self, path: str, begin: bytes) -> Role | None:
        return Role.POINTS if self.names(path) and log.begins_with_group(begin) else None

    def points(self, path: str, shown: str, run: str = "") -> StreamvisFile:  # noqa: ARG002 - one file, one run
        return StreamvisFile(shown, path)


class StreamvisFile(TailedPoints):
    """One such log, and how far it was read. `path`: relative to the root, for people."""

    def __init__(self, path: str, in_run: str) -> None:
        super().__init__()
        self.writer = layout.shown(in_run)
        folder = self.writer.rpartition("/")[0]
        self._prefix = f"{folder}/" if folder else ""
        self._path = path
        # Labels whose x is not whole numbers; they stay known when the file is read again because of it.
        self._counted: set[str] = set()
        self._begin()

    def _begin(self) -> None:
        self.tail = Tail()
        self._reader = log.RecordReader()
        self._groups: dict[int, log.Group] = {}
        self._counts: dict[str, int] = {}
        self._problems: list[Problem] = []
        self._unnamed = 0

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        """The points of the records that were added, block by block."""
        is_again = True
        while is_again:
            is_again = False
            for offset, data, size_bytes in self.tail.new_bytes(descriptor):
                found = self._reader.split(data)
                self.tail.take(descriptor, data[: found.taken])
                if offset + found.taken + found.next_bytes <= size_bytes:
                    self.tail.want(found.next_bytes)
                for place, reason in found.broken:
                    self._report(f"{reason}; what follows is read from the next whole one on", offset + place)
                counted = len(self._counted)
                blocks = list(self._blocks(found.messages, offset, status_of(descriptor).st_mtime))
                if len(self._counted) > counted:
                    self._begin()
                    is_again = True
                    yield {REWIND: to_columns([0], [0.0], [0.0])}
                    break
                yield from blocks

    def problems(self) -> list[Problem]:
        found = list(self._problems)
        if self._reader.is_given_up:
            found.append(Problem(self._path, "broken too often: the rest is not read"))
        if self._unnamed:
            found.append(Problem(self._path, f"{self._unnamed} more records cannot be read"))
        return found

    def _blocks(
        self, messages: list[tuple[int, log.Message]], offset: int, modified: float
    ) -> Iterator[dict[str, Columns]]:
        import numpy as np

        parts: dict[str, list[tuple[FloatArray, FloatArray]]] = {}

        def taken() -> dict[str, Columns]:
            together = {
                label: [np.concatenate(each) for each in zip(*arrays, strict=True)]
                for label, arrays in parts.items()
            }
            parts.clear()
            return {
                label: Columns(steps, np.full(len(steps), modified), values, {})
                for label, (steps, values) in together.items()
            }

        for place, message in messages:
            if isinstance(message, log.Group):
                if len(self._groups) < _MAX_GROUPS or message.id in self._groups:
                    self._groups[message.id] = message
            elif isinstance(message, log.Control):
                yield taken()
                yield self._deleted(message)
            elif message.group in self._groups:
                reason = self._take(self._groups[message.group], message.values, parts)
                if reason:
                    self._report(reason, offset + place)
            else:
                self._report("points of a group that does not stand before them", offset + place)
        yield taken()

    def _take(
        self,
        group: log.Group,
        values: list[FloatArray],
        parts: dict[str, list[tuple[FloatArray, FloatArray]]],
    ) -> str:
        """Adds the points of a record; returns what is wrong with it."""
        import numpy as np

        label = self._label_of(group)
        if len(label) > _MAX_LABEL_LETTERS:
            return "a name that is too long"
        if len(values) != len(group.fields) or len({len(each) for each in values}) > 1:
            return f"not one array of the same length for each of {len(group.fields)} fields"
        axis = _axis_of(group.fields)
        count = self._counts.get(label, 0)
        steps = np.arange(count, count + len(values[0]), dtype=np.float64)
        self._counts[label] = count + len(values[0])
        if axis is not None and label not in self._counted:
            steps = values[axis]
            with np.errstate(invalid="ignore"):
                if not ((steps >= 0) & (steps <= MAX_STEP) & (np.floor(steps) == steps)).all():
                    self._counted.add(label)
        for name, column in _named(label, group.fields, values, axis, is_counted=label in self._counted):
            parts.setdefault(name, []).append((steps, column))
        return ""

    def _deleted(self, control: log.Control) -> dict[str, Columns]:
        """That what a scope or group of it had so far is not shown any more."""
        labels: list[str] = []
        for group in self._groups.values():
            if group.scope == control.scope and control.name in (None, group.name):
                label, axis = self._label_of(group), _axis_of(group.fields)
                labels += [
                    name for name, _ in _named(label, group.fields, group.fields, axis, is_counted=True)
                ]
        nothing = to_columns([], [], [])
        return {REWIND: to_columns([0], [0.0], [0.0]), **dict.fromkeys(labels, nothing)} if labels else {}

    def _label_of(self, group: log.Group) -> str:
        """Scope and name; of all lines of a group but the first, its number."""
        names = [group.scope, group.name, str(group.line) if group.line else ""]
        return self._prefix + ("/".join(filter(None, names)) or "(no name)")

    def _report(self, reason: str, offset: int) -> None:
        if len(self._problems) < _MAX_PROBLEMS:
            self._problems.append(Problem(self._path, reason, f"byte {offset}"))
        else:
            self._unnamed += 1


def _axis_of(fields: tuple[str, ...]) -> int | None:
    """Which of the coordinates is the step; None if none is, or there is but one."""
    if len(fields) < 2:
        return None
    if _X in fields:
        return fields.index(_X)
    ranks = {place: rank for place, name in enumerate(fields) if (rank := tables.step_rank(name)) is not None}
    return min(ranks, key=lambda place: ranks[place], default=None)


def _named(
    label: str, fields: tuple[str, ...], values: Sequence[T], axis: int | None, *, is_counted: bool
) -> Iterator[tuple[str, T]]:
    """What each coordinate is called: as the group, if there is one beside the step. A counted group has its x, too."""
    others = [place for place in range(len(fields)) if place != axis]
    for place in others:
        yield label if len(others) == 1 else f"{label}/{fields[place] or place}", values[place]
    if axis is not None and is_counted:
        yield f"{label}.{fields[axis]}", values[axis]
