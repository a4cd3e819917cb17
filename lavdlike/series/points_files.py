"""The files of points of an experiment, as who reads them has them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple, Protocol

from lavdlike import layout
from lavdlike.disk.root import Opened
from lavdlike.errors import NotServedError
from lavdlike.layout import ExperimentName
from lavdlike.sources import choice, source_registry
from lavdlike.sources.choice import LeftOut
from lavdlike.sources.columns import StepValue
from lavdlike.sources.source import PointsFile


class PointsFiles(Protocol):
    """What the store reads. Called in threads, and never waits for another one."""

    def paths(self, experiment: ExperimentName) -> Iterable[str]:
        """The files of points in an experiment, tables with a column of steps among them; none if it is gone."""

    def open(self, experiment: ExperimentName, path: str) -> AbstractContextManager[Opened]:
        """Raises OSError or NotServedError."""

    def preferred(self, experiment: ExperimentName) -> Collection[str]:
        """Files that people chose to read in place of others that hold the same."""

    def step_values(self, experiment: ExperimentName) -> Iterable[StepValue]:
        """All values in JSON files, at most one for a label and step."""


class ChosenFiles(NamedTuple):
    """The files of points of an experiment that are read, in their order, and those that are not."""

    read: list[str]
    left_out: list[LeftOut]


def chosen_files(files: PointsFiles, experiment: ExperimentName) -> ChosenFiles:
    """Which files of points are read: no curve twice (`sources.choice`)."""
    paths = sorted(files.paths(experiment))
    left_out = choice.left_out(paths, lambda path: _begin_of(files, experiment, path))
    if left_out:
        left_out = choice.with_preferred(left_out, paths, files.preferred(experiment))
    others = {each.path for each in left_out}
    return ChosenFiles([path for path in paths if path not in others], left_out)


class OpenedPoints(NamedTuple):
    """A file of points, open, and what reads it from its begin."""

    file: PointsFile
    descriptor: int


@contextmanager
def opened_points(files: PointsFiles, experiment: ExperimentName, path: str) -> Iterator[OpenedPoints]:
    """Raises OSError or NotServedError."""
    with files.open(experiment, path) as opened:
        yield OpenedPoints(reader_of(experiment, path, opened), opened.fd)


def reader_of(experiment: ExperimentName, path: str, opened: Opened) -> PointsFile:
    """What reads an opened file of points from its begin."""
    begin = source_registry.begin_of(opened.fd)
    return source_registry.points_file(path, layout.shown(f"{experiment}/{path}"), begin, opened.run)


def _begin_of(files: PointsFiles, experiment: ExperimentName, path: str) -> bytes:
    """b"" of a file that cannot be read."""
    try:
        with files.open(experiment, path) as opened:
            return source_registry.begin_of(opened.fd)
    except (OSError, NotServedError):
        return b""
