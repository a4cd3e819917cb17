"""Numbers at steps: what is in the files afterwards."""

from __future__ import annotations

import math
import os
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lavdlike import Logger, json_file
from lavdlike.kinds import scalars
from tests.logged import files_of, points_of


def test_scalars_are_in_the_file_when_the_call_returns(tmp_path: Path) -> None:
    before = time.time()
    with Logger("run", tmp_path) as logger:
        logger.log_scalar(0.5, "loss", step=1)
        logger.log_scalars({"loss": 0.25, "val/loss": 1}, step=2)
        file = tmp_path / "run" / "scalars.tsv"
        assert points_of(file) == [(1, "loss", 0.5), (2, "loss", 0.25), (2, "val/loss", 1)]
        point = scalars.parse_line(file.read_bytes().splitlines()[1])
        assert isinstance(point, scalars.ScalarPoint)
        assert before - 0.001 <= point.wall_time <= time.time() + 0.001


labels = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20).map(lambda name: f"a/{name}")
numbers = st.floats() | st.integers()
calls = st.lists(
    st.tuples(st.integers(0, 2**53 - 1), st.dictionaries(labels, numbers, max_size=5)), max_size=10
)


@pytest.mark.slow
@settings(max_examples=50)
@given(calls)
def test_what_is_logged_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory, calls: list[tuple[int, dict[str, float | int]]]
) -> None:
    root = tmp_path_factory.mktemp("log")
    logged = [(step, label, value) for step, values in calls for label, value in values.items()]
    with Logger("one", root) as one, Logger("many", root) as many:
        for step, label, value in logged:
            one.log_scalar(value, label, step)
        for step, values in calls:
            many.log_scalars(values, step)
    for name in ("one", "many"):
        file = root / name / "scalars.tsv"
        found = points_of(file) if logged else []
        assert [repr(point) for point in found] == [repr(point) for point in logged]


def test_arrays_are_the_same_as_many_single_calls(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_scalar(np.array([0.5, math.inf], dtype=np.float32), "a", np.array([1, 2]))
        logger.log_scalars({"a": [1, 2.5], "b": np.array([3, 4])}, range(3, 5))
        logger.log_scalar([], "a", [])
        assert points_of(logger.log_dir / "scalars.tsv") == [
            (1, "a", 0.5),
            (2, "a", math.inf),
            (3, "a", 1),
            (3, "b", 3),
            (4, "a", 2.5),
            (4, "b", 4),
        ]


def test_values_of_another_time_carry_it(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_scalar(0.5, "loss", 1, wall_time=1763600000.25)
        logger.log_scalars({"loss": np.float32(0.25)}, 2, wall_time=1763600001)
        with pytest.raises(ValueError, match="wall_time must be finite"):
            logger.log_scalar(0.5, "loss", 1, wall_time=math.nan)
        lines = (logger.log_dir / "scalars.tsv").read_text().splitlines()
    assert lines[1:] == ["1\t1763600000.250\tloss\t0.5", "2\t1763600001.000\tloss\t0.25"]


def test_a_call_costs_one_write_and_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[int] = []
    real_write = os.write

    def counted(descriptor: int, data: bytes) -> int:
        writes.append(len(data))
        return real_write(descriptor, data)

    with Logger("run", tmp_path) as logger:
        logger.log_scalar(0.1, "train/loss", 0)
        files = files_of(logger.log_dir)
        monkeypatch.setattr(os, "write", counted)
        for step in range(100_000, 100_100):
            logger.log_scalar(step / 7, "train/loss", step)
        logger.log_scalars({f"label{number}": 0.5 for number in range(100)}, 1)
        monkeypatch.undo()
        assert len(writes) == 101
        assert max(writes[:100]) <= 60
        assert files_of(logger.log_dir) == files


def test_as_json_scalars_are_laid_out_as_lavds(tmp_path: Path) -> None:
    with Logger("run", tmp_path, scalars="json") as logger:
        logger.log_text("x", "easy/accuracy", step=1, expected="y")
        logger.log_scalar(0.8, "accuracy", step=1)
        logger.log_scalar(1, "easy/accuracy", step=1)
        logger.log_scalars({"a": [1, 2.0]}, [3, 4])
        assert files_of(logger.log_dir) == [
            "0001/accuracy.json",
            "0001/easy/accuracy.json",
            "0003/a.json",
            "0004/a.json",
        ]
        folder = logger.log_dir
        assert (folder / "0001/accuracy.json").read_text() == '{"scalars": {"value": 0.8}}'
        assert (folder / "0003/a.json").read_text() == '{"scalars": {"value": 1}}'
        assert (folder / "0004/a.json").read_text() == '{"scalars": {"value": 2.0}}'
        merged = json_file.read_object((folder / "0001/easy/accuracy.json").read_bytes(), "")
        assert merged == {"texts": {"actual": "x", "expected": "y"}, "scalars": {"value": 1}}


@settings(max_examples=50)
@given(numbers)
def test_json_scalars_read_back_equal(tmp_path_factory: pytest.TempPathFactory, value: float | int) -> None:
    with Logger("run", tmp_path_factory.mktemp("log"), scalars="json") as logger:
        logger.log_scalar(value, "x", 1)
        document = json_file.read_object((logger.log_dir / "0001/x.json").read_bytes(), "x.json")
    assert repr(scalars.from_json(document["scalars"], "x.json").value) == repr(value)


def test_whole_floats_and_numpys_integers_are_steps(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        for step in (1.0, np.int64(2), np.array(3)):
            logger.log_scalar(1, "x", step)
        assert [point[0] for point in points_of(logger.log_dir / "scalars.tsv")] == [1, 2, 3]
