"""The scalars of one experiment: exact points of all series in memory, kept up with the files by reading what is new.

A label has one series for each writer of it. A series only grows at its end: what is read anew (a file that was
replaced, a value in a JSON file of an earlier step) is a new series with another identity.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from lavdlike import layout
from lavdlike.errors import NotServedError
from lavdlike.kinds.scalars import HEADER
from lavdlike.server import scalar_lines
from lavdlike.server.memory import lasting_doubles
from lavdlike.server.messages import JsonNumber, NewPoints, Problem
from lavdlike.server.scalar_lines import Columns, json_number, json_numbers
from lavdlike.server.table_scalars import TableFile
from lavdlike.server.tail import MAX_LINE_BYTES, Tail

# What a value in a JSON file takes beside its point, and a series without points.
_VALUE_BYTES = 300
_SERIES_BYTES = 2000
# Of one file; a file of nothing but bad lines is one fact, not a million.
_MAX_PROBLEMS = 100
_HEADER = HEADER.encode()


class Opened(Protocol):
    """An open file (`files.OpenedFile`)."""

    @property
    def fd(self) -> int: ...


class StepValue(NamedTuple):
    """A value in a JSON file of a step, as Lavd writes it; None if it is gone. `wall_time`: the file's mtime."""

    label: str
    step: int
    wall_time: float
    value: float | int | None


class Sources(Protocol):
    """What the store needs to know of the tree. Experiments are ids."""

    def scalars_files(self, experiment: str) -> Iterable[str]:
        """Their paths in the experiment, tables with a column of steps among them; none if it is gone."""

    def open(self, experiment: str, name: str) -> AbstractContextManager[Opened]:
        """Raises OSError or NotServedError."""

    def step_values(self, experiment: str) -> Iterable[StepValue]:
        """All values in JSON files, at most one for a label and step."""


class Appended(NamedTuple):
    """Points that a series has gained."""

    label: str
    writer: str
    identity: str
    first_index: int
    columns: Columns

    def message(self) -> NewPoints:
        steps, wall_times, values, exact = self.columns
        return NewPoints(
            self.label,
            self.identity,
            self.first_index,
            [int(step) for step in steps],
            wall_times.tolist(),
            json_numbers(values, exact),
            self.writer,
        )


class WriterSeries(NamedTuple):
    """All points that one writer has logged at a label."""

    writer: str
    identity: str
    columns: Columns


class Changes(NamedTuple):
    """What `SeriesStore.read_new` met. `anew`: labels or series came or went; ask for the labels again."""

    anew: bool
    appended: list[Appended]

    def __bool__(self) -> bool:
        return self.anew or bool(self.appended)


class Series:
    """The points of one label and one writer. Grows by appending only."""

    def __init__(self, identity: str) -> None:
        import numpy as np

        self.identity = identity
        self.count = 0
        self.minimum = math.inf
        self.maximum = -math.inf
        self.first_wall_time = math.inf
        self._kept = np.empty((3, 0))  # steps, wall times, values; with room to grow
        self._exact: dict[int, int] = {}

    def append(self, parts: Sequence[Columns]) -> None:
        """Those of a long file at once: memory for its points is then taken once."""
        self._make_room(sum(len(part.steps) for part in parts))
        for part in parts:
            self._append(part)

    def _make_room(self, more: int) -> None:
        if self.count + more > self._kept.shape[1]:
            larger = lasting_doubles(3, max(self.count + more, self.count + self.count // 4))
            larger[:, : self.count] = self._kept[:, : self.count]
            self._kept = larger

    def _append(self, columns: Columns) -> None:
        import numpy as np

        first, self.count = self.count, self.count + len(columns.steps)
        for kept, added in zip(self._kept, columns[:3], strict=True):
            kept[first : self.count] = added
        self._exact.update((first + index, value) for index, value in columns.exact.items())
        if not first:
            self.first_wall_time = float(columns.wall_times[0])
        finite = columns.values[np.isfinite(columns.values)]
        if len(finite):
            self.minimum = min(self.minimum, float(finite.min()))
            self.maximum = max(self.maximum, float(finite.max()))

    @property
    def size_bytes(self) -> int:
        """In memory, with the room to grow."""
        return _SERIES_BYTES + self._kept.nbytes

    @property
    def columns(self) -> Columns:
        """All points. The arrays never change: later points are written behind them, or elsewhere."""
        steps, wall_times, values = self._kept[:, : self.count]
        return Columns(steps, wall_times, values, self._exact)

    def last(self) -> tuple[int, float, JsonNumber]:
        """Step, wall time and value of the last point."""
        columns = self.columns
        last = self.count - 1
        return int(columns.steps[last]), float(columns.wall_times[last]), json_number(columns.value(last))


class _ScalarsFile:
    """One `scalars*.tsv` and how far it was read. `path`: relative to the root."""

    def __init__(self, path: str, writer: str) -> None:
        self.writer = writer
        self.tail = Tail()
        self._path = path
        self._is_table = False  # another file of that name, without our header
        self._lines = 0
        self._problems: list[Problem] = []
        self._bad_lines = 0

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        """The columns of the lines that were added, block by block."""
        for offset, data in self.tail.new_lines(descriptor):
            if offset == 0:
                self._is_table = not data.startswith(_HEADER)
                self._lines, offset, data = 1, len(_HEADER), data[len(_HEADER) :]
            if self._is_table:
                return
            self._report_skipped()
            for block in scalar_lines.parse(offset, data):
                self._report(block)
                yield block.columns
        self._report_skipped()

    def problems(self) -> list[Problem]:
        if self._bad_lines <= len(self._problems):
            return self._problems
        unnamed = self._bad_lines - len(self._problems)
        return [*self._problems, Problem(self._path, f"{unnamed} more lines are not values")]

    def _report(self, block: scalar_lines.Block) -> None:
        for line, offset, reason in block.bad:
            self._report_line(line, offset, reason)
        self._lines += block.lines

    def _report_skipped(self) -> None:
        for offset in self.tail.skipped:
            self._report_line(
                0, offset, f"longer than {MAX_LINE_BYTES // 2**20} MiB, the most that is read of a line"
            )
            self._lines += 1
        self.tail.skipped.clear()

    def _report_line(self, line: int, offset: int, reason: str) -> None:
        """`line`: behind those that were read before."""
        self._bad_lines += 1
        if self._bad_lines <= _MAX_PROBLEMS:
            self._problems.append(
                Problem(self._path, reason, f"line {self._lines + line + 1}, byte {offset}")
            )


class ExperimentScalars:
    """All scalars of one experiment. Not thread-safe: whoever uses it holds its lock."""

    def __init__(self, experiment: str, sources: Sources, identities: Iterator[int]) -> None:
        self.lock = threading.Lock()
        self.series: dict[str, dict[str, Series]] = {}  # by label, then by writer
        self.is_loaded = False
        self.size_bytes = 0
        self.accounted_bytes = 0  # by the store
        self._experiment = experiment
        self._sources = sources
        self._identities = identities
        self._files: dict[str, _ScalarsFile | TableFile] = {}
        self._unreadable: dict[str, Problem] = {}
        self._values: dict[str, dict[int, StepValue]] = {}  # by label and step

    def read_new(self, values: Iterable[StepValue]) -> Changes:
        if self.is_loaded:
            changes = self._take_values(values)
        else:
            self._take_values(self._sources.step_values(self._experiment))
            changes = Changes(anew=True, appended=[])
            self.is_loaded = True
        names = sorted(self._sources.scalars_files(self._experiment))
        anew = changes.anew
        for name in [name for name in self._files if name not in names]:
            self._forget_file(name)
            anew = True
        for name in names:
            anew |= self._read_file(name, changes.appended)
        return Changes(anew, changes.appended)

    def series_of(self, label: str) -> list[WriterSeries]:
        by_writer = self.series.get(label, {})
        return [
            WriterSeries(writer, series.identity, series.columns)
            for writer, series in sorted(by_writer.items())
        ]

    def problems(self) -> list[Problem]:
        read = itertools.chain.from_iterable(self._files[name].problems() for name in sorted(self._files))
        return [*read, *self._unreadable.values()]

    def first_wall_time(self) -> float:
        every = itertools.chain.from_iterable(by_writer.values() for by_writer in self.series.values())
        return min((series.first_wall_time for series in every), default=0.0)

    def _read_file(self, name: str, appended: list[Appended]) -> bool:
        """Adds what the file has gained. True if series came or went."""
        self._unreadable.pop(name, None)
        try:
            with self._sources.open(self._experiment, name) as opened:
                return self._read_opened(name, opened.fd, appended)
        except FileNotFoundError:
            pass
        except NotServedError as error:
            self._unreadable[name] = Problem(self._path_of(name), error.reason)
        except OSError as error:
            self._unreadable[name] = Problem(self._path_of(name), error.strerror or str(error))
        was_there = name in self._files
        self._forget_file(name)
        return was_there

    def _read_opened(self, name: str, descriptor: int, appended: list[Appended]) -> bool:
        file = self._files.get(name)
        if file is not None and file.tail.is_unchanged(descriptor):
            return False
        is_anew = file is None or not file.tail.continues(descriptor)
        if file is None or is_anew:
            self._forget_file(name)
            file = self._files[name] = self._file_of(name)
        parts: dict[str, list[Columns]] = {}
        for columns_by_label in file.read_new(descriptor):
            for label, columns in columns_by_label.items():
                parts.setdefault(label, []).append(columns)
        began = False
        for label, parts_of_label in parts.items():
            added = self._append(label, file.writer, parts_of_label)
            began |= added[0].first_index == 0
            if not is_anew:
                appended.extend(added)
        return is_anew or began

    def _file_of(self, name: str) -> _ScalarsFile | TableFile:
        writer = layout.scalars_writer(name)
        path = self._path_of(name)
        return TableFile(path, name) if writer is None else _ScalarsFile(path, writer)

    def _path_of(self, name: str) -> str:
        return layout.shown(f"{layout.from_id(self._experiment)}/{name}")

    def _append(self, label: str, writer: str, parts: Sequence[Columns]) -> list[Appended]:
        by_writer = self.series.setdefault(label, {})
        series = by_writer.get(writer)
        if series is None:
            series = by_writer[writer] = Series(f"{next(self._identities):x}")
            self.size_bytes += series.size_bytes
        first_indices = itertools.accumulate((len(part.steps) for part in parts), initial=series.count)
        added = [
            Appended(label, writer, series.identity, first_index, part)
            for first_index, part in zip(first_indices, parts, strict=False)
        ]
        self.size_bytes -= series.size_bytes
        series.append(parts)
        self.size_bytes += series.size_bytes
        return added

    def _forget_file(self, name: str) -> None:
        file = self._files.pop(name, None)
        if file is None:
            return
        for label in [label for label, by_writer in self.series.items() if file.writer in by_writer]:
            self._begin_anew(label, file.writer)

    def _begin_anew(self, label: str, writer: str) -> None:
        """Drops a series, but for the values in JSON files."""
        dropped = self.series[label].pop(writer)
        if not self.series[label]:
            del self.series[label]
        self.size_bytes -= dropped.size_bytes
        if writer == "" and self._values.get(label):
            self._append(label, writer, [_columns_of(self._values[label].values())])

    def _take_values(self, changed: Iterable[StepValue]) -> Changes:
        changes = Changes(anew=False, appended=[])
        by_label: dict[str, list[StepValue]] = {}
        for value in changed:
            by_label.setdefault(value.label, []).append(value)
        for label, values in by_label.items():
            changes = self._take_values_of(label, values, changes)
        return changes

    def _take_values_of(self, label: str, values: list[StepValue], changes: Changes) -> Changes:
        known = self._values.setdefault(label, {})
        new = [value for value in values if known.get(value.step) != value]
        if not new:
            return changes
        series = self.series.get(label, {}).get("")
        known_count = len(known)
        last_step = int(series.columns.steps[known_count - 1]) if series and known_count else -1
        for value in new:
            if value.value is None:
                known.pop(value.step, None)
            else:
                known[value.step] = value
        self.size_bytes += _VALUE_BYTES * (len(known) - known_count)
        if series is None:
            if known:
                self._append(label, "", [_columns_of(known.values())])
            return Changes(bool(known) or changes.anew, changes.appended)
        if series.count == known_count and all(v.value is not None and v.step > last_step for v in new):
            changes.appended.extend(self._append(label, "", [_columns_of(new)]))
            return changes
        of_file = series.columns.since(known_count)
        self._begin_anew(label, "")
        if len(of_file.steps):
            self._append(label, "", [of_file])
        return Changes(True, changes.appended)


def _columns_of(values: Iterable[StepValue]) -> Columns:
    """In the order of their steps."""
    ordered = sorted(values, key=lambda value: value.step)
    points = [(value.step, value.wall_time, value.value) for value in ordered if value.value is not None]
    steps, wall_times, numbers = zip(*points, strict=True)
    return scalar_lines.to_columns(steps, wall_times, numbers)
