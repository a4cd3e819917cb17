from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from lavdlike.series.aggregates import (
    Aggregate,
    Average,
    Band,
    Bins,
    RunPoints,
    aggregate,
    binned,
    of_writers,
    points_of,
    union_of,
)
from lavdlike.series.asked import AskedSeries
from lavdlike.series.overview import FloatArray
from lavdlike.series.smoothing import Smoothing
from lavdlike.sources.columns import Columns, doubles

BANDS: tuple[Band, ...] = ("none", "deviation", "error", "interval", "range", "quartiles")
_NUMBERS = st.one_of(st.floats(-1e6, 1e6), st.just(math.nan))


def run(values: dict[float, float]) -> RunPoints:
    steps = sorted(values)
    of_steps = doubles([values[step] for step in steps])
    return RunPoints(doubles(steps), of_steps, int(np.count_nonzero(np.isnan(of_steps))))


def by_numpy(values: Sequence[float], average: Average, band: Band) -> tuple[float, float, float, int]:
    """Average, low, high and n of the values at one step, NaN among them."""
    finite = np.array([value for value in values if math.isfinite(value)])
    n = len(finite)
    if n == 0:
        return math.nan, math.nan, math.nan, 0
    middle = float(finite.mean() if average == "mean" else np.median(finite))
    mean = finite.mean()
    if band == "range":
        return middle, float(finite.min()), float(finite.max()), n
    if band == "quartiles":
        low, high = np.quantile(finite, (0.25, 0.75))
        return middle, float(low), float(high), n
    if band == "none" or n == 1:
        return middle, math.nan, math.nan, n
    reach = finite.std(ddof=1)
    if band != "deviation":
        reach /= math.sqrt(n)
    if band == "interval":
        reach *= special.stdtrit(n - 1, 0.975)
    return middle, float(mean - reach), float(mean + reach), n


def assert_is(found: Aggregate, expected: Sequence[tuple[float, float, float, int]], scale: float) -> None:
    for column, numbers in zip(found[1:], zip(*expected, strict=True), strict=True):
        np.testing.assert_allclose(column, numbers, rtol=1e-12, atol=1e-12 * scale)


_RUNS = st.lists(
    st.dictionaries(st.integers(0, 12).map(float), _NUMBERS, max_size=10), min_size=1, max_size=7
)


@given(_RUNS, st.sampled_from(("mean", "median")), st.sampled_from(BANDS))
def test_each_step_is_what_numpy_says(runs: list[dict[float, float]], average: Average, band: Band) -> None:
    steps = sorted({step for values in runs for step in values})
    found = aggregate([run(values) for values in runs], average, band)
    assert found.x.tolist() == steps
    expected = [
        by_numpy([values[step] for values in runs if step in values], average, band) for step in steps
    ]
    scale = max((abs(value) for values in runs for value in values.values() if value == value), default=1.0)
    if steps:
        assert_is(found, expected, scale)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["equal", "begins", "apart", "far apart"])
@pytest.mark.parametrize("band", BANDS)
def test_many_long_experiments_are_what_numpy_says(kind: str, band: Band) -> None:
    """Steps that are the same, those of some end early, and others; more than are computed at once."""
    random = np.random.default_rng(7)
    length = 9000
    runs, table = [], {}
    for number in range(40):
        steps = np.arange(length) if kind != "begins" else np.arange(length - 150 * number)
        if "apart" in kind:
            steps = np.sort(random.choice(2 * length, length, replace=False))
        x = steps * (1e6 if kind == "far apart" else 1.0)
        values = random.normal(size=len(x)) * 10.0 ** random.integers(-3, 3)
        values[random.integers(0, len(x), 20)] = np.nan
        runs.append(RunPoints(x.astype(np.float64), values, 20))
        table[number] = dict(zip(x.tolist(), values.tolist(), strict=True))
    found = aggregate(runs, "mean", band)
    every = sorted(set().union(*table.values()))
    assert found.x.tolist() == every
    chosen = random.choice(len(every), 200, replace=False)
    expected = [
        by_numpy([values[every[place]] for values in table.values() if every[place] in values], "mean", band)
        for place in chosen.tolist()
    ]
    assert_is(Aggregate(*(column[chosen] for column in found)), expected, 1.0)


def test_of_equal_values_the_band_is_the_value_itself() -> None:
    runs = [run({0: 0.1}), run({0: 0.1}), run({0: 0.1})]
    for band in ("quartiles", "range"):
        found = aggregate(runs, "median", band)
        assert (found.low[0], found.average[0], found.high[0]) == (0.1, 0.1, 0.1)


def test_sums_beyond_the_largest_float_disturb_nothing_else() -> None:
    found = aggregate([run({0: 1.7e308, 1: 1.0}), run({0: 1.7e308, 1: 3.0})], "mean", "range")
    assert found.average.tolist() == [math.inf, 2.0]
    assert (found.low.tolist(), found.high.tolist()) == ([1.7e308, 1.0], [1.7e308, 3.0])


@given(
    st.lists(st.lists(st.integers(0, 60), unique=True).map(sorted), min_size=1, max_size=5),
    st.sampled_from([1.0, 0.37]),
)
def test_a_union_has_every_step_once(steps: list[list[int]], factor: float) -> None:
    found = union_of([doubles([factor * step for step in each]) for each in steps])
    assert found.tolist() == sorted({factor * step for each in steps for step in each})


@given(st.lists(st.tuples(st.floats(0, 1000), _NUMBERS), min_size=1, max_size=60), st.integers(1, 12))
def test_a_bin_has_the_mean_of_what_lies_in_it(points: list[tuple[float, float]], number: int) -> None:
    x, values = doubles([each for each, _ in points]), doubles([value for _, value in points])
    bins = Bins(float(x.min()), float(x.max()), number)
    found = binned(RunPoints(x, values, int(np.count_nonzero(np.isnan(values)))), bins)
    places = bins.places_of(x)
    assert places.min() >= 0
    assert places.max() < number
    assert found.x.tolist() == bins.centres()[np.unique(places)].tolist()
    for centre, value in zip(found.x, found.values, strict=True):
        inside = values[bins.centres()[places] == centre]
        inside = inside[np.isfinite(inside)]
        expected = inside.mean() if len(inside) else np.nan
        np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-12 * 1e6)


def test_bins_are_of_equal_width_with_both_ends_in_them() -> None:
    bins = Bins(0.0, 10.0, 5)
    assert bins.centres().tolist() == [1, 3, 5, 7, 9]
    assert bins.places_of(doubles([0, 1.9, 2, 9.9, 10])).tolist() == [0, 0, 1, 4, 4]
    assert Bins(3.0, 3.0, 5).places_of(doubles([3])).tolist() == [0]


def test_writers_of_an_experiment_count_once() -> None:
    together = of_writers([run({0: 1.0, 1: math.nan, 2: 5.0}), run({0: 3.0, 1: 4.0, 3: math.nan})])
    assert together.x.tolist() == [0, 1, 2, 3]
    np.testing.assert_equal(together.values, [2.0, 4.0, 5.0, math.nan])
    assert together.missing == 2


def _asked(steps: list[int], values: list[float], counts: list[bool] | None = None) -> AskedSeries:
    columns = Columns(doubles(steps), doubles(range(len(steps))), doubles(values), {})
    return AskedSeries("loss", "", "1", columns, None if counts is None else np.array(counts), 0.0)


def test_points_of_a_writer_are_the_last_of_each_step_that_counts() -> None:
    resumed = _asked([0, 1, 2, 3, 2, 2], [0, 1, 2, math.inf, 20, 21], [True, True, False, False, True, True])
    points = points_of(resumed, "step", Smoothing(0.0))
    assert (points.x.tolist(), points.values.tolist(), points.missing) == ([0, 1, 2], [0, 1, 21], 0)
    unwritten = points_of(_asked([0, 1, 2, 1], [0, 1, math.nan, 10]), "step", Smoothing(0.0))
    assert (unwritten.x.tolist(), unwritten.missing) == ([0, 1, 2], 1)
    np.testing.assert_equal(unwritten.values, [0, 10, math.nan])
    in_time = points_of(_asked([0, 1, 2, 1], [0, 1, 2, 10]), "relative", Smoothing(0.0))
    assert (in_time.x.tolist(), in_time.values.tolist()) == ([0, 3, 2], [0, 10, 2])


def test_arrays_that_need_no_change_are_not_copied() -> None:
    series = _asked([0, 1, 2], [3, 4, 5])
    points = points_of(series, "step", Smoothing(0.0))
    shared: list[tuple[FloatArray, FloatArray]] = [
        (points.x, series.columns.steps),
        (points.values, series.columns.values),
    ]
    assert all(np.shares_memory(one, other) for one, other in shared)
