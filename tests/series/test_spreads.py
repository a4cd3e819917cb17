from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.series.spreads import difference_of, spread_of, t_quantile

# Squares of smaller ones are too small for numpy.
numbers = st.lists(st.floats(-1e6, 1e6).filter(lambda x: not 0 < abs(x) < 1e-100), min_size=1, max_size=50)


@given(numbers)
def test_a_spread_equals_numpys(values: list[float]) -> None:
    spread = spread_of(values)
    assert spread is not None
    assert spread.n == len(values)
    near = pytest.approx
    # Beside what the mean of the absolute values allows: where values cancel, numpy's sum is the one that rounds.
    size = float(np.abs(values).max())
    assert spread.mean == near(np.mean(values), rel=1e-12, abs=1e-12 * size)
    assert spread.median == near(np.median(values), rel=1e-12, abs=1e-12 * size)
    assert (spread.minimum, spread.maximum) == (min(values), max(values))
    if len(values) == 1:
        assert spread.deviation is None
    else:
        assert spread.deviation == near(np.std(values, ddof=1), rel=1e-12, abs=1e-12 * size)


def test_only_finite_numbers_count() -> None:
    assert spread_of([math.nan, math.inf]) is None
    assert spread_of([]) is None
    spread = spread_of([math.nan, 3.0, -math.inf, 5.0])
    assert spread is not None
    assert (spread.n, spread.mean, spread.median) == (2, 4.0, 4.0)


def test_the_largest_numbers_do_not_overflow() -> None:
    spread = spread_of([1.7e308, 1.7e308, 1.6e308])
    assert spread is not None
    assert spread.mean == pytest.approx(1.6666666666666667e308, rel=1e-15)
    assert spread.median == 1.7e308
    assert spread.deviation == pytest.approx(5.773502691896258e306, rel=1e-12)


def test_the_smallest_numbers_vary_too() -> None:
    spread = spread_of([1e-300, 3e-300])
    assert spread is not None
    assert spread.deviation == pytest.approx(math.sqrt(2) * 1e-300, rel=1e-12)


# Quantiles of Student's t for 95 %, as tables have them.
@pytest.mark.parametrize(
    ("degrees", "quantile"),
    [
        (1, 12.706204736174698),
        (2, 4.302652729749464),
        (3, 3.182446305284263),
        (4, 2.7764451051977987),
        (5, 2.5705818366147395),
        (10, 2.2281388519649385),
        (30, 2.0422724563012373),
        (100, 1.9839715184496334),
        (1000, 1.9623390808264078),
        (1e9, 1.959963984540054),
    ],
)
def test_quantiles_are_those_of_tables(degrees: float, quantile: float) -> None:
    assert t_quantile(degrees) == pytest.approx(quantile, rel=1e-8)


def test_both_ways_to_a_quantile_meet() -> None:
    assert t_quantile(1000) == pytest.approx(t_quantile(math.nextafter(1000, 2000)), rel=1e-12)


def test_one_degree_of_freedom_is_exact() -> None:
    """That is Cauchy's distribution, whose quantile is a tangent."""
    assert t_quantile(1) == pytest.approx(math.tan(math.pi * 0.475), rel=1e-13)
    assert t_quantile(2) == pytest.approx(0.95 * math.sqrt(2 / (1 - 0.95**2)), rel=1e-13)


def test_the_difference_of_two_groups_is_welchs() -> None:
    a, b = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9], [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0]
    interval = difference_of(spread_of(a), spread_of(b))
    assert interval is not None
    squares = np.var(a, ddof=1) / len(a), np.var(b, ddof=1) / len(b)
    degrees = sum(squares) ** 2 / (squares[0] ** 2 / 5 + squares[1] ** 2 / 7)
    reach = t_quantile(float(degrees)) * math.sqrt(sum(squares))
    assert interval.difference == pytest.approx(np.mean(a) - np.mean(b), rel=1e-12)
    assert interval.degrees == pytest.approx(degrees, rel=1e-12)
    assert interval.low == pytest.approx(np.mean(a) - np.mean(b) - reach, rel=1e-12)
    assert interval.high == pytest.approx(np.mean(a) - np.mean(b) + reach, rel=1e-12)


def test_groups_with_too_few_numbers_are_not_compared() -> None:
    assert difference_of(spread_of([1.0]), spread_of([1.0, 2.0])) is None
    assert difference_of(None, spread_of([1.0, 2.0])) is None


def test_groups_that_do_not_vary_differ_by_a_point() -> None:
    interval = difference_of(spread_of([1.0, 1.0]), spread_of([3.0, 3.0]))
    assert interval == (-2.0, -2.0, -2.0, None)
    one_varies = difference_of(spread_of([1.0, 1.0]), spread_of([3.0, 5.0]))
    assert one_varies is not None
    assert one_varies.degrees == pytest.approx(1.0)
