"""Rows of a table that has a column of steps -> columns for each label (docs/format.md, "Tables as scalars")."""

from __future__ import annotations

import csv
import itertools
import math
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from lavdlike import layout
from lavdlike.bounded import polars_limits
from lavdlike.disk.filling import pread
from lavdlike.disk.made import status_of
from lavdlike.disk.tail import Tail
from lavdlike.errors import LogFormatError
from lavdlike.kinds import places, registry, table_text, tables, text_file
from lavdlike.kinds.scalars import HEADER, REWIND
from lavdlike.layout import MAX_STEP
from lavdlike.messages import Problem
from lavdlike.sources import scalar_lines
from lavdlike.sources.columns import Columns, doubles, to_columns
from lavdlike.sources.json_files import json_records
from lavdlike.sources.line_problems import LineProblems, quoted
from lavdlike.sources.native import ScalarsFile
from lavdlike.sources.source import Form, Role, TailedPoints
from lavdlike.sources.tables import program_tables
from lavdlike.sources.utf16_lines import Utf16Lines

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from lavdlike.sources.columns import FloatArray


_LOG_SUFFIXES = frozenset({".log"})
_OUR_LOGS = frozenset(registry.GROWING_FILES)
# Lines of tables of text, such as `|---|---|`.
_RULE = re.compile(rb"[-|:+= \t]*\Z")


class StepTables:
    """Tables outside of steps (`source.Source`)."""

    title = "tables with a column of steps"
    form = Form.TABLE
    told_by_name = False

    def names(self, path: str) -> bool:
        suffix = places.split_suffix(path)[1].lower()
        is_table = suffix in tables.KIND.suffixes or (suffix in _LOG_SUFFIXES and path not in _OUR_LOGS)
        return is_table and layout.split_step(path)[0] is None

    def claims(self, path: str, begin: bytes) -> Role | None:
        if not self.names(path):
            return None
        if places.split_suffix(path)[1].lower() in _LOG_SUFFIXES:
            return Role.ITEM_WITH_POINTS if program_tables.is_keras_log(begin) else None
        has_steps = tables.step_columns(begin, path) is not None or tables.begins_with_steps(begin, path)
        return Role.ITEM_WITH_POINTS if has_steps else None

    def points(self, path: str, shown: str, run: str = "") -> TableFile:  # noqa: ARG002 - one file, one run
        return TableFile(shown, path)


class TableFile(TailedPoints):
    """One table with a column of steps, and how far it was read.

    One that is a scalars file of ours in a folder (a run in a folder of runs) is read as such: its column of values is
    no series, since it mixes those of all labels.
    """

    def __init__(self, path: str, in_experiment: str) -> None:
        """`path`: relative to the root, for people."""
        super().__init__()
        # As a writer of its own: a scalars file may have the same labels.
        self.writer = layout.shown(in_experiment)
        self._path = path
        folder, _, name = in_experiment.rpartition("/")
        self._in_experiment = in_experiment
        label = layout.shown(places.split_label(in_experiment)[0])
        self._run = layout.shown(folder) if layout.scalars_writer(name) is not None else label
        self._problems = LineProblems(path, "rows")
        self._is_counted = False
        self._scalars: ScalarsFile | None = None
        self._columns: tables.StepColumns | None = None
        self._utf16: Utf16Lines | None = None
        self._rows = 0  # that were counted
        self._lines = 1  # the number of the next
        self._problem = ""

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        """The columns of the rows that were added, block by block. A row is a line."""
        if self._columns is None and self._scalars is None:
            begin = pread(descriptor, len(HEADER), 0)
            if scalar_lines.is_scalars_file(begin):
                self._scalars = ScalarsFile(self._path, self.writer)
                self._scalars.tail = self.tail
            if self._utf16 is None and text_file.utf16_of(begin):
                self._utf16 = Utf16Lines()
        if self._scalars is not None:
            for columns_by_label in self._scalars.read_new(descriptor):
                yield {
                    label if label == REWIND else f"{self._run}/{label}": columns
                    for label, columns in columns_by_label.items()
                }
        else:
            yield from self._read_rows(descriptor)

    def problems(self) -> list[Problem]:
        found = self._scalars.problems() if self._scalars is not None else self._problems.all()
        return [*found, Problem(self._path, self._problem)] if self._problem else found

    def _read_rows(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        is_again = True
        while is_again:
            is_again = False
            utf16 = self._utf16
            blocks = utf16.as_utf8(self.tail, descriptor) if utf16 else self.tail.new_lines(descriptor)
            for offset, data in blocks:
                if offset == 0:
                    self._take_header(data)
                    begin = self._columns.begin if self._columns else 0
                    offset, data = begin, data[begin:]
                    self._lines = 2
                if offset + len(data) > tables.MAX_BYTES:
                    self._problem = f"as scalars, only the first {tables.MAX_BYTES // 2**20} MiB are shown"
                if self._columns is None or self._problem:
                    break
                try:
                    yield from self._parse_parts(offset, data, status_of(descriptor).st_mtime)
                except _DecimalStepsError:
                    yield {REWIND: to_columns([0], [0.0], [0.0])}
                    self._begin()
                    self._is_counted = is_again = True
                    break
        self._problems.take_skipped(self.tail)

    def _take_header(self, data: bytes) -> None:
        self._columns = tables.step_columns(data, self._in_experiment)
        if self._columns is not None and self._columns.is_cut:
            shown = f"only the first {max(self._columns.values, default=0) + 1:,} are shown as scalars"
            self._problems.add_once(
                f"more than {tables.MAX_COLUMNS:,} columns, or a header of more than 1 MiB: {shown}"
            )

    def _begin(self) -> None:
        """As if nothing had been read."""
        self.tail = Tail()
        self._columns = None
        self._utf16 = Utf16Lines() if self._utf16 else None
        self._rows = 0
        self._lines = 1

    def _parse_parts(self, offset: int, data: bytes, modified: float) -> Iterator[dict[str, Columns]]:
        """The rows between lines that name columns anew: files that several runs were appended to have some."""
        begin = 0
        for place, end in self._headers_in(data):
            yield from self._parse(offset + begin, data[begin:place], modified)
            columns = tables.step_columns(data[place:end], self._in_experiment)
            if columns is not None:
                self._columns = columns
            self._lines += 1
            begin = end
        yield from self._parse(offset + begin, data[begin:] if begin else data, modified)

    def _headers_in(self, data: bytes) -> Iterator[tuple[int, int]]:
        if self._columns is None:
            return
        name, place = self._columns.step_name.encode(), 0
        while (found := data.find(name, place)) >= 0:
            begin, end = data.rfind(b"\n", 0, found) + 1, data.find(b"\n", found) + 1
            line = data[begin:end]
            is_row = line[:1] in b"#0123456789"
            columns = None if is_row else tables.step_columns(line, self._in_experiment)
            if columns is not None and columns.step_name == self._columns.step_name and columns.values:
                yield begin, end
            place = end

    def _parse(self, offset: int, data: bytes, modified: float) -> Iterator[dict[str, Columns]]:
        import numpy as np

        columns = self._columns
        if not data or columns is None:
            return
        self._report_bytes(offset, data)
        try:
            rows = _rows(data, columns)
        except (LogFormatError, csv.Error) as error:
            reason = error.reason if isinstance(error, LogFormatError) else str(error)
            self._problem = f"as scalars, not all is shown: {reason}"
            return
        steps = rows.numbers(columns.step)
        is_step = (steps >= 0) & (steps <= MAX_STEP) & (np.floor(steps) == steps)
        values = dict(columns.values)
        if self._may_count(columns):
            if self._is_counted:
                is_row = np.isfinite(steps)
                values[columns.step] = columns.step_name
                steps, is_step = self._rows + np.cumsum(is_row) - 1.0, is_row
                self._rows += int(np.count_nonzero(is_row))
            elif (np.isfinite(steps) & (steps >= 0) & ~is_step).any():
                raise _DecimalStepsError
        wall_times = np.full(len(steps), modified)
        if columns.wall_time is not None:
            given = rows.times(columns.wall_time)
            np.copyto(wall_times, given, where=np.isfinite(given) & (given > 0))
        found: dict[str, Columns] = {}
        has_number = np.isfinite(steps)
        for place, name in values.items():
            is_number = rows.is_number(place)
            has_number |= is_number
            taken = is_step & is_number
            if taken.any():
                points = Columns(steps[taken], wall_times[taken], rows.numbers(place)[taken], {})
                label = program_tables.label_of(self._in_experiment, columns.values.values(), name)
                found.setdefault(label, points)
        if not has_number.all():
            self._report_rows(offset, data, np.flatnonzero(~has_number).tolist())
        self._lines += data.count(b"\n")
        yield found

    def _may_count(self, columns: tables.StepColumns) -> bool:
        return tables.plain_name(columns.step_name) in json_records.DECIMAL_STEPS

    def _report_bytes(self, offset: int, data: bytes) -> None:
        """What is wrong with the bytes: what is no text is no number, and is left out."""
        if (place := data.find(b"\0")) >= 0:
            line = self._lines + data.count(b"\n", 0, place)
            self._problems.add(line, offset + place, "filled with NUL: these cells are left out")
        if data.isascii():
            return
        try:
            data.decode()
        except UnicodeDecodeError as error:
            line = self._lines + data.count(b"\n", 0, error.start)
            self._problems.add(line, offset + error.start, "not UTF-8: these cells are left out")

    def _report_rows(self, offset: int, data: bytes, places: Sequence[int]) -> None:
        """Rows without a single number: the file goes on as something else."""
        lines = [(number, line) for number, line in enumerate(data.split(b"\n")) if line.strip(b"\r")]
        offsets = list(itertools.accumulate((len(line) + 1 for line in data.split(b"\n")), initial=offset))
        for place in places:
            if place >= len(lines):
                break
            number, line = lines[place]
            if b"\0" not in line and line[:1] in (b"{", b"[", b"<"):
                self._problems.add(
                    self._lines + number, offsets[number], f"no row of the table: {quoted(line)}"
                )


class _DecimalStepsError(Exception):
    """What was taken for steps is not whole: the rows have to be counted."""


class _Rows(Protocol):
    """Rows of a table by places of columns."""

    def numbers(self, place: int) -> FloatArray:
        """The cells as numbers; NaN where there is none."""

    def is_number(self, place: int) -> NDArray[np.bool_]:
        """Where a cell is a number; NaN, too, is one."""

    def times(self, place: int) -> FloatArray:
        """The cells as Unix seconds; NaN where there is none."""


def _rows(data: bytes, columns: tables.StepColumns) -> _Rows:
    """Raises csv.Error or LogFormatError: it is no table."""
    try:
        with polars_limits.using():
            return _PolarsRows(data, columns)
    except polars_limits.NoPolarsError:
        return _PlainRows(data, columns)


class _PolarsRows:
    def __init__(self, data: bytes, columns: tables.StepColumns) -> None:
        import polars as pl

        last = max(columns.step, columns.wall_time or 0, *columns.values)
        self._separator = columns.separator
        # How many columns there are is what polars takes from the first line, which may have more than are read.
        width = columns.separator.join("0" * (last + 1)).encode() + b"\n"
        try:
            rows = pl.read_csv(
                width + data,
                separator=columns.separator,
                has_header=False,
                schema={str(place): pl.String for place in range(last + 1)},
                truncate_ragged_lines=True,
                encoding="utf8-lossy",
            )
        except pl.exceptions.PolarsError as error:
            raise LogFormatError("", " ".join(str(error).split())[:200]) from None
        self._rows = rows[1:]
        self._numbers: dict[int, pl.Series] = {}

    def numbers(self, place: int) -> FloatArray:
        return self._numbers_of(place).to_numpy()

    def is_number(self, place: int) -> NDArray[np.bool_]:
        return self._numbers_of(place).is_not_null().to_numpy()

    def times(self, place: int) -> FloatArray:
        numbers = self._numbers_of(place)
        return _times(numbers.to_numpy(), self._rows[str(place)].to_list() if numbers.null_count() else ())

    def _numbers_of(self, place: int) -> pl.Series:
        if place not in self._numbers:
            self._numbers[place] = table_text.numbers_of(self._rows[str(place)], self._separator)
        return self._numbers[place]


class _PlainRows:
    """By Python alone: ten times slower, where polars cannot be used."""

    def __init__(self, data: bytes, columns: tables.StepColumns) -> None:
        self._rows = table_text.rows_of(data, columns.separator)
        self._separator = columns.separator

    def numbers(self, place: int) -> FloatArray:
        return doubles([math.nan if number is None else number for number in self._cells(place)])

    def is_number(self, place: int) -> NDArray[np.bool_]:
        import numpy as np

        return np.array([number is not None for number in self._cells(place)], dtype=bool)

    def times(self, place: int) -> FloatArray:
        return _times(self.numbers(place), [row[place] if place < len(row) else None for row in self._rows])

    def _cells(self, place: int) -> list[float | None]:
        separator = self._separator
        return [
            table_text.number_of(row[place], separator) if place < len(row) else None for row in self._rows
        ]


def _times(numbers: FloatArray, texts: Sequence[str | None]) -> FloatArray:
    """`texts`: of the same cells, if not all are numbers."""
    import numpy as np

    times = numbers.copy()
    for index in np.flatnonzero(numbers >= table_text.MILLISECONDS_FROM).tolist():
        times[index] = table_text.unix_seconds(float(numbers[index]))
    for index, text in enumerate(texts):
        moment = table_text.time_of(text) if text and math.isnan(times[index]) else None
        if moment is not None:
            times[index] = moment
    return times
