"""One experiment as it is on disk now, read without a server: for the commands of the shell."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import TYPE_CHECKING

from lavdlike import labels, layout, root_settings
from lavdlike.disk.root import OpenedFile, Root
from lavdlike.errors import NotServedError
from lavdlike.kinds import plugins
from lavdlike.layout import ExperimentName
from lavdlike.messages import ExperimentSummary, Item, ItemAddress, LabelDefinition, Problem
from lavdlike.reading import discovery, inside, root_scan, scan, summaries
from lavdlike.reading.items import Budget, read_item
from lavdlike.reading.scan_turns import Task
from lavdlike.reading.tree import SCALARS, Address, ExperimentTree, Subfolder, TreeChanges
from lavdlike.root_settings import RootFile
from lavdlike.scalar_messages import ScalarLabel
from lavdlike.series.points_files import ChosenFiles, OpenedPoints, chosen_files, opened_points
from lavdlike.sources import source_registry
from lavdlike.sources.columns import StepValue

if TYPE_CHECKING:  # numpy, which not every command needs
    from lavdlike.series.results import CountedPoints
    from lavdlike.series.store import SeriesStore
    from lavdlike.series.writer_series import WriterSeries


def names_in(root: Root) -> list[ExperimentName]:
    """The names of all experiments, at any depth.

    Raises:
        OSError, NotServedError: the root is not there, or cannot be read.
    """
    return discovery.experiments_below(root, folders_in(root))


def folders_in(root: Root) -> list[ExperimentName]:
    """The folders directly in the root; raises as `names_in`."""
    folders = root_scan.scan_root(root, None, lambda *_: None).folders
    return [name for name, folder in folders.items() if isinstance(folder, Subfolder)]


def nothing_said() -> RootFile:
    """Of a root without a `lavdlike.yaml`."""
    return root_settings.read(None, root_settings.ROOT_SETTINGS_FILE)


def summaries_of(
    root: Root, names: list[ExperimentName], root_file: Callable[[], RootFile] = nothing_said
) -> list[summaries.ReadSummary]:
    """The rows of those experiments that are there.

    Args:
        root_file: what `lavdlike.yaml` says, asked for if an experiment is foreign.
    """
    rows = summaries.read_summaries(root, names, lambda *_: None, budget_s=math.inf)
    found = [row for row in rows if row is not None]
    if not any(row.summary.is_foreign for row in found):
        return found
    said = root_file()
    return [row._replace(summary=summaries.with_root_file(row.summary, said)) for row in found]


class Snapshot:
    """What an experiment held at the last look. One that is not there holds nothing.

    Args:
        name: of the experiment's folder.
        root_file: as of `summaries_of`.
        preferred: files of points that people chose to read in place of others; None: as its row says.
        looks_inside: whether items that lie in other files are looked for.
    """

    def __init__(
        self,
        root: Root,
        name: ExperimentName,
        root_file: Callable[[], RootFile] = nothing_said,
        *,
        preferred: Sequence[str] | None = None,
        looks_inside: bool = True,
    ) -> None:
        plugins.load()
        self.id = layout.experiment_id(name)
        self.tree = ExperimentTree()
        self.tree.take_patterns([each.match for each in root_file().settings.media])
        self._root = root
        self._name = name
        self._root_file = root_file
        self._preferred = preferred
        self._looks_inside = looks_inside
        self._changed: set[Address] = set()
        self._inner = discovery.experiments_in(root, name)
        self.look()

    def look(self) -> None:
        """See which files there are now."""
        tasks = [
            Task(path, whole=True, unless_modified_ns=folder.modified_ns)
            for path, folder in self.tree.folders.items()
            if not folder.inside
        ]
        while tasks:
            changes = TreeChanges()
            for seen in scan.scan_folders(
                self._root,
                self._name,
                tasks,
                self.tree.folders,
                lambda *_: None,
                budget_s=math.inf,
                is_other=self._inner.__contains__,
            ):
                self.tree.apply(seen, changes)
            unseen = changes.unseen_folders()
            tasks = [Task(path, whole=True) for path in unseen if path not in self.tree.insides]
            self._changed.update(item for item in changes.items if item.kind == SCALARS)

        for folder in self.tree.insides if self._looks_inside else ():
            self._look_inside(folder)

    def _look_inside(self, folder: str) -> None:
        is_all = False
        while not is_all:
            found, is_all = inside.look_inside(
                self._root, self._name, folder, self.tree.folders, budget_s=math.inf
            )
            for seen in found:
                self.tree.apply(seen, TreeChanges())

    def chosen_files(self) -> ChosenFiles:
        """Which of its files of points are read."""
        return chosen_files(self, self._name)

    def opened_points(self, path: str) -> AbstractContextManager[OpenedPoints]:
        """One of them, to be read from its begin; raises as `Root.file`."""
        return opened_points(self, self._name, path)

    def has_new_points(self) -> bool:
        """Read what the scalars of the experiment have gained since they were read; says whether there was anything."""
        if any(True for _ in self.tree.step_values()) or not list(self.paths(self._name)):
            self.look()
        values = [
            self.tree.step_value(item.label, item.step) for item in self._changed if item.step is not None
        ]
        self._changed.clear()
        return bool(self._series.read_new(self._name, values))

    def scalar_labels(self) -> list[ScalarLabel]:
        return self._series.labels(self._name, sequence=0).labels

    def series_of(self, label: str) -> list[WriterSeries]:
        """All points of a scalar as of when they were read last, for each writer."""
        return self._series.series_of(self._name, label)

    def counted(self, label: str) -> list[CountedPoints]:
        """All points of a scalar, and which of them count."""
        return self._series.counted(self._name, label)

    def items(self, label: str) -> list[Address]:
        """All items of a label but points of scalars, by kind, the newest first."""
        found = [item for item in self.tree.items() if item.label == label and not _is_point(item)]
        return sorted(found, key=lambda item: (item.kind, item.step is None, -(item.step or 0)))

    def read(self, address: Address) -> Item | None:
        """An item with its content; None if it is gone."""
        asked = ItemAddress(self.id, address.kind, address.label, address.step)
        read = read_item(self._root, asked, self.tree.files_of(address), sequence=0, budget=Budget())
        return read.item if read else None

    def file(self, path: str) -> AbstractContextManager[OpenedFile]:
        """A file by its path relative to the experiment; raises as `Root.file`."""
        return self._root.file(f"{self._name}/{path}")

    def summary(self) -> ExperimentSummary | None:
        """The row of the experiment; None if it is gone."""
        rows = summaries_of(self._root, [self._name], self._root_file)
        return rows[0].summary if rows else None

    def definition_of(self, label: str) -> LabelDefinition:
        """What a label is, as `lavdlike.yaml` of the root and then the script say."""
        return labels.definition_of(label, self._definitions)

    def problems(self) -> list[Problem]:
        """What cannot be shown, or not wholly; paths relative to the root."""
        of_scalars = self._series.labels(self._name, sequence=0).problems
        return list(dict.fromkeys((*self.problems_beside_points(), *of_scalars)))

    def problems_beside_points(self) -> list[Problem]:
        """The same without those in files of points, which need not be read for that."""
        of_summary = [problem for row in summaries_of(self._root, [self._name]) for problem in row.problems]
        of_tree = (
            Problem(layout.shown(f"{self._name}/") + problem.path, problem.reason, problem.position)
            for problem in self.tree.problems()
        )
        return list(dict.fromkeys((*of_summary, *of_tree)))

    # What SeriesStore asks for (`points_files.PointsFiles`); there is one experiment.

    def paths(self, experiment: ExperimentName) -> Iterator[str]:  # noqa: ARG002
        try:
            with self._root.folder(self._name) as folder:
                for entry in folder.entries():
                    if entry.type != "folder" and source_registry.is_told_by_name(entry.name):
                        yield entry.name
            yield from (
                path
                for path in self.tree.points_files
                if "/" in path or not source_registry.is_told_by_name(path)
            )
        except (OSError, NotServedError):
            return

    def open(self, experiment: ExperimentName, path: str) -> AbstractContextManager[OpenedFile]:  # noqa: ARG002
        return self.file(path)

    def preferred(self, experiment: ExperimentName) -> Sequence[str]:  # noqa: ARG002
        if self._preferred is not None:
            return self._preferred
        summary = self.summary()
        return summary.read_files if summary else []

    def step_values(self, experiment: ExperimentName) -> list[StepValue]:  # noqa: ARG002
        return self.tree.step_values()

    @cached_property
    def _definitions(self) -> list[LabelDefinition]:
        summary = self.summary()
        return [*self._root_file().settings.labels, *(summary.labels if summary else ())]

    @cached_property
    def _series(self) -> SeriesStore:
        from lavdlike.series.store import SeriesStore

        return SeriesStore(self)


def _is_point(item: Address) -> bool:
    return item.kind == SCALARS and item.step is not None
