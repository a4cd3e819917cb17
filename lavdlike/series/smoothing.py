"""The smoothed values of a series: pure functions on arrays, exact over all points.

A value that is not finite is its own smoothed value and is otherwise left out, as if it had not been logged. Each
segment (`overview.segments_of`) is smoothed by itself. The `weight` w, 0 <= w < 1, is how much is smoothed; 0 leaves
values as they are. It means the same for every method: as much noise is averaged away as by the exponential moving
average of that weight, whose span is N = (1 + w) / (1 - w) points (w = 0.6: 4, 0.9: 19, 0.99: 199).

- "ema": the debiased exponential moving average, as TensorBoard has it. s = w s + y, n = w n + 1, smoothed: s / n.
- "time": the same with w ** (dx / unit) in the place of w, where dx is the distance in x to the point before, as W&B's
  "time weighted EMA" has it (docs.wandb.ai, "Smooth line plots"). There the unit is a thousandth of the range of x in
  the chart, here the median distance of two neighbours of the series: so what is smoothed does not depend on what else
  is shown, and with evenly spaced points it is "ema".
- "mean", "median": of the point and its k neighbours to each side, k = w / (1 - w) rounded, a window of about N points;
  fewer at the ends of a segment.
- "gaussian": the mean weighted by a normal distribution around the point with a standard deviation of
  N / (2 sqrt(pi)) points, cut off at 4 standard deviations (scipy.ndimage.gaussian_filter1d's `truncate`); at the
  ends of a segment over the points that are there.

Windows end after `MAX_REACH` points to each side.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from lavdlike.bounded import giving_up
from lavdlike.scalar_messages import SmoothingMethod
from lavdlike.series.overview import FloatArray, Segments

MAX_REACH = 10_000
_BLOCK = 64
_NOTHING = 1e-20  # beside 1
_ALL_FADED = 746  # e to the power of minus that is 0 as a double
_SLICE = 4096  # points, between which it may be given up
_SORTED_ANEW = 20  # up to this reach, sorting each window is faster than keeping one sorted
_CONVOLVED = 64  # up to this reach, np.convolve is faster than products of matrices
_TRUNCATED = 4.0  # standard deviations


class Smoothing(NamedTuple):
    weight: float
    method: SmoothingMethod = "ema"


class Smoothed(NamedTuple):
    """`state`: after the last point (`scalar_messages.SeriesHead.smoothing_state`); None for all but "ema"."""

    values: FloatArray
    state: tuple[float, float] | None


def smooth(values: FloatArray, x: FloatArray, segments: Segments, smoothing: Smoothing) -> Smoothed:
    """All values of a series smoothed; `x` is only looked at by "time"."""
    smoothed = values.copy()
    state = (0.0, 0.0)
    unit = _median_distance(x, segments) if smoothing.method == "time" else 1.0
    for start, end in zip(segments.starts.tolist(), segments.ends.tolist(), strict=True):
        finite = np.isfinite(values[start:end])
        chosen = slice(None) if finite.all() else finite
        part = values[start:end][chosen]
        if smoothing.method == "ema":
            smoothed[start:end][chosen], state = _moving_average(part, smoothing.weight)
        elif len(part):
            smoothed[start:end][chosen] = _smooth_finite(part, x[start:end][chosen], smoothing, unit)
    return Smoothed(smoothed, state if smoothing.method == "ema" else None)


def smoothed_at(
    index: int, values: FloatArray, x: FloatArray, segments: Segments, smoothing: Smoothing
) -> float:
    """One value of what `smooth` returns, without computing all of them."""
    if not np.isfinite(values[index]):
        return float(values[index])
    segment = int(np.searchsorted(segments.starts, index, side="right")) - 1
    start, end = int(segments.starts[segment]), int(segments.ends[segment])
    part, at, place = values[start:end], x[start:end], index - start
    finite = np.isfinite(part)
    if not finite.all():
        part, at, place = part[finite], at[finite], int(np.count_nonzero(finite[:place]))
    weight, method = smoothing
    with np.errstate(over="ignore", invalid="ignore"):
        if method == "ema" or method == "time":
            if method == "ema":
                most = math.ceil(_ALL_FADED / -math.log(weight))
                ages = np.arange(min(place, most), -1, -1, dtype=np.float64)
            else:
                ages = (x[index] - at[: place + 1]) / _median_distance(x, segments)
            weights = weight**ages
            return float(weights @ part[place + 1 - len(ages) : place + 1] / weights.sum())
        reach = _reach(smoothing)
        first = max(0, place - reach)
        window = part[first : place + reach + 1]
        if method == "mean":
            return float(window.mean())
        if method == "median":
            return float(np.median(window))
        weights = _bell(smoothing)[reach - (place - first) :][: len(window)]
        return float(weights @ window / weights.sum())


def _reach(smoothing: Smoothing) -> int:
    """Points to each side that a window has."""
    weight, method = smoothing
    if method == "gaussian":
        return min(MAX_REACH, math.ceil(_TRUNCATED * _deviation(weight)))
    return min(MAX_REACH, round(weight / (1 - weight)))


def _deviation(weight: float) -> float:
    return (1 + weight) / (1 - weight) / (2 * math.sqrt(math.pi))


def _bell(smoothing: Smoothing) -> FloatArray:
    """The weights of a whole window, whose sum is 1."""
    reach = _reach(smoothing)
    distances = np.arange(-reach, reach + 1) / _deviation(smoothing.weight)
    weights = np.exp(-0.5 * distances**2)
    normalised: FloatArray = weights / weights.sum()
    return normalised


def _smooth_finite(part: FloatArray, x: FloatArray, smoothing: Smoothing, unit: float) -> FloatArray:
    if smoothing.method == "time":
        distances = np.diff(x)
        if (distances == unit).all():
            return _moving_average(part, smoothing.weight)[0]
        decays = smoothing.weight ** (np.diff(x, prepend=x[0]) / unit)
        return _sums_with_decays(part, decays) / _sums_with_decays(np.ones(len(part)), decays)
    if smoothing.method == "gaussian":
        return _weighted_means(part, _bell(smoothing))
    reach = min(_reach(smoothing), len(part) - 1)
    return _means(part, reach) if smoothing.method == "mean" else _medians(part, reach)


def _median_distance(x: FloatArray, segments: Segments) -> float:
    """Of neighbours within segments that are not at the same x; 1 without any."""
    distances = np.diff(x)
    distances[segments.starts[1:] - 1] = 0
    distances = distances[distances > 0]
    return float(np.median(distances)) if len(distances) else 1.0


def _sums_with_decays(values: FloatArray, decays: FloatArray) -> FloatArray:
    """s[0] = values[0], s[i] = decays[i] * s[i - 1] + values[i]."""
    count = len(values)
    if count <= _BLOCK:
        sums = np.empty(count)
        total = 0.0
        for index, (value, decay) in enumerate(zip(values.tolist(), decays.tolist(), strict=True)):
            total = decay * total + value
            sums[index] = total
        return sums
    # All blocks, as columns, go on by one point at a time. What a block takes over from those before it is the same
    # recursion over the blocks' last sums.
    blocks, faded = _in_blocks(values), _in_blocks(decays)
    for row in range(1, _BLOCK):
        blocks[row] += faded[row] * blocks[row - 1]
        faded[row] *= faded[row - 1]
    blocks[:, 1:] += faded[:, 1:] * _sums_with_decays(blocks[-1, :-1], faded[-1, :-1])
    return blocks.T.ravel()[:count]


def _in_blocks(values: FloatArray) -> FloatArray:
    """As columns of `_BLOCK` numbers, one after the other, and zeros at the end."""
    blocks = np.zeros((-(-len(values) // _BLOCK), _BLOCK))
    blocks.ravel()[: len(values)] = values
    return np.ascontiguousarray(blocks.T)


def _means(values: FloatArray, reach: int) -> FloatArray:
    """Sums of windows from sums of windows half as wide: nothing that lies outside a window is ever in its sum."""
    count = len(values)
    sums = np.concatenate((np.zeros(reach), values, np.zeros(reach)))  # of 1, 2, 4, ... from each place on
    total, width, done = np.zeros(count), 1, 0
    with np.errstate(over="ignore", invalid="ignore"):
        while True:
            if (2 * reach + 1) & width:
                total += sums[done : done + count]
                done += width
            if done == 2 * reach + 1:
                break
            sums = sums[:-width] + sums[width:]
            width *= 2
            giving_up.check()
    return total / _counts_in_windows(count, reach)


def _counts_in_windows(count: int, reach: int) -> FloatArray:
    places = np.arange(count)
    counts: FloatArray = np.minimum(places + reach, count - 1) - np.maximum(places - reach, 0) + 1.0
    return counts


def _medians(values: FloatArray, reach: int) -> FloatArray:
    count = len(values)
    medians = np.empty(count)
    if reach > _SORTED_ANEW or count <= 2 * reach:
        _medians_of_sorted(values, reach, medians)
        return medians
    windows = sliding_window_view(values, 2 * reach + 1)
    for begin in range(0, len(windows), _SLICE):
        giving_up.check()
        part = np.sort(windows[begin : begin + _SLICE], axis=1)[:, reach]
        medians[reach + begin : reach + begin + len(part)] = part
    for place in (*range(reach), *range(count - reach, count)):
        medians[place] = np.median(values[max(0, place - reach) : place + reach + 1])
    return medians


def _medians_of_sorted(values: FloatArray, reach: int, medians: FloatArray) -> None:
    """One window that is kept sorted while it goes along."""
    every = values.tolist()
    window = sorted(every[:reach])
    for place in range(len(every)):
        if place % _SLICE == 0:
            giving_up.check()
        if place + reach < len(every):
            insort(window, every[place + reach])
        if place > reach:
            del window[bisect_left(window, every[place - reach - 1])]
        half = len(window) // 2
        medians[place] = window[half] if len(window) % 2 else (window[half - 1] + window[half]) / 2


def _weighted_means(values: FloatArray, bell: FloatArray) -> FloatArray:
    count, reach = len(values), len(bell) // 2
    with np.errstate(over="ignore", invalid="ignore"):
        if reach <= _CONVOLVED or count <= _SLICE:
            sums = np.convolve(values, bell)[reach : reach + count]
        else:
            sums = _convolved(values, bell)
    # At the ends, of the weights that lie on points.
    heaped = np.concatenate(([0.0], np.cumsum(bell)))
    places = np.arange(count)
    first = reach - np.minimum(places, reach)
    after = reach + np.minimum(count - 1 - places, reach) + 1
    is_whole = (first == 0) & (after == len(bell))
    means: FloatArray = sums / np.where(is_whole, 1.0, heaped[after] - heaped[first])
    return means


def _convolved(values: FloatArray, bell: FloatArray) -> FloatArray:
    """As np.convolve does it, by products of matrices: each row has the values for `width` results."""
    count, reach = len(values), len(bell) // 2
    width = min(512, max(_BLOCK, reach))
    rows = -(-count // width)
    padded = np.zeros(rows * width + 2 * reach)
    padded[reach : reach + count] = values
    shifted = np.zeros((width + 2 * reach, width))
    for column in range(width):
        shifted[column : column + len(bell), column] = bell
    windows = sliding_window_view(padded, width + 2 * reach)[::width]
    sums = np.empty((rows, width))
    for begin in range(0, rows, _BLOCK):
        giving_up.check()
        np.matmul(windows[begin : begin + _BLOCK], shifted, out=sums[begin : begin + _BLOCK])
    return sums.ravel()[:count]


def _moving_average(values: FloatArray, weight: float) -> tuple[FloatArray, tuple[float, float]]:
    if not len(values):
        return values, (0.0, 0.0)
    sums = _decayed_sums(values, weight)
    # The sums of the weights grow until nothing of a double is left to grow.
    growing = min(len(values), math.ceil(math.log(_NOTHING) / math.log(weight)))
    weights = np.full(len(values), 1 / (1 - weight))
    weights[:growing] *= 1 - weight ** np.arange(1, growing + 1)
    return sums / weights, (float(sums[-1]), float(weights[-1]))


def _decayed_sums(values: FloatArray, weight: float) -> FloatArray:
    """s[0] = values[0], s[i] = weight * s[i - 1] + values[i]."""
    count = len(values)
    if count <= _BLOCK:
        return _sums_with_decays(values, np.full(count, weight))
    # As `_sums_with_decays`, where what has faded is the same in all blocks.
    blocks = _in_blocks(values)
    for row in range(1, _BLOCK):
        blocks[row] += weight * blocks[row - 1]
    faded = weight ** np.arange(1.0, _BLOCK + 1)
    blocks[:, 1:] += np.outer(faded, _decayed_sums(blocks[-1, :-1], float(faded[-1])))
    return blocks.T.ravel()[:count]
