"""What an experiment holds: its folders, and the items that their files make. Pure: it is told what is on disk.

Told what a folder holds now (`FolderScan`), the tree says which items changed, which folders came and which are gone.
Whatever the order in which it is told, in the end it holds what a fresh one would that is told everything once.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lavdlike import layout
from lavdlike.kinds import registry
from lavdlike.kinds.kind import Role
from lavdlike.messages import LabelEntry, Problem
from lavdlike.reading.loose_media import Flip, LooseMedia
from lavdlike.reading.named_files import NamedFiles
from lavdlike.reading.origins import FilePlace, Origin, is_crowded, join_path, place_of, rank, split_path
from lavdlike.reading.step_runs import steps_as_runs
from lavdlike.reading.tree_changes import Address, TreeChanges
from lavdlike.reading.tree_nodes import LISTED, PLAIN, File, FolderScan, Node, Seen, Skipped, Subfolder
from lavdlike.sources.columns import StepValue

# With what `tree_changes` and `tree_nodes` have: nobody needs one without the other.
__all__ = [
    "FILES",
    "LISTED",
    "PLAIN",
    "SCALARS",
    "Address",
    "ExperimentTree",
    "File",
    "Folder",
    "FolderScan",
    "Node",
    "Seen",
    "Skipped",
    "Subfolder",
    "TreeChanges",
]

SCALARS = registry.POINTS.name
FILES = registry.OTHERS.name


@dataclass
class Folder:
    nodes: dict[str, Node] = field(default_factory=dict)
    identity: tuple[int, int] = (0, 0)
    linked: bool = False  # behind a link, itself or a folder above it
    modified_ns: int = 0
    inside: bool = False  # of what lies in a file, itself or a folder above it
    seen: Seen | None = None  # of the inside of a file


class ExperimentTree:
    """The folders and items of one experiment."""

    def __init__(self) -> None:
        self.folders: dict[str, Folder] = {"": Folder()}
        self.file_count = 0
        self.other_changes = 0  # grows with each change of a file of no kind
        self.generation = 0  # another number whenever a file or folder was seen to be another one
        self._items: dict[tuple[str, str], dict[int | None, tuple[Origin, ...]]] = {}
        # Most items of a step that have the same suffix differ only in their label: one tuple for them.
        self._shared: dict[str, dict[str, tuple[Origin]]] = {}
        self._crowded: set[Address] = set()
        self._points_files: set[str] = set()
        self._named = NamedFiles()
        self._loose = LooseMedia()
        self._linked: set[str] = set()
        self.insides: set[str] = set()  # the folders of what lies in files
        self._reported: dict[str, Problem] = {}

    def apply(self, seen: FolderScan, changes: TreeChanges) -> None:
        """Take in what a look at a folder has found, and add what that changes to `changes`.

        What is said of a folder that the tree does not hold (any more) is passed over.
        """
        folder = self.folders.get(seen.folder)
        if folder is None:
            return
        self._report(seen.folder, changes, seen.reason)
        if seen.is_further:
            changes.further.add(seen.folder)
        if seen.seen is not None:
            folder.seen = seen.seen
        if seen.complete:
            folder.modified_ns = seen.modified_ns
            for name in folder.nodes.keys() - seen.nodes.keys():
                self._set(seen.folder, folder, name, None, changes)
        if self._loose.matches:
            came = (name for name, node in seen.nodes.items() if folder.nodes.get(name) != node)
            self._loose.expect((seen.folder, name) for name in came)
        for name, node in seen.nodes.items():
            before = folder.nodes.get(name)
            is_other = node is not before and node != before  # very many are the same object
            if is_other or (node in (PLAIN, LISTED) and name in seen.touched):
                self._set(seen.folder, folder, name, node, changes)

    def take_patterns(self, matches: Sequence[str]) -> TreeChanges:
        """What people say now of steps in paths (`media_patterns`), and what that changes."""
        changes = TreeChanges()
        if tuple(matches) == self._loose.matches:
            return changes
        files = [
            (folder, name, node)
            for folder, known in self.folders.items()
            for name, node in known.nodes.items()
            if isinstance(node, File) and not node.has_points
        ]
        items = [each for each in files if not self._named.has(join_path(*each[:2]), each[2])]
        for folder, name, file in items:
            self._withdraw_items(folder, name, file, changes)
        self._loose = self._loose.with_matches(matches, [each[:2] for each in files])
        for folder, name, file in items:
            self._add_items(folder, name, file, changes)
        return changes

    def is_loose(self, path: str) -> bool:
        """Whether a file is in no step's folder, and its path says a step all the same."""
        return self._loose.has(path)

    def loose_files(self) -> list[str]:
        """The paths of all files outside of steps and of files of other programs."""
        return [
            join_path(folder, name)
            for folder, known in self.folders.items()
            if not known.inside and layout.split_step(f"{folder}/")[0] is None
            for name, node in known.nodes.items()
            if isinstance(node, File) and not node.has_points
        ]

    def keep_fingerprint(self, path: str, fingerprint: int) -> None:
        """From now on a change of this file's content is noticed by its fingerprint."""
        file = self._file(path)
        if file is not None and file.kinds is None:
            folder, _, name = path.rpartition("/")
            self.folders[folder].nodes[name] = file._replace(fingerprint=fingerprint)

    def files_of(self, item: Address) -> list[str]:
        """The paths of an item's files, relative to the experiment; last those that describe another or lie over it."""
        return [origin.path_of(item.label) for origin in self._origins_of(item)]

    def files_by_step(self, kind: str, label: str) -> list[tuple[int | None, str]]:
        """The files of all items of a label, each with its step, in the order of steps; those without one first."""
        return [(step, path) for step, paths in self.steps_of(kind, label) for path in paths]

    def steps_of(self, kind: str, label: str) -> Iterator[tuple[int | None, list[str]]]:
        """The steps of a label, each with the paths of its item's files, in order; what has no step comes first.

        The tree may change meanwhile: steps that come then are not among them.
        """
        steps = self._items.get((kind, label), {})
        for step in sorted(steps, key=lambda step: -1 if step is None else step):
            if paths := self.files_of(Address(kind, label, step)):
                yield step, paths

    def parts_of(self, item: Address) -> list[str]:
        """The paths in the experiment of files that the item's own name as parts of it; not all may be there."""
        if not self._named:
            return []
        files = map(self._file, self.files_of(item))
        return [part for file in files if file is not None for part in file.parts]

    def shown_file_of(self, item: Address) -> str | None:
        """The path of the file that is shown of an item, if its names alone tell; None if contents or times have to."""
        by_role: dict[Role, list[str]] = {role: [] for role in Role}
        for origin in self._origins_of(item):
            by_role[registry.BY_NAME[item.kind].role_of(origin.suffix)].append(origin.path_of(item.label))
        shown, describing = by_role[Role.ITEM], by_role[Role.DESCRIPTION]
        if len(shown) != 1 or len(describing) > 1:
            return None
        files = map(self._file, describing)
        return None if any(file is not None and file.names_other for file in files) else shown[0]

    def items(self) -> Iterator[Address]:
        for (kind, label), steps in self._items.items():
            for step in steps:
                yield Address(kind, label, step)

    @property
    def points_files(self) -> Collection[str]:
        """The paths of all files of points, whatever their source."""
        return self._points_files

    def step_values(self) -> list[StepValue]:
        """Every scalar of a step that stands in a JSON file of its own.

        May be called in any thread while the tree changes: what has changed meanwhile is told as a change afterwards.
        """
        labels = [(label, steps) for (kind, label), steps in list(self._items.items()) if kind == SCALARS]
        return [
            self.step_value(label, step)
            for label, steps in labels
            for step in list(steps)
            if step is not None
        ]

    def step_value(self, label: str, step: int) -> StepValue:
        """The scalar that stands in a JSON file of this step: the newest one, if there are several."""
        files = [self._file(path) for path in self.files_of(Address(SCALARS, label, step))]
        numbers = [file for file in files if file is not None and file.number is not None]
        newest = max(numbers, key=lambda file: file.modified, default=None)
        if newest is None:
            return StepValue(label, step, 0.0, None)
        return StepValue(label, step, newest.modified, newest.number)

    def labels(self) -> list[tuple[str, str]]:
        """Every kind and label."""
        return list(self._items)

    def catalogue(self, labels: Iterable[tuple[str, str]] | None = None) -> Iterator[LabelEntry]:
        """What there is of these `labels`; of all, sorted. Steps of scalars are left out: they are points of series.

        The tree may change meanwhile: labels that come then are not among them.
        """
        for kind, label in sorted(self._items) if labels is None else labels:
            steps = self._items.get((kind, label), {})
            has_global = None in steps
            if kind != SCALARS and steps:
                numbers = [step for step in steps if step is not None]
                yield LabelEntry(kind, label, steps_as_runs(numbers), has_global)
            elif has_global:
                yield LabelEntry(kind, label, [], has_global)

    def problems(self) -> list[Problem]:
        """What cannot be shown, or not wholly; paths relative to the experiment."""
        found = list(self._reported.values())
        for item in self._crowded:
            paths = [layout.shown(path) for path in self.files_of(item)]
            found.append(
                Problem(paths[0], f"the same item as {', '.join(paths[1:])}: only the newest is shown")
            )
        return sorted(found, key=lambda problem: problem.path)

    def linked(self) -> dict[str, frozenset[str]]:
        """By folder, the names that are links: whether they lead to something else now has to be looked at."""
        names: dict[str, set[str]] = {}
        for path in self._linked:
            folder, _, name = path.rpartition("/")
            names.setdefault(folder, set()).add(name)
        return {folder: frozenset(names) for folder, names in names.items()}

    def _set(self, path: str, folder: Folder, name: str, node: Node | None, changes: TreeChanges) -> None:
        """Put a node in the place of the one that has the name."""
        self.generation += 1
        before = folder.nodes.get(name)
        below = f"{path}/{name}" if path else name
        if node is None:
            folder.nodes.pop(name, None)
        else:
            folder.nodes[name] = node
        if node is not None and node.linked:
            self._linked.add(below)
        elif self._linked:
            self._linked.discard(below)
        if isinstance(before, File):
            self._withdraw(path, name, before, changes)
        elif isinstance(before, Subfolder):
            self._remove_folder(below, changes)
        if isinstance(node, File):
            self._add(path, name, node, changes)
        elif isinstance(node, Subfolder):
            self.folders[below] = Folder(
                identity=node.identity,
                linked=node.linked or folder.linked,
                inside=node.inside or folder.inside,
            )
            if node.inside and not folder.inside:
                self.insides.add(below)
            changes.new_folders.append(below)
        if below in (layout.COMMAND_FILE, layout.EXPERIMENT_FILE):  # what Lavd wrote stays as it was shown
            names = self.folders[""].nodes
            is_lavds = layout.COMMAND_FILE in names and layout.EXPERIMENT_FILE not in names
            for flip in self._loose.switch(on=not is_lavds):
                self._turn(flip, changes)
        reason, position = "", ""
        if isinstance(node, File):
            reason, position = node.reason, node.position
        elif isinstance(node, Skipped):
            reason = node.reason
        if reason or self._reported:
            self._report(below, changes, reason, position)

    def _report(self, path: str, changes: TreeChanges, reason: str, position: str = "") -> None:
        if reason:
            problem = self._reported[path] = Problem(layout.shown(path), reason, position)
            changes.problems.append(problem)
        elif self._reported:
            self._reported.pop(path, None)

    def _remove_folder(self, path: str, changes: TreeChanges) -> None:
        changes.removed_folders.append(path)
        folder = self.folders[path]
        for name in list(folder.nodes):
            self._set(path, folder, name, None, changes)
        del self.folders[path]
        self.insides.discard(path)
        self._shared.pop(path, None)

    def _add(self, folder: str, name: str, file: File, changes: TreeChanges) -> None:
        self.file_count += 1
        if file.has_points:
            self._points_files.add(join_path(folder, name))
            changes.scalars = True
            if file.kinds == (SCALARS,):
                return  # it is no item
        elif flip := self._loose.add(folder, name):
            self._turn(flip, changes)
        path = join_path(folder, name)
        if self._named.has(path, file):
            changes.items.update(self._wholes_of(path))
        else:
            self._add_items(folder, name, file, changes)
        for part in (*file.parts, *file.covers):
            self._name(part, path, file, changes)

    def _add_items(self, folder: str, name: str, file: File, changes: TreeChanges) -> None:
        place = self._place(folder, name)
        for kind in _kinds_of(place, file):
            steps = self._items.setdefault((kind, place.label), {})
            others = steps.get(place.step)
            if others is None:
                steps[place.step] = self._alone(place, folder, name)
            else:
                every = (*others, place.origin(join_path(folder, name)))
                steps[place.step] = tuple(sorted(every, key=functools.partial(rank, kind)))
            self._note(Address(kind, place.label, place.step), steps[place.step], changes)

    def _withdraw(self, folder: str, name: str, file: File, changes: TreeChanges) -> None:
        self.file_count -= 1
        if file.has_points:
            self._points_files.discard(join_path(folder, name))
            changes.scalars = True
            if file.kinds == (SCALARS,):
                return  # it was no item
        path = join_path(folder, name)
        if self._named.has(path, file):
            changes.items.update(self._wholes_of(path))
        else:
            self._withdraw_items(folder, name, file, changes)
        if flip := self._loose.discard(folder, name):
            self._turn(flip, changes)
        for part in (*file.parts, *file.covers):
            self._unname(part, path, changes)

    def _withdraw_items(self, folder: str, name: str, file: File, changes: TreeChanges) -> None:
        place = self._place(folder, name)
        gone = place.origin(join_path(folder, name))
        for kind in _kinds_of(place, file):
            steps = self._items[kind, place.label]
            remaining = tuple(origin for origin in steps[place.step] if origin != gone)
            if remaining:
                steps[place.step] = remaining
            else:
                del steps[place.step]
                if not steps:
                    del self._items[kind, place.label]
            self._note(Address(kind, place.label, place.step), remaining, changes)

    def _place(self, folder: str, name: str) -> FilePlace:
        return self._loose.placed(join_path(folder, name), place_of(folder, name))

    def _turn(self, flip: Flip, changes: TreeChanges) -> None:
        """A pattern of loose media begins or ceases to count: its files have other labels and steps."""
        items = [(path, file) for path in flip.paths if (file := self._file(path)) is not None]
        items = [(path, file) for path, file in items if not self._named.has(path, file)]
        for path, file in items:
            self._withdraw_items(*split_path(path), file, changes)
        self._loose.turn(flip)
        for path, file in items:
            self._add_items(*split_path(path), file, changes)

    def _wholes_of(self, part: str) -> Iterator[Address]:
        """The items that the file is a part of: they change with it."""
        for path in self._named.namers_of(part):
            file, place = self._file(path), self._place(*split_path(path))
            for kind in _kinds_of(place, file) if file is not None else ():
                yield Address(kind, place.label, place.step)

    def _name(self, part: str, by: str, namer: File, changes: TreeChanges) -> None:
        """The file at `by` says that another is a part of its item, or shown by it."""
        file = self._file(part)
        was_part = file is not None and self._named.has(part, file)
        self._named.add(part, by, is_covered=part in namer.covers)
        if file is not None and not was_part and self._named.has(part, file):
            self._withdraw_items(*split_path(part), file, changes)

    def _unname(self, part: str, by: str, changes: TreeChanges) -> None:
        file = self._file(part)
        was_part = file is not None and self._named.has(part, file)
        self._named.discard(part, by)
        if file is not None and was_part and not self._named.has(part, file):
            self._add_items(*split_path(part), file, changes)

    def _note(self, item: Address, origins: tuple[Origin, ...], changes: TreeChanges) -> None:
        changes.items.add(item)
        changes.scalars |= item.kind == SCALARS
        self.other_changes += item.kind == FILES
        if len(origins) > 1 and is_crowded(item.kind, origins):
            self._crowded.add(item)
        elif self._crowded:
            self._crowded.discard(item)

    def _file(self, path: str) -> File | None:
        folder, _, name = path.rpartition("/")
        holds = self.folders.get(folder)
        node = holds.nodes.get(name) if holds is not None else None
        return node if isinstance(node, File) else None

    def _origins_of(self, item: Address) -> tuple[Origin, ...]:
        return self._items.get((item.kind, item.label), {}).get(item.step, ())

    def _alone(self, place: FilePlace, folder: str, name: str) -> tuple[Origin]:
        if not place.is_exact:
            return (place.origin(join_path(folder, name)),)
        in_step = self._shared.setdefault(place.step_folder, {})
        shared = in_step.get(place.suffix)
        if shared is None:
            shared = in_step[place.suffix] = (place.origin(""),)
        return shared


def _kinds_of(place: FilePlace, file: File) -> tuple[str, ...]:
    return file.kinds or place.kinds
