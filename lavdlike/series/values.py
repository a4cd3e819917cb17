"""What series have at one place of an axis: exact values, from all points. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lavdlike.messages import JsonNumber
from lavdlike.scalar_messages import SmoothingMethod, XAxis
from lavdlike.series.asked import AskedSeries, is_sorted
from lavdlike.sources.columns import json_number

if TYPE_CHECKING:
    from lavdlike.sources.columns import FloatArray


class Place(NamedTuple):
    """Where, on which axis; and how series are smoothed, if `weight` is above 0."""

    at: float
    axis: XAxis = "step"
    weight: float = 0.0
    method: SmoothingMethod = "ema"


class PointAt(NamedTuple):
    """As in `scalar_messages.ValueAt`."""

    step: int
    wall_time: float
    value: JsonNumber
    is_here: bool
    smoothed: JsonNumber | None = None


def point_at(series: AskedSeries, place: Place) -> PointAt | None:
    """The point there, or the nearest earlier one; None without either. Only points that count are looked at.

    Smoothed is what the drawn line has there: each segment is smoothed with all of its points.
    """
    x = series.x(place.axis)
    index = _index_at(series, x, place.at)
    if index is None:
        return None
    columns = series.columns
    point = PointAt(
        int(columns.steps[index]),
        float(columns.wall_times[index]),
        json_number(columns.value(index)),
        bool(x[index] == place.at),
    )
    if not place.weight:
        return point
    from lavdlike.series import overview, smoothing

    segments = overview.segments_of(columns.steps, x)
    smoothed = smoothing.smoothed_at(
        index, columns.values, x, segments, smoothing.Smoothing(place.weight, place.method)
    )
    return point._replace(smoothed=json_number(smoothed))


def _index_at(series: AskedSeries, x: FloatArray, at: float) -> int | None:
    """Of several points of the same x the one that was logged last."""
    import numpy as np

    if series.counts is None and is_sorted(x):
        index = int(np.searchsorted(x, at, side="right")) - 1
        return index if index >= 0 else None
    is_before = x <= at
    if series.counts is not None:
        is_before &= series.counts
    before = np.flatnonzero(is_before)
    if not len(before):
        return None
    nearest = x[before]
    return int(before[len(nearest) - 1 - int(nearest[::-1].argmax())])
