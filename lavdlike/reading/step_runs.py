"""Steps as the page is told of them: many are told by few numbers. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def steps_as_runs(steps: Iterable[int]) -> list[tuple[int, int, int]]:
    """Steps in any order as runs (first, count, stride), growing, without overlap.

    >>> steps_as_runs([5, 1, 2, 3, 10, 20, 30])
    [(1, 3, 1), (5, 1, 1), (10, 3, 10)]
    """
    ordered = sorted(steps)
    runs: list[tuple[int, int, int]] = []
    start = 0
    while start < len(ordered):
        end = start + 1
        stride = ordered[end] - ordered[start] if end < len(ordered) else 1
        while end < len(ordered) and ordered[end] - ordered[end - 1] == stride:
            end += 1
        if end - start == 2:  # two steps are no rhythm: the second one may begin a run
            end, stride = start + 1, 1
        runs.append((ordered[start], end - start, stride if end - start > 1 else 1))
        start = end
    return runs
