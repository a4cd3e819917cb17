"""Series made of others: of an expression over labels, and with another label's values as x. Pure.

Both join labels where they have the same step, in the order of steps, from the points that count; of several of a step
the one that was logged last. An expression has a series for each writer of its labels: a label that this writer does
not log is taken from the writer that does, if there is only one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lavdlike.layout import ExperimentName
from lavdlike.series import overview
from lavdlike.series.asked import AskedSeries, AskSeries, is_sorted
from lavdlike.series.expressions import Expression, parse
from lavdlike.series.overview import FloatArray, Window
from lavdlike.sources.columns import Columns

MAX_EXPRESSIONS = 100


class OverLabel(NamedTuple):
    """A series, and its x, which may go back and forth; None: it has no other than its step and time."""

    series: AskedSeries
    x: FloatArray | None


def parsed(texts: Sequence[str]) -> dict[str, Expression]:
    """By its text. Raises ValueError."""
    if len(texts) > MAX_EXPRESSIONS:
        raise ValueError(f"at most {MAX_EXPRESSIONS} expressions at a time, not {len(texts)}")
    return {text: parse(text) for text in texts}


def with_expressions(ask: AskSeries, texts: Sequence[str]) -> AskSeries:
    """As `ask`, where what stands in `texts` is no label but an expression. Raises ValueError."""
    expressions = parsed(texts)
    if not expressions:
        return ask

    def ask_both(experiment: ExperimentName, labels: Sequence[str]) -> list[AskedSeries]:
        needed = {
            name: None
            for label in labels
            for name in (expressions[label].labels if label in expressions else (label,))
        }
        by_label: dict[str, list[AskedSeries]] = {}
        for series in ask(experiment, list(needed)):
            by_label.setdefault(series.label, []).append(series)
        found: list[AskedSeries] = []
        for label in labels:
            if label in expressions:
                found.extend(_series_of(expressions[label], by_label))
            else:
                found.extend(by_label.get(label, ()))
        return found

    return ask_both


def over_label(
    ask: AskSeries, experiment: ExperimentName, labels: Sequence[str], x_label: str
) -> list[OverLabel]:
    """The series of these labels at the steps at which `x_label` has a value that is finite."""
    xs = ask(experiment, [x_label])
    over = []
    for series in ask(experiment, labels):
        x_series = _of_writer(xs, series.writer)
        if x_series is None:
            continue
        (of_y, of_x), _ = _joined([series, x_series])
        x = x_series.columns.values[of_x]
        is_there = np.isfinite(x)
        columns = series.columns.at(of_y[is_there])
        identity = f"{series.identity}-{x_series.identity}"
        over.append(OverLabel(series._replace(columns=columns, counts=None, identity=identity), x[is_there]))
    return over


def choose_along(x: FloatArray, values: FloatArray, window: Window) -> NDArray[np.int64]:
    """The points of a line that goes back and forth in x, to be drawn in their order: those in the window and their
    neighbours; of many, those with extremes of x or the value in as many parts of the way as there are columns.
    """
    if is_sorted(x):
        return overview.choose(x, values, overview.segments_of(x, x), window)
    inside = np.ones(len(x), dtype=np.bool_)
    if window.x_min is not None:
        inside &= x >= window.x_min
    if window.x_max is not None:
        inside &= x <= window.x_max
    shown = inside.copy()
    shown[:-1] |= inside[1:]
    shown[1:] |= inside[:-1]
    places = np.flatnonzero(shown)
    if window.columns == 0:
        return places
    along = np.arange(float(len(places)))
    way, parts = overview.segments_of(along, along), Window(columns=window.columns)
    kept = [overview.choose(along, each[places], way, parts) for each in (x, values)]
    chosen: NDArray[np.int64] = places[np.union1d(*kept)]
    return chosen


def _series_of(expression: Expression, by_label: dict[str, list[AskedSeries]]) -> list[AskedSeries]:
    writers = sorted({each.writer for label in expression.labels for each in by_label.get(label, ())})
    by_identity: dict[str, AskedSeries] = {}
    for writer in writers:
        parts = [_of_writer(by_label.get(label, ()), writer) for label in expression.labels]
        there = [part for part in parts if part is not None]
        identity = "-".join(part.identity for part in there)
        if len(there) == len(parts) and identity not in by_identity:
            by_identity[identity] = _computed(expression, writer, identity, there)
    return list(by_identity.values())


def _of_writer(writers: Sequence[AskedSeries], writer: str) -> AskedSeries | None:
    """That of this writer, or else the only one."""
    own = [each for each in writers if each.writer == writer]
    return own[0] if own else writers[0] if len(writers) == 1 else None


def _computed(
    expression: Expression, writer: str, identity: str, parts: Sequence[AskedSeries]
) -> AskedSeries:
    places, steps = _joined(parts)
    values = {part.label: part.columns.values[place] for part, place in zip(parts, places, strict=True)}
    times = np.maximum.reduce(
        [part.columns.wall_times[place] for part, place in zip(parts, places, strict=True)]
    )
    columns = Columns(steps, times, expression.value(values), {})
    return AskedSeries(expression.text, writer, identity, columns, None, parts[0].first_wall_time)


def _joined(parts: Sequence[AskedSeries]) -> tuple[list[NDArray[np.int64]], FloatArray]:
    """Of each series the places of its points at the steps that all of them have, and these steps, growing."""
    places, every = [], []
    for part in parts:
        order = part.counted_in_order("step")
        place = np.arange(len(part.columns.steps))[order]
        steps = part.columns.steps[place]
        is_last = np.append(steps[1:] > steps[:-1], True)[: len(steps)]
        places.append(place[is_last])
        every.append(steps[is_last])
    common = every[0]
    for steps in every[1:]:
        if not np.array_equal(common, steps):
            common = np.intersect1d(common, steps, assume_unique=True)
    found = [
        place if len(steps) == len(common) else place[np.searchsorted(steps, common)]
        for place, steps in zip(places, every, strict=True)
    ]
    return found, common
