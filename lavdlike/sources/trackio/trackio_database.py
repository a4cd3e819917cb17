"""trackio's SQLite files, a project each with any number of runs (docs/formats.md).

Tables and columns as in `trackio/sqlite_storage.py`; of versions before there were ids, a run is told by its name.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from lavdlike.sources.columns import Columns
from lavdlike.sources.descriptions.description import Description, json_values
from lavdlike.sources.json_files import json_records
from lavdlike.sources.run_store import OWN_NAME, BesideFolder, StoredRun
from lavdlike.sources.source import REWIND
from lavdlike.sources.sqlite import stored_points
from lavdlike.sources.sqlite.database import BusyError, Tables, database_of
from lavdlike.sources.sqlite.database_runs import Runs, SqliteStore, StoredRuns
from lavdlike.sources.sqlite.pages import DamagedError
from lavdlike.sources.sqlite.row_records import Row, Value
from lavdlike.sources.sqlite.stored_points import Some, StoredPoints
from lavdlike.sources.trackio import trackio_records

if TYPE_CHECKING:
    from lavdlike.sources.sqlite.page_cells import Places

_METRICS, _CONFIGS = "metrics", "configs"
_ID, _NAME = "run_id", "run_name"
_POINT_COLUMNS = ("step", "timestamp", "metrics")
_MAX_RUNS = 100_000
_CREATED = "_Created"
# The folder of pictures and the like beside the file, by project and run.
MEDIA = "media"
# The same of copies of its conversations, which are in the file as well.
TRACES = "traces"


class TrackioDatabase(SqliteStore):
    """See `run_store.Store`."""

    name = "trackio"
    suffixes: tuple[str, ...] = (".db",)
    points_table = _METRICS
    changed_tables = (_CONFIGS,)

    def key_column(self, tables: Tables) -> str:
        return _key_column(tables)

    def is_called(self, path: str) -> bool:
        """In the folder that trackio has of its own."""
        return path.split("/")[-2:-1] == ["trackio"]

    def runs_in(self, tables: Tables, before: Runs | None) -> Runs | None:
        if not tables.has(_METRICS, (_NAME, *_POINT_COLUMNS)):
            return None
        contents, until = (tables.contents(_CONFIGS),), tables.last_rowid(_METRICS)
        if before is None or before.contents != contents or until < before.until:
            return Runs(_runs(tables), contents, until)
        known = {run.key for run in before.runs}
        column = _key_column(tables)
        rows = tables.rows(_METRICS, (column, _NAME), after=before.until)
        new = {row.values[0]: row.values[1] for row in rows}
        added = [
            _run(key, name) for key, name in new.items() if isinstance(key, str) and key and key not in known
        ]
        return Runs([*before.runs, *added] if added else before.runs, contents, until)

    def description_in(self, tables: Tables, key: str) -> Description:
        """The settings without those of trackio's own, which begin with `_`; it does not say how a run ended."""
        row = next(tables.rows_of(_CONFIGS, (_NAME, "config"), _key_column(tables), key), None)
        name, text = row.values if row is not None else (None, None)
        try:
            config = trackio_records.load(text) if isinstance(text, (str, bytes)) else {}
        except ValueError:
            config = {}
        own = {name: value for name, value in config.items() if not name.startswith("_")}
        created = trackio_records.time_of(config.get(_CREATED))
        return Description(
            "trackio", json_values(own), title=name if isinstance(name, str) else "", started=created
        )


def _runs(tables: Tables) -> list[StoredRun]:
    """Those with settings, then those that have metrics alone."""
    column = _key_column(tables)
    names = {
        row.values[0]: row.values[1]
        for row in itertools.islice(tables.rows(_CONFIGS, (column, _NAME)), _MAX_RUNS)
    }
    for key in itertools.islice(tables.distinct(_METRICS, column), _MAX_RUNS):
        if key not in names:
            row = next(tables.rows_of(_METRICS, (_NAME,), column, key), None)
            names[key] = row.values[0] if row is not None else key
    return [_run(key, name) for key, name in names.items() if isinstance(key, str) and key]


def _run(key: str, name: Value) -> StoredRun:
    called = name if isinstance(name, str) and name else key
    beside = [BesideFolder(each, f"{each}/{OWN_NAME}/{called}", is_own=True) for each in (MEDIA, TRACES)]
    is_name = "/" not in called and called not in (".", "..")
    return StoredRun(key, (called,), beside=tuple(beside) if is_name else ())


class TrackioRuns(StoredRuns):
    """See `source.Source`."""

    title = "trackio"
    store = TrackioDatabase()

    def points(self, path: str, shown: str, run: str = "") -> TrackioPoints:  # noqa: ARG002 - by its run
        return TrackioPoints(shown, run)


class _First(NamedTuple):
    """The rowids of a run at one look, when the last one of all was `until`."""

    rowids: Places
    until: int


class TrackioPoints(StoredPoints[list[Row]]):
    """What one run has logged, in the order in which it came.

    Args:
        run: its `run_id`, or its name in a file without ids.
    """

    writer = "trackio"

    def __init__(self, path: str, run: str) -> None:
        super().__init__(path)
        self._run = run
        self._known: set[str] = set()
        # Its rows at first, by an index. What is added stands behind them: there each row is looked at once, whosever
        # it is.
        self._first: _First | None = None

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        if self._first is None:
            with suppress(DamagedError, BusyError):  # then all rows are looked at
                self._first = database_of(descriptor).look(descriptor, self._find)
        yield from super().read_new(descriptor)
        if self._first and self._after >= self._first.until:
            self._first = _First(self._first.rowids[:0], self._first.until)

    def rows(self, tables: Tables, after: int) -> Iterator[Row]:
        for row in tables.rows(_METRICS, (*_POINT_COLUMNS, _key_column(tables)), after=after):
            if row.values[-1] == self._run:
                yield row._replace(values=row.values[:-1])

    def some(self, tables: Tables, after: int) -> Some[list[Row]]:
        if self._first and after < self._first.until:
            wanted = self._first.rowids
            wanted = wanted[wanted > after][: stored_points.ROWS_AT_ONCE]
            rows = list(tables.rows_at(_METRICS, _POINT_COLUMNS, wanted))
            after = int(wanted[-1]) if len(wanted) == stored_points.ROWS_AT_ONCE else self._first.until
            return Some(rows, rows[-1] if rows else None, after, is_more=True)
        found: list[Row] = []
        looked_at = 0
        every = tables.rows(_METRICS, (*_POINT_COLUMNS, _key_column(tables)), after=after)
        for row in itertools.islice(every, stored_points.ROWS_AT_ONCE):
            looked_at, after = looked_at + 1, row.rowid
            if row.values[-1] == self._run:
                found.append(row._replace(values=row.values[:-1]))
        return Some(found, found[-1] if found else None, after, looked_at == stored_points.ROWS_AT_ONCE)

    def columns(self, rows: list[Row], modified: float) -> dict[str, Columns]:
        metrics, steps, times = [], [], []
        for rowid, (step, timestamp, text) in rows:
            if type(step) is not int or not json_records.is_step(step):
                self.note_outside(1)
                continue
            try:
                metrics.append(trackio_records.load(text if isinstance(text, (str, bytes)) else b""))
            except ValueError:
                self.note("its metrics are no JSON object", f"row {rowid} of metrics")
                continue
            time = trackio_records.time_of(timestamp)
            steps.append(step)
            times.append(modified if time is None else time)
        found, is_cut = trackio_records.columns_of(metrics, steps, times, self._known)
        if is_cut:
            limit = f"more than {json_records.MAX_LABELS:,} values, or names that are too long or too deep"
            self.note(f"{limit}: the others are not shown", "")
        return {_label_of(name): each for name, each in found.items()}

    def _find(self, tables: Tables) -> _First | None:
        rowids = tables.rowids_of(_METRICS, _key_column(tables), self._run)
        return None if rowids is None else _First(rowids, tables.last_rowid(_METRICS))


def _label_of(name: str) -> str:
    return f"%21{name[1:]}" if name == REWIND else name or "(no name)"


def _key_column(tables: Tables) -> str:
    return _ID if tables.has(_METRICS, (_ID,)) else _NAME
