"""Runs of `mlflow.db`: which there are, what is said of them, their metrics, and how they grow."""

from __future__ import annotations

import gzip
import json
import math
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.layout import MAX_STEP
from lavdlike.reading.snapshot import Snapshot, names_in
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.sources.mlflow.mlflow_database import MlflowDatabase, MlflowRuns
from lavdlike.sources.run_store import StoredRun, UnreadableStoreError
from lavdlike.sources.source import PointsFile
from lavdlike.sources.sqlite import stored_points
from tests.scripts import ROOT
from tests.sources.mlflow.databases import MlflowStore, mlflow_store
from tests.sources.reading import Points, new_points, opened

CORPUS = ROOT / "tests" / "corpus" / "stores" / "mlflow_database"


@pytest.fixture(params=["delete", "wal"])
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MlflowStore]:
    with mlflow_store(tmp_path / "mlflow.db", request.param) as made:
        yield made


def points_file(run: str) -> PointsFile:
    return MlflowRuns().points("run.mlflow", "mlflow.db/vision/x/run.mlflow", run)


def points(tmp_path: Path, run: str) -> Points:
    file = points_file(run)
    assert file.problems() == []
    return new_points(file, tmp_path / "mlflow.db")


def test_runs_have_the_names_of_their_experiments_and_deleted_ones_are_none(
    store: MlflowStore, tmp_path: Path
) -> None:
    store.experiment(2, "team/speech")
    store.run("ab12")
    store.run("cd34", 2, status="FINISHED")
    store.run("ef56", 7)  # of an experiment that is not there
    store.run("gone")
    store.connection.execute("UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = 'gone'")
    store.connection.commit()
    with opened(tmp_path / "mlflow.db") as descriptor:
        assert MlflowDatabase().listed(descriptor, is_called=False).runs == [
            StoredRun("ab12", ("vision", "ab12")),
            StoredRun("cd34", ("team", "speech", "cd34"), 1_700_000_060.5),
            StoredRun("ef56", ("7", "ef56")),
        ]


def test_what_is_said_of_a_run(store: MlflowStore, tmp_path: Path) -> None:
    store.run("ab12", status="FAILED", name="happy-owl")
    store.run("cd34")
    for run, rate in (("ab12", "1e-3"), ("cd34", "2")):
        store.param(run, "lr", rate)
    store.param("ab12", "net/width", "8")
    store.tag("ab12", "team", "vision")
    store.tag("ab12", "mlflow.user", "u")
    with opened(tmp_path / "mlflow.db") as descriptor:
        said = MlflowDatabase().describe(descriptor, "ab12")
        assert MlflowDatabase().describe(descriptor, "cd34").config == {"lr": 2}
    assert (said.source, said.title, said.status, said.outcome) == (
        "MLflow",
        "happy-owl",
        "crashed",
        "failed",
    )
    assert (said.started, said.ended) == (1_700_000_000.25, 1_700_000_060.5)
    assert (said.config, said.tags) == ({"lr": 0.001, "net/width": 8}, ("team=vision",))


def test_values_are_as_they_were_given(store: MlflowStore, tmp_path: Path) -> None:
    store.run("ab12")
    store.run("cd34")
    values = [1.0, -0.0, 0.1 + 0.2, 5e-324, 1.7976931348623157e308, 2.0**53 + 2, -3.0]
    for step, value in enumerate(values):
        store.metric("ab12", "loss", value, step)
        store.metric("cd34", "loss", 2 * step, step)
    store.metric("ab12", "x/y", 0.0, 3, is_nan=True)
    store.metric("ab12", "x/y", 1.0, 2)
    store.metric("ab12", "\x00rewind", 1.0, 2)
    found = points(tmp_path, "ab12")
    # SQLite keeps no sign of zero where it keeps whole numbers as such.
    assert [(step, float(value).hex()) for step, value in found["loss"]] == [
        (step, (value + 0.0).hex()) for step, value in enumerate(values)
    ]
    assert [(step, math.isnan(value)) for step, value in found["x/y"]] == [(3, True), (2, False)]
    assert points(tmp_path, "cd34") == {"loss": [(step, 2 * step) for step in range(len(values))]}
    assert points(tmp_path, "none") == {}


def test_a_run_is_read_on_where_it_was_left(
    store: MlflowStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_points, "ROWS_AT_ONCE", 3)
    store.run("ab12")
    store.run("cd34")
    for step in range(7):
        store.metric("ab12", "loss", step, step)
    file = points_file("ab12")
    assert new_points(file, tmp_path / "mlflow.db") == {"loss": [(step, step) for step in range(7)]}
    assert new_points(file, tmp_path / "mlflow.db") == {}
    store.metric("cd34", "loss", 5, 5)
    store.metric("ab12", "loss", 7, 7)
    assert new_points(file, tmp_path / "mlflow.db") == {"loss": [(7, 7)]}
    store.connection.execute("DELETE FROM metrics WHERE run_uuid = 'ab12' AND step = 7")
    store.metric("ab12", "loss", 8, 8)
    with opened(tmp_path / "mlflow.db") as descriptor:
        assert not file.continues(descriptor)


def test_a_file_that_was_replaced_is_read_anew(store: MlflowStore, tmp_path: Path) -> None:
    store.run("ab12")
    file = points_file("ab12")
    new_points(file, tmp_path / "mlflow.db")
    with mlflow_store(tmp_path / "other") as other:
        other.run("ab12")
    (tmp_path / "other").rename(tmp_path / "mlflow.db")
    with opened(tmp_path / "mlflow.db") as descriptor:
        assert not file.continues(descriptor)


def test_steps_that_are_none_are_a_problem(store: MlflowStore, tmp_path: Path) -> None:
    store.run("ab12")
    store.metric("ab12", "loss", 1, -1)
    store.metric("ab12", "loss", 1, 2**60)
    store.metric("ab12", "loss", 1, 0)
    file = points_file("ab12")
    assert new_points(file, tmp_path / "mlflow.db") == {"loss": [(0, 1)]}
    assert [problem.reason.partition(":")[0] for problem in file.problems()] == [
        "2 values at steps that are none"
    ]


def test_what_is_cut_is_a_problem_with_its_place_and_the_rest_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.db"
    with mlflow_store(path) as store:
        store.run("ab12")
        rows = [(f"loss {step % 7}", 1.0, step, "ab12", step, 0) for step in range(3000)]
        store.connection.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", rows)
        store.connection.commit()
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    file = points_file("ab12")
    found = new_points(file, path)
    assert 0 < sum(map(len, found.values())) < 3000
    assert {(problem.path, "cut" in problem.reason) for problem in file.problems()} == {
        ("mlflow.db/vision/x/run.mlflow", True)
    }
    assert all(problem.position.startswith("page ") for problem in file.problems())


@pytest.mark.slow
@given(
    place=st.floats(0, 1),
    change=st.binary(min_size=1, max_size=40) | st.just(bytes(5000)),
    is_cut=st.booleans(),
)
def test_mutated_files_give_runs_points_and_problems(*, place: float, change: bytes, is_cut: bool) -> None:
    data = gzip.decompress((CORPUS / "mlflow.db.gz").read_bytes())
    at = int(place * len(data))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mlflow.db"
        path.write_bytes(data[:at] + change + (b"" if is_cut else data[at + len(change) :]))
        with opened(path) as descriptor, suppress(UnreadableStoreError):
            for run in MlflowDatabase().listed(descriptor, is_called=True).runs or ():
                with suppress(UnreadableStoreError):
                    MlflowDatabase().describe(descriptor, run.key)
                file = points_file(run.key)
                for block in file.read_new(descriptor):
                    for columns in block.values():
                        assert len(columns.steps) == len(columns.wall_times) == len(columns.values)
                        assert ((columns.steps >= 0) & (columns.steps <= MAX_STEP)).all()
                assert all(problem.reason for problem in file.problems())


def test_a_database_of_mlflow_itself_is_what_mlflow_says(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_bytes(gzip.decompress((CORPUS / "mlflow.db.gz").read_bytes()))
    expected = json.loads((CORPUS / "expected.json").read_text())
    root = StoredRoot(tmp_path)
    names = names_in(root)
    assert {name.removeprefix("mlflow.db/") for name in names} == expected.keys()
    for name in names:
        run, snapshot = expected[name.removeprefix("mlflow.db/")], Snapshot(root, name)
        labels = {
            entry.label: [
                [int(step), float(columns.value(index)).hex()]
                for _, _, columns in snapshot.series_of(entry.label)
                for index, step in enumerate(columns.steps.tolist())
            ]
            for entry in snapshot.scalar_labels()
        }
        assert {label: sorted(points) for label, points in labels.items()} == {
            label: sorted(points) for label, points in run["labels"].items()
        }
        row = snapshot.summary()
        assert row is not None
        said = {"source", "config", "title", "status", "tags"}
        assert {each: getattr(row, each) for each in said} == {each: run[each] for each in said}
        assert snapshot.problems() == []
