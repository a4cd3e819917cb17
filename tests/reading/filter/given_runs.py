"""Experiments whose scalars are given, for filters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lavdlike.messages import ExperimentSummary, Session, Status
from lavdlike.reading.filter.facts import Value, flattened, setting_values
from lavdlike.reading.filter.syntax import Field
from lavdlike.series.results import LabelResult


class Run:
    """An experiment whose scalars are given."""

    def __init__(
        self,
        name: str,
        config: Mapping[str, Any] | None = None,
        *,
        labels: Mapping[str, LabelResult] | None = None,
        tags: tuple[str, ...] = (),
        status: Status = "finished",
        sessions: tuple[Session, ...] = (),
        title: str = "",
        goal: str = "",
    ) -> None:
        self.summary = ExperimentSummary(
            name, name, 0.0, tags=list(tags), status=status, sessions=list(sessions), title=title
        )
        self.memo: dict[str, Any] = {}
        self.settings = flattened(config or {})
        self._labels = labels or {}
        self._goal = goal
        self.asked: list[str] = []
        self.unread: tuple[str, ...] = ()

    def setting(self, name: str) -> tuple[Value, ...]:
        return setting_values(self.settings[name]) if name in self.settings else ()

    def knows(self, field: Field) -> bool:
        return field.name not in self.unread

    def label(self, name: str) -> LabelResult | None:
        self.asked.append(name)
        return self._labels.get(name)

    def value_at(self, name: str, step: int) -> float | None:
        return step / 10 if name in self._labels else None

    def goal(self, name: str) -> str:
        return self._goal if name in self._labels else ""


def result(last: float, minimum: float | None = None, maximum: float | None = None) -> LabelResult:
    return LabelResult(9, last, 9, minimum, 3, maximum, 5, 0.25)
