"""`define_metric`: what keys are, and which of them is whose x axis."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal, NamedTuple

Goal = Literal["", "min", "max"]
_GOALS: dict[str, Goal] = {"minimize": "min", "min": "min", "maximize": "max", "max": "max"}


class Metric(NamedTuple):
    """A definition. `pattern`: a key, or one with `*`. `x`: the key of its x axis. `aspect`: of its values, which one
    the summary keeps.
    """

    pattern: str
    x: str = ""
    is_synced: bool = False
    aspect: str = ""
    goal: Goal = ""


def metric_of(
    name: str, step_metric: Any, step_sync: bool | None, summary: str | None, goal: str | None
) -> Metric:
    """What a call of `define_metric` says."""
    x = getattr(step_metric, "name", step_metric) or ""
    aspects = [each.strip() for each in (summary or "").split(",")]
    aspect = next((each for each in aspects if each in ("min", "max")), "")
    found = _GOALS.get(goal or "", _GOALS.get(aspect, ""))
    if "best" in aspects:
        aspect = found
    return Metric(name, str(x), bool(x) if step_sync is None else step_sync, aspect, found)


class Metrics:
    """All definitions of a run."""

    def __init__(self) -> None:
        self._synced: list[Metric] = []
        self._last: dict[str, Any] = {}

    @property
    def are_synced(self) -> bool:
        """Whether rows are to be completed."""
        return bool(self._synced)

    def add(self, metric: Metric) -> None:
        if metric.x and metric.is_synced:
            self._synced.append(metric)

    def complete(self, row: dict[str, Any]) -> None:
        """Put the last value of an x axis into a row that has its values and not itself."""
        for metric in self._synced:
            if metric.x in row:
                self._last[metric.x] = row[metric.x]
        for metric in self._synced:
            is_meant = metric.x in self._last and metric.x not in row and _matches(metric.pattern, row)
            if is_meant:
                row[metric.x] = self._last[metric.x]


def _matches(pattern: str, row: Mapping[str, Any]) -> bool:
    return pattern in row or ("*" in pattern and any(fnmatchcase(key, pattern) for key in row))
