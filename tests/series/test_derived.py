from __future__ import annotations

import math
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.layout import ExperimentId
from lavdlike.layout import ExperimentName as Name
from lavdlike.scalar_messages import SeriesPoints, SeriesRequest
from lavdlike.series.derived import MAX_EXPRESSIONS, choose_along, with_expressions
from lavdlike.series.overview import Window
from lavdlike.series.store import SeriesStore
from tests.series.random_series import LoggedFile, logged_files
from tests.series.test_store import Folders, write


def answer(store: SeriesStore, labels: list[str], **more: object) -> list[SeriesPoints]:
    request = SeriesRequest([ExperimentId("a")], labels, **{"columns": 0, **more})  # type: ignore[arg-type]
    return store.page(request, epoch="e", sequence=0).series


def as_numbers(values: list[float | int | str]) -> list[float]:
    return [float(value) for value in values]


@given(logged_files("loss"), logged_files("val/loss"))
def test_an_expression_has_the_steps_that_all_of_its_labels_have(file: LoggedFile, other: LoggedFile) -> None:
    """In files of two writers, each of which is the only one of its label."""
    with TemporaryDirectory() as folder:
        write(Path(folder) / "a/scalars.tsv", file.lines, header=False)
        write(Path(folder) / "a/scalars.rank1.tsv", other.lines, header=False)
        found = answer(SeriesStore(Folders(Path(folder))), [], expressions=['"val/loss" - loss'], x_label="")
    ours, theirs = file.at_steps(), other.at_steps()
    steps = sorted(ours.keys() & theirs.keys())
    for series in found:
        assert series.steps == steps
        with np.errstate(invalid="ignore"):
            expected = [np.float64(theirs[step]) - ours[step] for step in steps]
        np.testing.assert_array_equal(as_numbers(series.values), expected)
    assert len(found) <= 1
    if steps:
        assert [series.head.label for series in found] == ['"val/loss" - loss']


@given(logged_files("loss"), logged_files("lr"), st.sampled_from([0.0, 0.9]))
def test_another_label_is_the_x_axis_at_the_same_steps(
    file: LoggedFile, other: LoggedFile, smoothing: float
) -> None:
    with TemporaryDirectory() as folder:
        write(Path(folder) / "a/scalars.tsv", file.lines, header=False)
        write(Path(folder) / "a/scalars.rank1.tsv", other.lines, header=False)
        found = answer(SeriesStore(Folders(Path(folder))), ["loss"], x_label="lr", smoothing=smoothing)
    y, x = file.at_steps(), other.at_steps()
    steps = [step for step in sorted(y.keys() & x.keys()) if math.isfinite(x[step])]
    for series in found:
        assert series.steps == steps
        assert series.x == [x[step] for step in steps]
        np.testing.assert_array_equal(as_numbers(series.values), [y[step] for step in steps])
        assert (series.smoothed is None) == (smoothing == 0)
        assert series.head.segments == []


@pytest.fixture
def store(tmp_path: Path) -> SeriesStore:
    """Ranks 1 and 2 log `loss`; the main process logs `base`, and `lr` for some steps."""
    write(tmp_path / "a/scalars.tsv", "0\t1.0\tbase\t1\n1\t2.0\tbase\t2\n0\t3.0\tlr\t-5\n1\t4.0\tlr\t1e999\n")
    write(tmp_path / "a/scalars.rank1.tsv", "0\t1.5\tloss\t10\n1\t2.5\tloss\t20\n2\t9.0\tloss\t30\n")
    write(tmp_path / "a/scalars.rank2.tsv", "1\t1.5\tloss\t40\n")
    return SeriesStore(Folders(tmp_path))


def test_each_writer_has_its_own_and_takes_what_only_one_other_logs(store: SeriesStore) -> None:
    first, second = answer(store, [], expressions=["loss / base"])
    assert (first.head.writer, first.steps, first.values) == ("rank1", [0, 1], [10, 10])
    assert first.wall_times == [1.5, 2.5]
    assert (second.head.writer, second.steps, second.values) == ("rank2", [1], [20])
    assert first.head.identity != second.head.identity
    assert answer(store, [], expressions=["loss - none", "none"]) == []


def test_labels_and_expressions_stand_in_the_order_of_the_request(store: SeriesStore) -> None:
    found = answer(store, ["base"], expressions=["base * 2", "base"])
    assert [(series.head.label, series.values) for series in found] == [
        ("base", [1, 2]),
        ("base * 2", [2, 4]),
    ]


def test_points_without_x_are_left_out_and_so_is_what_a_logarithm_cannot_show(store: SeriesStore) -> None:
    (over,) = answer(store, ["base"], x_label="lr")
    assert (over.steps, over.x) == ([0], [-5])
    (logarithmic,) = answer(store, ["base"], x_label="lr", log_x=True)
    assert (logarithmic.steps, logarithmic.head.without_place) == ([], 1)
    assert [series.head.writer for series in answer(store, ["loss"], x_label="base")] == ["rank1", "rank2"]
    assert answer(store, ["base"], x_label="none") == []


def test_values_and_ranges_can_be_asked_of_expressions_too(store: SeriesStore) -> None:
    ask = with_expressions(store.asked, ["base ** 2"])
    (series,) = ask(Name("a"), ["base ** 2"])
    assert series.columns.values.tolist() == [1, 4]


def test_a_wrong_expression_is_said_and_so_are_too_many(store: SeriesStore) -> None:
    with pytest.raises(ValueError, match="character 8"):
        answer(store, [], expressions=["base + "])
    with pytest.raises(ValueError, match=str(MAX_EXPRESSIONS)):
        answer(store, [], expressions=["base"] * (MAX_EXPRESSIONS + 1))


def test_a_way_back_and_forth_keeps_its_extremes_and_its_order() -> None:
    way = np.arange(20_000.0)
    x, values = np.sin(way / 500), np.cos(way / 300)
    x[7777], values[12_345] = 9.0, -9.0
    chosen = choose_along(x, values, Window(columns=100))
    assert len(chosen) <= 4 * 100 + 4
    assert (np.diff(chosen) > 0).all()
    assert {0, 7777, 12_345, 19_999} <= set(chosen.tolist())
    zoomed = choose_along(x, values, Window(0.5, 0.6, 0))
    inside = np.flatnonzero((x >= 0.5) & (x <= 0.6))
    neighbours = np.unique(np.clip(np.concatenate((inside - 1, inside, inside + 1)), 0, len(x) - 1))
    np.testing.assert_array_equal(zoomed, neighbours)
