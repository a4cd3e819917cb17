"""Runs of trackio's files: which there are, what is said of them, their metrics, and how they grow."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.layout import MAX_STEP
from lavdlike.sources.run_store import OWN_NAME, BesideFolder, StoredRun
from lavdlike.sources.source import PointsFile
from lavdlike.sources.sqlite import stored_points
from lavdlike.sources.sqlite.row_records import RecordReader, Value
from lavdlike.sources.trackio.trackio_database import TrackioDatabase, TrackioRuns
from tests.scripts import ROOT
from tests.sources.reading import new_points, opened

ORIGINAL = ROOT / "tests/corpus/trackers/trackio/aproject.db"
TABLES = (
    "CREATE TABLE metrics (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, timestamp TEXT NOT NULL, "
    "run_name TEXT NOT NULL, step INTEGER NOT NULL, metrics TEXT NOT NULL);"
    "CREATE INDEX idx_metrics_run_step ON metrics(run_id, step);"
    "CREATE TABLE configs (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, run_name TEXT NOT NULL, "
    "config TEXT NOT NULL, created_at TEXT NOT NULL, UNIQUE(run_id));"
)
_OLD_TABLES = (
    "CREATE TABLE metrics (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT NOT NULL, run_name TEXT NOT NULL, "
    "step INTEGER NOT NULL, metrics TEXT NOT NULL);"
)
_TIME = "2026-01-01T00:00:00+00:00"


class Store:
    """What trackio does to its database, a commit each."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def log(self, run: str, step: object, metrics: object) -> None:
        content = metrics if isinstance(metrics, (str, bytes)) else json.dumps(metrics).encode()
        row = (f"id-{run}", _TIME, run, step, content)
        with self._connection:
            self._connection.execute(
                "INSERT INTO metrics (run_id, timestamp, run_name, step, metrics) VALUES (?, ?, ?, ?, ?)", row
            )

    def execute(self, sql: str, *values: object) -> None:
        with self._connection:
            self._connection.execute(sql, values)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "project.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(TABLES)
        yield Store(connection)


def runs(path: Path) -> list[StoredRun] | None:
    with opened(path) as descriptor:
        return TrackioDatabase().listed(descriptor, is_called=False).runs


def points_file(run: str) -> PointsFile:
    return TrackioRuns().points("run.trackio", f"project.db/{run}/run.trackio", run)


def stored(key: str, name: str) -> StoredRun:
    beside = (BesideFolder(each, f"{each}/{OWN_NAME}/{name}", is_own=True) for each in ("media", "traces"))
    return StoredRun(key, (name,), beside=tuple(beside))


def test_runs_are_those_with_settings_or_metrics(store: Store, path: Path) -> None:
    for run in ("b", "a", "b", "ab"):
        store.log(run, 0, {"loss": 1})
    config = json.dumps({"lr": 0.1, "_Created": "1970-01-01T00:00:01+00:00", "bad": float("nan")})
    store.execute("INSERT INTO configs VALUES (1, 'id-c', 'c', ?, '')", config)
    assert runs(path) == [stored(f"id-{run}", run) for run in ("c", "a", "ab", "b")]
    with opened(path) as descriptor:
        said = TrackioDatabase().describe(descriptor, "id-c")
        assert (said.source, said.config, said.title, said.started) == (
            "trackio",
            {"lr": 0.1, "bad": "nan"},
            "c",
            1.0,
        )
        assert TrackioDatabase().describe(descriptor, "id-a").config == {}


def test_another_programs_database_has_no_runs(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE metrics (key TEXT, value REAL); CREATE TABLE configs (a)")
    assert runs(path) is None


def test_in_files_without_ids_runs_are_told_by_their_names(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_OLD_TABLES)
        row = (_TIME, "a", 3, '{"loss": 0.5}')
        connection.execute(
            "INSERT INTO metrics (timestamp, run_name, step, metrics) VALUES (?, ?, ?, ?)", row
        )
        connection.commit()
    assert runs(path) == [stored("a", "a")]
    assert new_points(points_file("a"), path) == {"loss": [(3, 0.5)]}


def test_a_run_is_read_on_where_it_was_left(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_points, "ROWS_AT_ONCE", 3)
    for step in range(7):
        store.log("a", step, {"loss": step, "x": {"y": 2**60}})
        store.log("b", step, {"loss": -step})
    file = points_file("id-a")
    expected = {"loss": [(step, step) for step in range(7)], "x.y": [(step, 2**60) for step in range(7)]}
    assert new_points(file, path) == expected
    assert new_points(file, path) == {}
    for step in range(7, 12):
        store.log("b", step, {"loss": -step})
    store.log("a", 7, {"loss": "NaN", "text": "x", "new": 1})
    found = new_points(file, path)
    assert {label: [step for step, _ in points] for label, points in found.items()} == {
        "loss": [7],
        "new": [7],
    }
    assert file.problems() == []
    store.execute("DELETE FROM metrics WHERE run_id = 'id-a' AND step = 7")
    store.log("a", 8, {"loss": 8})
    with opened(path) as descriptor:
        assert not file.continues(descriptor)


def test_rows_of_other_runs_behind_the_last_one_are_not_looked_at_at_first(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.log("a", 0, {"loss": 1})
    for step in range(200):
        store.log("b", step, {"loss": step})
    taken: list[bytes] = []
    values = RecordReader.values

    def counted(self: RecordReader, payload: bytes) -> tuple[Value, ...]:
        taken.append(payload)
        return values(self, payload)

    file = points_file("id-a")
    monkeypatch.setattr(RecordReader, "values", counted)
    assert new_points(file, path) == {"loss": [(0, 1)]}
    assert len(taken) < 60
    monkeypatch.undo()
    store.log("b", 200, {"loss": 200})
    store.log("a", 1, {"loss": 2})
    assert new_points(file, path) == {"loss": [(1, 2)]}


def test_what_is_no_record_is_a_problem_and_the_rest_is_shown(store: Store, path: Path) -> None:
    store.log("a", -1, {"loss": 1})
    store.log("a", 1, "[1]")
    store.log("a", 2, b"\xff{")
    store.log("a", 3, "[" * 10_000)
    store.log("a", 4, {"loss": 0.5, "!rewind": 1, "": 2})
    file = points_file("id-a")
    assert new_points(file, path) == {"loss": [(4, 0.5)], "%21rewind": [(4, 1)], "(no name)": [(4, 2)]}
    problems = [(problem.position, problem.reason.partition(":")[0]) for problem in file.problems()]
    assert problems == [
        *((f"row {number} of metrics", "its metrics are no JSON object") for number in (2, 3, 4)),
        ("", "1 values at steps that are none"),
    ]


@given(
    place=st.floats(0, 1),
    change=st.binary(min_size=1, max_size=40) | st.just(bytes(5000)),
    is_cut=st.booleans(),
)
def test_mutated_files_give_points_and_problems(*, place: float, change: bytes, is_cut: bool) -> None:
    data = ORIGINAL.read_bytes()
    at = int(place * len(data))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "project.db"
        path.write_bytes(data[:at] + change + (b"" if is_cut else data[at + len(change) :]))
        _read_all(path)


def _read_all(path: Path) -> None:
    for run in runs(path) or []:
        file = points_file(run.key)
        with opened(path) as descriptor:
            for block in file.read_new(descriptor):
                for columns in block.values():
                    assert len(columns.steps) == len(columns.wall_times) == len(columns.values)
                    assert ((columns.steps >= 0) & (columns.steps <= MAX_STEP)).all()
        assert all(problem.reason for problem in file.problems())
