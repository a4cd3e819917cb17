"""One experiment as it is on disk now, read without a server: for the commands of the shell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING

from lavdlike import layout
from lavdlike.errors import NotServedError
from lavdlike.server import files, scan, summaries
from lavdlike.server.items import Budget, read_item
from lavdlike.server.messages import (
    ExperimentSummary,
    Item,
    ItemAddress,
    Problem,
    ScalarLabel,
)
from lavdlike.server.tree import SCALARS, Address, Changes, ExperimentTree, Subfolder

if TYPE_CHECKING:  # numpy, which not every command needs
    from lavdlike.server.experiment_scalars import StepValue, WriterSeries
    from lavdlike.server.series import SeriesStore


def names_in(root: files.Root) -> list[str]:
    """The names of all experiments.

    Raises:
        OSError, NotServedError: the root is not there, or cannot be read.
    """
    folders = scan.look_at_root(root, None, lambda *_: None).folders
    return [name for name, folder in folders.items() if isinstance(folder, Subfolder)]


def summaries_of(root: files.Root, names: list[str]) -> list[summaries.ReadSummary]:
    """The rows of those experiments that are there."""
    rows = summaries.read_summaries(root, names, lambda *_: None, budget_s=math.inf)
    return [row for row in rows if row is not None]


class Snapshot:
    """What an experiment held at the last look. One that is not there holds nothing.

    Args:
        name: of the experiment's folder.
    """

    def __init__(self, root: files.Root, name: str) -> None:
        self.id = layout.to_id(name)
        self.tree = ExperimentTree()
        self._root = root
        self._name = name
        self._changed: set[Address] = set()
        self.look()

    def look(self) -> None:
        """See which files there are now."""
        folders = self.tree.folders.items()
        tasks = [
            scan.Task(path, whole=True, unless_modified_ns=folder.modified_ns) for path, folder in folders
        ]
        while tasks:
            changes = Changes()
            for seen in scan.look(
                self._root, self._name, tasks, self.tree.folders, lambda *_: None, budget_s=math.inf
            ):
                self.tree.apply(seen, changes)
            tasks = [scan.Task(path, whole=True) for path in changes.new_folders]
            self._changed.update(item for item in changes.items if item.kind == SCALARS)

    def has_new_points(self) -> bool:
        """Read what the scalars of the experiment have gained since they were read; says whether there was anything."""
        if any(True for _ in self.tree.numbers()) or not list(self.scalars_files(self.id)):
            self.look()
        values = [self._step_value(item.label, item.step) for item in self._changed if item.step is not None]
        self._changed.clear()
        return bool(self._series.read_new(self.id, values))

    def scalar_labels(self) -> list[ScalarLabel]:
        return self._series.labels(self.id, sequence=0).labels

    def series_of(self, label: str) -> list[WriterSeries]:
        """All points of a scalar as of when they were read last, for each writer."""
        return self._series.series_of(self.id, label)

    def items(self, label: str) -> list[Address]:
        """All items of a label but points of scalars, by kind, the newest first."""
        found = [item for item in self.tree.items() if item.label == label and not _is_point(item)]
        return sorted(found, key=lambda item: (item.kind, item.step is None, -(item.step or 0)))

    def read(self, address: Address) -> Item | None:
        """An item with its content; None if it is gone."""
        asked = ItemAddress(self.id, address.kind, address.label, address.step)
        read = read_item(self._root, asked, self.tree.files_of(address), sequence=0, budget=Budget())
        return read.item if read else None

    def file(self, path: str) -> AbstractContextManager[files.OpenedFile]:
        """A file by its path relative to the experiment; raises as `files.Root.file`."""
        return self._root.file(f"{self._name}/{path}")

    def summary(self) -> ExperimentSummary | None:
        """The row of the experiment; None if it is gone."""
        rows = summaries_of(self._root, [self._name])
        return rows[0].summary if rows else None

    def problems(self) -> list[Problem]:
        """What cannot be shown, or not wholly; paths relative to the root."""
        of_summary = [
            row.problem for row in summaries_of(self._root, [self._name]) if row.problem is not None
        ]
        of_tree = (
            Problem(layout.shown(f"{self._name}/") + problem.path, problem.reason, problem.position)
            for problem in self.tree.problems()
        )
        of_scalars = self._series.labels(self.id, sequence=0).problems
        return list(dict.fromkeys((*of_summary, *of_tree, *of_scalars)))

    # What SeriesStore asks for (`series.Sources`); there is one experiment.

    def scalars_files(self, experiment: str) -> Iterator[str]:  # noqa: ARG002
        try:
            with self._root.folder(self._name) as fd:
                for entry in files.entries_of(fd):
                    if entry.type != "folder" and layout.scalars_writer(entry.name) is not None:
                        yield entry.name
            yield from (path for path in self.tree.scalars_files if layout.scalars_writer(path) is None)
        except (OSError, NotServedError):
            return

    def open(self, experiment: str, name: str) -> AbstractContextManager[files.OpenedFile]:  # noqa: ARG002
        return self.file(name)

    def step_values(self, experiment: str) -> Iterator[StepValue]:  # noqa: ARG002
        return (self._step_value(number.label, number.step) for number in self.tree.numbers())

    def _step_value(self, label: str, step: int) -> StepValue:
        from lavdlike.server.experiment_scalars import StepValue

        return StepValue(*self.tree.number(label, step))

    @cached_property
    def _series(self) -> SeriesStore:
        from lavdlike.server.series import SeriesStore

        return SeriesStore(self)


def _is_point(item: Address) -> bool:
    return item.kind == SCALARS and item.step is not None
