from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lavdlike.series import packing

_DOUBLES = st.floats(width=64)
_POINTS = st.lists(
    st.tuples(
        st.integers(0, 2**53 - 1),
        st.one_of(_DOUBLES, st.integers(0, 2**43).map(lambda ms: ms / 1000)),
        _DOUBLES,
    ),
    max_size=20,
)


def _round_trip(series: list[list[tuple[float, ...]]]) -> None:
    each = [np.array(points, dtype=float).reshape(len(points), 3).T for points in series]
    forms, data = packing.pack([c[0] for c in each], [c[1] for c in each], [[c[2] for c in each]])
    again = packing.unpack(forms, b"".join(data), [len(points) for points in series])
    assert len(again) == len(each) or not each
    for before, after in zip(each, again, strict=False):
        assert np.array_equal(np.array(after).reshape(3, -1), before, equal_nan=True)


@given(st.lists(_POINTS, min_size=1, max_size=4))
def test_every_number_comes_out_as_it_went_in(series: list[list[tuple[float, ...]]]) -> None:
    _round_trip([list(points) for points in series])


def test_steps_that_go_back_and_clocks_that_jump_are_exact() -> None:
    _round_trip([[(5, 1763600000.123, 1), (2, 1763600000.124, 2), (2**53 - 1, 0.5, 3)], [], [(0, 0, 0)]])


def test_times_of_another_clock_are_sent_as_they_are() -> None:
    times = np.array([1763600000.1234567, 1763600001.2345678])
    forms, _ = packing.pack([np.arange(2.0)], [times], [[times]])
    assert [form.scale for form in forms] == [1, 0, 0]


def test_a_point_of_a_training_takes_a_third_of_its_doubles() -> None:
    rng = np.random.default_rng(0)
    steps, times, values = [], [], []
    for _ in range(30):
        step = np.sort(rng.choice(5000, 700, replace=False)).astype(float)
        steps.append(step)
        times.append(np.round(1763600000 + step * 0.31 + rng.normal(0, 0.02, 700), 3))
        values.append((1 / (step + 1) + rng.normal(0, 0.01, 700)).astype(np.float32).astype(float))
    _, data = packing.pack(steps, times, [values])
    points = 30 * 700
    assert len(zlib.compress(b"".join(data), 1)) < 8 * points
    evenly = [np.arange(700.0)] * 30
    _, regular = packing.pack(evenly, evenly, [values])
    assert len(zlib.compress(b"".join(regular), 1)) == pytest.approx(4 * points, rel=0.15)


@given(st.lists(_DOUBLES, min_size=1, max_size=50))
@example([0.0, 1.797692706258873e308])
def test_what_is_drawn_deviates_by_less_than_a_millionth_of_its_range(numbers: list[float]) -> None:
    values = np.array(numbers)
    drawn = packing.as_drawn(values)
    is_finite = np.isfinite(values)
    assert np.array_equal(drawn[~is_finite], values[~is_finite], equal_nan=True)
    finite = values[is_finite]
    if len(finite):
        with np.errstate(over="ignore"):
            extent = finite.max() - finite.min()
        assert (np.abs(drawn[is_finite] - finite) <= extent * 1e-6).all()


def test_what_is_drawn_has_zeros_for_half_of_its_bytes() -> None:
    values = 3.0 + np.random.default_rng(0).random(700)
    planes = packing.as_drawn(values).view(np.uint8).reshape(700, 8)
    assert not planes[:, :3].any()
    assert len(zlib.compress(planes.T.tobytes(), 1)) < 0.65 * len(
        zlib.compress(values.view(np.uint8).reshape(700, 8).T.tobytes(), 1)
    )
