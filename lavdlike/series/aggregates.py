"""What the values of several experiments at one label come to, at each step or in each bin: pure functions on arrays.

Each experiment counts once: what several of its writers have at a step (or in a bin) is first taken together as their
mean. A value that is not finite is missing: it counts neither in what is computed nor in `n`. The median and the
quartiles are interpolated linearly, as numpy.quantile does; deviations are those of a sample (ddof=1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lavdlike.bounded import giving_up
from lavdlike.series.asked import AskedSeries
from lavdlike.series.overview import FloatArray, segments_of
from lavdlike.series.smoothing import Smoothing, smooth
from lavdlike.series.spreads import t_quantile

Average = Literal["mean", "median"]
Band = Literal["none", "deviation", "error", "interval", "range", "quartiles"]

# Values that are computed with at once; a block of them fits into a processor's cache.
_BLOCK_VALUES = 2**18
# A table of which steps there are is faster than sorting them, up to so many places for each.
_TABLE_PLACES = 8


class RunPoints(NamedTuple):
    """One value an x, growing; NaN where it is missing. `missing`: how many are, over all writers."""

    x: FloatArray
    values: FloatArray
    missing: int = 0


class Bins(NamedTuple):
    """`number` of equal width between the first and the last x of all experiments, both inclusive."""

    low: float
    high: float
    number: int

    def centres(self) -> FloatArray:
        places = np.arange(self.number) + 0.5
        centres: FloatArray = self.low + (self.high - self.low) * (places / self.number)
        return centres

    def places_of(self, x: FloatArray) -> NDArray[np.intp]:
        width = self.high - self.low
        places = np.floor((x - self.low) / width * self.number) if width > 0 else np.zeros(len(x))
        return np.clip(places, 0, self.number - 1).astype(np.intp)


class Aggregate(NamedTuple):
    """For each x: the average, the edges of the band, and of how many experiments. NaN where there is none.

    Deviation, standard error and interval are those of the mean, also around a median.
    """

    x: FloatArray
    average: FloatArray
    low: FloatArray
    high: FloatArray
    n: FloatArray


def points_of(writer: AskedSeries, axis: Literal["step", "relative"], smoothing: Smoothing) -> RunPoints:
    """The points of one writer that count, of several of a step the last one; `x` grows if the axis is "step"."""
    values = writer.columns.values
    x = writer.x(axis)
    if smoothing.weight:
        values = smooth(values, x, segments_of(writer.columns.steps, x), smoothing).values
    order = writer.counted_in_order("step")
    steps, values, x = writer.columns.steps[order], values[order], x[order]
    is_last = np.append(steps[1:] > steps[:-1], True)
    if len(steps) and not is_last.all():
        values, x = values[is_last], x[is_last]
    finite = np.isfinite(values)
    missing = len(values) - int(np.count_nonzero(finite))
    return RunPoints(x, np.where(finite, values, np.nan) if missing else values, missing)


def binned(run: RunPoints, bins: Bins) -> RunPoints:
    """The mean of the run's values in each bin that has some."""
    places, values = bins.places_of(run.x), run.values
    there = np.flatnonzero(np.bincount(places, minlength=bins.number))
    if run.missing:
        finite = ~np.isnan(values)
        places, values = places[finite], values[finite]
    if (places[1:] < places[:-1]).any():
        order = np.argsort(places, kind="stable")
        places, values = places[order], values[order]
    means = np.full(bins.number, np.nan)
    if len(values):
        begins = np.concatenate(([0], np.flatnonzero(np.diff(places)) + 1))
        with np.errstate(over="ignore", invalid="ignore"):  # beyond the largest float
            sums = np.add.reduceat(values, begins)
        means[places[begins]] = sums / np.diff(np.append(begins, len(values)))
    return RunPoints(bins.centres()[there], means[there], run.missing)


def of_writers(writers: Sequence[RunPoints]) -> RunPoints:
    """One experiment: at each x the mean over the writers that have a value there."""
    if len(writers) == 1:
        return writers[0]
    x = union_of([writer.x for writer in writers])
    blocks = [_of_block(block, "mean", "none")[0] for _, block in _blocks(writers, x)]
    values = np.concatenate(blocks) if blocks else np.empty(0)
    return RunPoints(x, values, sum(writer.missing for writer in writers))


def aggregate(runs: Sequence[RunPoints], average: Average, band: Band) -> Aggregate:
    """At each x that one of the experiments has."""
    x = union_of([run.x for run in runs])
    columns = np.empty((4, len(x)))
    for place, block in _blocks(runs, x):
        giving_up.check()
        for column, computed in zip(columns, _of_block(block, average, band), strict=True):
            column[place] = computed
    return Aggregate(x, *columns)


def union_of(arrays: Sequence[FloatArray]) -> FloatArray:
    """Every number that is in one of them, growing; each of them grows."""
    longest = max(arrays, key=len, default=np.empty(0))
    others = [each for each in arrays if not _is_begin_of(each, longest)]
    if not others:
        return longest
    every = [longest, *others]
    low = min(float(each[0]) for each in every if len(each))
    high = max(float(each[-1]) for each in every if len(each))
    if not all(map(_are_whole, every)) or high - low > _TABLE_PLACES * sum(map(len, every)):
        return np.unique(np.concatenate(every))
    is_there = np.zeros(int(high - low) + 1, dtype=np.bool_)
    for each in every:
        giving_up.check()
        is_there[(each - low).astype(np.intp)] = True
    union: FloatArray = np.flatnonzero(is_there).astype(np.float64) + low
    return union


def _is_begin_of(part: FloatArray, whole: FloatArray) -> bool:
    return part is whole or (len(part) <= len(whole) and bool((part == whole[: len(part)]).all()))


def _blocks(runs: Sequence[RunPoints], x: FloatArray) -> Iterator[tuple[slice, FloatArray]]:
    """Some places of x after the other, and the runs' values there as rows; NaN where one has none."""
    width = max(64, _BLOCK_VALUES // len(runs)) if runs else 1
    for begin in range(0, len(x), width):
        part = x[begin : begin + width]
        places_of = _places_in(part)
        block = np.empty((len(runs), len(part)))
        for row, run in zip(block, runs, strict=True):
            first, after = np.searchsorted(run.x, (part[0], part[-1])).tolist()
            after += int(after < len(run.x) and run.x[after] == part[-1])
            if after - first == len(part):  # it has them all
                row[:] = run.values[first:after]
            else:
                row[:] = np.nan
                row[places_of(run.x[first:after])] = run.values[first:after]
        yield slice(begin, begin + len(part)), block


def _places_in(part: FloatArray) -> Callable[[FloatArray], NDArray[np.intp]]:
    """Where numbers stand that are all in this array, which grows."""
    span = float(part[-1] - part[0])
    if span > _TABLE_PLACES * len(part) or not _are_whole(part):
        return lambda x: np.searchsorted(part, x)
    table = np.zeros(int(span) + 1, dtype=np.intp)
    table[(part - part[0]).astype(np.intp)] = np.arange(len(part))
    return lambda x: table[(x - part[0]).astype(np.intp)]


def _are_whole(x: FloatArray) -> bool:
    return bool((x == np.floor(x)).all())


def _of_block(block: FloatArray, average: Average, band: Band) -> tuple[FloatArray, ...]:
    """Average, low, high, n of each column. The block is used up."""
    is_missing = np.isnan(block)
    n = len(block) - np.count_nonzero(is_missing, axis=0).astype(np.float64)
    is_ranked = average == "median" or band == "quartiles"
    ranked = np.sort(np.ascontiguousarray(block.T), axis=1) if is_ranked else block.T  # NaN come last
    low = high = np.full(len(n), np.nan)
    if band == "range":
        low, high = np.fmin.reduce(block, axis=0), np.fmax.reduce(block, axis=0)
    elif band == "quartiles":
        low, high = _quantile(ranked, n, 0.25), _quantile(ranked, n, 0.75)
    middle = _quantile(ranked, n, 0.5) if average == "median" else None
    mean = _mean(block, is_missing, n)
    if band in ("deviation", "error", "interval"):
        reach = _deviation(block, mean, is_missing, n)
        if band != "deviation":
            reach *= _reach_of_error(n) if band == "error" else _reach_of_interval(n)
        low, high = mean - reach, mean + reach
    return mean if middle is None else middle, low, high, n


def _mean(block: FloatArray, is_missing: NDArray[np.bool_], n: FloatArray) -> FloatArray:
    """Afterwards 0 stands in the block where a value is missing."""
    if (n < len(block)).any():
        np.copyto(block, 0.0, where=is_missing)
    with np.errstate(invalid="ignore", over="ignore"):  # of none; beyond the largest float
        mean: FloatArray = block.sum(axis=0) / n
    return mean


def _deviation(
    block: FloatArray, mean: FloatArray, is_missing: NDArray[np.bool_], n: FloatArray
) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        block -= mean
        if (n < len(block)).any():
            np.copyto(block, 0.0, where=is_missing)
        variance = np.einsum("ij,ij->j", block, block) / (n - 1)
        deviation: FloatArray = np.where(n > 1, np.sqrt(variance), np.nan)
    return deviation


def _reach_of_error(n: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):
        reach: FloatArray = 1 / np.sqrt(n)
    return reach


def _reach_of_interval(n: FloatArray) -> FloatArray:
    """Standard deviations to each side of a 95 % confidence interval of a mean, after Student."""
    numbers, places = np.unique(n, return_inverse=True)
    reaches = np.array(
        [t_quantile(each - 1) / each**0.5 if each > 1 else np.nan for each in numbers.tolist()]
    )
    reach: FloatArray = reaches[places]
    return reach


def _quantile(ranked: FloatArray, n: FloatArray, share: float) -> FloatArray:
    """Of each row, which grows and has `n` numbers before its NaN."""
    place = np.maximum(n - 1, 0) * share
    before = np.floor(place).astype(np.intp)
    after = np.minimum(before + 1, np.maximum(n - 1, 0).astype(np.intp))
    rows = np.arange(len(ranked))
    low, high, part = ranked[rows, before], ranked[rows, after], place - before
    with np.errstate(over="ignore", invalid="ignore"):
        quantile: FloatArray = np.where(
            part < 0.5, low + (high - low) * part, high - (high - low) * (1 - part)
        )
    return np.where(low == high, low, quantile)
