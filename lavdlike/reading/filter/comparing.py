"""Whether one group of experiments is better than another. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lavdlike.filter_messages import GroupComparison
from lavdlike.reading.filter.facts import Meaning, RunFacts
from lavdlike.reading.filter.grouping import spread_of_field
from lavdlike.reading.filter.ordering import goal_of
from lavdlike.series.spreads import difference_of


def compared(meaning: Meaning, a: Sequence[RunFacts], b: Sequence[RunFacts]) -> GroupComparison:
    """The difference of the two groups' means in a field, with its interval. `unread` is not known here."""
    spreads = spread_of_field(a, meaning), spread_of_field(b, meaning)
    interval = difference_of(*spreads)
    if interval is None:
        return GroupComparison(*spreads)
    difference, low, high, degrees = interval
    if not all(map(math.isfinite, (difference, low, high))):
        return GroupComparison(*spreads)
    return GroupComparison(
        *spreads, difference, low, high, degrees, _better(goal_of(meaning, [*a, *b]), low, high)
    )


def _better(goal: str, low: float, high: float) -> str:
    if not goal or low <= 0 <= high:
        return ""
    is_a_larger = low > 0
    return "a" if is_a_larger == (goal == "max") else "b"
