"""What a question about series is asked of: all points of each, which of them count, and where they lie on an axis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from lavdlike import layout
from lavdlike.bounded import giving_up
from lavdlike.layout import ExperimentId, ExperimentName
from lavdlike.scalar_messages import XAxis
from lavdlike.sources.columns import Columns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lavdlike.sources.columns import FloatArray


class AskedSeries(NamedTuple):
    """The points that one writer has logged at a label, in the order of the file.

    `counts`: which of them were not replaced after a resume; None: all. `first_wall_time`: of the experiment.
    """

    label: str
    writer: str
    identity: str
    columns: Columns
    counts: NDArray[np.bool_] | None
    first_wall_time: float

    def x(self, axis: XAxis) -> FloatArray:
        return on_axis(axis, self.columns, self.first_wall_time)

    def counted_in_order(self, axis: XAxis) -> NDArray[np.int64] | slice:
        """The points that count, ordered by x; those of the same x in the order in which they were logged."""
        import numpy as np

        x = self.x(axis)
        if self.counts is None and is_sorted(x):
            return slice(0, len(x))
        counted = np.arange(len(x)) if self.counts is None else np.flatnonzero(self.counts)
        ordered: NDArray[np.int64] = counted[np.argsort(x[counted], kind="stable")]
        return ordered


def on_axis(axis: XAxis, columns: Columns, first_wall_time: float) -> FloatArray:
    """Where the points are on this axis. Computed only where it is none of the columns: they may be very long."""
    if axis == "step":
        return columns.steps
    if axis == "wall":
        return columns.wall_times
    return columns.wall_times - first_wall_time


# All series of an experiment at some labels, in their order.
AskSeries = Callable[[ExperimentName, Sequence[str]], Sequence[AskedSeries]]


def each_series(
    ask: AskSeries, experiments: Sequence[ExperimentId], labels: Sequence[str]
) -> Iterator[tuple[ExperimentId, AskedSeries]]:
    """Each once, however often an experiment or a label is named; ends when nobody waits any more."""
    once = list(dict.fromkeys(labels))
    for experiment in dict.fromkeys(experiments):
        giving_up.check()
        for series in ask(layout.experiment_name(experiment), once):
            yield experiment, series


def is_sorted(x: FloatArray) -> bool:
    return bool((x[1:] >= x[:-1]).all())


def check_smoothing(weight: float) -> None:
    """Raises ValueError."""
    if not 0 <= weight < 1:
        raise ValueError(f"smoothing must be at least 0 and below 1, not {weight}")
