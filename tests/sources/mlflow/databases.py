"""Databases as MLflow lays them out, written by SQLite itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_TABLES = """
CREATE TABLE experiments (experiment_id INTEGER NOT NULL, name VARCHAR(256) NOT NULL, lifecycle_stage VARCHAR(32),
  CONSTRAINT experiment_pk PRIMARY KEY (experiment_id), UNIQUE (name));
CREATE TABLE runs (run_uuid VARCHAR(32) NOT NULL, name VARCHAR(250), status VARCHAR(9), start_time BIGINT,
  end_time BIGINT, lifecycle_stage VARCHAR(20), experiment_id INTEGER, CONSTRAINT run_pk PRIMARY KEY (run_uuid),
  CHECK (status IN ('SCHEDULED', 'FAILED', 'FINISHED', 'RUNNING', 'KILLED')));
CREATE TABLE metrics ("key" VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL,
  run_uuid VARCHAR(32) NOT NULL, step BIGINT DEFAULT '0' NOT NULL, is_nan BOOLEAN DEFAULT '0' NOT NULL,
  CONSTRAINT metric_pk PRIMARY KEY ("key", timestamp, step, run_uuid, value, is_nan));
CREATE INDEX index_metrics_run_uuid ON metrics (run_uuid);
CREATE TABLE params ("key" VARCHAR(250) NOT NULL, value VARCHAR(8000) NOT NULL, run_uuid VARCHAR(32) NOT NULL,
  CONSTRAINT param_pk PRIMARY KEY ("key", run_uuid));
CREATE TABLE tags ("key" VARCHAR(250) NOT NULL, value VARCHAR(8000), run_uuid VARCHAR(32) NOT NULL,
  CONSTRAINT tag_pk PRIMARY KEY ("key", run_uuid));
CREATE INDEX index_params_run_uuid ON params (run_uuid);
CREATE INDEX index_tags_run_uuid ON tags (run_uuid);
"""


class MlflowStore:
    """What MLflow does to its database, a commit each."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def experiment(self, number: int, name: str) -> None:
        self._commit("INSERT INTO experiments VALUES (?, ?, 'active')", number, name)

    def run(self, key: str, experiment: int = 1, *, status: str = "RUNNING", name: str = "") -> None:
        ended = None if status == "RUNNING" else 1_700_000_060_500
        row = (key, name or key, status, 1_700_000_000_250, ended, "active", experiment)
        self._commit("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)", *row)

    def metric(self, run: str, key: str, value: float, step: int, *, is_nan: bool = False) -> None:
        row = (key, value, 1_700_000_000_000 + step, run, step, is_nan)
        self._commit("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", *row)

    def param(self, run: str, key: str, value: str) -> None:
        self._commit("INSERT INTO params VALUES (?, ?, ?)", key, value, run)

    def tag(self, run: str, key: str, value: str) -> None:
        self._commit("INSERT INTO tags VALUES (?, ?, ?)", key, value, run)

    def _commit(self, sql: str, *values: object) -> None:
        self.connection.execute(sql, values)
        self.connection.commit()


@contextmanager
def mlflow_store_at(path: Path) -> Iterator[sqlite3.Connection]:
    """One that is there."""
    with closing(sqlite3.connect(path)) as connection:
        yield connection


@contextmanager
def mlflow_store(path: Path, journal_mode: str = "delete") -> Iterator[MlflowStore]:
    """A new database with the experiment 1, `vision`."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA journal_mode={journal_mode}")
        connection.executescript(_TABLES)
        store = MlflowStore(connection)
        store.experiment(1, "vision")
        yield store
