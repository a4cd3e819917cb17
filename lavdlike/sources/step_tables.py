"""Rows of a table that has a column of steps -> columns for each label (docs/format.md, "Tables as scalars")."""

from __future__ import annotations

import codecs
import csv
import itertools
import math
import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from lavdlike import layout
from lavdlike.bounded import polars_limits
from lavdlike.errors import LogFormatError
from lavdlike.kinds import places, table_text, tables, text_file
from lavdlike.kinds.scalars import HEADER, REWIND
from lavdlike.layout import MAX_STEP
from lavdlike.messages import Problem
from lavdlike.sources import scalar_lines
from lavdlike.sources.columns import Columns, doubles
from lavdlike.sources.native import ScalarsFile
from lavdlike.sources.source import Role, TailedPoints

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from lavdlike.sources.columns import FloatArray


class StepTables:
    """Tables outside of steps (`source.Source`)."""

    told_by_name = False

    def names(self, path: str) -> bool:
        is_table = places.split_suffix(path)[1].lower() in tables.KIND.suffixes
        return is_table and layout.split_step(path)[0] is None

    def claims(self, path: str, begin: bytes) -> Role | None:
        if not self.names(path) or tables.step_columns(begin, path) is None:
            return None
        return Role.ITEM_WITH_POINTS

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
        self._label = layout.shown(places.split_label(in_experiment)[0])
        self._run = layout.shown(folder) if layout.scalars_writer(name) is not None else self._label
        self._scalars: ScalarsFile | None = None
        self._columns: tables.StepColumns | None = None
        self._is_utf16 = False
        self._decoder: codecs.IncrementalDecoder | None = None
        self._unended = ""
        self._is_first_byte_taken = False
        self._read_bytes = 0  # of UTF-8 that was UTF-16
        self._problem = ""

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        """The columns of the rows that were added, block by block. A row is a line."""
        if self._columns is None and self._scalars is None:
            begin = os.pread(descriptor, len(HEADER), 0)
            if scalar_lines.is_scalars_file(begin):
                self._scalars = ScalarsFile(self._path, self.writer)
                self._scalars.tail = self.tail
            self._is_utf16 = text_file.utf16_of(begin) != ""
        if self._scalars is not None:
            for columns_by_label in self._scalars.read_new(descriptor):
                yield {
                    label if label == REWIND else f"{self._run}/{label}": columns
                    for label, columns in columns_by_label.items()
                }
        else:
            yield from self._read_rows(descriptor)

    def problems(self) -> list[Problem]:
        found = self._scalars.problems() if self._scalars is not None else []
        return [*found, Problem(self._path, self._problem)] if self._problem else found

    def _read_rows(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        blocks = self.tail.new_lines(descriptor)
        for offset, data in blocks if not self._is_utf16 else self._utf8_of(blocks, descriptor):
            if offset == 0:
                self._columns = tables.step_columns(data, self._path)
                data = data[self._columns.begin :] if self._columns else b""
            if offset + len(data) > tables.MAX_BYTES:
                self._problem = f"as scalars, only the first {tables.MAX_BYTES // 2**20} MiB are shown"
            if self._columns is None or self._problem:
                return
            if data:
                yield self._parse(data, self._columns, os.fstat(descriptor).st_mtime)

    def _utf8_of(self, blocks: Iterator[tuple[int, bytes]], descriptor: int) -> Iterator[tuple[int, bytes]]:
        """The same lines in UTF-8. Blocks end behind a byte that is a newline's, perhaps before its other one."""
        if self._decoder is None:
            self._decoder = codecs.getincrementaldecoder("utf-16")("replace")
        for _, block in itertools.chain(((0, b""),), blocks):
            data = block[1:] if self._is_first_byte_taken else block
            self._is_first_byte_taken &= not block
            self._unended += self._decoder.decode(data)
            if self._decoder.getstate()[0]:
                following = os.pread(descriptor, 1, self.tail.offset)
                self._is_first_byte_taken = bool(following)
                self._unended += self._decoder.decode(following)
            lines, newline, self._unended = self._unended.rpartition("\n")
            if newline:
                data = (lines + newline).encode(errors="replace")
                yield self._read_bytes, data
                self._read_bytes += len(data)

    def _parse(self, data: bytes, columns: tables.StepColumns, modified: float) -> dict[str, Columns]:
        import numpy as np

        try:
            rows = _rows(data, columns)
        except (LogFormatError, csv.Error) as error:
            reason = error.reason if isinstance(error, LogFormatError) else str(error)
            self._problem = f"as scalars, not all is shown: {reason}"
            return {}
        steps = rows.numbers(columns.step)
        is_step = (steps >= 0) & (steps <= MAX_STEP) & (np.floor(steps) == steps)
        wall_times = np.full(len(steps), modified)
        if columns.wall_time is not None:
            given = rows.times(columns.wall_time)
            np.copyto(wall_times, given, where=np.isfinite(given) & (given > 0))
        found: dict[str, Columns] = {}
        for place, name in columns.values.items():
            taken = is_step & rows.is_number(place)
            if taken.any():
                points = Columns(steps[taken], wall_times[taken], rows.numbers(place)[taken], {})
                found.setdefault(f"{self._label}/{name}", points)
        return found


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
        try:
            self._rows = pl.read_csv(
                data,
                separator=columns.separator,
                has_header=False,
                schema={str(place): pl.String for place in range(last + 1)},
                truncate_ragged_lines=True,
                encoding="utf8-lossy",
            )
        except pl.exceptions.PolarsError as error:
            raise LogFormatError("", " ".join(str(error).split())[:200]) from None
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
