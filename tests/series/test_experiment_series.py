from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from lavdlike.errors import NotServedError
from lavdlike.kinds.scalars import HEADER
from lavdlike.layout import ExperimentName
from lavdlike.series.experiment_series import ExperimentScalars
from lavdlike.series.point_series import Series
from lavdlike.sources.columns import StepValue, to_columns


class Opened(NamedTuple):
    fd: int
    run: str = ""


class Files:
    """The files of points in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.values: list[StepValue] = []
        self.refused: set[str] = set()
        self.chosen: list[str] = []

    def paths(self, _experiment: ExperimentName) -> list[str]:
        return [path.name for path in self.folder.iterdir()]

    @contextmanager
    def open(self, _experiment: ExperimentName, path: str) -> Iterator[Opened]:
        if path in self.refused:
            raise NotServedError(path, "no permission to read it")
        descriptor = os.open(self.folder / path, os.O_RDONLY)
        try:
            yield Opened(descriptor)
        finally:
            os.close(descriptor)

    def preferred(self, _experiment: str) -> list[str]:
        return self.chosen

    def step_values(self, _experiment: ExperimentName) -> list[StepValue]:
        return self.values


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


@pytest.fixture
def scalars(files: Files) -> ExperimentScalars:
    return ExperimentScalars(ExperimentName("run"), files, itertools.count(1))


def line(step: int, value: float, label: str = "loss") -> str:
    return f"{step}\t{step}.000\t{label}\t{value}\n"


def write(files: Files, *lines: str, name: str = "scalars.tsv") -> Path:
    path = files.folder / name
    path.write_text(HEADER + "".join(lines))
    return path


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def points(scalars: ExperimentScalars, label: str = "loss") -> dict[str, list[tuple[int, float]]]:
    """Steps and values of each writer."""
    return {
        series.writer: [
            (int(step), float(value))
            for step, value in zip(series.columns.steps, series.columns.values, strict=True)
        ]
        for series in scalars.series_of(label)
    }


def identity(scalars: ExperimentScalars, label: str = "loss", writer: str = "") -> str:
    return scalars.series[label][writer].identity


def test_the_first_look_reads_all_and_says_so(files: Files, scalars: ExperimentScalars) -> None:
    write(files, line(1, 0.5), line(2, 0.25))
    changes = scalars.read_new([])
    assert (changes.anew, changes.appended) == (True, [])
    assert points(scalars) == {"": [(1, 0.5), (2, 0.25)]}


def test_what_a_file_gains_is_appended_to_the_same_series(files: Files, scalars: ExperimentScalars) -> None:
    path = write(files, line(1, 0.5))
    scalars.read_new([])
    before = identity(scalars)
    append(path, line(2, 0.25) + "3\t3.0")  # the last line is cut
    anew, (appended,) = scalars.read_new([])
    assert not anew
    assert (appended.label, appended.writer, appended.identity, appended.first_index) == (
        "loss",
        "",
        before,
        1,
    )
    assert appended.message().values == [0.25]
    append(path, "00\tloss\t0.125\n")
    assert scalars.read_new([]).appended[0].first_index == 2
    assert points(scalars) == {"": [(1, 0.5), (2, 0.25), (3, 0.125)]}
    assert not scalars.read_new([])


def test_a_label_that_begins_later_is_told_of_as_new(files: Files, scalars: ExperimentScalars) -> None:
    path = write(files, line(1, 0.5))
    scalars.read_new([])
    append(path, line(1, 0.9, "acc"))
    assert scalars.read_new([]).anew
    assert points(scalars, "acc") == {"": [(1, 0.9)]}


def test_a_replaced_file_is_another_series(files: Files, scalars: ExperimentScalars) -> None:
    path = write(files, line(1, 0.5), line(2, 0.25))
    scalars.read_new([])
    before = identity(scalars)
    beside = write(files, line(1, 0.7), name="other")
    beside.replace(path)
    changes = scalars.read_new([])
    assert (changes.anew, changes.appended) == (True, [])
    assert points(scalars) == {"": [(1, 0.7)]}
    assert identity(scalars) != before


def test_each_writer_has_a_series_and_takes_it_along(files: Files, scalars: ExperimentScalars) -> None:
    write(files, line(1, 0.5))
    second = write(files, line(1, 0.6), name="scalars.worker.tsv")
    scalars.read_new([])
    assert points(scalars) == {"": [(1, 0.5)], "worker": [(1, 0.6)]}
    size_bytes = scalars.size_bytes
    second.unlink()
    assert scalars.read_new([]).anew
    assert points(scalars) == {"": [(1, 0.5)]}
    assert scalars.size_bytes < size_bytes


def test_a_file_that_cannot_be_read_is_a_problem_and_has_no_points(
    files: Files, scalars: ExperimentScalars
) -> None:
    write(files, line(1, 0.5))
    scalars.read_new([])
    files.refused.add("scalars.tsv")
    assert scalars.read_new([]).anew
    assert [(problem.path, problem.reason) for problem in scalars.problems()] == [
        ("run/scalars.tsv", "no permission to read it")
    ]
    assert points(scalars) == {}
    files.refused.clear()
    assert scalars.read_new([]).anew
    assert scalars.problems() == []
    assert points(scalars) == {"": [(1, 0.5)]}


def value(step: int, number: float | None, label: str = "loss") -> StepValue:
    return StepValue(label, step, float(step), number)


def test_values_in_json_files_are_points_in_the_order_of_their_steps(
    files: Files, scalars: ExperimentScalars
) -> None:
    files.values = [value(10, 0.1), value(2, 0.2)]
    scalars.read_new([])
    assert points(scalars) == {"": [(2, 0.2), (10, 0.1)]}
    before = identity(scalars)
    anew, (appended,) = scalars.read_new([value(11, 0.05)])
    assert (anew, appended.first_index, identity(scalars)) == (False, 2, before)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (value(5, 0.5), [(2, 0.2), (5, 0.5), (10, 0.1)]),
        (value(2, 0.9), [(2, 0.9), (10, 0.1)]),
        (value(10, None), [(2, 0.2)]),
    ],
    ids=["an earlier step", "another value", "gone"],
)
def test_values_that_change_the_past_begin_another_series(
    files: Files, scalars: ExperimentScalars, changed: StepValue, expected: list[tuple[int, float]]
) -> None:
    files.values = [value(2, 0.2), value(10, 0.1)]
    scalars.read_new([])
    before = identity(scalars)
    assert scalars.read_new([changed]).anew
    assert points(scalars) == {"": expected}
    assert identity(scalars) != before


def test_a_value_that_says_what_is_known_changes_nothing(files: Files, scalars: ExperimentScalars) -> None:
    files.values = [value(2, 0.2)]
    scalars.read_new([])
    assert not scalars.read_new([value(2, 0.2)])


def test_a_file_beside_values_keeps_its_points_behind_them(files: Files, scalars: ExperimentScalars) -> None:
    files.values = [value(1, 0.1)]
    path = write(files, line(5, 0.5))
    scalars.read_new([])
    assert points(scalars) == {"": [(1, 0.1), (5, 0.5)]}
    assert scalars.read_new([value(2, 0.2)]).anew
    assert points(scalars) == {"": [(1, 0.1), (2, 0.2), (5, 0.5)]}
    path.unlink()
    assert scalars.read_new([]).anew
    assert points(scalars) == {"": [(1, 0.1), (2, 0.2)]}


def test_columns_that_were_given_away_never_change() -> None:
    series = Series("1")
    series.append([to_columns([1], [1.0], [0.5])])
    given = series.columns
    for step in range(2, 100):
        series.append([to_columns([step], [1.0], [float(step)])])
    assert (given.steps.tolist(), given.values.tolist()) == ([1], [0.5])
    assert series.columns.steps.tolist() == list(range(1, 100))


def test_bounds_are_of_finite_values_and_large_integers_stay_exact() -> None:
    series = Series("1")
    series.append([to_columns([1, 2, 3], [7.0, 8.0, 9.0], [float("nan"), 2.0, float("inf")])])
    series.append([to_columns([4], [10.0], [2**60 + 1])])
    assert (series.minimum, series.first_wall_time) == (2.0, 7.0)
    assert series.last() == (4, 10.0, str(2**60 + 1))
    assert series.columns.value(3) == 2**60 + 1


@pytest.fixture
def both(files: Files) -> Files:
    """A table and records of one run."""
    (files.folder / "metrics.csv").write_text("epoch,loss,lr,step\n0,0.5,0.1,1\n0,0.25,0.1,2\n")
    (files.folder / "metrics.jsonl").write_text('{"step": 1, "loss": 0.5, "acc": 0}\n')
    return files


def shown(scalars: ExperimentScalars) -> dict[str, list[str]]:
    """By label, the writers of the series that are shown."""
    found = {label: sorted(by_writer) for label, by_writer in scalars.summaries().items()}
    assert found.pop("epoch") == ["metrics.csv"]
    return found


def test_a_label_that_files_of_several_forms_have_is_shown_from_one(
    both: Files, scalars: ExperimentScalars
) -> None:
    scalars.read_new([])
    assert shown(scalars) == {"acc": ["metrics.jsonl"], "loss": ["metrics.jsonl"], "lr": ["metrics.csv"]}
    assert points(scalars) == {"metrics.jsonl": [(1, 0.5)]}
    assert len(scalars.counted("loss")) == len(scalars.asked(["loss"])) == 1
    result = scalars.result("loss")
    assert result is not None
    assert result.points == 1
    [left] = scalars.left_out()
    assert (left.path, left.instead, left.labels) == ("metrics.csv", "metrics.jsonl", ("loss",))
    assert left.why == "both have loss; all other labels of this file are shown"
    write(both, line(1, 0.5))
    assert scalars.read_new([]).anew
    assert points(scalars) == {"": [(1, 0.5)]}
    assert {each.instead for each in scalars.left_out()} == {"scalars.tsv"}


def test_what_is_not_shown_is_not_told_until_it_is(both: Files, scalars: ExperimentScalars) -> None:
    scalars.read_new([])
    append(both.folder / "metrics.csv", "0,0.125,0.1,3\n")
    append(both.folder / "metrics.jsonl", '{"step": 2, "loss": 0.25, "acc": 1}\n')
    changes = scalars.read_new([])
    assert not changes.anew
    assert sorted((each.label, each.writer) for each in changes.appended) == [
        ("acc", "metrics.jsonl"),
        ("epoch", "metrics.csv"),
        ("loss", "metrics.jsonl"),
        ("lr", "metrics.csv"),
    ]
    (both.folder / "metrics.jsonl").unlink()
    assert scalars.read_new([]).anew
    assert points(scalars) == {"metrics.csv": [(1, 0.5), (2, 0.25), (3, 0.125)]}
    assert scalars.left_out() == []


def test_people_choose_which_file_shows_a_label(both: Files, scalars: ExperimentScalars) -> None:
    scalars.read_new([])
    both.chosen = ["metrics.csv"]
    assert scalars.read_new([]).anew
    assert shown(scalars) == {"acc": ["metrics.jsonl"], "loss": ["metrics.csv"], "lr": ["metrics.csv"]}
    [left] = scalars.left_out()
    assert (left.path, left.instead, left.is_usual) == ("metrics.jsonl", "metrics.csv", True)
    assert not scalars.read_new([]).anew
    both.chosen = []
    assert scalars.read_new([]).anew
    assert shown(scalars)["loss"] == ["metrics.jsonl"]


def test_files_of_one_form_are_writers_as_ever(files: Files, scalars: ExperimentScalars) -> None:
    write(files, line(1, 0.5))
    write(files, line(1, 0.7), name="scalars.rank1.tsv")
    files.values = [value(0, 0.1)]
    scalars.read_new([])
    assert points(scalars) == {"": [(0, 0.1), (1, 0.5)], "rank1": [(1, 0.7)]}
    assert scalars.left_out() == []
