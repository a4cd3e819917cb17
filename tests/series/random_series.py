"""Series as scripts log them, for property tests: lines of a file, resumed, repeated, with what is no number."""

from __future__ import annotations

import math
from typing import NamedTuple

from hypothesis import strategies as st

from lavdlike.kinds.scalars import HEADER


class LoggedPoint(NamedTuple):
    step: int
    wall_time: float
    value: float


class LoggedFile(NamedTuple):
    """A scalars file with one label. `points`: those that count, by the rule of docs/format.md, in their order."""

    lines: str
    points: list[LoggedPoint]

    def at_steps(self) -> dict[int, float]:
        """The value of each step; of several the one that was logged last."""
        return {point.step: point.value for point in self.points}


_VALUES = st.one_of(
    st.floats(-1e6, 1e6), st.integers(-5, 5).map(float), st.sampled_from([math.nan, math.inf, -math.inf])
)
# A point some steps on, a resume from an earlier step (`!rewind`), or a restart that nobody wrote down.
_EVENTS = st.one_of(
    st.tuples(st.just("point"), st.integers(0, 3), _VALUES),
    st.tuples(st.just("point"), st.just(1), _VALUES),
    st.tuples(st.just("rewind"), st.integers(0, 10), st.just(0.0)),
    st.tuples(st.just("restart"), st.integers(0, 10), st.just(0.0)),
)


@st.composite
def logged_files(draw: st.DrawFn, label: str = "loss", max_size: int = 40) -> LoggedFile:
    step, begin = draw(st.integers(0, 5)), draw(st.integers(0, 3))
    lines: list[str] = []
    points: list[LoggedPoint] = []
    for index, (event, number, value) in enumerate(draw(st.lists(_EVENTS, max_size=max_size))):
        wall_time = 1000.0 + begin + 0.5 * index
        if event == "point":
            step += number
            lines.append(f"{step}\t{wall_time:.3f}\t{label}\t{value!r}\n")
            points.append(LoggedPoint(step, wall_time, value))
            continue
        step = min(step, number)
        if event == "rewind":
            lines.append(f"{step}\t{wall_time:.3f}\t!rewind\t{step}\n")
            points = [point for point in points if point.step < step]
    return LoggedFile(HEADER + "".join(lines), points)
