from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.series import overview
from lavdlike.series.overview import FloatArray, Segments, Window, choose, choose_of_all, segments_of

_VALUES = st.one_of(
    st.integers(-5, 5).map(float), st.sampled_from([math.nan, math.inf, -math.inf, 1e308, -1e308])
)


def _array(numbers: list[float]) -> FloatArray:
    return np.array(numbers, dtype=np.float64)


def _column(x: float, low: float, high: float, window: Window) -> int:
    if window.log_x:
        x, low, high = np.log(x), np.log(low), np.log(high)
    if high == low:
        return 0
    return min(int((x - low) * (window.columns / (high - low))), window.columns - 1)


def _sort(value: float) -> str:
    return "finite" if math.isfinite(value) else str(value)


def _assert_keeps_extremes(
    x: FloatArray, values: FloatArray, segments: Segments, window: Window, *, separate: bool
) -> None:
    """Every pixel column has the same minimum, maximum and sorts of values in what was chosen as in all points."""
    chosen = choose(x, values, segments, window)
    assert (np.diff(chosen) > 0).all()
    low = x.min() if window.x_min is None else window.x_min
    high = x.max() if window.x_max is None else window.x_max
    segment = (
        np.searchsorted(segments.starts, np.arange(len(x)), side="right") if separate else np.zeros(len(x))
    )
    cells: dict[tuple[int, float], list[int]] = {}
    for index in range(len(x)):
        if low <= x[index] <= high and (x[index] > 0 or not window.log_x):
            cells.setdefault((_column(x[index], low, high, window), segment[index]), []).append(index)
    for indices in cells.values():
        kept = np.intersect1d(indices, chosen)
        for of_cell, of_kept in ((values[indices], values[kept]),):
            finite, kept_finite = of_cell[np.isfinite(of_cell)], of_kept[np.isfinite(of_kept)]
            assert {_sort(value) for value in of_cell.tolist()} == {
                _sort(value) for value in of_kept.tolist()
            }
            if len(finite):
                assert (kept_finite.min(), kept_finite.max()) == (finite.min(), finite.max())


@given(
    st.lists(st.tuples(st.integers(0, 4), _VALUES), min_size=1, max_size=200),
    st.integers(1, 12),
    st.sampled_from(["x", "log x"]),
)
def test_every_column_keeps_its_extremes(points: list[tuple[int, float]], columns: int, scale: str) -> None:
    x = np.cumsum(_array([float(gap) for gap, _ in points])) + 1
    _assert_keeps_extremes(
        x,
        _array([value for _, value in points]),
        segments_of(x, x),
        Window(columns=columns, log_x=scale == "log x"),
        separate=True,
    )


@given(
    st.lists(st.tuples(st.integers(0, 60), _VALUES), min_size=1, max_size=300),
    st.integers(1, 4),
    st.integers(0, 30),
    st.integers(30, 60),
)
def test_every_column_keeps_its_extremes_whatever_the_order(
    points: list[tuple[int, float]], columns: int, x_min: int, x_max: int
) -> None:
    x, values = _array([float(step) for step, _ in points]), _array([value for _, value in points])
    segments = segments_of(x, x)
    window = Window(x_min, x_max, columns)
    _assert_keeps_extremes(x, values, segments, window, separate=len(segments.starts) <= 16)


@given(st.lists(st.integers(0, 9), max_size=60), st.floats(-1, 10), st.floats(-1, 10))
def test_every_exact_point_in_the_window_is_sent_with_its_neighbours(
    steps: list[int], x_min: float, x_max: float
) -> None:
    x = _array([float(step) for step in steps])
    segments = segments_of(x, x)
    chosen = choose(x, x, segments, Window(x_min, x_max))
    expected = set()
    for start, end in zip(segments.starts.tolist(), segments.ends.tolist(), strict=True):
        for index in range(start, end):
            inside = x_min <= x[index] <= x_max
            to_next = index + 1 < end and x[index] <= x_max and x[index + 1] >= x_min
            from_last = index > start and x[index - 1] <= x_max and x[index] >= x_min
            if x_min <= x_max and (inside or to_next or from_last):
                expected.add(index)
    assert chosen.tolist() == sorted(expected)


def test_overview_of_a_long_series_is_small_and_has_its_ends() -> None:
    x = np.arange(1_000_000, dtype=np.float64)
    values = np.sin(x / 1000)
    values[123_456], values[654_321] = 7, -7
    chosen = choose(x, values, segments_of(x, x), Window(columns=1000))
    assert len(chosen) <= 2002
    assert {0, 123_456, 654_321, 999_999} <= set(chosen.tolist())


def test_what_is_looked_at_in_blocks_is_chosen_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    values = random.integers(-3, 3, 5000).astype(np.float64)
    values[random.integers(0, 5000, 60)] = np.nan
    values[random.integers(0, 5000, 60)] = np.inf
    x = np.sort(random.integers(0, 3000, 5000)).astype(np.float64)
    segments, window = segments_of(x, x), Window(columns=70)
    at_once = choose(x, values, segments, window)
    for block in (1, 7, 1000):
        monkeypatch.setattr(overview, "BLOCK", block)
        assert choose(x, values, segments, window).tolist() == at_once.tolist()


def test_overview_of_a_million_backward_steps_is_small() -> None:
    x = np.random.default_rng(1).permutation(200_000).astype(np.float64)
    assert len(choose(x, x, segments_of(x, x), Window(columns=100))) <= 2 * 102 + 2


def test_repeated_steps_keep_their_extremes() -> None:
    x = np.full(10_000, 3.0)
    values = np.arange(10_000, dtype=np.float64)[::-1].copy()
    assert choose(x, values, segments_of(x, x), Window(columns=10)).tolist() == [0, 9999]


def test_a_window_of_hardly_any_width_is_no_obstacle() -> None:
    x = np.tile(np.arange(5, dtype=np.float64), 20_000)
    values = np.arange(len(x), dtype=np.float64)
    chosen = choose(x, values, segments_of(x, x), Window(2.0, np.nextafter(2.0, 3.0), 10))
    assert {2, 99_997} <= set(chosen.tolist())
    x.sort()
    assert len(choose(x, values, segments_of(x, x), Window(2.0, np.nextafter(2.0, 3.0), 10))) == 4


def test_log_x_leaves_out_what_has_no_place() -> None:
    x = _array([0, 0, 1, 10, 100])
    assert choose(x, x, segments_of(x, x), Window(columns=10, log_x=True)).tolist() == [2, 3, 4]
    assert choose(x, x, segments_of(x, x), Window(x_min=5, x_max=20, log_x=True)).tolist() == [2, 3, 4]
    assert choose(x[:2], x[:2], segments_of(x[:2], x[:2]), Window(columns=10, log_x=True)).tolist() == []


@pytest.mark.parametrize(("x_min", "x_max"), [(2.0, 1.0), (math.nan, 1.0), (20.0, 30.0), (-3.0, -2.0)])
def test_window_without_points_is_empty(x_min: float, x_max: float) -> None:
    x = np.arange(10, dtype=np.float64)
    assert len(choose(x, x, segments_of(x, x), Window(x_min, x_max, 100))) == 0


def test_no_points_are_no_segments() -> None:
    empty = _array([])
    segments = segments_of(empty, empty)
    assert len(segments.starts) == len(segments.ends) == 0
    assert len(choose(empty, empty, segments, Window(columns=5))) == 0


def test_segment_begins_where_the_step_or_x_goes_back() -> None:
    steps = _array([1, 2, 2, 1, 5, 6])
    wall_times = _array([1, 2, 3, 4, 3, 5])
    assert segments_of(steps, steps).starts.tolist() == [0, 3]
    assert segments_of(steps, wall_times).starts.tolist() == [0, 3, 4]
    assert segments_of(steps, wall_times).ends.tolist() == [3, 4, 6]


@given(
    st.lists(st.tuples(st.integers(0, 60), _VALUES, _VALUES), min_size=1, max_size=200), st.integers(0, 12)
)
def test_of_several_lines_all_is_sent_that_each_would_need(
    points: list[tuple[int, float, float]], columns: int
) -> None:
    x, *lines = (_array([float(point[place]) for point in points]) for place in range(3))
    segments, window = segments_of(x, x), Window(columns=columns)
    expected = {index for values in lines for index in choose(x, values, segments, window).tolist()}
    assert choose_of_all(x, lines, segments, window).tolist() == sorted(expected)


def test_a_further_line_is_not_looked_at_where_all_points_are_sent_already(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at = 0

    def counted(*arguments: Any) -> Any:
        nonlocal looked_at
        looked_at += 1
        return choose(*arguments)

    monkeypatch.setattr(overview, "choose", counted)
    x = np.arange(100.0)
    assert len(choose_of_all(x, [x, x], segments_of(x, x), Window(columns=50))) == 100
    assert looked_at == 1
