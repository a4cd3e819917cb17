"""Whether a script that runs has stopped getting on: it lives, but writes nothing any more. Pure."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence

# So many times the usual pause between two values without any file written.
USUAL_TIMES = 10
# And so many times the longest pause among the last values: a validation after each epoch is none.
LONGEST_TIMES = 2
# What is shorter is nobody's business.
LEAST_S = 60.0
_LEAST_VALUES = 5


def stalled_after_s(wall_times: Sequence[float]) -> float | None:
    """After how many seconds of silence a script has stalled; None if its values do not tell.

    Args:
        wall_times: of its last values, Unix seconds. Those of one step count once: they are written together.
    """
    pauses = [later - earlier for earlier, later in itertools.pairwise(wall_times) if later > earlier]
    # Between two sessions nobody wrote, and values of one step lie milliseconds apart.
    longest = max(pauses, default=0.0)
    pauses = [pause for pause in pauses if pause > longest / 1000]
    if len(pauses) < _LEAST_VALUES:
        return None
    return max(USUAL_TIMES * statistics.median(pauses), LONGEST_TIMES * longest, LEAST_S)


def wall_times_of(tail: bytes) -> list[float]:
    """The times of the whole lines at the end of a scalars file."""
    times = []
    for line in tail.split(b"\n")[1:-1]:  # the first may begin in the middle, the last may still be written
        fields = line.split(b"\t")
        if len(fields) == 4:
            try:
                times.append(float(fields[1]))
            except ValueError:
                continue
    return times
