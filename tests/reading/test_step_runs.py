from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.reading.step_runs import steps_as_runs


@pytest.mark.parametrize(
    ("steps", "runs"),
    [
        ([], []),
        ([5], [(5, 1, 1)]),
        ([2, 1, 0], [(0, 3, 1)]),
        ([0, 100, 200], [(0, 3, 100)]),
        ([1, 2, 3, 10, 20, 30], [(1, 3, 1), (10, 3, 10)]),
        ([0, 5, 6, 7], [(0, 1, 1), (5, 3, 1)]),
        ([2**53 - 1], [(2**53 - 1, 1, 1)]),
    ],
)
def test_steps_are_told_as_runs(steps: list[int], runs: list[tuple[int, int, int]]) -> None:
    assert steps_as_runs(steps) == runs


@given(st.sets(st.integers(0, 60)))
def test_runs_hold_exactly_the_steps(steps: set[int]) -> None:
    runs = steps_as_runs(steps)
    assert [first + index * stride for first, count, stride in runs for index in range(count)] == sorted(
        steps
    )
