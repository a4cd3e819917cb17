"""The lines of an answer about aggregates: one a group and label, in bounded memory, cut to pixel columns at the end.

Nothing that is computed of a group depends on the other groups, on what is drawn, or on the order of the walk.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from lavdlike import layout
from lavdlike.bounded import giving_up
from lavdlike.layout import ExperimentId
from lavdlike.messages import Problem
from lavdlike.scalar_messages import AggregateHead, AggregatePoints, AggregatesHead, AggregatesRequest
from lavdlike.series import overview
from lavdlike.series.aggregates import Aggregate, Bins, RunPoints, aggregate, binned, of_writers, points_of
from lavdlike.series.asked import AskSeries, check_smoothing
from lavdlike.series.overview import FloatArray
from lavdlike.series.smoothing import Smoothing
from lavdlike.sources.columns import json_numbers

# Points of experiments that are held at once, whose columns take 24 bytes each: some 400 MB at most.
MAX_HELD_POINTS = 2**24
MAX_GROUPS = 1000
MAX_COLUMNS = 10_000


class Line(NamedTuple):
    """`columns`: x, average, low, high, n (docs/protocol.md, "Aggregates")."""

    head: AggregateHead
    columns: Sequence[FloatArray]

    def points(self) -> AggregatePoints:
        x, average, low, high, n = self.columns
        return AggregatePoints(
            self.head,
            x.tolist(),
            json_numbers(average, {}),
            json_numbers(low, {}),
            json_numbers(high, {}),
            [int(each) for each in n],
        )


class _Gathered(NamedTuple):
    """What a walk over a group has met at one label. `runs`: None if they are too many to be held.

    `low`, `high`: first and last x; `points`: of all of them, over all writers.
    """

    runs: list[RunPoints] | None
    experiments: int = 0
    points: int = 0
    missing: int = 0
    low: float = math.inf
    high: float = -math.inf


def check_request(request: AggregatesRequest) -> None:
    """Raises ValueError: a number is outside its range; the message names it."""
    check_smoothing(request.smoothing)
    if len(request.groups) > MAX_GROUPS:
        raise ValueError(f"at most {MAX_GROUPS} groups at a time, not {len(request.groups)}")
    for name in ("columns", "bins"):
        if not 0 <= getattr(request, name) <= MAX_COLUMNS:
            raise ValueError(f"{name} must be from 0 to {MAX_COLUMNS}, not {getattr(request, name)}")
    if request.x != "step" and not request.bins:
        raise ValueError("aggregates over time need bins")


def binary(sent: Sequence[Line], *, epoch: str, sequence: int, problems: Sequence[Problem] = ()) -> bytes:
    """The binary form (docs/protocol.md, "Aggregates")."""
    head = AggregatesHead(epoch, sequence, [line.head for line in sent], [*problems])
    encoded = msgspec.json.encode(head)
    encoded += b" " * (-(4 + len(encoded)) % 8)
    columns = (column.astype("<f8", copy=False).tobytes() for line in sent for column in line.columns)
    return b"".join((len(encoded).to_bytes(4, "little"), encoded, *columns))


def lines(request: AggregatesRequest, ask: AskSeries) -> Iterator[Line]:
    """Groups and labels in the order of the request; none for a group that does not have the label."""
    for group, experiments in enumerate(request.groups):
        walk = _Walk(request, ask, list(dict.fromkeys(experiments)))
        yield from walk.lines(group, list(dict.fromkeys(request.labels)))


class _Walk:
    """Over the experiments of one group."""

    def __init__(
        self, request: AggregatesRequest, ask: AskSeries, experiments: Sequence[ExperimentId]
    ) -> None:
        self._request = request
        self._ask = ask
        self._experiments = experiments

    def lines(self, group: int, labels: Sequence[str]) -> Iterator[Line]:
        gathered = self._gather(labels)
        if len(labels) > 1 and any(each.runs is None for each in gathered.values()):
            gathered.clear()
            half = len(labels) // 2
            yield from self.lines(group, labels[:half])
            yield from self.lines(group, labels[half:])
            return
        for label, of_label in gathered.items():
            if of_label.points:
                head = AggregateHead(group, label, of_label.experiments, 0, 0, of_label.missing)
                yield _cut(self._aggregate(label, of_label), head, self._request)

    def _aggregate(self, label: str, gathered: _Gathered) -> Aggregate:
        request = self._request
        if request.bins:
            bins = Bins(gathered.low, gathered.high, request.bins)
            every = self._runs([label], bins)
            return aggregate([run for _, run in every], request.average, request.band)
        if gathered.runs is not None:
            return aggregate(gathered.runs, request.average, request.band)
        parts = [*self._parts(label, gathered.low, gathered.high + 1, gathered.points)]
        return Aggregate(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def _parts(self, label: str, low: float, high: float, points: int) -> Iterator[Aggregate]:
        """Of the steps from `low` up to `high`, exclusive: as many parts as are needed to hold one after the other."""
        borders = np.linspace(low, high, 1 + -(-points // MAX_HELD_POINTS)).tolist()
        for begin, end in itertools.pairwise(borders):
            gathered = self._gather([label], begin, end)[label]
            if gathered.runs is not None:
                yield aggregate(gathered.runs, self._request.average, self._request.band)
            else:
                yield from self._parts(label, begin, end, 2 * gathered.points)

    def _gather(
        self, labels: Sequence[str], low: float = -math.inf, high: float = math.inf
    ) -> dict[str, _Gathered]:
        """Of the points from `low` up to `high`, exclusive."""
        gathered = {label: _Gathered([]) for label in labels}
        held = 0
        for label, run in self._runs(labels):
            known = gathered[label]
            begin, end = np.searchsorted(run.x, (low, high)).tolist() if self._is_ordered else (0, len(run.x))
            if begin == end:
                continue
            part = run if end - begin == len(run.x) else _part_of(run, begin, end)
            runs = known.runs
            held += end - begin
            if self._request.bins or held > MAX_HELD_POINTS:
                runs = [] if self._request.bins else None
            elif runs is not None:
                runs.append(part)
            gathered[label] = _Gathered(
                runs,
                known.experiments + 1,
                known.points + end - begin,
                known.missing + part.missing,
                min(known.low, float(part.x.min())),
                max(known.high, float(part.x.max())),
            )
        return gathered

    @property
    def _is_ordered(self) -> bool:
        """Whether the x of each run grows."""
        return self._request.x == "step"

    def _runs(self, labels: Sequence[str], bins: Bins | None = None) -> Iterator[tuple[str, RunPoints]]:
        """Label and points of each experiment that has the label."""
        smoothing = Smoothing(self._request.smoothing, self._request.method)
        for experiment in self._experiments:
            giving_up.check()
            by_label: dict[str, list[RunPoints]] = {}
            for series in self._ask(layout.experiment_name(experiment), labels):
                of_writer = points_of(series, self._request.x, smoothing)
                if bins is not None:
                    of_writer = binned(of_writer, bins)
                by_label.setdefault(series.label, []).append(of_writer)
            for label, writers in by_label.items():
                yield (
                    label,
                    _together(writers) if bins is None and not self._is_ordered else of_writers(writers),
                )


def _together(writers: Sequence[RunPoints]) -> RunPoints:
    """One after the other, to see how many there are and how far they reach."""
    x, values = (np.concatenate([writer[column] for writer in writers]) for column in (0, 1))
    return RunPoints(x, values, sum(writer.missing for writer in writers))


def _part_of(run: RunPoints, begin: int, end: int) -> RunPoints:
    """By itself: what it is a part of may go."""
    values = run.values[begin:end].copy()
    return RunPoints(run.x[begin:end].copy(), values, int(np.count_nonzero(np.isnan(values))))


def _cut(whole: Aggregate, head: AggregateHead, request: AggregatesRequest) -> Line:
    """What is in the window, where average, low and high keep their extremes in every pixel column."""
    head.count = len(whole.x)
    window = overview.Window(request.x_min, request.x_max, request.columns, request.log_x)
    one_line = overview.segments_of(whole.x, whole.x)
    drawn = [whole.average] if request.band == "none" else [whole.average, whole.low, whole.high]
    kept = [overview.choose(whole.x, values, one_line, window) for values in drawn]
    chosen = np.unique(np.concatenate(kept))
    head.sent = len(chosen)
    return Line(head, [column[chosen] for column in whole])
