from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lavdlike.kinds import tables
from lavdlike.sources.source import Role
from lavdlike.sources.tables.step_tables import StepTables, TableFile

Points = dict[str, list[tuple[float, float]]]


@contextmanager
def opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def new_points(file: TableFile, path: Path) -> Points:
    """Steps and values that a look finds, by label."""
    found: Points = {}
    with opened(path) as descriptor:
        for block in file.read_new(descriptor):
            for label, columns in block.items():
                found.setdefault(label, []).extend(zip(columns.steps, columns.values, strict=True))
    return found


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.csv"


@pytest.mark.parametrize(
    ("name", "begin", "role"),
    [
        ("history.csv", b"epoch,loss\n", Role.ITEM_WITH_POINTS),
        ("deep/history.TSV", b"step\tloss\n", Role.ITEM_WITH_POINTS),
        ("history.csv", b"name,loss\n", None),
        ("history.csv", b"", None),
        ("history.txt", b"epoch,loss\n", None),
        ("0012/history.csv", b"epoch,loss\n", None),  # a table of one step
    ],
)
def test_tables_with_a_column_of_steps_have_points(name: str, begin: bytes, role: Role | None) -> None:
    assert StepTables().claims(name, begin) == role


def test_rows_are_points_of_a_label_for_each_column(path: Path) -> None:
    path.write_text("epoch,loss,name,acc\n0,0.5,a,0.1\n1,0.25,b,0.2\n")
    points = new_points(TableFile("a/sub/history.csv", "sub/history.csv"), path)
    assert points["sub/history/loss"] == [(0, 0.5), (1, 0.25)]
    assert points["sub/history/acc"] == [(0, 0.1), (1, 0.2)]


def test_added_rows_are_read_and_a_cut_one_is_left_for_later(path: Path) -> None:
    file = TableFile("a/history.csv", "history.csv")
    path.write_text("epoch,loss\n0,0.5\n1,0.2")
    assert new_points(file, path) == {"history/loss": [(0, 0.5)]}
    append(path, "5\n")
    with opened(path) as descriptor:
        assert file.continues(descriptor)
    assert new_points(file, path) == {"history/loss": [(1, 0.25)]}
    assert new_points(file, path) == {}


def test_a_header_without_its_end_is_left_for_later(path: Path) -> None:
    file = TableFile("a/history.csv", "history.csv")
    path.write_text("epoch,lo")
    assert new_points(file, path) == {}
    append(path, "ss\n0,0.5\n")
    assert new_points(file, path) == {"history/loss": [(0, 0.5)]}


def test_cells_that_are_no_numbers_and_steps_that_are_none_are_left_out(path: Path) -> None:
    path.write_text("step,loss,acc\n0,0.5,\nx,1,1\n-1,1,1\n1.5,1,1\n2, 0.25 ,oops\n3\n")
    points = new_points(TableFile("a/history.csv", "history.csv"), path)
    assert points == {"history/loss": [(0, 0.5), (2, 0.25)]}


def test_a_column_of_times_gives_the_wall_times_and_the_file_the_others(path: Path) -> None:
    path.write_text("step,wall_time,loss\n0,1000.5,1\n1,,1\n")
    os.utime(path, (2000, 2000))
    with opened(path) as descriptor:
        (block,) = TableFile("a/history.csv", "history.csv").read_new(descriptor)
    assert block["history/loss"].wall_times.tolist() == [1000.5, 2000.0]


def test_what_is_beyond_the_limit_is_a_problem(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_BYTES", 30)
    file = TableFile("a/history.csv", "history.csv")
    path.write_text("epoch,loss\n0,0.5\n")
    assert new_points(file, path) == {"history/loss": [(0, 0.5)]}
    assert file.problems() == []
    append(path, "1,0.25\n" * 10)
    assert new_points(file, path) == {}
    (problem,) = file.problems()
    assert (problem.path, "only the first" in problem.reason) == ("a/history.csv", True)
