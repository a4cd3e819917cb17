"""The scalars of one experiment as they were: at a time, or when it had got to a step (docs/protocol.md, "The past").

What was logged later is as if it had not been; what was replaced later counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from lavdlike.messages import Cursor, Moment
from lavdlike.series.asked import AskedSeries
from lavdlike.series.experiment_series import ExperimentScalars
from lavdlike.series.point_series import Series
from lavdlike.series.results import CountedPoints, LabelResult, result_of
from lavdlike.series.writer_series import WriterSeries, asked_in, counted_in, series_in

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# How busy a host is has steps of its own: seconds (docs/format.md, "System metrics").
_SYSTEM = "system/"
# Times of points are rounded to milliseconds, those of lines of logs are not.
_ROUNDED_S = 0.0005


class CutScalars:
    """Answers what `ExperimentScalars` does. Whoever uses it holds its lock, which is that of all the scalars."""

    def __init__(self, scalars: ExperimentScalars, until: Cursor) -> None:
        self.lock = scalars.lock
        self._scalars = scalars
        self._until = until
        self._moment: Moment | None = None

    def moment(self) -> Moment:
        """Where the experiment was; all its scalars are looked at."""
        if self._moment is None:
            labels = [label for label in self._scalars.series if not label.startswith(_SYSTEM)]
            every = [
                series
                for by_writer in self._scalars.whole(labels).values()
                for series in by_writer.values()
                if series.count
            ]
            step, time = self._until.step, self._until.time
            self._moment = (
                Moment(time, _step_at(every, math.inf if time is None else time))
                if step is None
                else Moment(_time_of(every, step), step)
            )
        return self._moment

    def summaries(self) -> dict[str, Mapping[str, Series]]:
        cut = self._cut(self._scalars.series)
        return {label: by_writer for label, by_writer in cut.items() if by_writer}

    def series_of(self, label: str) -> list[WriterSeries]:
        return series_in(self._cut([label])[label])

    def counted(self, label: str) -> list[CountedPoints]:
        return counted_in(self._cut([label])[label])

    def asked(self, labels: Iterable[str]) -> list[AskedSeries]:
        return asked_in(self._cut(labels), self.first_wall_time())

    def result(self, label: str) -> LabelResult | None:
        counted = self.counted(label)
        return result_of(counted) if counted else None

    def first_wall_time(self) -> float:
        return self._scalars.first_wall_time()

    def _cut(self, labels: Iterable[str]) -> dict[str, dict[str, Series]]:
        whole = self._scalars.whole(labels)
        return {
            label: {
                writer: cut
                for writer, series in by_writer.items()
                if (cut := self._cut_series(label, series)) is not None
            }
            for label, by_writer in whole.items()
        }

    def _cut_series(self, label: str, series: Series) -> Series | None:
        import numpy as np

        steps, wall_times, _, _ = series.columns
        step, time = self._until.step, self._until.time
        if step is not None and label.startswith(_SYSTEM):
            step, time = None, self.moment().time
        if step is None:
            last = math.inf if time is None else time
            return series.cut(np.flatnonzero(wall_times <= last), last)
        return series.cut(np.flatnonzero(steps <= step), math.inf)


def _step_at(every: Iterable[Series], time: float) -> int | None:
    """The step of the point that was logged last by then; of several at once the largest."""
    import numpy as np

    last: tuple[float, int] | None = None
    for series in every:
        steps, wall_times, _, _ = series.columns
        times = np.where(wall_times <= time, wall_times, -math.inf)
        newest = float(times.max())
        if newest > -math.inf:
            found = (newest, int(steps[times == newest].max()))
            last = found if last is None else max(last, found)
    return None if last is None else last[1]


def _time_of(every: Iterable[Series], step: int) -> float | None:
    """The end of the time in which an experiment was at a step, for the last time; None: it never went beyond it."""
    columns = [series.columns for series in every]
    at_step = [times[steps <= step] for steps, times, _, _ in columns]
    beyond: list[NDArray[np.float64]] = [times[steps > step] for steps, times, _, _ in columns]
    last = max((float(times.max()) for times in at_step if len(times)), default=-math.inf)
    later = [times[times > last] for times in beyond]
    first = min((float(times.min()) for times in later if len(times)), default=math.inf)
    if first == math.inf:
        return None
    before = first - _ROUNDED_S
    return before if before > last else math.nextafter(first, -math.inf)
