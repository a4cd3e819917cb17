"""The files of points of an experiment, as who reads them has them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from lavdlike.disk.root import Opened
from lavdlike.layout import ExperimentName
from lavdlike.sources.columns import StepValue


class PointsFiles(Protocol):
    """What the store reads. Called in threads, and never waits for another one."""

    def paths(self, experiment: ExperimentName) -> Iterable[str]:
        """The files of points in an experiment, tables with a column of steps among them; none if it is gone."""

    def open(self, experiment: ExperimentName, path: str) -> AbstractContextManager[Opened]:
        """Raises OSError or NotServedError."""

    def step_values(self, experiment: ExperimentName) -> Iterable[StepValue]:
        """All values in JSON files, at most one for a label and step."""
