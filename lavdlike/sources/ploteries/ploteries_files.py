"""Ploteries' data stores, `.pltr`: SQLite files of one run each, whose scalars are read (docs/formats.md)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from lavdlike import layout
from lavdlike.kinds import table_text
from lavdlike.sources.columns import Columns, to_columns
from lavdlike.sources.json_files import json_records
from lavdlike.sources.ploteries.ploteries_figures import Line, array_type, lines_of
from lavdlike.sources.source import REWIND, Form, Role
from lavdlike.sources.sqlite.database import BusyError, Tables, database_of
from lavdlike.sources.sqlite.pages import DamagedError
from lavdlike.sources.sqlite.row_records import Row
from lavdlike.sources.sqlite.stored_points import RowByRow

if TYPE_CHECKING:
    import numpy as np

_SUFFIX = ".pltr"
_ROWS = "data_records"
_ROW_COLUMNS = ("index", "created", "data_def_id", "bytes")
_MAX_DEFINED = 5000


class PloteriesFiles:
    """See `source.Source`."""

    title = "Ploteries' data stores"
    form = Form.RUN_LOG
    told_by_name = False

    def names(self, path: str) -> bool:
        return path.endswith(_SUFFIX) and layout.split_step(path)[0] is None

    def claims(self, path: str, begin: bytes) -> Role | None:
        """A broken one, too, so that it is said; an empty one is to be written yet."""
        return Role.ITEM_WITH_POINTS if self.names(path) and begin else None

    def points(self, path: str, shown: str, run: str = "") -> PloteriesPoints:  # noqa: ARG002 - one file, one run
        return PloteriesPoints(shown, path)


class _Data(NamedTuple):
    """Some data: their type, and the lines that they are drawn as."""

    dtype: np.dtype[Any]
    lines: list[Line]


class _Defined(NamedTuple):
    """What a file's tables define: by the number of its data; and reasons, by place, for what cannot be read."""

    data: dict[int, _Data]
    reasons: dict[str, str]


class PloteriesPoints(RowByRow):
    """The scalars of one file. `in_run`: its path in its run's folder."""

    def __init__(self, path: str, in_run: str) -> None:
        super().__init__(path)
        self.writer = layout.shown(in_run)
        folder = self.writer.rpartition("/")[0]
        self._prefix = f"{folder}/" if folder else ""
        self._defined = _Defined({}, {})
        self._known: set[int] = set()  # the data that were asked for
        self._descriptor = -1

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        self._descriptor = descriptor
        self._known = set()
        yield from super().read_new(descriptor)

    def rows(self, tables: Tables, after: int) -> Iterator[Row]:
        return tables.rows(_ROWS, _ROW_COLUMNS, after=after)

    def columns(self, rows: Sequence[Row], modified: float) -> dict[str, Columns]:
        found: dict[str, tuple[list[int], list[float], list[float | int]]] = {}
        for rowid, (step, created, data_id, content) in rows:
            if not isinstance(data_id, int) or not isinstance(content, bytes):
                continue
            data = self._data_of(data_id)
            if data is None:
                continue
            if type(step) is not int or not json_records.is_step(step):
                self.note_outside(1)
                continue
            values = _numbers_of(content, data.dtype)
            if values is None:
                self.note(f"not whole numbers of the type {data.dtype}", f"row {rowid} of {_ROWS}")
                continue
            time = table_text.time_of(f"{created}Z") if isinstance(created, str) else None
            for line in data.lines:
                if line.place < len(values):
                    steps, times, numbers = found.setdefault(line.label, ([], [], []))
                    steps.append(step)
                    times.append(modified if time is None else time)
                    numbers.append(values[line.place])
        return {f"{self._prefix}{label}": to_columns(*each) for label, each in found.items()}

    def _data_of(self, data_id: int) -> _Data | None:
        """Defined before their rows are written, so at the first row they are there."""
        if data_id not in self._defined.data and data_id not in self._known:
            self._known.add(data_id)
            try:
                self._defined = database_of(self._descriptor).look(self._descriptor, _defined)
            except (DamagedError, BusyError) as error:
                self.note(f"its figures cannot be read: {error}", "")
            for place, reason in self._defined.reasons.items():
                self.note(reason, place)
        return self._defined.data.get(data_id)


def _defined(tables: Tables) -> _Defined:
    by_data: dict[str, list[Line]] = {}
    reasons: dict[str, str] = {}
    for row in itertools.islice(tables.rows("figure_defs", ("name", "params")), _MAX_DEFINED):
        name, params = row.values
        if isinstance(name, str) and isinstance(params, (str, bytes)):
            try:
                for line in lines_of(name, params):
                    line = line._replace(label=f"%21{line.label[1:]}") if line.label == REWIND else line
                    by_data.setdefault(line.data, []).append(line)
            except ValueError as error:
                reasons[f"row {row.rowid} of figure_defs"] = f"a figure that cannot be read: {error}"
    data: dict[int, _Data] = {}
    for row in itertools.islice(tables.rows("data_defs", ("name", "handler", "params")), _MAX_DEFINED):
        name, handler, params = row.values
        if isinstance(name, str) and name in by_data and isinstance(params, (str, bytes)):
            try:
                dtype = array_type(handler, params)
            except ValueError as error:
                reasons[f"row {row.rowid} of data_defs"] = f"data that cannot be read: {error}"
                continue
            if dtype is not None:
                data[row.rowid] = _Data(dtype, by_data[name])
    return _Defined(data, reasons)


def _numbers_of(content: bytes, dtype: np.dtype[Any]) -> list[float | int] | None:
    """None if the bytes are no whole numbers of the type."""
    import numpy as np

    if not content or len(content) % dtype.itemsize:
        return None
    numbers: list[float | int] = np.frombuffer(content, dtype).tolist()
    return [int(number) if isinstance(number, bool) else number for number in numbers]
