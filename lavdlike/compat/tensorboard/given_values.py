"""Steps, numbers and times as TensorBoard's writers take them -> those of the Logger."""

from __future__ import annotations

import math
from typing import Any

from lavdlike.kinds import numbers


def whole_step(global_step: Any) -> int:
    """The step as a whole number; decimals are cut off, as TensorBoard's writers do.

    Raises:
        ValueError: it is no number.
    """
    if type(global_step) is int:
        return global_step
    try:
        return int(global_step)
    except Exception as error:  # noqa: BLE001 - each library has its own way to say no
        raise ValueError(f"global_step must be a number, not {global_step!r:.80}: {error}") from None


def number_of(value: Any, *, argument: str = "scalar_value") -> float | int:
    """A single number of any library, also as the only entry of lists and arrays, or as text.

    Raises:
        ValueError: it is none.

    >>> number_of("0.5"), number_of([[2]]), number_of(True)
    (0.5, 2, 1)
    """
    if type(value) is float or type(value) is int:
        return value
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            raise ValueError(f"{argument} must be a number, not {value!r:.80}") from None
    if isinstance(value, (list, tuple)):
        array = numbers.to_array(value, argument=argument)
        if array.size != 1:
            raise ValueError(f"{argument} must be one number, not {array.size}")
        value = array.reshape(()).item()
    return numbers.to_number(value, argument=argument)


def wall_time_of(walltime: Any) -> float | None:
    """Unix seconds; None: now.

    Raises:
        ValueError: it is no time.
    """
    if walltime is None:
        return None
    seconds = float(number_of(walltime, argument="walltime"))
    if not math.isfinite(seconds):
        raise ValueError(f"walltime must be finite, not {seconds!r}")
    return seconds
