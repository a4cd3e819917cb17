"""The scalars of all experiments that somebody looks at, and answers from them (docs/protocol.md, "Series")."""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from lavdlike import layout
from lavdlike.bounded import giving_up
from lavdlike.layout import ExperimentName
from lavdlike.messages import Cursor, Moment, Problem
from lavdlike.scalar_messages import (
    LeftOutFile,
    ScalarLabel,
    ScalarLabels,
    SeriesAnswerHead,
    SeriesHead,
    SeriesPage,
    SeriesPoints,
    SeriesRequest,
)
from lavdlike.series.asked import AskedSeries, check_smoothing, on_axis
from lavdlike.series.cut_scalars import CutScalars
from lavdlike.series.experiment_series import ExperimentScalars, SeriesChanges
from lavdlike.series.kept_points import KeptPoints
from lavdlike.series.memory import points_budget_bytes
from lavdlike.series.point_series import Series
from lavdlike.series.points_files import PointsFiles
from lavdlike.series.results import CountedPoints
from lavdlike.series.slicing import sorted_in_parts
from lavdlike.series.writer_series import WriterSeries
from lavdlike.sources.columns import Columns, StepValue, json_numbers

if TYPE_CHECKING:
    from lavdlike.sources.columns import FloatArray

# For so long, points of labels that were asked for are dropped after all others.
_LATELY_S = 60.0
MAX_COLUMNS = 10_000


class SeriesStore:
    """The scalars of all experiments that somebody looks at, within a budget. Thread-safe.

    Beyond the budget, points are held in less memory, then points of labels nobody has asked for are dropped, then
    others, and at last experiments are forgotten, the least recently used first. Points that were dropped are read
    again when they are asked for; what comes to their files meanwhile is read and told as always.

    Args:
        kept: where points of long files are looked for before these are parsed.
    """

    def __init__(
        self,
        files: PointsFiles,
        *,
        budget_bytes: int | None = None,
        kept: KeptPoints | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._files = files
        self._budget_bytes = points_budget_bytes() if budget_bytes is None else budget_bytes
        self._kept = kept
        self._clock = clock
        self._identities = itertools.count(1)
        self._lock = threading.Lock()
        self._accounted_bytes = 0
        self._experiments: OrderedDict[ExperimentName, ExperimentScalars] = OrderedDict()

    def read_new(self, experiment: ExperimentName, values: Iterable[StepValue] = ()) -> SeriesChanges:
        """Read what the files of an experiment have gained; all of it at the first time, and after it was forgotten.

        Everything new is returned once: whoever calls this tells the browsers. The other methods answer from what
        has been read, and read only what is not there at all.

        Args:
            values: values in JSON files that changed since the last call.
        """
        loaded = self._experiment(experiment)
        with loaded.lock:
            changes = loaded.read_new(values)
        self._account(experiment, loaded)
        return changes

    def keep(self, experiment: ExperimentName) -> bool:
        """Keep what was read of long files for another process, if it is in memory.

        False: some file was read so soon after it was written that it has to be read again (`read_new`) before.
        """
        loaded = self.peek(experiment)
        if loaded is None or self._kept is None:
            return True
        with loaded.lock:
            files = list(loaded.keepable())
            was_read_early = loaded.was_read_early()
        for stamp, file in files:
            giving_up.check()
            self._kept.keep(stamp, file)
        return not was_read_early

    def forget(self, experiment: ExperimentName) -> None:
        """The experiment is gone, or may be another one of that name."""
        with self._lock:
            self._drop(experiment)

    def labels(
        self, experiment: ExperimentName, *, sequence: int, until: Cursor | None = None
    ) -> ScalarLabels:
        with self._loaded(experiment) as loaded:
            series = _at(loaded, until).summaries()
            labels = [_summary(label, [*series[label].values()]) for label in sorted_in_parts(series)]
            left_out = [
                LeftOutFile(layout.shown(path), layout.shown(instead), why, is_usual)
                for path, instead, why, is_usual, _ in loaded.left_out()
            ]
            return ScalarLabels(
                layout.experiment_id(experiment), sequence, labels, loaded.problems(), left_out
            )

    def problems(self, experiment: ExperimentName) -> list[Problem]:
        """What cannot be read of its files, as far as they have been."""
        with self._lock:
            loaded = self._experiments.get(experiment)
        if loaded is None:
            return []
        with loaded.lock:
            return loaded.problems()

    def series_of(self, experiment: ExperimentName, label: str) -> list[WriterSeries]:
        """All points of a label."""
        with self._loaded(experiment, [label]) as loaded:
            return loaded.series_of(label)

    def peek(self, experiment: ExperimentName) -> ExperimentScalars | None:
        """The scalars of an experiment if they are in memory; that is no use of them. Whoever asks holds their lock."""
        loaded = self.peek_at_any(experiment)
        return loaded if loaded is not None and loaded.is_whole else None

    def peek_at_any(self, experiment: ExperimentName) -> ExperimentScalars | None:
        """As `peek`, also if some points would have to be read again."""
        with self._lock:
            loaded = self._experiments.get(experiment)
        return loaded if loaded is not None and loaded.is_loaded else None

    def counted(self, experiment: ExperimentName, label: str) -> list[CountedPoints]:
        """All points of a label, and which of them count (`results`)."""
        with self._loaded(experiment, [label]) as loaded:
            return loaded.counted(label)

    def asked(
        self, experiment: ExperimentName, labels: Iterable[str], until: Cursor | None = None
    ) -> list[AskedSeries]:
        """All series of these labels, in their order."""
        labels = list(labels)
        with self._loaded(experiment, labels) as loaded:
            return _at(loaded, until).asked(labels)

    def moment(self, experiment: ExperimentName, until: Cursor) -> Moment:
        """Where an experiment was at a cursor."""
        with self._loaded(experiment) as loaded:
            return CutScalars(loaded, until).moment()

    def binary(
        self,
        request: SeriesRequest,
        *,
        epoch: str,
        sequence: int,
        problems: Sequence[Problem] = (),
        until: Cursor | None = None,
    ) -> bytes:
        """The answer in the binary form (docs/protocol.md, "Series"). `problems`: to be told beside those of files."""
        from lavdlike.series import packing

        sent = self._answer(request, until)
        columns = list(zip(*(series.arrays() for series in sent.series), strict=True)) or [()] * 3
        forms, packed = packing.pack(columns[0], columns[1], columns[2:])
        heads = [series.head for series in sent.series]
        encoded = msgspec.json.encode(
            SeriesAnswerHead(epoch, sequence, heads, forms, [*sent.problems, *problems])
        )
        return b"".join((len(encoded).to_bytes(4, "little"), encoded, *packed))

    def page(
        self,
        request: SeriesRequest,
        *,
        epoch: str,
        sequence: int,
        problems: Sequence[Problem] = (),
        until: Cursor | None = None,
    ) -> SeriesPage:
        """The answer as JSON; `problems` as in `binary`."""
        sent = self._answer(request, until)
        return SeriesPage(
            epoch, sequence, [series.points() for series in sent.series], [*sent.problems, *problems]
        )

    def _answer(self, request: SeriesRequest, until: Cursor | None) -> _Answer:
        check_request(request)
        answer = _Answer([], [])
        # Each once, however often it is named: the answer is never larger than what is logged.
        labels = dict.fromkeys(request.labels)
        if request.expressions or request.x_label:
            return self._derived_answer(request, until)
        for experiment in dict.fromkeys(request.experiments):
            with self._loaded(layout.experiment_name(experiment), labels) as loaded:
                scalars = _at(loaded, until)
                found = [(label, series) for label in labels for series in scalars.series_of(label)]
                first_wall_time = scalars.first_wall_time()
                answer.problems.extend(loaded.problems())
            for label, (writer, identity, columns) in found:
                head = SeriesHead(
                    experiment, label, writer, identity, len(columns.steps), 0, True, first_wall_time
                )
                answer.series.append(_send(columns, head, request))
        return answer

    def _derived_answer(self, request: SeriesRequest, until: Cursor | None) -> _Answer:
        """Where some series are made of others."""
        from lavdlike.series import derived

        ask = derived.with_expressions(partial(self.asked, until=until), request.expressions)
        names = list(dict.fromkeys((*request.labels, *request.expressions)))
        answer = _Answer([], [])
        for experiment in dict.fromkeys(request.experiments):
            giving_up.check()
            name = layout.experiment_name(experiment)
            if request.x_label:
                found = derived.over_label(ask, name, names, request.x_label)
            else:
                found = [derived.OverLabel(series, None) for series in ask(name, names)]
            for (label, writer, identity, columns, _, begin), x in found:
                head = SeriesHead(experiment, label, writer, identity, len(columns.steps), 0, True, begin)
                sent = _send(columns, head, request) if x is None else _send_along(columns, x, head, request)
                answer.series.append(sent)
            answer.problems.extend(self.problems(name))
        return answer

    @contextmanager
    def _loaded(self, experiment: ExperimentName, labels: Iterable[str] = ()) -> Iterator[ExperimentScalars]:
        """`labels`: whose points are asked for."""
        loaded = self._experiment(experiment)
        with loaded.lock:
            if not loaded.is_loaded:
                loaded.read_new(())
            loaded.note_asked(labels, self._clock())
            yield loaded
        self._account(experiment, loaded)

    def _experiment(self, experiment: ExperimentName) -> ExperimentScalars:
        with self._lock:
            loaded = self._experiments.get(experiment)
            if loaded is None:
                loaded = self._experiments[experiment] = ExperimentScalars(
                    experiment, self._files, self._identities, self._kept
                )
            self._experiments.move_to_end(experiment)
            return loaded

    def _account(self, experiment: ExperimentName, loaded: ExperimentScalars) -> None:
        with self._lock:
            if self._experiments.get(experiment) is not loaded:
                return  # forgotten meanwhile
            self._take_in(loaded)
            if self._accounted_bytes <= self._budget_bytes:
                return
            by_use = list(self._experiments.values())
        self._make_room(by_use)
        with self._lock:
            for other in list(itertools.islice(self._experiments, len(self._experiments) - 1)):
                if self._accounted_bytes <= self._budget_bytes:
                    break
                self._drop(other)

    def _make_room(self, by_use: Sequence[ExperimentScalars]) -> None:
        """`by_use`: the least recently used first. Pages walk in order: of a walk that is larger than the budget, what
        came first stays, and the rest passes through; if each made room for the next, nothing would ever be there.
        """
        now = self._clock()
        ways: list[tuple[Iterable[ExperimentScalars], Callable[[ExperimentScalars], None]]] = [
            (by_use, ExperimentScalars.squeeze),
            (reversed(by_use), lambda each: each.drop_points(unasked_since=-math.inf)),
            (by_use, lambda each: each.drop_points(unasked_since=now - _LATELY_S)),
            (reversed(by_use), lambda each: each.drop_points(unasked_since=math.inf)),
        ]
        for experiments, make_smaller in ways:
            for each in experiments:
                if self._accounted_bytes <= self._budget_bytes:
                    return
                # Whoever holds another one's lock may wait for ours: what is in use now is passed over.
                if each.lock.acquire(blocking=False):
                    try:
                        make_smaller(each)
                    finally:
                        each.lock.release()
                    with self._lock:
                        if each.is_accounted:
                            self._take_in(each)

    def _take_in(self, loaded: ExperimentScalars) -> None:
        """With `_lock` held."""
        self._accounted_bytes += loaded.size_bytes - loaded.accounted_bytes
        loaded.accounted_bytes, loaded.is_accounted = loaded.size_bytes, True

    def _drop(self, experiment: ExperimentName) -> None:
        dropped = self._experiments.pop(experiment, None)
        if dropped is not None:
            self._accounted_bytes -= dropped.accounted_bytes
            dropped.is_accounted = False


def _at(scalars: ExperimentScalars, until: Cursor | None) -> ExperimentScalars | CutScalars:
    """All of them, or as they were."""
    return scalars if until is None else CutScalars(scalars, until)


class _Sent(NamedTuple):
    """One series of an answer."""

    head: SeriesHead
    columns: Columns
    smoothed: FloatArray | None
    x: FloatArray | None = None

    def arrays(self) -> Iterator[FloatArray]:
        from lavdlike.series.packing import as_drawn

        yield from self.columns[:3]
        if self.smoothed is not None:
            # Of an overview it is only drawn; exact ones are asked for by their places (`/api/scalars/values`).
            yield self.smoothed if self.head.exact else as_drawn(self.smoothed)
        if self.x is not None:
            yield self.x

    def points(self) -> SeriesPoints:
        steps, wall_times, values, exact = self.columns
        return SeriesPoints(
            self.head,
            [int(step) for step in steps],
            wall_times.tolist(),
            json_numbers(values, exact),
            None if self.smoothed is None else json_numbers(self.smoothed, {}),
            None if self.x is None else self.x.tolist(),
        )


class _Answer(NamedTuple):
    series: list[_Sent]
    problems: list[Problem]


def check_request(request: SeriesRequest) -> None:
    """Raises ValueError: a number is outside its range; the message names it."""
    check_smoothing(request.smoothing)
    if not 0 <= request.columns <= MAX_COLUMNS:
        raise ValueError(f"columns must be from 0 to {MAX_COLUMNS}, not {request.columns}")


def _send(columns: Columns, head: SeriesHead, request: SeriesRequest) -> _Sent:
    """The points that the request asks for; fills in what the head says of them."""
    import numpy as np

    from lavdlike.series import overview, smoothing

    x = on_axis(request.x, columns, head.first_wall_time)
    segments = overview.segments_of(columns.steps, x)
    window = overview.Window(request.x_min, request.x_max, request.columns, request.log_x)
    lines, smoothed = [columns.values], None
    if request.smoothing:
        smoothed, head.smoothing_state = smoothing.smooth(
            columns.values, x, segments, smoothing.Smoothing(request.smoothing, request.method)
        )
        lines.append(smoothed)
    chosen = overview.choose_of_all(x, lines, segments, window)
    if smoothed is not None:
        smoothed = smoothed[chosen]
    head.sent = len(chosen)
    head.exact = len(chosen) == 0 or int(chosen[-1] - chosen[0]) == len(chosen) - 1
    begins = np.searchsorted(chosen, segments.starts)
    if request.log_x:
        head.without_place = int(np.count_nonzero(x <= 0))
    head.segments = list(dict.fromkeys(begins[(begins > 0) & (begins < len(chosen))].tolist()))
    return _Sent(head, columns.at(chosen), smoothed)


def _send_along(columns: Columns, x: FloatArray, head: SeriesHead, request: SeriesRequest) -> _Sent:
    """As `_send`, where x is what another label has: one segment, in the order of steps."""
    import numpy as np

    from lavdlike.series import derived, overview, smoothing

    if request.log_x:
        places = np.flatnonzero(x > 0)
        head.without_place = len(x) - len(places)
        columns, x = columns.at(places), x[places]
    window = overview.Window(request.x_min, request.x_max, request.columns, request.log_x)
    chosen = derived.choose_along(x, columns.values, window)
    smoothed = None
    if request.smoothing:
        steps = columns.steps
        how = smoothing.Smoothing(request.smoothing, request.method)
        smoothed, head.smoothing_state = smoothing.smooth(
            columns.values, steps, overview.segments_of(steps, steps), how
        )
        if request.columns:
            chosen = np.union1d(chosen, derived.choose_along(x, smoothed, window))
        smoothed = smoothed[chosen]
    head.sent = len(chosen)
    head.exact = len(chosen) == 0 or int(chosen[-1] - chosen[0]) == len(chosen) - 1
    return _Sent(head, columns.at(chosen), smoothed, x[chosen])


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
