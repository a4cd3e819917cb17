from __future__ import annotations

import math
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.layout import ExperimentName as Name
from lavdlike.scalar_messages import XAxis
from lavdlike.series.asked import AskedSeries, each_series
from lavdlike.series.overview import segments_of
from lavdlike.series.smoothing import Smoothing, smooth
from lavdlike.series.store import SeriesStore
from lavdlike.series.values import Place, point_at
from lavdlike.sources.columns import Columns, doubles
from tests.series.random_series import LoggedFile, LoggedPoint, logged_files
from tests.series.test_store import Folders, write


def asked(steps: list[int], values: list[float], exact: dict[int, int] | None = None) -> AskedSeries:
    columns = Columns(doubles(steps), doubles(range(100, 100 + len(steps))), doubles(values), exact or {})
    return AskedSeries("loss", "", "1", columns, None, 100.0)


@given(logged_files(), st.integers(-1, 45), st.sampled_from(["step", "relative", "wall"]))
def test_the_value_is_what_stands_in_the_file(file: LoggedFile, at: int, axis: XAxis) -> None:
    with TemporaryDirectory() as folder:
        write(Path(folder) / "a/scalars.tsv", file.lines, header=False)
        store = SeriesStore(Folders(Path(folder)))
        found = store.asked(Name("a"), ["loss"])
    if not found:
        assert not file.points
        return
    (series,) = found
    offset = {"step": 0.0, "relative": 0.0, "wall": series.first_wall_time}[axis]
    point = point_at(series, Place(at + offset, axis))

    def x_of(each: LoggedPoint) -> float:
        if axis == "step":
            return each.step
        return each.wall_time - (series.first_wall_time if axis == "relative" else 0)

    earlier = [each for each in file.points if x_of(each) <= at + offset]
    if not earlier:
        assert point is None
        return
    expected = max(enumerate(earlier), key=lambda each: (x_of(each[1]), each[0]))[1]
    assert point is not None
    assert (point.step, point.wall_time) == (expected.step, expected.wall_time)
    assert float(point.value) == expected.value or math.isnan(expected.value)
    assert point.is_here == (x_of(expected) == at + offset)


@given(logged_files(), st.integers(0, 45))
def test_smoothed_is_what_the_drawn_line_has(file: LoggedFile, at: int) -> None:
    with TemporaryDirectory() as folder:
        write(Path(folder) / "a/scalars.tsv", file.lines, header=False)
        found = SeriesStore(Folders(Path(folder))).asked(Name("a"), ["loss"])
    for series in found:
        point = point_at(series, Place(at, weight=0.7))
        if point is None:
            continue
        steps, times, values, _ = series.columns
        drawn = smooth(values, steps, segments_of(steps, steps), Smoothing(0.7)).values
        (index,) = np.flatnonzero(times == point.wall_time)
        assert point.smoothed is not None
        np.testing.assert_allclose(float(point.smoothed), drawn[index], rtol=1e-12, atol=1e-9)


def test_of_a_repeated_step_the_last_value_is_taken_and_large_integers_stay_exact() -> None:
    point = point_at(asked([1, 2, 2], [1, 2, 2**60], {2: 2**60 + 1}), Place(2))
    assert point is not None
    assert (point.value, point.is_here, point.wall_time) == (str(2**60 + 1), True, 102.0)


@pytest.mark.parametrize("at", [-math.inf, -1.0])
def test_before_the_first_point_there_is_nothing(at: float) -> None:
    assert point_at(asked([0, 1], [1.0, 2.0]), Place(at)) is None


def test_what_is_named_often_is_answered_once() -> None:
    series = asked([0], [1.0])
    named = each_series(lambda _, labels: [series] * len(labels), ["a", "a"], ["loss"] * 3)
    assert [experiment for experiment, _ in named] == ["a"]


def test_hundreds_of_long_series_take_little_time() -> None:
    steps = np.arange(20_000.0)
    columns = Columns(steps, steps, np.sin(steps), {})
    series = AskedSeries("loss", "", "1", columns, None, 0.0)
    begun = time.perf_counter()
    for _ in range(500):
        assert point_at(series, Place(15_000, weight=0.9)) is not None
    assert time.perf_counter() - begun < 30  # 60 ms; a bound of failure
