"""How much one thing of experiments goes along with another, by ranks: a few that diverged decide nothing. Pure."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence


def ranks(values: Sequence[float]) -> list[float]:
    """From 1, the smallest; equal values share the mean of theirs. No value is NaN."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    begin = 0
    while begin < len(order):
        end = begin + 1
        while end < len(order) and values[order[end]] == values[order[begin]]:
            end += 1
        for place in order[begin:end]:
            found[place] = (begin + 1 + end) / 2
        begin = end
    return found


def spearman(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Spearman's rank correlation, -1 to 1; None where either does not vary."""
    a, b = ranks(xs), ranks(ys)
    middle = (len(a) + 1) / 2  # the mean of all ranks
    spread = math.sqrt(math.fsum((x - middle) ** 2 for x in a) * math.fsum((y - middle) ** 2 for y in b))
    if not spread:
        return None
    together = math.fsum((x - middle) * (y - middle) for x, y in zip(a, b, strict=True))
    return max(-1.0, min(1.0, together / spread))


def explained(groups: Sequence[Hashable], ys: Sequence[float]) -> float | None:
    """The share of the variance of `ys`, by rank, that lies between the groups: 0 to 1.

    Corrected for their number, since any groups explain something by chance (Kelley's epsilon squared; without the
    correction it is eta squared, for ranks H / (n - 1) of Kruskal and Wallis). None where `ys` do not vary, there is
    one group, or there are fewer than two values a group.
    """
    n, ranked = len(ys), ranks(ys)
    members: dict[Hashable, list[float]] = {}
    for group, rank in zip(groups, ranked, strict=True):
        members.setdefault(group, []).append(rank)
    middle = (n + 1) / 2
    total = math.fsum((rank - middle) ** 2 for rank in ranked)
    if len(members) < 2 or n < 2 * len(members) or not total:
        return None
    between = math.fsum(len(own) * (math.fsum(own) / len(own) - middle) ** 2 for own in members.values())
    within = max(0.0, 1 - between / total)
    return max(0.0, 1 - within * (n - 1) / (n - len(members)))
