"""What is understood of a folder, and why: whose each file is, what it holds, what is left out (`lavdlike inspect`).

Nothing is decided here: each rule is asked for its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import msgspec

from lavdlike import layout
from lavdlike.disk.root import Root
from lavdlike.errors import NotServedError
from lavdlike.kinds.scalars import REWIND
from lavdlike.messages import Problem
from lavdlike.reading import described
from lavdlike.reading.discovery import Verdict
from lavdlike.reading.origins import join_path, place_of, split_path
from lavdlike.reading.run_folders import Rule
from lavdlike.reading.snapshot import Snapshot, nothing_said
from lavdlike.reading.summaries import config_of
from lavdlike.reading.tree import PLAIN, File, Skipped
from lavdlike.root_settings import RootFile
from lavdlike.series.points_files import ChosenFiles, follow
from lavdlike.series.writers import Writers
from lavdlike.sources import source_registry
from lavdlike.sources.source import PointsFile

if TYPE_CHECKING:
    from lavdlike.sources.columns import Columns

Holds = Literal["points", "item with points", "left out", "description", "ours", "item", "not read"]

_OURS = (layout.EXPERIMENT_FILE, layout.COMMAND_FILE, *layout.PEOPLE_FILES)


class InspectedLabel(msgspec.Struct, rename="camel", omit_defaults=True):
    """The points of a label in one file: how many, and at which steps.

    `instead`: the file from which the label is shown, if several have it and it is not this one.
    """

    label: str
    points: int
    first_step: int
    last_step: int
    instead: str = ""


class InspectedFile(msgspec.Struct, rename="camel"):
    """A file of a run. `path`: relative to the run.

    `source`: whose it is, or what it is, for people. `why`: by what that is told. `instead`: of a file that is left
    out, the one that is read. `settings`: of one that describes the run, the names of its settings.
    """

    path: str
    holds: Holds
    source: str = ""
    why: str = ""
    instead: str = ""
    labels: list[InspectedLabel] = []
    settings: list[str] = []
    problems: list[Problem] = []


class InspectedRun(msgspec.Struct, rename="camel"):
    """A run, or a folder that is none. `rule`: why it is one; `mark`: the mark of a run that it has, "" without.

    `source`: of the run as a whole. `files`: those that say something of the run, and those with problems; all others
    are counted in `items`, by kind. `values`: points that stand in JSON files of steps, each a file.
    """

    name: str
    is_run: bool
    rule: str
    mark: str = ""
    source: str = ""
    title: str = ""
    status: str = ""
    settings: list[str] = []
    files: list[InspectedFile] = []
    items: dict[str, int] = {}
    values: int = 0
    problems: list[Problem] = []


def inspected(
    root: Root, verdict: Verdict, root_file: Callable[[], RootFile] = nothing_said, only: str = ""
) -> InspectedRun:
    """What is understood of a folder.

    Args:
        only: the path of a file in the run, if only that one is asked for.
    """
    found = InspectedRun(
        layout.shown(verdict.name), verdict.rule.makes_experiment, verdict.rule.value, verdict.mark
    )
    if verdict.rule is Rule.ROOT:
        found.files = [InspectedFile(layout.shown(name), "not read") for name in _files_in(root)]
    if not found.is_run:
        return found
    snapshot = Snapshot(root, verdict.name, root_file)
    summary = snapshot.summary()
    if summary is None:  # gone meanwhile
        return found
    found.source, found.title = summary.source, summary.title
    found.status = "" if summary.status == "unknown" else summary.status
    found.settings = list(config_of(summary))
    found.problems = snapshot.problems_beside_points()
    found.values = sum(1 for _ in snapshot.tree.step_values())
    inspection = _Inspection(root, verdict, snapshot, found.problems)
    counts: Counter[str] = Counter()
    of_points: list[Problem] = []
    for path, node in [*_files(snapshot), *inspection.hidden_files()]:
        if only and path != only:
            continue
        file = inspection.file(path, node)
        of_points += file.problems
        if only or file.holds != "item" or file.problems:
            found.files.append(file)
        else:
            counts.update(file.source.split(", "))
    found.problems = list(dict.fromkeys((*found.problems, *of_points)))
    found.items = dict(sorted(counts.items()))
    return found


def _files_in(root: Root) -> list[str]:
    """Directly in the root."""
    try:
        with root.folder("") as opened:
            return sorted(entry.name for entry in opened.entries() if entry.type != "folder")
    except (OSError, NotServedError):
        return []


def _files(snapshot: Snapshot) -> Iterator[tuple[str, File | Skipped]]:
    for folder, known in sorted(snapshot.tree.folders.items()):
        for name, node in sorted(known.nodes.items()):
            if isinstance(node, (File, Skipped)):
                yield join_path(folder, name), node


class _Inspection:
    """What is asked for each file of a run."""

    def __init__(self, root: Root, verdict: Verdict, snapshot: Snapshot, problems: list[Problem]) -> None:
        self._before = layout.shown(f"{verdict.name}/")
        self._chosen = snapshot.chosen_files()
        self._left_out = {each.path: each for each in self._chosen.left_out}
        self._points = _Points(snapshot, self._chosen)
        self._of_file: dict[str, list[Problem]] = {}
        for problem in problems:
            self._of_file.setdefault(problem.path, []).append(problem)
        self._says = _descriptions(root, verdict)

    def hidden_files(self) -> list[tuple[str, File]]:
        """Those that describe the run, and are no part of the tree otherwise."""
        return [(path, PLAIN) for path in sorted(self._says) if layout.is_hidden(path)]

    def file(self, path: str, node: File | Skipped) -> InspectedFile:
        found = self._claimed(path, node)
        found.path = layout.shown(path)
        found.problems += self._of_file.get(f"{self._before}{found.path}", [])
        if path in self._says:
            source, settings = self._says[path]
            if found.holds in ("item", "not read"):
                found.holds, found.why = "description", "by its name"
                found.source = source or "settings"
            found.settings = settings
        return found

    def _claimed(self, path: str, node: File | Skipped) -> InspectedFile:
        if isinstance(node, Skipped):
            return InspectedFile(path, "not read", why=node.reason)
        if left_out := self._left_out.get(path):
            return InspectedFile(path, "left out", why=left_out.why, instead=layout.shown(left_out.instead))
        if path in _OURS or layout.board_name(path) is not None:
            return InspectedFile(path, "ours", "lavdlike", "by its name")
        if node.has_points or path in self._chosen.read:
            return self._points.file(path)
        kinds = node.kinds if node.kinds is not None else place_of(*split_path(path)).kinds
        why = "" if kinds else "there are neither points in it nor an item of any kind"
        if may_be := source_registry.titles_for(path):
            why = f"by its name it could be one of {', '.join(may_be)}, but it does not begin as they do"
        return InspectedFile(path, "item" if kinds else "not read", ", ".join(kinds), why)


class _Points:
    """The files of points of a run: what is in them, and which labels are shown from others."""

    def __init__(self, snapshot: Snapshot, chosen: ChosenFiles) -> None:
        self._snapshot = snapshot
        self._chosen = chosen
        self._read: dict[str, InspectedFile] = {}
        self._of_writer: dict[str, dict[str, PointsFile]] = {}  # those that were read, by path

    def file(self, path: str) -> InspectedFile:
        found = self._file(path)
        for label in found.labels:
            label.instead = self._instead.get((self._writer_of.get(path, ""), label.label), "")
        return found

    def _file(self, path: str) -> InspectedFile:
        if path not in self._read:
            self._read[path] = self._with_points(path)
        return self._read[path]

    @cached_property
    def _writer_of(self) -> dict[str, str]:
        """By file."""
        return {
            file: writer for writer in self._writers.in_order() for file in self._writers.files_of(writer)
        }

    @cached_property
    def _writers(self) -> Writers:
        writers = Writers()
        writers.prefer(self._chosen.preferred)
        for path in self._chosen.read:
            with suppress(OSError, NotServedError), self._snapshot.opened_points(path) as (file, _, form):
                writers.add(file.writer, path, form)
        return writers

    @cached_property
    def _instead(self) -> dict[tuple[str, str], str]:
        """By writer and label."""
        if self._writers.are_alike:
            return {}
        having: dict[str, dict[str, None]] = {}
        for path, writer in self._writer_of.items():
            for label in self._file(path).labels:
                having.setdefault(label.label, {})[writer] = None
        return {
            (self._writer_of.get(each.path, ""), label): layout.shown(each.instead)
            for each in self._writers.left_out(having)
            for label in each.labels
        }

    def _with_points(self, path: str) -> InspectedFile:
        try:
            with self._snapshot.opened_points(path) as (file, descriptor, _):
                claim = source_registry.claim_of(path, source_registry.begin_of(descriptor))
                if claim is None:
                    return InspectedFile(path, "not read", why="it does not begin as its name says")
                counted: dict[str, InspectedLabel] = {}
                before = self._of_writer.setdefault(file.writer, {})
                follow(file, path, sorted(before), before)
                before[path] = file
                for block in file.read_new(descriptor):
                    for label, columns in block.items():
                        if label != REWIND and len(columns.steps):
                            _count(counted, label, columns)
                problems = file.problems()
        except (OSError, NotServedError) as error:
            return InspectedFile(path, "not read", why=getattr(error, "reason", "") or str(error))
        why = "by its name" if claim.is_by_name else "by its name and how it begins"
        return InspectedFile(
            path, claim.role.value, claim.title, why, labels=_by_name(counted), problems=list(problems)
        )


def _by_name(counted: dict[str, InspectedLabel]) -> list[InspectedLabel]:
    return [counted[label] for label in sorted(counted)]


def _count(counted: dict[str, InspectedLabel], label: str, columns: Columns) -> None:
    first, last, points = int(columns.steps.min()), int(columns.steps.max()), len(columns.steps)
    known = counted.setdefault(label, InspectedLabel(label, 0, first, last))
    known.points += points
    known.first_step, known.last_step = min(known.first_step, first), max(known.last_step, last)


def _descriptions(root: Root, verdict: Verdict) -> dict[str, tuple[str, list[str]]]:
    """By the path of a file that describes the run: whose it is, and the names of its settings."""
    found: dict[str, tuple[str, list[str]]] = {}
    try:
        with root.folder(verdict.name) as opened:
            if described.has_experiment_file(opened, None):
                return {}  # then it alone says what the run is
            names = [entry.name for entry in opened.entries() if entry.type == "file"]
            for path, said in described.read_description(opened, verdict.name, names).by_file:
                if any(said):
                    source, settings = found.get(path, ("", []))
                    found[path] = source or said.source, [*settings, *said.config]
    except (OSError, NotServedError):
        return {}
    return found
