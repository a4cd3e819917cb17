"""Which points of a series to send: pure functions on arrays.

A series is drawn as lines, one for each *segment*: points in the order of the file in which x does not go back.
An overview keeps the exact minimum and maximum of every pixel column; tsdownsample finds them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.int64]

# Up to so many times the points of one line, each segment has its own extremes; beyond, segments share them.
_SEPARATE_LINES = 16
# Points that are looked at together: their arrays stay in the processor's cache.
BLOCK = 1 << 16


class Window(NamedTuple):
    """What of x is shown, inclusive, in how many pixel columns (even in x or in log x); 0 columns: every point."""

    x_min: float | None = None
    x_max: float | None = None
    columns: int = 0
    log_x: bool = False


class Segments(NamedTuple):
    """Begin and end (exclusive) of each segment, in order, without gaps."""

    starts: IndexArray
    ends: IndexArray


def segments_of(steps: FloatArray, x: FloatArray) -> Segments:
    """A segment begins where the step or x is smaller than at the point before."""
    back = steps[1:] < steps[:-1]
    if x is not steps:
        back |= x[1:] < x[:-1]
    starts = np.concatenate(([0], np.flatnonzero(back) + 1)) if len(steps) else np.empty(0, dtype=np.int64)
    return Segments(starts, np.append(starts[1:], len(steps)) if len(steps) else starts)


def choose_of_all(
    x: FloatArray, lines: Sequence[FloatArray], segments: Segments, window: Window
) -> IndexArray:
    """As `choose`, where several lines over the same x are drawn: all of them keep their extremes."""
    first, *others = lines
    chosen = choose(x, first, segments, window)
    for values in others:
        if len(chosen) == len(x):
            break
        chosen = _united(len(x), chosen, choose(x, values, segments, window))
    return chosen


def choose(x: FloatArray, values: FloatArray, segments: Segments, window: Window) -> IndexArray:
    """The indices of the points to send, growing.

    Of each segment: the first and the last point in the window, the nearest ones outside it, and in every pixel column
    the minimum, the maximum, and the first NaN, infinity and negative infinity. Of very many segments, all of which
    cannot be sent so, the same for all together.
    """
    low, high = _bounds(x, segments, window)
    if not low <= high:
        return np.empty(0, dtype=np.int64)
    if len(segments.starts) > _SEPARATE_LINES:
        return _choose_together(x, values, _shown(x, segments, low, high, window), _Scale(low, high, window))
    scale = _Scale(low, high, window)
    chosen = [
        _choose_of_segment(x, values, start, end, scale)
        for start, end in zip(segments.starts.tolist(), segments.ends.tolist(), strict=True)
    ]
    return np.concatenate(chosen)


class _Scale:
    """x -> pixel column, from 0 up to `columns`, exclusive, if x is in the window."""

    def __init__(self, low: float, high: float, window: Window) -> None:
        self.low, self.high, self.columns, self.log_x = low, high, window.columns, window.log_x

    def columns_of(self, x: FloatArray) -> FloatArray:
        low, high = self.low, self.high
        columns = (
            x.copy()
        )  # all else is done in place: with a million points, fresh memory costs more than arithmetic
        if self.log_x:
            np.log(columns, out=columns)
            low, high = math.log(low), math.log(high)
        columns -= low
        with np.errstate(over="ignore"):  # of x far outside of a very narrow window
            if high > low:
                columns /= high - low
            columns *= self.columns
        np.floor(columns, out=columns)
        return np.minimum(columns, self.columns - 1, out=columns)


def _bounds(x: FloatArray, segments: Segments, window: Window) -> tuple[float, float]:
    """First and last x shown; the first is above the last if nothing is."""
    if not len(x):
        return 0.0, -1.0
    low = x[segments.starts].min() if window.x_min is None else window.x_min
    high = x[segments.ends - 1].max() if window.x_max is None else window.x_max
    if window.log_x and low <= 0:
        low = x.min(where=x > 0, initial=np.inf)
    return float(low), float(high)


def _choose_of_segment(x: FloatArray, values: FloatArray, start: int, end: int, scale: _Scale) -> IndexArray:
    first = start + int(np.searchsorted(x[start:end], scale.low, side="left"))
    last = start + int(np.searchsorted(x[start:end], scale.high, side="right"))  # exclusive
    before = first > start and (x[first - 1] > 0 or not scale.log_x)
    after = last < end
    if first == last and not (before and after):
        return np.empty(0, dtype=np.int64)
    if scale.columns > 0 and last - first > 2 * scale.columns:
        kept = _extremes_between(x, values, first, last, scale)
        inside = first + _united(last - first, kept - first, np.array((0, last - first - 1)))
    else:
        inside = np.arange(first, last)
    return np.concatenate((np.arange(first - before, first), inside, np.arange(last, last + after)))


def _extremes_between(x: FloatArray, values: FloatArray, first: int, last: int, scale: _Scale) -> IndexArray:
    """`_extremes` of the points from `first` to `last`, exclusive, where x grows.

    Of blocks, and then of what was kept of each: arrays of a million points would be fresh memory each time, which
    costs more than what is done with them.
    """
    kept: list[IndexArray] = [
        begin + _extremes(scale.columns_of(x[begin:end]), values[begin:end])
        for begin, end in itertools.pairwise((*range(first, last, BLOCK), last))
    ]
    if len(kept) == 1:
        return kept[0]
    together: IndexArray = np.concatenate(kept)
    chosen: IndexArray = together[_extremes(scale.columns_of(x[together]), values[together])]
    return chosen


def _shown(x: FloatArray, segments: Segments, low: float, high: float, window: Window) -> IndexArray:
    """All points in the window, and the nearest outside it in each segment."""
    drawable = x > 0 if window.log_x else np.ones(len(x), dtype=np.bool_)
    to_next = drawable[1:] & drawable[:-1]  # whether there is a line from a point to the next one
    to_next[segments.starts[1:] - 1] = False
    shown = (x >= low) & (x <= high)
    crosses = to_next & (x[:-1] <= high) & (x[1:] >= low)
    shown[:-1] |= crosses
    shown[1:] |= crosses
    return np.flatnonzero(shown)


def _choose_together(x: FloatArray, values: FloatArray, shown: IndexArray, scale: _Scale) -> IndexArray:
    if scale.columns == 0 or len(shown) <= 2 * _SEPARATE_LINES * scale.columns:
        return shown
    columns = scale.columns_of(x[shown])
    columns[x[shown] < scale.low] = -1
    columns[x[shown] > scale.high] = scale.columns
    order = np.argsort(columns, kind="stable")
    kept = _extremes(columns[order], values[shown][order])
    return np.unique(np.concatenate((shown[:1], shown[order[kept]], shown[-1:])))


def _extremes(columns: FloatArray, values: FloatArray) -> IndexArray:
    """Indices of each column's minimum and maximum and of its first value of each sort that is not finite.

    Args:
        columns: whole numbers, growing; at least one.
    """
    from tsdownsample import MinMaxDownsampler

    count = int(columns[-1] - columns[0]) + 1
    # tsdownsample divides evenly what lies between the first and the last x: points at the outer edges, without a
    # value, make its bins our columns. An empty column behind them, because it asks for two bins at least.
    x = np.empty(len(columns) + 2)
    x[0], x[-1] = -0.5, count + 0.5
    np.subtract(columns, columns[0], out=x[1:-1])
    y = np.empty(len(values) + 2)
    y[0], y[1:-1], y[-1] = np.nan, values, np.nan
    finite = np.isfinite(values)
    special = np.flatnonzero(~finite)
    y[1 + special] = np.nan
    downsampler: Any = MinMaxDownsampler  # without types
    kept: IndexArray = downsampler().downsample(x, y, n_out=2 * (count + 1)).astype(np.int64) - 1
    kept = kept[(kept >= 0) & (kept < len(values))]
    if not len(special):
        return _united(len(values), kept)
    sorts = np.select([np.isnan(values[special]), values[special] > 0], [0, 1], 2)
    _, firsts = np.unique(columns[special] * 3 + sorts, return_index=True)
    return _united(len(values), kept, special[firsts])


def _united(count: int, *indices: IndexArray) -> IndexArray:
    """Each index once, growing; all are below `count`. Marks take a part of the time of `np.union1d`, which sorts."""
    is_meant = np.zeros(count, dtype=np.bool_)
    for each in indices:
        is_meant[each] = True
    return np.flatnonzero(is_meant)
