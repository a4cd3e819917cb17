from __future__ import annotations

import json
import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.layout import MAX_STEP
from lavdlike.sources.ploteries.ploteries_files import PloteriesFiles
from tests.scripts import ROOT
from tests.sources.ploteries.test_ploteries_figures import figure, trace
from tests.sources.reading import all_points, new_points, opened, reader_of, wall_times

NAME = "ploteries.pltr"
ORIGINAL = ROOT / "tests/corpus/trackers/ploteries" / NAME
_TABLES = """
CREATE TABLE data_defs (id INTEGER NOT NULL, name VARCHAR, handler VARCHAR NOT NULL, params VARCHAR, PRIMARY KEY (id));
CREATE TABLE figure_defs (id INTEGER NOT NULL, name VARCHAR, handler VARCHAR NOT NULL, params VARCHAR,
  PRIMARY KEY (id));
CREATE TABLE data_records (id INTEGER NOT NULL, "index" INTEGER NOT NULL, created DATETIME NOT NULL,
  writer_id INTEGER NOT NULL, data_def_id INTEGER NOT NULL, bytes BLOB, PRIMARY KEY (id));
"""


class Store:
    """What Ploteries does to its file, a commit each."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def define(self, name: str, dtype: str = "<f8", params: str | None = None) -> None:
        spec = json.dumps({"ndarray_spec": {"dtype": dtype, "shape": [1]}})
        drawn = figure(trace(data=name, x=name)) if params is None else params
        with self._connection:
            self._connection.execute("INSERT INTO figure_defs VALUES (NULL, ?, '', ?)", (name, drawn))
            row = (name, "UniformNDArrayDataHandler", spec)
            self._connection.execute("INSERT INTO data_defs VALUES (NULL, ?, ?, ?)", row)

    def add(self, data: int, step: object, content: object) -> None:
        content = struct.pack("<d", content) if isinstance(content, float) else content
        row = (step, "1970-01-01 00:00:05", data, content)
        with self._connection:
            self._connection.execute("INSERT INTO data_records VALUES (NULL, ?, ?, 1, ?, ?)", row)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / NAME


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_TABLES)
        yield Store(connection)


def test_rows_are_points_at_their_index_with_their_time(store: Store, path: Path) -> None:
    store.define("loss")
    store.define("count", "<i8")
    store.add(1, 3, 0.5)
    store.add(2, 4, struct.pack("<q", 2**60 + 1))
    assert all_points(path, NAME) == {"loss": [(3, 0.5)], "count": [(4, 2**60 + 1)]}
    assert list(all_points(path, f"a/{NAME}")) == ["a/loss", "a/count"]
    assert wall_times(path, NAME)["loss"] == [5.0]


def test_rows_and_figures_that_are_added_are_read_on(store: Store, path: Path) -> None:
    store.define("loss")
    store.add(1, 1, 0.5)
    file = reader_of(path, NAME)
    assert new_points(file, path) == {"loss": [(1, 0.5)]}
    assert new_points(file, path) == {}
    store.define("later")
    store.add(2, 1, 7.0)
    store.add(1, 2, 0.25)
    assert new_points(file, path) == {"later": [(1, 7)], "loss": [(2, 0.25)]}


def test_what_cannot_be_read_is_a_problem_with_its_row_and_the_rest_is_shown(
    store: Store, path: Path
) -> None:
    store.define("loss")
    store.define("bad", params="{")
    store.add(1, 1, b"abc")
    store.add(1, -1, 0.5)
    store.add(2, 1, 0.5)
    store.add(9, 1, 0.5)
    store.add(1, 2, 0.5)
    file = reader_of(path, NAME)
    assert new_points(file, path) == {"loss": [(2, 0.5)]}
    problems = {problem.position: problem.reason for problem in file.problems()}
    assert set(problems) == {"row 2 of figure_defs", "row 1 of data_records", ""}
    assert problems["row 1 of data_records"] == "not whole numbers of the type float64"


def test_a_file_of_another_program_is_none() -> None:
    assert PloteriesFiles().claims("x.txt", b"SQLite format 3\0") is None
    assert PloteriesFiles().claims(NAME, b"") is None


@pytest.mark.parametrize("content", [b"SQLite form", b"SQLite format 3\0" + bytes(500), bytes(5000)])
def test_a_broken_one_is_a_problem_with_its_place(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data.pltr"
    path.write_bytes(content)
    file = reader_of(path, "data.pltr")
    assert new_points(file, path) == {}
    assert [(problem.path, problem.position) for problem in file.problems()] == [("exp/data.pltr", "page 1")]


@given(
    place=st.floats(0, 1),
    change=st.binary(min_size=1, max_size=40) | st.just(bytes(5000)),
    is_cut=st.booleans(),
)
def test_mutated_files_give_points_and_problems(*, place: float, change: bytes, is_cut: bool) -> None:
    data = ORIGINAL.read_bytes()
    at = int(place * len(data))
    file = PloteriesFiles().points(NAME, f"run/{NAME}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        path.write_bytes(data[:at] + change + (b"" if is_cut else data[at + len(change) :]))
        with opened(path) as descriptor:
            for block in file.read_new(descriptor):
                for columns in block.values():
                    assert len(columns.steps) == len(columns.wall_times) == len(columns.values)
                    assert ((columns.steps >= 0) & (columns.steps <= MAX_STEP)).all()
    assert all(problem.path == f"run/{NAME}" and problem.reason for problem in file.problems())
