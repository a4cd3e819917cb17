"""Points of a label as columns, which is what every source gives; and their values as JSON carries them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from lavdlike.messages import JsonNumber

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

# The largest integer below which every integer is a double.
MAX_EXACT = 2**53
# So many numbers at most are looked at one by one: each call of numpy costs as much as some of them.
FEW = 16


class Columns(NamedTuple):
    """Points of one label in the order of the file. Steps are whole numbers up to 2**53 - 1, so doubles hold them.

    `exact`: index -> the value as it was logged, for integers that a double does not hold.
    """

    steps: FloatArray
    wall_times: FloatArray
    values: FloatArray
    exact: dict[int, int]

    def value(self, index: int) -> float | int:
        """The value as it was logged."""
        return self.exact.get(index, float(self.values[index]))

    def at(self, places: NDArray[np.int64]) -> Columns:
        """The points at these indices, in their order."""
        exact = {}
        if self.exact:
            exact = {
                index: self.exact[place] for index, place in enumerate(places.tolist()) if place in self.exact
            }
        return Columns(self.steps[places], self.wall_times[places], self.values[places], exact)

    def since(self, first: int) -> Columns:
        """The points from an index on."""
        exact = {index - first: value for index, value in self.exact.items() if index >= first}
        return Columns(self.steps[first:], self.wall_times[first:], self.values[first:], exact)


class StepValue(NamedTuple):
    """The scalar in a JSON file of a step, as Lavd writes it; `value` None: it is gone. `wall_time`: the file's."""

    label: str
    step: int
    wall_time: float
    value: float | int | None


def valid_label(text: str) -> str:
    """A name from JSON as a label: lone surrogates, which no message can carry, as they were escaped there."""
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


def to_columns(steps: Sequence[int], wall_times: Sequence[float], values: Sequence[float | int]) -> Columns:
    exact = {
        index: value
        for index, value in enumerate(values)
        if isinstance(value, int) and not -MAX_EXACT <= value <= MAX_EXACT
    }
    as_floats = [_to_float(value) for value in values] if exact else values
    return Columns(doubles(steps), doubles(wall_times), doubles(as_floats), exact)


def columns_of_values(values: Iterable[StepValue]) -> Columns:
    """Those that are there, in the order of their steps."""
    ordered = sorted(values, key=lambda value: value.step)
    points = [(value.step, value.wall_time, value.value) for value in ordered if value.value is not None]
    steps, wall_times, numbers = zip(*points, strict=True)
    return to_columns(steps, wall_times, numbers)


def json_numbers(values: FloatArray, exact: dict[int, int]) -> list[JsonNumber]:
    """Values as JSON carries them; `exact` as in `Columns`."""
    import numpy as np

    floats: list[float] = values.tolist()
    numbers: list[JsonNumber] = [*floats]
    if len(floats) <= FEW:
        special = [index for index, value in enumerate(floats) if not math.isfinite(value)]
    else:
        special = np.flatnonzero(~np.isfinite(values)).tolist()
    for index in special:
        numbers[index] = str(floats[index])
    for index, value in exact.items():
        numbers[index] = str(value)
    return numbers


def json_number(value: float | int) -> JsonNumber:
    """A value as JSON carries it: as a text what JSON numbers cannot be."""
    if isinstance(value, int):
        return value if abs(value) <= MAX_EXACT else str(value)
    return value if math.isfinite(value) else str(value)


def doubles(numbers: Sequence[float]) -> FloatArray:
    import numpy as np

    return np.array(numbers, dtype=np.float64)


def _to_float(value: float | int) -> float:
    """The nearest double; an infinity beyond the largest."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
