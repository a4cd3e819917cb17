"""Rows of MLflow's table of metrics as columns of points, by their keys. Pure."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from lavdlike.layout import MAX_STEP
from lavdlike.sources.columns import Columns
from lavdlike.sources.sqlite.alike import Alike

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lavdlike.sources.sqlite.alike import Column


class Points(NamedTuple):
    """`by_key`: in the order of the rows. `outside`: how many stood at steps that are none."""

    by_key: dict[str, Columns]
    outside: int


class _Part(NamedTuple):
    """Of rows that are alike, those that are points; `keys`: numbers, for the keys in the order in which they came."""

    rowids: NDArray[np.int64]
    keys: NDArray[np.int64]
    steps: NDArray[np.int64]
    times: NDArray[np.float64]
    values: NDArray[np.float64]

    def at(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> _Part:
        return _Part(
            self.rowids[which], self.keys[which], self.steps[which], self.times[which], self.values[which]
        )


def points_in(rows: Sequence[Alike]) -> Points:
    """Args: rows: with the columns key, value, timestamp, step and is_nan."""
    import numpy as np

    numbers: dict[str, int] = {}
    parts, outside = [], 0
    for alike in rows:
        part, left_out = _part(alike, numbers)
        outside += left_out
        if part is not None:
            parts.append(part)
    if not parts:
        return Points({}, outside)
    every = _joined(parts)
    # By key, and among those of a key by row; where the file is broken, a row may come twice.
    order = np.lexsort((every.rowids, every.keys))
    every = every.at(np.delete(order, np.flatnonzero(np.diff(every.rowids[order]) == 0)))
    names = list(numbers)
    bounds = [0, *(np.flatnonzero(np.diff(every.keys)) + 1).tolist(), len(every.keys)]
    found = {}
    for begin, end in itertools.pairwise(bounds):
        of_key = slice(begin, end)
        columns = Columns(
            every.steps[of_key].astype(np.float64), every.times[of_key], every.values[of_key], {}
        )
        found[names[every.keys[begin]]] = columns
    return Points(found, outside)


def _part(alike: Alike, numbers: dict[str, int]) -> tuple[_Part | None, int]:
    """Args: numbers: those of keys; new ones are added."""
    import numpy as np

    keys, values, times, steps, are_nan = alike.columns
    texts = _texts(keys)
    if texts is None or not isinstance(values, np.ndarray):
        return None, 0
    count = len(alike.rowids)
    if not isinstance(steps, np.ndarray) or steps.dtype != np.int64:
        return None, count
    for text in dict.fromkeys(texts):
        numbers.setdefault(text, len(numbers))
    of_key = np.array([numbers[text] for text in texts], np.int64)
    seconds = times / 1000 if isinstance(times, np.ndarray) and times.dtype == np.int64 else np.zeros(count)
    doubles = np.where(_is_true(are_nan, count), math.nan, values.astype(np.float64))
    is_step = (steps >= 0) & (steps <= MAX_STEP)
    part = _Part(alike.rowids, of_key, steps.astype(np.int64), seconds, doubles).at(is_step)
    return part, count - len(part.rowids)


def _joined(parts: Sequence[_Part]) -> _Part:
    import numpy as np

    rowids, keys, steps, times, values = (np.concatenate(each) for each in zip(*parts, strict=True))
    return _Part(rowids, keys, steps, times, values)


def _texts(column: Column) -> list[str] | None:
    if not isinstance(column, list) or not isinstance(column[0], str):
        return None
    return column


def _is_true(column: Column, count: int) -> NDArray[np.bool_]:
    import numpy as np

    if isinstance(column, np.ndarray):
        return column.astype(np.bool_)
    return np.zeros(count, bool) if column is None else np.array([bool(each) for each in column], bool)
