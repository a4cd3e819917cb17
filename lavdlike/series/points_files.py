"""The files of points of an experiment, as who reads them has them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple, Protocol

from lavdlike import layout
from lavdlike.disk.root import Opened
from lavdlike.errors import NotServedError
from lavdlike.layout import ExperimentName
from lavdlike.sources import choice, source_registry
from lavdlike.sources.choice import LeftOut
from lavdlike.sources.columns import StepValue
from lavdlike.sources.source import FollowingPoints, Form, PointsFile


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
    """The files of points of an experiment that are read, in their order, and those that are not.

    `preferred`: of those that are read, what people chose.
    """

    read: list[str]
    left_out: list[LeftOut]
    preferred: frozenset[str] = frozenset()


def chosen_files(files: PointsFiles, experiment: ExperimentName) -> ChosenFiles:
    """Which files of points are read: no curve twice (`sources.choice`)."""
    paths = sorted(files.paths(experiment))
    if len(paths) < 2:  # as of most experiments
        return ChosenFiles(paths, [])
    left_out = choice.left_out(paths, lambda path: _begin_of(files, experiment, path))
    preferred = files.preferred(experiment)
    if left_out:
        left_out = choice.with_preferred(left_out, paths, preferred)
    others = {each.path for each in left_out}
    read = [path for path in paths if path not in others]
    return ChosenFiles(read, left_out, frozenset(preferred).intersection(read))


class Reader(NamedTuple):
    """What reads a file of points, and of which form it is."""

    file: PointsFile
    form: Form


class OpenedPoints(NamedTuple):
    """A file of points, open, what reads it from its begin, and its form."""

    file: PointsFile
    descriptor: int
    form: Form


@contextmanager
def opened_points(files: PointsFiles, experiment: ExperimentName, path: str) -> Iterator[OpenedPoints]:
    """Raises OSError or NotServedError."""
    with files.open(experiment, path) as opened:
        file, form = reader_of(experiment, path, opened)
        yield OpenedPoints(file, opened.fd, form)


def reader_of(experiment: ExperimentName, path: str, opened: Opened) -> Reader:
    """What reads an opened file of points from its begin."""
    source = source_registry.source_for(path, source_registry.begin_of(opened.fd))
    return Reader(source.points(path, layout.shown(f"{experiment}/{path}"), opened.run), source.form)


def follow(file: PointsFile, name: str, of_writer: Iterable[str], known: Mapping[str, PointsFile]) -> None:
    """Tells a file, of which nothing is read yet, what stands before it.

    Args:
        of_writer: the names of all files of its writer, in their order.
        known: those that were read, by name.
    """
    before = [known[each] for each in of_writer if each < name and each in known]
    if before and isinstance(file, FollowingPoints):
        file.follow(before[-1])


def _begin_of(files: PointsFiles, experiment: ExperimentName, path: str) -> bytes:
    """b"" of a file that cannot be read."""
    try:
        with files.open(experiment, path) as opened:
            return source_registry.begin_of(opened.fd)
    except (OSError, NotServedError):
        return b""
