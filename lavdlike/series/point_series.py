"""The points of one label and one writer in memory, exact, and in how little of it where there is not enough."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from lavdlike.messages import JsonNumber
from lavdlike.series.memory import lasting_doubles
from lavdlike.series.results import CountedPoints
from lavdlike.sources.columns import FEW, Columns, json_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lavdlike.sources.columns import FloatArray

# What a series takes beside its points.
_SERIES_BYTES = 2000
_MILLISECONDS = 1000
_MAX_SMALL = 2**32 - 1


class Series:
    """The points of one label and one writer. Grows by appending only.

    Where memory is short its points are held in less of it (`squeeze`), or those so far not at all (`drop_points`):
    what is said of the whole is still known, and it still grows, until they are read again (`is_whole`).

    Points that a script has logged anew after it was resumed (`rewind`) stay, but are not counted in what is said of
    the whole: the smallest, largest and last value.
    """

    def __init__(self, identity: str) -> None:
        import numpy as np

        self.identity = identity
        self.count = 0
        self.minimum = math.inf
        self.maximum = -math.inf
        self.first_wall_time = math.inf
        self._begin = 0  # index of the first point that is here
        self._kept = np.empty((3, 0))  # steps, wall times, values; with room to grow
        self._squeezed: SqueezedColumns | None = None  # instead of those
        self._last: tuple[int, float, JsonNumber] | None = None  # of the points that are not here
        self._replaced = 0  # of the points that are not here
        self._exact: dict[int, int] = {}
        self._is_replaced: NDArray[np.bool_] | None = None  # of each point; None: none is
        self._rewinds: list[_Rewind] = []

    def append(self, parts: Sequence[Columns]) -> None:
        """Those of a long file at once: memory for its points is then taken once."""
        self._make_room(sum(len(part.steps) for part in parts))
        for part in parts:
            self._append(part)

    def _make_room(self, more: int) -> None:
        here = self.count - self._begin
        if self._squeezed is not None:
            squeezed, self._squeezed = self._squeezed, None
            self._kept = lasting_doubles(3, here + more)
            for kept, column in zip(self._kept, squeezed.columns(), strict=True):
                kept[:here] = column
        if here + more > self._kept.shape[1]:
            larger = lasting_doubles(3, max(here + more, here + here // 4))
            larger[:, :here] = self._kept[:, :here]
            self._kept = larger

    def _append(self, columns: Columns) -> None:
        import numpy as np

        first, self.count = self.count, self.count + len(columns.steps)
        for kept, added in zip(self._kept, columns[:3], strict=True):
            kept[first - self._begin : self.count - self._begin] = added
        if columns.exact:
            self._exact.update((first + index, value) for index, value in columns.exact.items())
        if not first:
            self.first_wall_time = float(columns.wall_times[0])
        if self._is_replaced is not None:
            self._is_replaced = np.append(self._is_replaced, np.zeros(len(columns.steps), dtype=bool))
        self._take_extremes(columns.values)

    def _take_extremes(self, values: FloatArray) -> None:
        import numpy as np

        if len(values) <= FEW:
            few = [value for value in values.tolist() if math.isfinite(value)]
            self.minimum, self.maximum = min([self.minimum, *few]), max([self.maximum, *few])
            return
        finite = values[np.isfinite(values)]
        if len(finite):
            self.minimum = min(self.minimum, float(finite.min()))
            self.maximum = max(self.maximum, float(finite.max()))

    @property
    def is_whole(self) -> bool:
        """Whether all points are here."""
        return self._begin == 0

    @property
    def replaced(self) -> int:
        """How many points are."""
        import numpy as np

        return self._replaced if self._is_replaced is None else int(np.count_nonzero(self._is_replaced))

    def squeeze(self) -> None:
        """From now on hold the points in less memory, which takes some time each time they are needed."""
        if self._squeezed is None and self._begin < self.count:
            here = self.count - self._begin
            self._squeezed = squeezed(*self._kept[:, :here])
            self._kept = self._kept[:, :0].copy()

    def drop_points(self) -> None:
        """Hold none of the points any more."""
        if self._begin == self.count:
            return
        self._last, self._replaced = self.last(), self.replaced
        self._begin = self.count
        self._kept, self._squeezed, self._is_replaced = self._kept[:, :0].copy(), None, None
        self._exact = {}

    def rewind(self, step: float, time: float = 0.0) -> bool:
        """The points from this step on are replaced by what follows; says whether there were any.

        Args:
            time: when the script went on from there; 0: nobody knows.
        """
        is_changed = self._replace(self.columns.steps >= step)
        if is_changed:
            self._rewinds.append(_Rewind(0, self.count, step, time))
        return is_changed

    def rewind_as(self, other: Series, first: int) -> None:
        """The last points are those of another series from `first` on: those that are replaced there are so here."""
        import numpy as np

        if other._is_replaced is not None:
            of_others = other._is_replaced[first:]
            begin = self.count - len(of_others)
            self._replace(np.append(np.zeros(begin, dtype=bool), of_others))
            self._rewinds += [
                rewind._replace(first=begin, end=begin + max(0, rewind.end - first))
                for rewind in other._rewinds
            ]

    def cut(self, kept: NDArray[np.int64], time: float) -> Series | None:
        """As if no other points than these had been logged; None if there are none.

        Args:
            kept: their indices, growing.
            time: what was replaced later counts.
        """
        import numpy as np

        if not len(kept):
            return None
        done = [rewind for rewind in self._rewinds if rewind.is_done(kept, time)]
        if len(kept) == self.count and len(done) == len(self._rewinds):
            return self
        cut = Series(f"{self.identity}-{len(kept)}")
        cut.append([self.columns.at(kept)])
        for rewind in done:
            is_before = (kept >= rewind.first) & (kept < rewind.end)
            cut._replace(np.asarray(is_before & (cut.columns.steps >= rewind.step)))
        return cut

    def _replace(self, chosen: NDArray[np.bool_]) -> bool:
        known = self._is_replaced
        now = chosen if known is None else known | chosen
        if not now.any() or (known is not None and (now == known).all()):
            return False
        self._is_replaced = now
        self.minimum, self.maximum = math.inf, -math.inf
        self._take_extremes(self.columns.values[~now])
        return True

    @property
    def size_bytes(self) -> int:
        """In memory, with the room to grow."""
        points = self._kept.nbytes if self._squeezed is None else self._squeezed.size_bytes
        return _SERIES_BYTES + points + (0 if self._is_replaced is None else self._is_replaced.nbytes)

    @property
    def columns(self) -> Columns:
        """All points, if it is whole. The arrays never change: later points are written behind them, or elsewhere."""
        steps, wall_times, values = self._here()
        return Columns(steps, wall_times, values, self._exact)

    def _here(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        if self._squeezed is not None:
            return self._squeezed.columns()
        steps, wall_times, values = self._kept[:, : self.count - self._begin]
        return steps, wall_times, values

    def goes_on(self, known: Series) -> bool:
        """Whether this, read again from the same file, holds what was known and maybe more behind it."""
        return self.count >= known.count and self.replaced == known.replaced

    @property
    def state(self) -> tuple[str, int, int]:
        """Another one whenever its points, or which of them count, are others."""
        return self.identity, self.count, len(self._rewinds)

    @property
    def counted(self) -> CountedPoints:
        return CountedPoints(self.columns, None if self._is_replaced is None else ~self._is_replaced)

    def last(self) -> tuple[int, float, JsonNumber]:
        """Step, wall time and value of the last point; one that is replaced only if all are."""
        import numpy as np

        if self._begin == self.count and self._last is not None:
            return self._last
        steps, wall_times, values = self._here()
        last = len(steps) - 1
        if self._is_replaced is not None and self._is_replaced[last]:
            counted = np.flatnonzero(~self._is_replaced)
            last = int(counted[-1]) if len(counted) else last
        value = self._exact.get(self._begin + last, float(values[last]))
        return int(steps[last]), float(wall_times[last]), json_number(value)


class _Rewind(NamedTuple):
    """The points from index `first` to before `end`, of `step` and later, were replaced; at `time`, or 0."""

    first: int
    end: int
    step: float
    time: float

    def is_done(self, kept: NDArray[np.int64], time: float) -> bool:
        """Whether it was at a time up to which these points were logged; of an unknown time, by what follows it."""
        return self.time <= time if self.time else bool(kept[-1] >= self.end)


class SqueezedColumns(NamedTuple):
    """Steps, wall times and values in less memory than as doubles; they come out as they went in.

    Values stay doubles: whatever is less does not hold all of them.
    """

    steps: SqueezedColumn
    wall_times: SqueezedColumn
    values: FloatArray

    @property
    def size_bytes(self) -> int:
        return self.steps.size_bytes + self.wall_times.size_bytes + self.values.nbytes

    def columns(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        count = len(self.values)
        return self.steps.numbers(count), self.wall_times.numbers(count), self.values


class SqueezedColumn(NamedTuple):
    """(offset + rest) / scale, or the doubles in `rest` themselves; None: it is index * stride."""

    rest: NDArray[np.uint32] | FloatArray | None
    offset: float = 0.0
    stride: float = 0.0
    scale: int = 1

    @property
    def size_bytes(self) -> int:
        return 0 if self.rest is None else self.rest.nbytes

    def numbers(self, count: int) -> FloatArray:
        import numpy as np

        if self.rest is None:
            return np.asarray((self.offset + np.arange(count) * self.stride) / self.scale)
        if self.rest.dtype == np.float64:
            return np.asarray(self.rest)
        return np.asarray((self.rest + self.offset) / self.scale)


def squeezed(steps: FloatArray, wall_times: FloatArray, values: FloatArray) -> SqueezedColumns:
    """At least one point."""
    kept = lasting_doubles(len(values))
    kept[:] = values
    return SqueezedColumns(_squeezed(steps, 1), _squeezed(wall_times, _MILLISECONDS), kept)


def _squeezed(numbers: FloatArray, scale: int) -> SqueezedColumn:
    """Only what gives just these numbers again is taken."""
    import numpy as np

    with np.errstate(over="ignore", invalid="ignore"):
        whole = np.rint(numbers * scale)
        offset = float(whole.min())
        stride = float(whole[1] - whole[0]) if len(whole) > 1 else 0.0
        evenly = SqueezedColumn(None, float(whole[0]), stride, scale)
        if np.array_equal(evenly.numbers(len(numbers)), numbers):
            return evenly
        if whole.max() - offset <= _MAX_SMALL:
            small = SqueezedColumn((whole - offset).astype(np.uint32), offset, 0.0, scale)
            if np.array_equal(small.numbers(len(numbers)), numbers):
                return small
    return SqueezedColumn(numbers.copy())
