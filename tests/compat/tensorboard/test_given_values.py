"""Steps and numbers as TensorBoard's writers take them."""

from __future__ import annotations

import pytest

from lavdlike.compat.tensorboard.given_values import number_of, wall_time_of, whole_step


def test_steps_and_times() -> None:
    assert [whole_step(step) for step in (3, 3.9, "7", True, -1.5)] == [3, 3, 7, 1, -1]
    assert wall_time_of(None) is None
    assert wall_time_of(3) == 3.0
    for step in (None, float("nan"), "x"):
        with pytest.raises(ValueError, match="global_step must be a number"):
            whole_step(step)
    with pytest.raises(ValueError, match="walltime must be finite"):
        wall_time_of(float("inf"))
    with pytest.raises(ValueError, match="walltime must be a real number"):
        wall_time_of(object())


def test_numbers() -> None:
    assert [number_of(value) for value in (1, 0.5, "2e3", [[4]], (5,))] == [1, 0.5, 2000, 4, 5]
    for value in ("x", [1, 2], None):
        with pytest.raises(ValueError, match="scalar_value must be"):
            number_of(value)
