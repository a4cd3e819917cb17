"""The scalars of one experiment: exact points of all series in memory, kept up with the files by reading what is new.

A label has one series for each writer of it; of those in files of several forms, one form is shown (`writers`), and
all questions here are about that. A series only grows at its end: what is read anew (a file that was replaced, a value
in a JSON file of an earlier step) is a new series with another identity.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lavdlike import layout
from lavdlike.disk.root import Opened
from lavdlike.disk.tail import Stamp
from lavdlike.errors import NotServedError
from lavdlike.layout import ExperimentName
from lavdlike.messages import NewPoints, Problem
from lavdlike.series.asked import AskedSeries
from lavdlike.series.kept_points import KeptFile, KeptPoints
from lavdlike.series.point_series import Series
from lavdlike.series.points_files import PointsFiles, chosen_files, follow, reader_of
from lavdlike.series.results import CountedPoints, LabelResult, result_of
from lavdlike.series.writer_series import WriterSeries, asked_in, counted_in, series_in
from lavdlike.series.writers import Writers
from lavdlike.sources.choice import LeftOut
from lavdlike.sources.columns import Columns, StepValue, columns_of_values, json_numbers
from lavdlike.sources.source import REWIND, KeepablePoints, PointsFile

# What a value in a JSON file takes beside its point.
_VALUE_BYTES = 300


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


class SeriesChanges(NamedTuple):
    """What `SeriesStore.read_new` met. `anew`: labels or series came or went; ask for the labels again."""

    anew: bool
    appended: list[Appended]

    def __bool__(self) -> bool:
        return self.anew or bool(self.appended)


class ExperimentScalars:
    """All scalars of one experiment. Not thread-safe: whoever uses it holds its lock."""

    def __init__(
        self,
        experiment: ExperimentName,
        files: PointsFiles,
        identities: Iterator[int],
        kept: KeptPoints | None = None,
    ) -> None:
        self.lock = threading.Lock()
        self.series: dict[str, dict[str, Series]] = {}  # by label, then by writer
        self.is_loaded = False
        self.size_bytes = 0
        self.accounted_bytes = 0  # by the store
        self.is_accounted = False
        self.is_whole = True  # whether all points are here, but for what is not loaded at all
        self._experiment = experiment
        self._disk = files
        self._identities = identities
        self._kept = kept
        self._files: dict[str, PointsFile] = {}
        self._writers = Writers()  # of those
        self._left_out: list[LeftOut] = []  # files that were not read when this was last asked for
        self._unreadable: dict[str, Problem] = {}
        self._values: dict[str, dict[int, StepValue]] = {}  # by label and step
        self._results: dict[str, tuple[object, LabelResult | None]] = {}
        self._asked: dict[str, float] = {}  # when points of a label were last asked for
        self._found = SeriesChanges(anew=False, appended=[])  # as points were read again; not told yet
        self._is_summary_stale = False  # of points that are not here some were replaced

    def squeeze(self) -> None:
        """Hold all points in less memory."""
        for series in self._all():
            series.squeeze()
        self._measure()

    def drop_points(self, *, unasked_since: float) -> None:
        """Hold no points any more of labels that were last asked for before this time; they are read again."""
        for label, by_writer in self.series.items():
            if self._asked.get(label, -math.inf) <= unasked_since:
                for series in by_writer.values():
                    series.drop_points()
                    self.is_whole &= series.is_whole
        self._measure()

    def note_asked(self, labels: Iterable[str], now: float) -> None:
        self._asked.update((label, now) for label in labels if label in self.series)

    def _all(self) -> Iterator[Series]:
        return itertools.chain.from_iterable(by_writer.values() for by_writer in self.series.values())

    def _measure(self) -> None:
        values = sum(len(by_step) for by_step in self._values.values())
        self.size_bytes = _VALUE_BYTES * values + sum(series.size_bytes for series in self._all())

    def read_new(self, values: Iterable[StepValue]) -> SeriesChanges:
        was_loaded = self.is_loaded
        if was_loaded:
            values = list(values)
            if values and not self.is_whole:
                self._read_again()
            changes = self._take_values(values)
        else:
            self._take_values(self._disk.step_values(self._experiment))
            changes = SeriesChanges(anew=True, appended=[])
            self.is_loaded = True
        names, self._left_out, preferred = chosen_files(self._disk, self._experiment)
        anew = self._writers.prefer(preferred) or changes.anew
        for name in [name for name in self._files if name not in names]:
            self._forget_file(name)
            anew = True
        appended = changes.appended if was_loaded else []
        for name in names:
            anew |= self._read_file(name, appended)
        found, self._found = self._found, SeriesChanges(anew=False, appended=[])
        told = [
            each
            for each in (*found.appended, *changes.appended)
            if len(having := self.series.get(each.label, ())) < 2
            or not self._writers.hides(each.writer, having)
        ]
        return SeriesChanges(anew or found.anew, told)

    def left_out(self) -> list[LeftOut]:
        """The files that are not shown, or not with all their labels."""
        return [*self._left_out, *self._writers.left_out(self.series)]

    def _shown(self, label: str) -> Mapping[str, Series]:
        """The series that are shown of a label, by writer."""
        return self._writers.shown(self.series.get(label, {}))

    def _make_whole(self, labels: Iterable[str]) -> None:
        """Read points again that are not here. What the files have gained meanwhile is told by the next `read_new`."""
        wanted = (self.series.get(label, {}).values() for label in labels)
        if not all(series.is_whole for series in itertools.chain.from_iterable(wanted)):
            self._read_again()

    def _read_again(self) -> None:
        again = ExperimentScalars(self._experiment, self._disk, self._identities, self._kept)
        writers = {file.writer for file in self._files.values()}
        continuing = writers - {
            file.writer for name, file in self._files.items() if not self._continues(name, file)
        }
        again.read_new(())
        anew, appended = self._found
        for label, by_writer in again.series.items():
            is_same = again._values.get(label) == self._values.get(label)
            for writer, series in by_writer.items():
                known = self.series.get(label, {}).get(writer)
                is_known = writer in continuing or writer not in writers
                if known is None or not is_known or (not writer and not is_same) or not series.goes_on(known):
                    anew = True
                    continue
                series.identity = known.identity
                if series.count > known.count:
                    columns = series.columns.since(known.count)
                    appended.append(Appended(label, writer, series.identity, known.count, columns))
        gone = (
            (label, writer)
            for label, by_writer in self.series.items()
            for writer in by_writer
            if writer not in again.series.get(label, {})
        )
        self._found = SeriesChanges(anew or any(gone), appended)
        self.series, self._files, self._unreadable = again.series, again._files, again._unreadable
        self._writers = again._writers
        self._values, self.size_bytes = again._values, again.size_bytes
        self._is_summary_stale, self.is_whole = False, True

    def _continues(self, name: str, file: PointsFile) -> bool:
        try:
            with self._disk.open(self._experiment, name) as opened:
                return file.continues(opened.fd)
        except (OSError, NotServedError):
            return False

    def summaries(self) -> dict[str, Mapping[str, Series]]:
        """All series by label and writer, for what is said of them without their points."""
        if self._is_summary_stale:
            self._read_again()
        return {label: self._shown(label) for label in self.series}

    def whole(self, labels: Iterable[str]) -> dict[str, Mapping[str, Series]]:
        """All series of these labels by writer, with all their points."""
        labels = list(labels)
        self._make_whole(labels)
        return {label: self._shown(label) for label in labels}

    def series_of(self, label: str) -> list[WriterSeries]:
        return series_in(self.whole([label])[label])

    def counted(self, label: str) -> list[CountedPoints]:
        """The points of a label, those of each writer."""
        return counted_in(self.whole([label])[label])

    def asked(self, labels: Iterable[str]) -> list[AskedSeries]:
        return asked_in(self.whole(labels), self.first_wall_time())

    def result(self, label: str) -> LabelResult | None:
        """What all values of a label come to; computed again only if there are others."""
        by_writer = self._shown(label)
        if not by_writer:
            self._results.pop(label, None)
            return None
        state = tuple(series.state for series in by_writer.values())
        known = self._results.get(label)
        if known is None or known[0] != state:
            known = self._results[label] = (state, result_of(self.counted(label)))
        return known[1]

    def problems(self) -> list[Problem]:
        read = itertools.chain.from_iterable(self._files[name].problems() for name in sorted(self._files))
        return [*read, *self._unreadable.values()]

    def keepable(self) -> Iterator[tuple[Stamp, KeptFile]]:
        """Of which files all points are here, and nothing else is to be said, for `KeptPoints.keep`."""
        for file in self._files.values():
            if isinstance(file, KeepablePoints) and len(self._writers.files_of(file.writer)) == 1:
                stamp, state, columns = file.stamp, file.state(), self._columns_from(file.writer)
                if stamp is not None and state is not None and columns:
                    yield stamp, KeptFile(state, columns)

    def was_read_early(self) -> bool:
        """Whether some file could still have changed unseen when it was read: then it has to be looked at once more."""
        return any(isinstance(file, KeepablePoints) and file.stamp is None for file in self._files.values())

    def _columns_from(self, writer: str) -> dict[str, Columns]:
        """By label, what the one file of a writer holds; {} if some is not here, or does not count."""
        found = {}
        for label, by_writer in self.series.items():
            series = by_writer.get(writer)
            if series is not None:
                if not series.is_whole or series.replaced or (not writer and self._values.get(label)):
                    return {}
                found[label] = series.columns
        return found

    def first_wall_time(self) -> float:
        return min((series.first_wall_time for series in self._all()), default=0.0)

    def _read_file(self, name: str, appended: list[Appended]) -> bool:
        """Adds what the file has gained. True if series came or went."""
        self._unreadable.pop(name, None)
        sharing = self._sharing(name)
        try:
            with self._disk.open(self._experiment, name) as opened:
                file = self._files.get(name)
                if not sharing or file is None or file.is_unchanged(opened.fd) or file.continues(opened.fd):
                    return self._read_opened(name, opened, appended)
        except FileNotFoundError:
            pass
        except NotServedError as error:
            self._unreadable[name] = Problem(self._path_of(name), error.reason)
        except OSError as error:
            self._unreadable[name] = Problem(self._path_of(name), error.strerror or str(error))
        was_there = name in self._files
        self._forget_file(name)
        for each in sharing:
            self._read_file(each, [])
        return was_there

    def _sharing(self, name: str) -> list[str]:
        """The files of the same writer, this one among them, in their order; none if it has no other."""
        file = self._files.get(name)
        names = self._writers.files_of(file.writer) if file is not None and len(self._files) > 1 else []
        return names if len(names) > 1 else []

    def _read_opened(self, name: str, opened: Opened, appended: list[Appended]) -> bool:
        descriptor, file = opened.fd, self._files.get(name)
        if file is not None and file.is_unchanged(descriptor):
            return False
        is_anew = file is None or not file.continues(descriptor)
        if file is None or is_anew:
            self._forget_file(name)
            file, form = reader_of(self._experiment, name, opened)
            self._files[name] = file
            self._writers.add(file.writer, name, form)
            follow(file, name, self._writers.files_of(file.writer), self._files)
        # Of a writer that has other files, series go on.
        going_on = (
            {label for label, by_writer in self.series.items() if file.writer in by_writer} if is_anew else ()
        )
        began = is_anew
        of_file: list[Appended] = []
        parts: dict[str, list[Columns]] = {}
        for columns_by_label in self._kept_or_new(file, descriptor) if is_anew else file.read_new(descriptor):
            if REWIND in columns_by_label:
                began |= self._append_all(parts, file.writer, of_file)
                parts = {}
                labels = columns_by_label.keys() - {REWIND} or self.series.keys()
                began |= self._rewind(file.writer, columns_by_label[REWIND], labels)
                continue
            for label, columns in columns_by_label.items():
                parts.setdefault(label, []).append(columns)
        began |= self._append_all(parts, file.writer, of_file)
        appended.extend(each for each in of_file if not is_anew or each.label in going_on)
        return began

    def _kept_or_new(self, file: PointsFile, descriptor: int) -> Iterable[dict[str, Columns]]:
        """All that a file holds, block by block."""
        if self._kept is not None and isinstance(file, KeepablePoints):
            kept = self._kept.resume(file, descriptor)
            if kept is not None:
                return [kept]
        return file.read_new(descriptor)

    def _append_all(self, parts: dict[str, list[Columns]], writer: str, appended: list[Appended]) -> bool:
        """Whether series began with that."""
        began = False
        for label, parts_of_label in parts.items():
            added = self._append(label, writer, parts_of_label)
            began |= added[0].first_index == 0
            appended.extend(added)
        return began

    def _rewind(self, writer: str, rewind: Columns, labels: Iterable[str]) -> bool:
        """Whether points of the writer at these labels are replaced."""
        step, time = float(rewind.steps.min()), float(rewind.wall_times.max())
        by_writers = [self.series.get(label, {}) for label in labels]
        of_writer = [by_writer[writer] for by_writer in by_writers if writer in by_writer]
        if not all(series.is_whole for series in of_writer):
            self._is_summary_stale = True
            for series in of_writer:
                series.drop_points()
            self.is_whole = False
            self._measure()
            return True
        before_bytes = sum(series.size_bytes for series in of_writer)
        is_changed = [series.rewind(step, time) for series in of_writer]
        self.size_bytes += sum(series.size_bytes for series in of_writer) - before_bytes
        return any(is_changed)

    def _path_of(self, name: str) -> str:
        return layout.shown(f"{self._experiment}/{name}")

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
        """And others of the same writer: what they hold stands in the same series."""
        sharing = self._sharing(name)
        file = self._files.pop(name, None)
        if file is None:
            return
        for other in sharing:
            self._files.pop(other, None)
        self._writers.remove(file.writer)
        for label in [label for label, by_writer in self.series.items() if file.writer in by_writer]:
            self._begin_anew(label, file.writer)

    def _begin_anew(self, label: str, writer: str) -> None:
        """Drops a series, but for the values in JSON files."""
        dropped = self.series[label].pop(writer)
        if not self.series[label]:
            del self.series[label]
        self.size_bytes -= dropped.size_bytes
        if writer == "" and self._values.get(label):
            self._append(label, writer, [columns_of_values(self._values[label].values())])

    def _take_values(self, changed: Iterable[StepValue]) -> SeriesChanges:
        changes = SeriesChanges(anew=False, appended=[])
        by_label: dict[str, list[StepValue]] = {}
        for value in changed:
            by_label.setdefault(value.label, []).append(value)
        for label, values in by_label.items():
            changes = self._take_values_of(label, values, changes)
        return changes

    def _take_values_of(self, label: str, values: list[StepValue], changes: SeriesChanges) -> SeriesChanges:
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
                self._append(label, "", [columns_of_values(known.values())])
            return SeriesChanges(bool(known) or changes.anew, changes.appended)
        if series.count == known_count and all(v.value is not None and v.step > last_step for v in new):
            changes.appended.extend(self._append(label, "", [columns_of_values(new)]))
            return changes
        of_file = series.columns.since(known_count)
        self._begin_anew(label, "")
        if len(of_file.steps):
            self._append(label, "", [of_file])
            self.series[label][""].rewind_as(series, known_count)
        return SeriesChanges(True, changes.appended)
