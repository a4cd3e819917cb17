"""Lines of MLflow's file store: any of its versions, broken ones, and what comes later."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from lavdlike.sources import source_registry
from lavdlike.sources.source import Role
from tests.sources.reading import all_points, new_points, reader_of, wall_times

NAME = "metrics/val/acc"


@pytest.mark.parametrize(
    ("line", "step", "value"),
    [
        ("1700000000123 0.5 7", 7, 0.5),
        ("1700000000123 0.30000000000000004 7", 7, 0.1 + 0.2),
        ("1700000000123 5e-324 0", 0, 5e-324),
        ("1700000000123 -inf 1", 1, -math.inf),
        ("1700000000 12 3", 3, 12.0),  # seconds, of the first versions
        ("1700000000123 0.5", 0, 0.5),  # before there were steps
        ("1700000000123 0.5 7 data 0a1b", 7, 0.5),  # of a data set
    ],
)
def test_lines_of_every_version(tmp_path: Path, line: str, step: int, value: float) -> None:
    (tmp_path / "acc").write_text(f"{line}\n")
    assert all_points(tmp_path / "acc", NAME) == {"val/acc": [(step, value)]}


def test_times_are_milliseconds_and_what_is_appended_is_new(tmp_path: Path) -> None:
    path = tmp_path / "acc"
    path.write_text("1700000000125 nan 1\n1700000000250 0.5 2\n17000000003")
    file = reader_of(path, NAME)
    assert [step for step, _ in new_points(file, path)["val/acc"]] == [1, 2]
    with path.open("a") as more:
        more.write("75 0.25 1\n")
    assert new_points(file, path) == {"val/acc": [(1, 0.25)]}
    assert wall_times(path, NAME) == {"val/acc": [1700000000.125, 1700000000.25, 1700000000.375]}
    assert file.problems() == []


def test_what_is_no_line_is_a_problem_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "acc"
    path.write_bytes(
        b"1700000000125 1 1\nhello\n\n1700000000125 1 -1\n\0\0\0\n1700000000125 0x1 1\n1700000000125 2 2\n"
    )
    file = reader_of(path, NAME)
    assert new_points(file, path) == {"val/acc": [(1, 1), (2, 2)]}
    assert [(problem.position, problem.reason.partition(":")[0]) for problem in file.problems()] == [
        ("line 2, byte 18", "no time, value and step"),
        ("line 4, byte 25", "step -1 is none"),
        ("line 5, byte 44", "filled with NUL"),
        ("line 6, byte 48", "no time, value and step"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "role"),
    [
        (NAME, b"1700000000125 1 1\n", Role.POINTS),
        (NAME, b"some text\n", None),
        (NAME, b"", None),
        ("val/acc", b"1700000000125 1 1\n", None),
    ],
)
def test_other_files_in_such_a_folder_are_none(name: str, content: bytes, role: Role | None) -> None:
    assert source_registry.role_of(name, content) == role
