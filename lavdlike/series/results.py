"""What all values of a label come to: last, smallest, largest, mean. Pure; independent of what is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lavdlike.sources.columns import Columns


class LabelResult(NamedTuple):
    """Over all writers of a label. What was replaced after a resume does not count; `points` counts the rest.

    `last`: the value that was logged last. `argmin` and `argmax`: the steps of `minimum` and `maximum`, the first of
    several. `minimum`, `maximum` and `mean` are of the finite values; None if there are none.
    """

    points: int
    last: float
    last_step: int
    minimum: float | None = None
    argmin: int | None = None
    maximum: float | None = None
    argmax: int | None = None
    mean: float | None = None


class CountedPoints(NamedTuple):
    """The points of one writer. `counts`: which of them do; None: all."""

    columns: Columns
    counts: NDArray[np.bool_] | None = None


def result_of(writers: Sequence[CountedPoints]) -> LabelResult | None:
    """None without a point that counts."""
    import numpy as np

    parts = [_counted(writer) for writer in writers]
    steps, times, values = (np.concatenate(column) for column in zip(*parts, strict=True))
    if not len(values):
        return None
    last = int(np.flatnonzero(times == times.max())[-1]) if len(parts) > 1 else len(values) - 1
    result = LabelResult(len(values), float(values[last]), int(steps[last]))
    finite = np.isfinite(values)
    steps, values = steps[finite], values[finite]
    if not len(values):
        return result
    lowest, highest = int(values.argmin()), int(values.argmax())
    with np.errstate(over="ignore"):  # the sum of the largest floats is infinite, and so is the mean then
        mean = float(values.mean())
    return result._replace(
        minimum=float(values[lowest]),
        argmin=int(steps[lowest]),
        maximum=float(values[highest]),
        argmax=int(steps[highest]),
        mean=mean,
    )


def value_at(writers: Sequence[CountedPoints], step: int) -> float | None:
    """The value at a step that was logged last; None if there is none."""
    import numpy as np

    found: tuple[float, float] | None = None
    for writer in writers:
        steps, times, values = _counted(writer)
        for index in np.flatnonzero(steps == step).tolist():
            point = (float(times[index]), float(values[index]))
            found = point if found is None or point[0] >= found[0] else found
    return None if found is None else found[1]


def _counted(writer: CountedPoints) -> tuple[NDArray[np.float64], ...]:
    columns, counts = writer
    arrays = (columns.steps, columns.wall_times, columns.values)
    return arrays if counts is None else tuple(array[counts] for array in arrays)
