from __future__ import annotations

import math
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.layout import ExperimentName as Name
from lavdlike.series.ranges import Range, RangeResult, result_in
from lavdlike.series.store import SeriesStore
from tests.series.random_series import LoggedFile, logged_files
from tests.series.test_store import Folders, write
from tests.series.test_values import asked


@given(logged_files(), st.integers(-1, 30), st.integers(-1, 30))
def test_the_result_is_what_numpy_says_of_the_lines(file: LoggedFile, low: int, high: int) -> None:
    with TemporaryDirectory() as folder:
        write(Path(folder) / "a/scalars.tsv", file.lines, header=False)
        found = SeriesStore(Folders(Path(folder))).asked(Name("a"), ["loss"])
    inside = sorted((each for each in file.points if low <= each.step <= high), key=lambda each: each.step)
    finite = [each for each in inside if math.isfinite(each.value)]
    for series in found:
        result = result_in(series, Range(low, high))
        assert result.points == len(inside)
        if not finite:
            assert result == RangeResult(len(inside))
            continue
        values = np.array([each.value for each in finite])
        assert (result.first, result.last) == (values[0], values[-1])
        assert result.change == values[-1] - values[0]
        assert (result.minimum, result.maximum) == (values.min(), values.max())
        assert result.step_of_minimum == finite[int(values.argmin())].step
        assert result.step_of_maximum == finite[int(values.argmax())].step
        assert result.mean == pytest.approx(values.mean(), rel=1e-12, abs=1e-12)


def test_a_range_of_time_takes_points_by_their_time() -> None:
    result = result_in(asked([5, 6, 7], [1.0, 2.0, 4.0]), Range(1.0, 2.0, "relative"))
    assert (result.points, result.first, result.last, result.mean) == (2, 2.0, 4.0, 3.0)


def test_sums_beyond_the_largest_float_are_left_out() -> None:
    result = result_in(asked([0, 1], [-1.7e308, 1.7e308]), Range(0, 1))
    assert (result.minimum, result.maximum, result.change) == (-1.7e308, 1.7e308, None)
    assert result_in(asked([0, 1], [1.7e308, 1.7e308]), Range(0, 1)).mean is None
