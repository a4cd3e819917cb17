from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl  # noqa: TID253 - only tests load this
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavdlike.layout import MAX_STEP
from lavdlike.layout import ExperimentName as Name
from lavdlike.reading.discovery import Verdict
from lavdlike.reading.inspection import inspected
from lavdlike.reading.run_folders import Rule
from lavdlike.reading.snapshot import Snapshot
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.shell.conversion import convert
from lavdlike.sources.neptune import parquet_child
from lavdlike.sources.neptune.parquet_child import series_in
from tests.scripts import ROOT
from tests.sources.reading import all_points, new_points, opened, reader_of, wall_times

pytestmark = pytest.mark.slow  # a child process for each file

NAME = "RUN-1_part_0.parquet"
ORIGINAL = min((ROOT / "tests/corpus/trackers/neptune").iterdir())
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "run_id": pl.String,
    "attribute_path": pl.String,
    "attribute_type": pl.String,
    "step": pl.Decimal(18, 6),
    "timestamp": pl.Datetime("ms", "UTC"),
    "float_value": pl.Float64,
}


def write(path: Path, *rows: tuple[str, str | None, float | None], name: str = "loss") -> Path:
    """Rows of a type, step and value."""
    table = [("RUN-1", name, type_, step and Decimal(step), None, value) for type_, step, value in rows]
    pl.DataFrame(table, schema=SCHEMA, orient="row").write_parquet(path)
    return path


def test_series_are_called_by_run_and_attribute(tmp_path: Path) -> None:
    path = write(
        tmp_path / NAME, ("float_series", "3", 0.5), ("float", None, 7.0), ("float_series", "999999999999", 2)
    )
    assert all_points(path, f"project/{NAME}") == {"project/RUN-1/loss": [(3, 0.5), (999_999_999_999, 2)]}
    assert wall_times(path, NAME)["RUN-1/loss"] == [path.stat().st_mtime] * 2


def test_in_the_folder_of_its_run_a_part_has_the_names_of_attributes(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, ("float_series", "3", 0.5))
    assert all_points(path, "part_0000.neptune") == {"loss": [(3, 0.5)]}
    assert all_points(path, "inner/part_0000.neptune") == {"inner/loss": [(3, 0.5)]}


def test_only_where_a_part_holds_several_runs_labels_name_them(tmp_path: Path) -> None:
    path = tmp_path / NAME
    table = [(run, "loss", "float_series", Decimal(1), None, 0.5) for run in ("RUN-1", "RUN-2")]
    pl.DataFrame(table, schema=SCHEMA, orient="row").write_parquet(path)
    assert all_points(path, "part_0000.neptune") == {"RUN-1/loss": [(1, 0.5)], "RUN-2/loss": [(1, 0.5)]}


@pytest.mark.parametrize("step", ["0.000001", "-1", None])
def test_points_at_other_steps_than_whole_ones_are_counted(tmp_path: Path, step: str | None) -> None:
    path = write(tmp_path / NAME, ("float_series", "5", 0.5), ("float_series", step, 0.25))
    found = all_points(path, NAME)
    assert found["RUN-1/loss"] == [(0, 0.5), (1, 0.25)]
    steps = [value for _, value in found["RUN-1/loss.step"]]
    np.testing.assert_array_equal(steps, [5, np.nan if step is None else float(step)])


@pytest.mark.parametrize(
    ("parts", "points", "steps"),
    [
        ([["0.5", "1"], ["1.5"], ["2", "3"]], [0, 1, 2, 3, 4], [0.5, 1, 1.5, 2, 3]),
        ([["7", "8"], ["8.5", "9"], ["10"]], [7, 8, 9, 10, 11], [8.5, 9, 10]),
        ([["7", "8"], ["9"]], [7, 8, 9], []),
    ],
)
def test_counting_goes_on_over_the_parts_of_a_run(
    parts: list[list[str]], points: list[int], steps: list[float], tmp_path: Path
) -> None:
    for number, of_part in enumerate(parts):
        rows = (("float_series", step, float(step)) for step in of_part)
        write(tmp_path / f"RUN-1_part_{number}.parquet", *rows)
    snapshot = Snapshot(StoredRoot(tmp_path), Name("RUN-1"))
    assert steps_and_values(snapshot, "loss")[0] == points
    assert steps_and_values(snapshot, "loss")[1] == [float(step) for part in parts for step in part]
    if steps:
        assert steps_and_values(snapshot, "loss.step") == (points[-len(steps) :], steps)
    run = inspected(StoredRoot(tmp_path), Verdict(Name("RUN-1"), Rule.MARK))
    assert max(label.last_step for file in run.files for label in file.labels) == points[-1]
    convert(StoredRoot(tmp_path), Name("RUN-1"), tmp_path / "copy")
    assert steps_and_values(Snapshot(StoredRoot(tmp_path), Name("copy")), "loss")[0] == points


def test_a_part_that_comes_later_goes_on_counting(tmp_path: Path) -> None:
    write(tmp_path / "RUN-1_part_0.parquet", ("float_series", "0.5", 1.0))
    snapshot = Snapshot(StoredRoot(tmp_path), Name("RUN-1"))
    assert steps_and_values(snapshot, "loss")[0] == [0]
    write(tmp_path / "RUN-1_part_1.parquet", ("float_series", "1.5", 2.0))
    snapshot.look()
    assert snapshot.has_new_points()
    assert steps_and_values(snapshot, "loss") == ([0, 1], [1.0, 2.0])
    write(tmp_path / "RUN-1_part_0.parquet", ("float_series", "0.5", 1.0), ("float_series", "0.75", 1.5))
    snapshot.look()
    assert snapshot.has_new_points()
    assert steps_and_values(snapshot, "loss") == ([0, 1, 2], [1.0, 1.5, 2.0])


def steps_and_values(snapshot: Snapshot, label: str) -> tuple[list[float], list[float]]:
    snapshot.has_new_points()
    (series,) = snapshot.series_of(label)
    return series.columns.steps.tolist(), series.columns.values.tolist()


def test_a_file_that_is_written_anew_is_read_anew(tmp_path: Path) -> None:
    path = write(tmp_path / NAME, ("float_series", "5", 0.5))
    file = reader_of(path, NAME)
    assert len(new_points(file, path)) == 1
    assert new_points(file, path) == {}
    write(path, ("float_series", "5", 0.5), ("float_series", "6", 0.5))
    with opened(path) as descriptor:
        assert not file.continues(descriptor)


def test_of_another_programs_table_nothing_is_read(tmp_path: Path) -> None:
    path = tmp_path / NAME
    pl.DataFrame({"step": [1], "loss": [0.5]}).write_parquet(path)
    file = reader_of(path, NAME)
    assert (new_points(file, path), file.problems()) == ({}, [])


@pytest.mark.parametrize(
    ("place", "bytes_there"),
    [
        (0.6, b""),
        (1.0, b"\xff\xff\xff\x7fPAR1"),
        (0.5, bytes(900)),
        (0.002, b"\xff" * 40),
        (0.9, b"\x15\xfe" * 30),
    ],
)
def test_a_file_that_is_broken_is_a_problem_or_read_and_harms_nobody(
    tmp_path: Path, place: float, bytes_there: bytes
) -> None:
    """Cut, a length that lies, zeros, and a header and a footer of something else."""
    data = ORIGINAL.read_bytes()
    begin = int(place * len(data)) - (len(bytes_there) if place == 1.0 else 0)
    path = tmp_path / NAME
    path.write_bytes(data[:begin] + bytes_there + (data[begin + len(bytes_there) :] if bytes_there else b""))
    file = reader_of(path, NAME)
    points = new_points(file, path)
    assert points or [problem.path for problem in file.problems()] == [f"exp/{NAME}"]


@settings(max_examples=max(20, settings().max_examples // 5), deadline=None)
@given(place=st.floats(0, 1), there=st.binary(max_size=40), is_cut=st.booleans())
def test_mutated_files_give_points_or_a_problem(*, place: float, there: bytes, is_cut: bool) -> None:
    data = ORIGINAL.read_bytes()
    begin = int(place * len(data))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        path.write_bytes(data[:begin] + there + (b"" if is_cut else data[begin + len(there) :]))
        if reads_as_parquet(path):
            file = reader_of(path, NAME)
            for points in new_points(file, path).values():
                assert all(0 <= step <= MAX_STEP for step, _ in points)
            assert all(problem.reason for problem in file.problems())


def reads_as_parquet(path: Path) -> bool:
    return path.read_bytes()[:4] == b"PAR1"


def test_what_is_too_large_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write(tmp_path / NAME, ("float_series", "5", 0.5), ("float_series", "6", 0.5)).read_bytes()
    assert len(list(series_in(data))) == 1
    monkeypatch.setattr(parquet_child, "MAX_ROWS", 1)
    with pytest.raises(ValueError, match="more than 1 rows"):
        list(series_in(data))
    monkeypatch.setattr(parquet_child, "MAX_BYTES", 100)
    with pytest.raises(ValueError, match="the most that is read"):
        list(series_in(data))
