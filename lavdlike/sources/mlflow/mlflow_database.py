"""`mlflow.db`, MLflow's SQLite store: many runs in one file, each below the name of its experiment.

Tables and columns as in `mlflow/store/tracking/dbmodels/models.py`, of all versions since 1.0.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from lavdlike.layout import MAX_STEP
from lavdlike.sources.columns import Columns, to_columns
from lavdlike.sources.descriptions import files
from lavdlike.sources.descriptions.description import Description, together
from lavdlike.sources.source import REWIND
from lavdlike.sources.sqlite.database import Tables
from lavdlike.sources.sqlite.records import Value
from lavdlike.sources.sqlite.stored_points import StoredPoints
from lavdlike.sources.sqlite.stored_runs import SqliteStore, StoredRuns
from lavdlike.sources.sqlite.trees import Row
from lavdlike.sources.store import StoredRun

_RUN_COLUMNS = ("run_uuid", "name", "status", "start_time", "end_time", "lifecycle_stage", "experiment_id")
_POINT_COLUMNS = ("key", "value", "timestamp", "step", "is_nan")
_MAX_RUNS = 100_000


class MlflowDatabase(SqliteStore):
    """See `store.Store`."""

    name = "mlflow"

    def runs_in(self, tables: Tables) -> list[StoredRun] | None:
        return _runs(tables)

    def description_in(self, tables: Tables, key: str) -> Description:
        return _description(tables, key)


class MlflowRuns(StoredRuns):
    """See `source.Source`."""

    title = "MLflow"
    store = MlflowDatabase()

    def points(self, path: str, shown: str, run: str = "") -> MlflowPoints:  # noqa: ARG002 - by its run
        return MlflowPoints(shown, run)


class MlflowPoints(StoredPoints):
    """The metrics of one run, in the order in which they came.

    Args:
        run: its `run_uuid`.
    """

    writer = "mlflow"

    def __init__(self, path: str, run: str) -> None:
        super().__init__(path)
        self._run = run

    def rows(self, tables: Tables, after: int) -> Iterator[Row]:
        return tables.rows_of("metrics", _POINT_COLUMNS, "run_uuid", self._run, after=after)

    def columns(self, rows: Sequence[Row], modified: float) -> dict[str, Columns]:  # noqa: ARG002 - all have times
        by_key: dict[str, tuple[list[int], list[float], list[float]]] = {}
        for _, (key, value, timestamp, step, is_nan) in rows:
            if not isinstance(key, str) or not isinstance(value, (int, float)):
                continue
            if not isinstance(step, int) or not 0 <= step <= MAX_STEP:
                self.note_outside(1)
                continue
            steps, wall_times, values = by_key.setdefault(key, ([], [], []))
            steps.append(step)
            wall_times.append(timestamp / 1000 if isinstance(timestamp, int) else 0.0)
            values.append(math.nan if is_nan else float(value))
        return {_label_of(key): to_columns(*columns) for key, columns in by_key.items()}


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
