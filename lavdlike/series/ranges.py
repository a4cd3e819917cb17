"""What the values of a series come to between two places of an axis. Pure; from all points that count."""

from __future__ import annotations

from typing import NamedTuple

from lavdlike.scalar_messages import XAxis
from lavdlike.series.asked import AskedSeries


class Range(NamedTuple):
    """Both ends inclusive."""

    low: float
    high: float
    axis: XAxis = "step"


class RangeResult(NamedTuple):
    """As in `scalar_messages.RangeOfSeries`, `points` its count; of several smallest or largest values the first."""

    points: int
    first: float | None = None
    last: float | None = None
    change: float | None = None
    minimum: float | None = None
    step_of_minimum: int | None = None
    maximum: float | None = None
    step_of_maximum: int | None = None
    mean: float | None = None


def result_in(series: AskedSeries, between: Range) -> RangeResult:
    """First and last are those of the smallest and the largest x, not those logged first and last."""
    import numpy as np

    order = series.counted_in_order(between.axis)
    x = series.x(between.axis)[order]
    begin = int(np.searchsorted(x, between.low, side="left"))
    end = max(begin, int(np.searchsorted(x, between.high, side="right")))
    values, steps = series.columns.values[order][begin:end], series.columns.steps[order][begin:end]
    finite = np.isfinite(values)
    if not finite.all():
        values, steps = values[finite], steps[finite]
    if not len(values):
        return RangeResult(end - begin)
    lowest, highest = int(values.argmin()), int(values.argmax())
    with np.errstate(over="ignore"):  # beyond the largest float; what is infinite is left out
        mean, change = float(values.mean()), float(values[-1] - values[0])
    return RangeResult(
        end - begin,
        float(values[0]),
        float(values[-1]),
        change if np.isfinite(change) else None,
        float(values[lowest]),
        int(steps[lowest]),
        float(values[highest]),
        int(steps[highest]),
        mean if np.isfinite(mean) else None,
    )
