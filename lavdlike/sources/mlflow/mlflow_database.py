"""`mlflow.db`, MLflow's SQLite store: many runs in one file, each below the name of its experiment.

Tables and columns as in `mlflow/store/tracking/dbmodels/models.py`, of all versions since 1.0.
"""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Iterator, Sequence
from functools import partial

from lavdlike.layout import MAX_STEP
from lavdlike.messages import Problem
from lavdlike.sources.columns import Columns, to_columns
from lavdlike.sources.descriptions import files
from lavdlike.sources.descriptions.description import Description, together
from lavdlike.sources.source import REWIND, Role
from lavdlike.sources.sqlite.database import (
    JOURNAL_SUFFIX,
    WAL_SUFFIX,
    BusyError,
    Tables,
    database_of,
    is_sqlite,
    newest_ns,
    stamp_of,
)
from lavdlike.sources.sqlite.pages import DamagedError
from lavdlike.sources.sqlite.records import Value
from lavdlike.sources.sqlite.trees import Row
from lavdlike.sources.store import State, StoredRun, UnreadableStoreError, member_name

_RUN_COLUMNS = ("run_uuid", "name", "status", "start_time", "end_time", "lifecycle_stage", "experiment_id")
_POINT_COLUMNS = ("key", "value", "timestamp", "step", "is_nan")
# At one look: some milliseconds, so that a script that commits all the time leaves room for one.
_ROWS_AT_ONCE = 20_000
_MAX_RUNS = 100_000
_MAX_PROBLEMS = 100


class MlflowDatabase:
    """See `store.Store`."""

    name = "mlflow"
    suffixes: tuple[str, ...] = (".db", ".sqlite", ".sqlite3")
    beside: tuple[str, ...] = (WAL_SUFFIX, JOURNAL_SUFFIX)

    def state(self, descriptor: int) -> State:
        return State(newest_ns(descriptor), stamp_of(descriptor))

    def runs(self, descriptor: int) -> list[StoredRun] | None:
        try:
            return database_of(descriptor).look(descriptor, _runs)
        except DamagedError:
            return None  # any file
        except BusyError as error:
            raise UnreadableStoreError(str(error)) from None

    def describe(self, descriptor: int, key: str) -> Description:
        try:
            return database_of(descriptor).look(descriptor, lambda tables: _description(tables, key))
        except DamagedError as error:
            raise UnreadableStoreError(error.reason, f"page {error.page}") from None
        except BusyError as error:
            raise UnreadableStoreError(str(error)) from None


class MlflowRuns:
    """The runs of a database, each as the only file of its folder. See `source.Source`."""

    title = "MLflow"
    told_by_name = True
    _member = member_name(MlflowDatabase())

    def names(self, path: str) -> bool:
        return path == self._member

    def claims(self, path: str, begin: bytes) -> Role | None:
        return Role.POINTS if self.names(path) and (not begin or is_sqlite(begin)) else None

    def points(self, path: str, shown: str, run: str = "") -> MlflowPoints:  # noqa: ARG002 - by its run
        return MlflowPoints(shown, run)


class MlflowPoints:
    """The metrics of one run, in the order in which they came. See `source.PointsFile`.

    Args:
        path: relative to the root, for people.
        run: its `run_uuid`.
    """

    writer = "mlflow"

    def __init__(self, path: str, run: str) -> None:
        self._path = path
        self._run = run
        self._last: Row | None = None  # of those that were read
        self._stamp: tuple[object, ...] | None = None
        self._identity: tuple[int, int] | None = None
        self._problems: dict[tuple[str, str], Problem] = {}
        self._outside = 0

    def is_unchanged(self, descriptor: int) -> bool:
        return self._stamp is not None and stamp_of(descriptor) == self._stamp

    def continues(self, descriptor: int) -> bool:
        status = os.fstat(descriptor)
        if self._identity is not None and (status.st_dev, status.st_ino) != self._identity:
            return False
        last = self._last
        if last is None:
            return True
        try:
            again = database_of(descriptor).look(
                descriptor, lambda tables: next(self._rows(tables, last.rowid - 1), None)
            )
        except (DamagedError, BusyError):
            return True  # said by `read_new`
        return again == last

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        status = os.fstat(descriptor)
        self._identity = status.st_dev, status.st_ino
        stamp = stamp_of(descriptor)
        self._problems = {}
        database = database_of(descriptor)
        while True:
            after = self._last.rowid if self._last is not None else -(2**63)
            try:
                rows, damaged = database.look(descriptor, partial(self._some, after=after))
            except DamagedError as error:
                self._note(error.reason, f"page {error.page}")
                break
            except BusyError:
                return  # something will be said to have changed again
            for each in damaged:
                self._note(each.reason, f"page {each.page}")
            if rows:
                self._last = rows[-1]
                yield self._columns(rows)
            if len(rows) < _ROWS_AT_ONCE:
                break
        self._stamp = stamp

    def problems(self) -> list[Problem]:
        found = list(self._problems.values())
        if self._outside:
            found.append(
                Problem(
                    self._path,
                    f"{self._outside} values at steps that are none: steps are from 0 to 2**53 - 1",
                )
            )
        return found

    def _rows(self, tables: Tables, after: int) -> Iterator[Row]:
        return tables.rows_of("metrics", _POINT_COLUMNS, "run_uuid", self._run, after=after)

    def _some(self, tables: Tables, after: int) -> tuple[list[Row], list[DamagedError]]:
        rows = list(itertools.islice(self._rows(tables, after), _ROWS_AT_ONCE))
        return rows, tables.damaged[:_MAX_PROBLEMS]

    def _columns(self, rows: Sequence[Row]) -> dict[str, Columns]:
        by_key: dict[str, tuple[list[int], list[float], list[float]]] = {}
        for _, (key, value, timestamp, step, is_nan) in rows:
            if not isinstance(key, str) or not isinstance(value, (int, float)):
                continue
            if not isinstance(step, int) or not 0 <= step <= MAX_STEP:
                self._outside += 1
                continue
            steps, wall_times, values = by_key.setdefault(key, ([], [], []))
            steps.append(step)
            wall_times.append(timestamp / 1000 if isinstance(timestamp, int) else 0.0)
            values.append(math.nan if is_nan else float(value))
        return {_label_of(key): to_columns(*columns) for key, columns in by_key.items()}

    def _note(self, reason: str, position: str) -> None:
        if len(self._problems) < _MAX_PROBLEMS:
            self._problems[reason, position] = Problem(self._path, reason, position)


def _label_of(key: str) -> str:
    return f"%21{key[1:]}" if key == REWIND else key or "(no key)"


def _runs(tables: Tables) -> list[StoredRun] | None:
    """Those that are not deleted."""
    if not tables.has("runs", ("run_uuid", "experiment_id")) or not tables.has("metrics", _POINT_COLUMNS[:4]):
        return None
    # Their number is the rowid, which is not stored once more.
    experiments = {row.rowid: row.values[0] for row in tables.rows("experiments", ("name",))}
    found = []
    for row in itertools.islice(tables.rows("runs", _RUN_COLUMNS), _MAX_RUNS):
        key, _, _, _, ended, stage, experiment = row.values
        if isinstance(key, str) and stage != "deleted":
            name = experiments.get(experiment) if isinstance(experiment, int) else None
            # Many give their experiments names with slashes in them.
            outer = filter(None, (name if isinstance(name, str) else str(experiment)).split("/"))
            folders = (*outer, key)
            found.append(StoredRun(key, folders, _seconds(ended)))
    return found


def _description(tables: Tables, key: str) -> Description:
    rows = list(tables.rows_of("runs", _RUN_COLUMNS, "run_uuid", key))
    said = rows[0].values if rows else (key, None, None, None, None, None, None)
    meta = dict(zip(("run_name", "status", "start_time", "end_time"), said[1:5], strict=True))
    texts = [
        {name: value.encode() for name, value in _pairs(tables, table, key)} for table in ("params", "tags")
    ]
    return together((files.mlflow_facts(meta), files.mlflow_values(*texts)))


def _pairs(tables: Tables, table: str, run: str) -> Iterator[tuple[str, str]]:
    rows = tables.rows_of(table, ("key", "value"), "run_uuid", run)
    for row in itertools.islice(rows, files.MAX_PARAMS):
        name, value = row.values
        if isinstance(name, str) and isinstance(value, (str, int, float)):
            yield name, str(value)


def _seconds(milliseconds: Value) -> float | None:
    return milliseconds / 1000 if isinstance(milliseconds, int) and milliseconds > 0 else None
