from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.series.results import CountedPoints, result_of, value_at
from lavdlike.sources.columns import Columns


def points(
    values: list[float],
    *,
    steps: list[int] | None = None,
    begin: float = 0.0,
    counts: list[bool] | None = None,
) -> CountedPoints:
    columns = Columns(
        np.array(range(len(values)) if steps is None else steps, dtype=float),
        begin + np.arange(len(values), dtype=float),
        np.array(values, dtype=float),
        {},
    )
    return CountedPoints(columns, None if counts is None else np.array(counts, dtype=bool))


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=50))
def test_the_result_is_what_numpy_says_of_the_values(values: list[float]) -> None:
    result = result_of([points(values)])
    assert result is not None
    assert result.points == len(values)
    assert np.array_equal(result.last, values[-1], equal_nan=True)
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        assert result.minimum is result.maximum is result.mean is result.argmin is result.argmax is None
        return
    assert (result.minimum, result.maximum) == (min(finite), max(finite))
    assert result.argmin == values.index(min(finite))
    assert result.argmax == values.index(max(finite))
    with np.errstate(over="ignore"):
        assert result.mean == np.mean(finite)


def test_what_was_replaced_does_not_count() -> None:
    replaced = points([1.0, 2.0, -9.0, 99.0], counts=[True, True, False, False])
    result = result_of([replaced])
    assert result is not None
    assert (result.points, result.last, result.minimum, result.maximum) == (2, 2.0, 1.0, 2.0)
    assert value_at([replaced], 2) is None


def test_the_last_of_several_writers_is_the_one_logged_last() -> None:
    result = result_of([points([1.0, 2.0], begin=100.0), points([5.0, 7.0], begin=0.0)])
    assert result is not None
    assert (result.last, result.points, result.mean) == (2.0, 4, 3.75)


def test_without_points_there_is_no_result() -> None:
    assert result_of([points([1.0], counts=[False])]) is None


@pytest.mark.parametrize(("step", "value"), [(3, 30.0), (5, 51.0), (4, None)])
def test_the_value_at_a_step_is_the_one_logged_last(step: int, value: float | None) -> None:
    writers = [points([30.0, 50.0], steps=[3, 5]), points([51.0], steps=[5], begin=50.0)]
    assert value_at(writers, step) == value
