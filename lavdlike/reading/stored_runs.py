"""Experiments as a filter asks them: the row at once, settings by dotted names, scalars when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lavdlike import layout
from lavdlike.disk.root import Root
from lavdlike.layout import ExperimentName
from lavdlike.messages import ExperimentSummary
from lavdlike.reading.filter.facts import Value, flattened, setting_values
from lavdlike.reading.filter.syntax import Field
from lavdlike.reading.root_results import RootResults
from lavdlike.reading.snapshot import Snapshot, nothing_said
from lavdlike.reading.summaries import config_of
from lavdlike.root_settings import RootFile

if TYPE_CHECKING:
    from lavdlike.series.results import CountedPoints, LabelResult


class StoredRun:
    """One experiment of a root (`filter.facts.RunFacts`). What is read once is kept.

    Args:
        root_file: as of `summaries_of`.
        results: shared by all experiments of the root; None: their points are read.
    """

    def __init__(
        self,
        root: Root,
        summary: ExperimentSummary,
        root_file: Callable[[], RootFile] = nothing_said,
        results: RootResults | None = None,
    ) -> None:
        self.summary = summary
        self.memo: dict[str, Any] = {}
        self._root = root
        self._root_file = root_file
        self._results = results
        self._points: dict[str, list[CountedPoints]] = {}

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        return flattened(config_of(self.summary))

    def setting(self, name: str) -> tuple[Value, ...]:
        return setting_values(self.settings[name]) if name in self.settings else ()

    def knows(self, field: Field) -> bool:  # noqa: ARG002 - it is read when it is asked for
        return True

    def label(self, name: str) -> LabelResult | None:
        from lavdlike.series.results import result_of

        if self._results is not None:
            return self._results.of(self._name, (name, None), self.summary.read_files).label(name)
        points = self._points_of(name)
        return result_of(points) if points else None

    def value_at(self, name: str, step: int) -> float | None:
        from lavdlike.series.results import value_at

        if self._results is not None:
            return self._results.of(self._name, (name, step), self.summary.read_files).at.get((name, step))
        return value_at(self._points_of(name), step)

    def goal(self, name: str) -> str:
        """Which of a label's values are better, "" if nobody has said."""
        return self._snapshot.definition_of(name).goal

    @property
    def labels(self) -> list[str]:
        """Those of its scalars."""
        return [entry.label for entry in self._snapshot.scalar_labels()]

    def _points_of(self, name: str) -> list[CountedPoints]:
        if name not in self._points:
            self._points[name] = self._snapshot.counted(name)
        return self._points[name]

    @property
    def _name(self) -> ExperimentName:
        return layout.experiment_name(self.summary.id)

    @cached_property
    def _snapshot(self) -> Snapshot:
        return Snapshot(self._root, self._name, self._root_file, looks_inside=False)
