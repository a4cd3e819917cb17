"""The scalars of all experiments that somebody looks at, and answers from them (docs/protocol.md, "Series")."""

from __future__ import annotations

import itertools
import math
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from lavdlike.server.experiment_scalars import (
    Changes,
    ExperimentScalars,
    Series,
    Sources,
    StepValue,
    WriterSeries,
)
from lavdlike.server.messages import (
    Problem,
    ScalarLabel,
    ScalarLabels,
    SeriesAnswerHead,
    SeriesHead,
    SeriesPage,
    SeriesPoints,
    SeriesRequest,
)
from lavdlike.server.scalar_lines import Columns, json_numbers
from lavdlike.server.turns import sorted_in_parts

if TYPE_CHECKING:
    from lavdlike.server.scalar_lines import FloatArray

# 22 million points.
DEFAULT_BUDGET_BYTES = 512 * 2**20
MAX_COLUMNS = 10_000


class SeriesStore:
    """The scalars of all experiments that somebody looks at, the least recently used forgotten first. Thread-safe."""

    def __init__(self, sources: Sources, *, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        self._sources = sources
        self._budget_bytes = budget_bytes
        self._identities = itertools.count(1)
        self._lock = threading.Lock()
        self._accounted_bytes = 0
        self._experiments: OrderedDict[str, ExperimentScalars] = OrderedDict()

    def read_new(self, experiment: str, values: Iterable[StepValue] = ()) -> Changes:
        """Read what the files of an experiment have gained; all of it at the first time, and after it was forgotten.

        Everything new is returned once: whoever calls this tells the browsers. The other methods answer from what
        has been read, and read only what is not there at all.

        Args:
            experiment: an id.
            values: values in JSON files that changed since the last call.
        """
        loaded = self._experiment(experiment)
        with loaded.lock:
            changes = loaded.read_new(values)
        self._account(experiment, loaded)
        return changes

    def forget(self, experiment: str) -> None:
        """The experiment is gone, or may be another one of that name."""
        with self._lock:
            self._drop(experiment)

    def labels(self, experiment: str, *, sequence: int) -> ScalarLabels:
        with self._loaded(experiment) as loaded:
            labels = [
                _summary(label, [*loaded.series[label].values()]) for label in sorted_in_parts(loaded.series)
            ]
            return ScalarLabels(experiment, sequence, labels, loaded.problems())

    def problems(self, experiment: str) -> list[Problem]:
        """What cannot be read of its files, as far as they have been."""
        with self._lock:
            loaded = self._experiments.get(experiment)
        if loaded is None:
            return []
        with loaded.lock:
            return loaded.problems()

    def series_of(self, experiment: str, label: str) -> list[WriterSeries]:
        """All points of a label."""
        with self._loaded(experiment) as loaded:
            return loaded.series_of(label)

    def binary(self, request: SeriesRequest, *, epoch: str, sequence: int) -> bytes:
        """The answer in the binary form (docs/protocol.md, "Series")."""
        sent = self._answer(request)
        head = SeriesAnswerHead(epoch, sequence, [series.head for series in sent.series], sent.problems)
        encoded = msgspec.json.encode(head)
        encoded += b" " * (-(4 + len(encoded)) % 8)
        parts = [len(encoded).to_bytes(4, "little"), encoded]
        parts.extend(
            array.astype("<f8", copy=False).tobytes() for series in sent.series for array in series.arrays()
        )
        return b"".join(parts)

    def page(self, request: SeriesRequest, *, epoch: str, sequence: int) -> SeriesPage:
        """The answer as JSON."""
        sent = self._answer(request)
        return SeriesPage(epoch, sequence, [series.points() for series in sent.series], sent.problems)

    def _answer(self, request: SeriesRequest) -> _Answer:
        check_request(request)
        answer = _Answer([], [])
        # Each once, however often it is named: the answer is never larger than what is logged.
        labels = dict.fromkeys(request.labels)
        for experiment in dict.fromkeys(request.experiments):
            with self._loaded(experiment) as loaded:
                found = [(label, series) for label in labels for series in loaded.series_of(label)]
                first_wall_time = loaded.first_wall_time()
                answer.problems.extend(loaded.problems())
            for label, (writer, identity, columns) in found:
                head = SeriesHead(
                    experiment, label, writer, identity, len(columns.steps), 0, True, first_wall_time
                )
                answer.series.append(_send(columns, head, request))
        return answer

    @contextmanager
    def _loaded(self, experiment: str) -> Iterator[ExperimentScalars]:
        loaded = self._experiment(experiment)
        with loaded.lock:
            if not loaded.is_loaded:
                loaded.read_new(())
            yield loaded
        self._account(experiment, loaded)

    def _experiment(self, experiment: str) -> ExperimentScalars:
        with self._lock:
            loaded = self._experiments.get(experiment)
            if loaded is None:
                loaded = self._experiments[experiment] = ExperimentScalars(
                    experiment, self._sources, self._identities
                )
            self._experiments.move_to_end(experiment)
            return loaded

    def _account(self, experiment: str, loaded: ExperimentScalars) -> None:
        with self._lock:
            if self._experiments.get(experiment) is not loaded:
                return  # forgotten meanwhile
            self._accounted_bytes += loaded.size_bytes - loaded.accounted_bytes
            loaded.accounted_bytes = loaded.size_bytes
            for other in list(itertools.islice(self._experiments, len(self._experiments) - 1)):
                if self._accounted_bytes <= self._budget_bytes:
                    break
                self._drop(other)

    def _drop(self, experiment: str) -> None:
        dropped = self._experiments.pop(experiment, None)
        if dropped is not None:
            self._accounted_bytes -= dropped.accounted_bytes


class _Sent(NamedTuple):
    """One series of an answer."""

    head: SeriesHead
    columns: Columns
    smoothed: FloatArray | None

    def arrays(self) -> Iterator[FloatArray]:
        yield from self.columns[:3]
        if self.smoothed is not None:
            yield self.smoothed

    def points(self) -> SeriesPoints:
        steps, wall_times, values, exact = self.columns
        return SeriesPoints(
            self.head,
            [int(step) for step in steps],
            wall_times.tolist(),
            json_numbers(values, exact),
            None if self.smoothed is None else json_numbers(self.smoothed, {}),
        )


class _Answer(NamedTuple):
    series: list[_Sent]
    problems: list[Problem]


def check_request(request: SeriesRequest) -> None:
    """Raises ValueError: a number is outside its range; the message names it."""
    if not 0 <= request.smoothing < 1:
        raise ValueError(f"smoothing must be at least 0 and below 1, not {request.smoothing}")
    if not 0 <= request.columns <= MAX_COLUMNS:
        raise ValueError(f"columns must be from 0 to {MAX_COLUMNS}, not {request.columns}")


def _send(columns: Columns, head: SeriesHead, request: SeriesRequest) -> _Sent:
    """The points that the request asks for; fills in what the head says of them."""
    import numpy as np

    from lavdlike.server import overview

    x = {
        "step": columns.steps,
        "wall": columns.wall_times,
        "relative": columns.wall_times - head.first_wall_time,
    }[request.x]
    segments = overview.segments_of(columns.steps, x)
    window = overview.Window(request.x_min, request.x_max, request.columns, request.log_x)
    chosen = overview.choose(x, columns.values, segments, window)
    smoothed = None
    if request.smoothing:
        smoothed, head.smoothing_state = overview.smooth(columns.values, segments, request.smoothing)
        if request.columns:  # both lines are drawn, and both keep their extremes
            chosen = np.union1d(chosen, overview.choose(x, smoothed, segments, window))
        smoothed = smoothed[chosen]
    head.sent = len(chosen)
    head.exact = len(chosen) == 0 or int(chosen[-1] - chosen[0]) == len(chosen) - 1
    begins = np.searchsorted(chosen, segments.starts)
    if request.log_x:
        head.without_place = int(np.count_nonzero(x <= 0))
    head.segments = list(dict.fromkeys(begins[(begins > 0) & (begins < len(chosen))].tolist()))
    exact = {}
    if columns.exact:
        exact = {
            place: columns.exact[index]
            for place, index in enumerate(chosen.tolist())
            if index in columns.exact
        }
    sent = Columns(columns.steps[chosen], columns.wall_times[chosen], columns.values[chosen], exact)
    return _Sent(head, sent, smoothed)


def _summary(label: str, series_of_label: Sequence[Series]) -> ScalarLabel:
    last_step, last_wall_time, last_value = max(
        (series.last() for series in series_of_label), key=lambda last: last[1]
    )
    minimum = min(series.minimum for series in series_of_label)
    maximum = max(series.maximum for series in series_of_label)
    return ScalarLabel(
        label,
        sum(series.count for series in series_of_label),
        last_step,
        last_value,
        last_wall_time,
        minimum if math.isfinite(minimum) else None,
        maximum if math.isfinite(maximum) else None,
    )
