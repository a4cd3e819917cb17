from __future__ import annotations

import math
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.scalar_messages import SmoothingMethod
from lavdlike.series import smoothing
from lavdlike.series.overview import FloatArray, segments_of
from lavdlike.series.smoothing import Smoothing, smooth, smoothed_at

METHODS: tuple[SmoothingMethod, ...] = get_args(SmoothingMethod)
_VALUES = st.lists(
    st.one_of(st.floats(-1e6, 1e6), st.sampled_from([math.nan, math.inf, -math.inf])), max_size=150
)


def _array(numbers: list[float]) -> FloatArray:
    return np.array(numbers, dtype=np.float64)


def _ema_by_definition(values: list[float], weight: float) -> tuple[list[float], tuple[float, float]]:
    smoothed, weighted_sum, weight_sum = [], 0.0, 0.0
    for value in values:
        if math.isfinite(value):
            weighted_sum = weight * weighted_sum + value
            weight_sum = weight * weight_sum + 1
            smoothed.append(weighted_sum / weight_sum)
        else:
            smoothed.append(value)
    return smoothed, (weighted_sum, weight_sum)


def _by_definition(values: FloatArray, x: FloatArray, how: Smoothing, unit: float) -> FloatArray:
    """Of one segment, from the words of the module alone."""
    smoothed = values.copy()
    finite = np.flatnonzero(np.isfinite(values))
    y, at = values[finite], x[finite]
    places = np.arange(len(y))
    span = (1 + how.weight) / (1 - how.weight)
    for place in places.tolist():
        away = places - place
        if how.method == "ema":
            weights = np.where(away <= 0, how.weight ** np.maximum(-away, 0.0), 0)
        elif how.method == "time":
            weights = np.where(away <= 0, how.weight ** np.maximum((at[place] - at) / unit, 0.0), 0)
        elif how.method == "gaussian":
            deviation = span / (2 * math.sqrt(math.pi))
            weights = np.exp(-0.5 * (away / deviation) ** 2) * (np.abs(away) <= math.ceil(4 * deviation))
        else:
            weights = (np.abs(away) <= round(how.weight / (1 - how.weight))).astype(float)
        if how.method == "median":
            smoothed[finite[place]] = np.median(y[weights > 0])
        else:
            smoothed[finite[place]] = np.average(y, weights=weights)
    return smoothed


@given(_VALUES, st.floats(0.001, 0.999))
def test_smoothing_is_the_debiased_moving_average(values: list[float], weight: float) -> None:
    x = np.arange(len(values), dtype=np.float64)
    smoothed, state = smooth(_array(values), x, segments_of(x, x), Smoothing(weight))
    expected, expected_state = _ema_by_definition(values, weight)
    assert smoothed.tolist() == pytest.approx(expected, nan_ok=True, rel=1e-9, abs=1e-6)
    assert state == pytest.approx(expected_state, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("weight", [0.6, 0.99, 0.99999])
def test_smoothing_of_a_long_series_agrees(weight: float) -> None:
    values = np.random.default_rng(1).normal(size=50_000)
    x = np.arange(len(values), dtype=np.float64)
    smoothed, state = smooth(values, x, segments_of(x, x), Smoothing(weight))
    expected, expected_state = _ema_by_definition(values.tolist(), weight)
    np.testing.assert_allclose(smoothed, expected, rtol=1e-9, atol=1e-12)
    assert state == pytest.approx(expected_state, rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_smoothing_begins_anew_in_every_segment(method: SmoothingMethod) -> None:
    steps = _array([0, 1, 2, 0, 1])
    smoothed, state = smooth(
        _array([4, 4, 4, 1, 1]), steps, segments_of(steps, steps), Smoothing(0.9, method)
    )
    assert smoothed.tolist() == pytest.approx([4, 4, 4, 1, 1])
    assert (state is None) == (method != "ema")


@given(_VALUES, st.data(), st.sampled_from(METHODS), st.floats(0.01, 0.95))
def test_each_method_is_what_its_words_say(
    values: list[float], data: st.DataObject, method: SmoothingMethod, weight: float
) -> None:
    distances = data.draw(st.lists(st.integers(0, 9), min_size=len(values), max_size=len(values)))
    x = np.cumsum(_array([float(each) for each in distances]))
    how = Smoothing(weight, method)
    smoothed = smooth(_array(values), x, segments_of(x, x), how).values
    apart = np.diff(x)
    unit = float(np.median(apart[apart > 0])) if (apart > 0).any() else 1.0
    expected = _by_definition(_array(values), x, how, unit)
    largest = max((abs(value) for value in values if math.isfinite(value)), default=1.0)
    # Next to 0, where numbers have fewer digits, the last ones may differ.
    tolerance = 1e-12 * largest + 100 * np.finfo(np.float64).smallest_subnormal
    np.testing.assert_allclose(smoothed, expected, rtol=1e-12, atol=tolerance)
    for index in range(0, len(values), 7):
        alone = smoothed_at(index, _array(values), x, segments_of(x, x), how)
        np.testing.assert_allclose(alone, expected[index], rtol=1e-12, atol=tolerance)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("weight", [0.9, 0.98, 0.999])
def test_a_long_series_in_segments_agrees_with_its_single_values(
    method: SmoothingMethod, weight: float
) -> None:
    random = np.random.default_rng(2)
    steps = np.concatenate([np.arange(9000.0), np.arange(4000.0, 20000.0)])
    values = random.normal(size=len(steps))
    values[random.integers(0, len(values), 50)] = math.nan
    values[700] = 1e12  # what a run that explodes leaves is gone with its window
    segments, how = segments_of(steps, steps), Smoothing(weight, method)
    smoothed = smooth(values, steps, segments, how).values
    for index in (0, 1, 350, 8999, 9000, 9001, 15000, len(steps) - 1):
        assert smoothed[index] == pytest.approx(
            smoothed_at(index, values, steps, segments, how), rel=1e-10, nan_ok=True
        )


def test_weighing_by_distance_is_the_moving_average_where_points_are_even() -> None:
    values = np.random.default_rng(3).normal(size=1000)
    x = np.arange(1000.0) * 25
    by_points = smooth(values, x, segments_of(x, x), Smoothing(0.9, "ema")).values
    by_distance = smooth(values, x, segments_of(x, x), Smoothing(0.9, "time")).values
    np.testing.assert_allclose(by_distance, by_points, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("method", METHODS)
def test_all_methods_average_the_same_noise_away(method: SmoothingMethod) -> None:
    values = np.random.default_rng(4).normal(size=100_000)
    x = np.arange(float(len(values)))
    smoothed = smooth(values, x, segments_of(x, x), Smoothing(0.9, method)).values
    # A mean of N values has a deviation of 1 / sqrt(N); a median one of sqrt(pi / 2) times that.
    expected = math.sqrt(0.1 / 1.9) * (math.sqrt(math.pi / 2) if method == "median" else 1)
    assert smoothed.std() == pytest.approx(expected, rel=0.05)


@pytest.mark.slow
def test_very_wide_windows_end() -> None:
    values = np.random.default_rng(5).normal(size=30_000)
    x = np.arange(float(len(values)))
    segments = segments_of(x, x)
    for method in METHODS:
        how = Smoothing(1 - 1e-9, method)
        smoothed = smooth(values, x, segments, how).values
        assert smoothed[15_000] == pytest.approx(smoothed_at(15_000, values, x, segments, how), abs=1e-9)
    window = values[15_000 - smoothing.MAX_REACH : 15_000 + smoothing.MAX_REACH + 1]
    mean = smooth(values, x, segments, Smoothing(1 - 1e-9, "mean")).values[15_000]
    assert mean == pytest.approx(window.mean(), rel=1e-12, abs=1e-15)
