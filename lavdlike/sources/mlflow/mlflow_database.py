"""`mlflow.db`, MLflow's SQLite store: many runs in one file, each below the name of its experiment.

Tables and columns as in `mlflow/store/tracking/dbmodels/models.py`, of all versions since 1.0.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from urllib.parse import unquote

from lavdlike.sources.columns import Columns
from lavdlike.sources.descriptions import description_files
from lavdlike.sources.descriptions.description import Description, together
from lavdlike.sources.mlflow import mlflow_points
from lavdlike.sources.run_store import BesideFolder, StoredRun
from lavdlike.sources.source import REWIND
from lavdlike.sources.sqlite import stored_points
from lavdlike.sources.sqlite.alike import Alike, last_of, of_rows
from lavdlike.sources.sqlite.database import Tables
from lavdlike.sources.sqlite.database_runs import Runs, SqliteStore, StoredRuns
from lavdlike.sources.sqlite.row_records import Row, Value
from lavdlike.sources.sqlite.stored_points import Some, StoredPoints

_METRICS, _RUN = "metrics", "run_uuid"
_RUN_COLUMNS = ("run_uuid", "name", "status", "start_time", "end_time", "lifecycle_stage", "experiment_id")
_POINT_COLUMNS = ("key", "value", "timestamp", "step", "is_nan")
_LISTED_COLUMNS = ("run_uuid", "end_time", "lifecycle_stage", "experiment_id", "artifact_uri")
_MODELS = "logged_models"
_MODEL_COLUMNS = ("source_run_id", "name", "artifact_location", "lifecycle_stage", "model_id")
_TABLES_OF_RUNS = ("runs", "experiments", _MODELS)
_MAX_RUNS = 100_000


class MlflowDatabase(SqliteStore):
    """See `run_store.Store`."""

    name = "mlflow"
    points_table = _METRICS
    added_tables = ("params",)
    changed_tables = ("runs", "tags")

    def key_column(self, tables: Tables) -> str:  # noqa: ARG002 - of all versions
        return _RUN

    def is_called(self, path: str) -> bool:
        return path.rpartition("/")[2] == "mlflow.db"

    def runs_in(self, tables: Tables, before: Runs | None) -> Runs | None:
        contents = tuple(map(tables.contents, _TABLES_OF_RUNS))
        if before is not None and before.contents == contents:
            return before
        runs = _runs(tables)
        return None if runs is None else Runs(runs, contents)

    def description_in(self, tables: Tables, key: str) -> Description:
        return _description(tables, key)


class MlflowRuns(StoredRuns):
    """See `source.Source`."""

    title = "MLflow"
    store = MlflowDatabase()

    def points(self, path: str, shown: str, run: str = "") -> MlflowPoints:  # noqa: ARG002 - by its run
        return MlflowPoints(shown, run)


class MlflowPoints(StoredPoints[list[Alike]]):
    """The metrics of one run, in the order in which they came; many rows at once, as there are often millions.

    Args:
        run: its `run_uuid`.
    """

    writer = "mlflow"

    def __init__(self, path: str, run: str) -> None:
        super().__init__(path)
        self._run = run

    def rows(self, tables: Tables, after: int) -> Iterator[Row]:
        return tables.rows_of(_METRICS, _POINT_COLUMNS, _RUN, self._run, after=after)

    def some(self, tables: Tables, after: int) -> Some[list[Alike]]:
        count = stored_points.ROWS_AT_ONCE
        rowids = tables.rowids_of(_METRICS, _RUN, self._run, after=after, count=count)
        if rowids is None:  # without the index that MLflow has made since 2022
            rows = list(itertools.islice(self.rows(tables, after), count))
            last = rows[-1] if rows else None
            return Some(of_rows(rows), last, last.rowid if last else after, len(rows) == count)
        found = list(tables.alike_at(_METRICS, _POINT_COLUMNS, rowids))
        after = int(rowids[-1]) if len(rowids) else after
        return Some(found, last_of(found), after, len(rowids) == count)

    def columns(self, rows: list[Alike], modified: float) -> dict[str, Columns]:  # noqa: ARG002 - all have times
        found = mlflow_points.points_in(rows)
        self.note_outside(found.outside)
        return {_label_of(key): columns for key, columns in found.by_key.items()}


def _label_of(key: str) -> str:
    return f"%21{key[1:]}" if key == REWIND else key or "(no key)"


def _runs(tables: Tables) -> list[StoredRun] | None:
    """Those that are not deleted."""
    if not tables.has("runs", ("run_uuid", "experiment_id")) or not tables.has(_METRICS, _POINT_COLUMNS[:4]):
        return None
    # Their number is the rowid, which is not stored once more.
    experiments = {row.rowid: row.values[0] for row in tables.rows("experiments", ("name",))}
    models = _models(tables)
    found = []
    for row in itertools.islice(tables.rows("runs", _LISTED_COLUMNS), _MAX_RUNS):
        key, ended, stage, experiment, uri = row.values
        if isinstance(key, str) and stage != "deleted":
            name = experiments.get(experiment) if isinstance(experiment, int) else None
            # Many give their experiments names with slashes in them.
            outer = filter(None, (name if isinstance(name, str) else str(experiment)).split("/"))
            folders = (*outer, key)
            beside = (_beside("artifacts", uri, key), *models.get(key, ()))
            found.append(
                StoredRun(key, folders, _seconds(ended), tuple(each for each in beside if each.path))
            )
    return found


def _models(tables: Tables) -> dict[str, list[BesideFolder]]:
    """By run, the folders of the models that it logged, which since MLflow 3 are none of its artifacts."""
    found: dict[str, list[BesideFolder]] = {}
    for row in itertools.islice(tables.rows(_MODELS, _MODEL_COLUMNS), _MAX_RUNS):
        run, name, location, stage, identity = row.values
        if isinstance(run, str) and isinstance(name, str) and stage != "deleted":
            found.setdefault(run, []).append(_beside(f"model-{name}", location, identity))
    return found


def _beside(name: str, uri: Value, key: Value) -> BesideFolder:
    """A folder of artifacts. Those that MLflow makes are in one that is called as what they belong to."""
    path = local_path(uri)
    return BesideFolder(name, path, isinstance(key, str) and path.rstrip("/").endswith(f"/{key}/artifacts"))


def local_path(uri: Value) -> str:
    """The path that an address of artifacts is; "" if they are on no disk.

    >>> local_path("file:///data/my%20runs/1/artifacts"), local_path("./mlruns/1/artifacts")
    ('/data/my runs/1/artifacts', './mlruns/1/artifacts')
    >>> local_path("mlflow-artifacts:/1/ab/artifacts"), local_path("s3://bucket/1")
    ('mlartifacts/1/ab/artifacts', '')
    """
    if not isinstance(uri, str):
        return ""
    scheme, colon, rest = uri.partition(":")
    if not colon or "/" in scheme:
        return uri
    if scheme == "file":
        return unquote(rest.removeprefix("//"))
    # Where `mlflow server` puts them unless it is told otherwise.
    return f"mlartifacts/{rest.lstrip('/')}" if scheme == "mlflow-artifacts" else ""


def _description(tables: Tables, key: str) -> Description:
    rows = list(tables.rows_of("runs", _RUN_COLUMNS, _RUN, key))
    said = rows[0].values if rows else (key, None, None, None, None, None, None)
    meta = dict(zip(("run_name", "status", "start_time", "end_time"), said[1:5], strict=True))
    texts = [
        {name: value.encode() for name, value in _pairs(tables, table, key)} for table in ("params", "tags")
    ]
    return together((description_files.mlflow_facts(meta), description_files.mlflow_values(*texts)))


def _pairs(tables: Tables, table: str, run: str) -> Iterator[tuple[str, str]]:
    rows = tables.rows_of(table, ("key", "value"), _RUN, run)
    for row in itertools.islice(rows, description_files.MAX_PARAMS):
        name, value = row.values
        if isinstance(name, str) and isinstance(value, (str, int, float)):
            yield name, str(value)


def _seconds(milliseconds: Value) -> float | None:
    return milliseconds / 1000 if isinstance(milliseconds, int) and milliseconds > 0 else None
