"""What an experiment holds: its folders, and the items that their files make. Pure: it is told what is on disk.

Told what a folder holds now (`Seen`), the tree says which items changed, which folders are new and which are gone.
Whatever the order in which it is told, in the end it holds what a fresh one would that is told everything once.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lavdlike import layout
from lavdlike.kinds import files, images, registry, scalars
from lavdlike.kinds.kind import Kind
from lavdlike.server.messages import LabelEntry, Problem

SCALARS = scalars.KIND.name
FILES = files.KIND.name


class File(NamedTuple):
    """A regular file.

    `kinds`: of a file whose content decides (JSON, scalars files): the names of its kinds; None if its name decides.
    `fingerprint`: changes with the content; 0 if nobody has looked at it.
    `number`, `modified`: of a scalar that stands in a JSON file: its value, and the file's time in Unix seconds.
    `has_steps`: whether a column of a table says the steps of its rows, which are points of scalars then.
    `linked`: whether the name is that of a link: changes of such a file are not reported where the link stands.
    `reason`, `position`: what is wrong with it, "" if nothing is.
    """

    kinds: tuple[str, ...] | None = None
    fingerprint: int = 0
    number: float | int | None = None
    modified: float = 0.0
    has_steps: bool = False
    linked: bool = False
    reason: str = ""
    position: str = ""


class Subfolder(NamedTuple):
    """A folder in a folder. `identity`: another one if another folder has taken its name. `linked`: behind a link."""

    identity: tuple[int, int]  # device, inode
    linked: bool = False


class Other(NamedTuple):
    """Something that is not read: a link that is not followed, a device. `reason` says why."""

    reason: str
    linked: bool = False


Thing = File | Subfolder | Other
# A file whose name decides on its kind and at whose content nobody has looked: nearly all are, so they share one value.
PLAIN = File()


class Seen(NamedTuple):
    """What a look at one folder has found.

    `things`: by name; None for a name that is not there.
    `complete`: whether names that are not in `things` are not there either.
    `touched`: the names that came from a hint: such a file may have changed although nothing new was seen of it.
    `reason`: why the folder could not be read, "" if it was.
    `modified_ns`: of a complete look, the folder's own time if any later change of its names shows in it, otherwise 0.
    """

    folder: str  # relative to the experiment, "" for itself
    things: Mapping[str, Thing | None]
    complete: bool
    touched: frozenset[str] = frozenset()
    reason: str = ""
    modified_ns: int = 0


class StepNumber(NamedTuple):
    """A scalar in a JSON file of a step; `value` None: it is not there. `wall_time`: the file's, in Unix seconds."""

    label: str
    step: int
    wall_time: float
    value: float | int | None


class Address(NamedTuple):
    """Which item of the experiment. `step` None: global."""

    kind: str
    label: str
    step: int | None


@dataclass
class Changes:
    """What came of one or more looks. A removed folder's folders are removed with it, named or not."""

    items: set[Address] = field(default_factory=set)
    new_folders: list[str] = field(default_factory=list)
    removed_folders: list[str] = field(default_factory=list)
    scalars: bool = False  # files that hold scalars came, went or changed
    problems: list[Problem] = field(default_factory=list)  # that are new


@dataclass
class Folder:
    things: dict[str, Thing] = field(default_factory=dict)
    identity: tuple[int, int] = (0, 0)
    linked: bool = False  # behind a link, itself or a folder above it
    modified_ns: int = 0


class _Origin(NamedTuple):
    """Where a file of an item is: with the item's label, its path. `path` is given where the label does not say it."""

    step_folder: str  # "" for global items
    suffix: str
    path: str = ""

    def path_of(self, label: str) -> str:
        return self.path or _join(self.step_folder, label + self.suffix)


class ExperimentTree:
    """The folders and items of one experiment."""

    def __init__(self) -> None:
        self.folders: dict[str, Folder] = {"": Folder()}
        self.file_count = 0
        self._items: dict[tuple[str, str], dict[int | None, tuple[_Origin, ...]]] = {}
        # Most items of a step that have the same suffix differ only in their label: one tuple for them.
        self._shared: dict[str, dict[str, tuple[_Origin]]] = {}
        self._crowded: set[Address] = set()
        self._scalars_files: set[str] = set()
        self._linked: set[str] = set()
        self._reported: dict[str, Problem] = {}

    def apply(self, seen: Seen, changes: Changes) -> None:
        """Take in what a look at a folder has found, and add what that changes to `changes`.

        What is said of a folder that the tree does not hold (any more) is passed over.
        """
        folder = self.folders.get(seen.folder)
        if folder is None:
            return
        self._report(seen.folder, changes, seen.reason)
        if seen.complete:
            folder.modified_ns = seen.modified_ns
            for name in folder.things.keys() - seen.things.keys():
                self._set(seen.folder, folder, name, None, changes)
        for name, thing in seen.things.items():
            before = folder.things.get(name)
            is_other = thing is not before and thing != before  # very many are the same object
            if is_other or (thing is PLAIN and name in seen.touched):
                self._set(seen.folder, folder, name, thing, changes)

    def look_at(self, path: str, fingerprint: int) -> None:
        """From now on a change of this file's content is noticed by its fingerprint."""
        file = self._file(path)
        if file is not None and file.kinds is None:
            folder, _, name = path.rpartition("/")
            self.folders[folder].things[name] = file._replace(fingerprint=fingerprint)

    def files_of(self, item: Address) -> list[str]:
        """The paths of an item's files, relative to the experiment; last those that describe another or lie over it."""
        return [origin.path_of(item.label) for origin in self._origins_of(item)]

    def items(self) -> Iterator[Address]:
        for (kind, label), steps in self._items.items():
            for step in steps:
                yield Address(kind, label, step)

    @property
    def scalars_files(self) -> Collection[str]:
        """The paths of all files of points: scalars files (TSV), and tables with a column of steps."""
        return self._scalars_files

    def numbers(self) -> Iterator[StepNumber]:
        """Every scalar of a step that stands in a JSON file of its own."""
        for (kind, label), steps in self._items.items():
            if kind == SCALARS:
                yield from (self.number(label, step) for step in steps if step is not None)

    def number(self, label: str, step: int) -> StepNumber:
        """The scalar that stands in a JSON file of this step: the newest one, if there are several."""
        newest = None
        for path in self.files_of(Address(SCALARS, label, step)):
            file = self._file(path)
            if (
                file is not None
                and file.number is not None
                and (newest is None or file.modified > newest.modified)
            ):
                newest = file
        if newest is None:
            return StepNumber(label, step, 0.0, None)
        return StepNumber(label, step, newest.modified, newest.number)

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

    def _set(self, path: str, folder: Folder, name: str, thing: Thing | None, changes: Changes) -> None:
        """Put a thing in the place of the one that has the name."""
        before = folder.things.get(name)
        below = f"{path}/{name}" if path else name
        if thing is None:
            folder.things.pop(name, None)
        else:
            folder.things[name] = thing
        if thing is not None and thing.linked:
            self._linked.add(below)
        elif self._linked:
            self._linked.discard(below)
        if isinstance(before, File):
            self._withdraw(path, name, before, changes)
        elif isinstance(before, Subfolder):
            self._remove_folder(below, changes)
        if isinstance(thing, File):
            self._add(path, name, thing, changes)
        elif isinstance(thing, Subfolder):
            self.folders[below] = Folder(identity=thing.identity, linked=thing.linked or folder.linked)
            changes.new_folders.append(below)
        if isinstance(thing, File):
            self._report(below, changes, thing.reason, thing.position)
        else:
            self._report(below, changes, thing.reason if isinstance(thing, Other) else "")

    def _report(self, path: str, changes: Changes, reason: str, position: str = "") -> None:
        if reason:
            problem = self._reported[path] = Problem(layout.shown(path), reason, position)
            changes.problems.append(problem)
        elif self._reported:
            self._reported.pop(path, None)

    def _remove_folder(self, path: str, changes: Changes) -> None:
        changes.removed_folders.append(path)
        folder = self.folders[path]
        for name in list(folder.things):
            self._set(path, folder, name, None, changes)
        del self.folders[path]
        self._shared.pop(path, None)

    def _add(self, folder: str, name: str, file: File, changes: Changes) -> None:
        self.file_count += 1
        if _is_scalars_file(name, file):
            self._scalars_files.add(name)
            changes.scalars = True
            return
        if file.has_steps:
            self._scalars_files.add(_join(folder, name))
            changes.scalars = True
        place = _place_of(folder, name)
        for kind in _kinds_of(place, file):
            steps = self._items.setdefault((kind, place.label), {})
            others = steps.get(place.step)
            if others is None:
                steps[place.step] = self._alone(place, folder, name)
            else:
                every = (*others, place.origin(_join(folder, name)))
                steps[place.step] = tuple(sorted(every, key=functools.partial(_rank, kind)))
            self._note(Address(kind, place.label, place.step), steps[place.step], changes)

    def _withdraw(self, folder: str, name: str, file: File, changes: Changes) -> None:
        self.file_count -= 1
        if _is_scalars_file(name, file):
            self._scalars_files.discard(name)
            changes.scalars = True
            return
        if file.has_steps:
            self._scalars_files.discard(_join(folder, name))
            changes.scalars = True
        place = _place_of(folder, name)
        gone = place.origin(_join(folder, name))
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

    def _note(self, item: Address, origins: tuple[_Origin, ...], changes: Changes) -> None:
        changes.items.add(item)
        changes.scalars |= item.kind == SCALARS
        if _is_crowded(item.kind, origins):
            self._crowded.add(item)
        elif self._crowded:
            self._crowded.discard(item)

    def _file(self, path: str) -> File | None:
        folder, _, name = path.rpartition("/")
        thing = self.folders[folder].things.get(name) if folder in self.folders else None
        return thing if isinstance(thing, File) else None

    def _origins_of(self, item: Address) -> tuple[_Origin, ...]:
        return self._items.get((item.kind, item.label), {}).get(item.step, ())

    def _alone(self, place: _Place, folder: str, name: str) -> tuple[_Origin]:
        if not place.is_exact:
            return (place.origin(_join(folder, name)),)
        in_step = self._shared.setdefault(place.step_folder, {})
        shared = in_step.get(place.suffix)
        if shared is None:
            shared = in_step[place.suffix] = (place.origin(""),)
        return shared


def steps_as_runs(steps: Iterable[int]) -> list[tuple[int, int, int]]:
    """Steps in any order as runs (first, count, stride), growing, without overlap.

    >>> steps_as_runs([5, 1, 2, 3, 10, 20, 30])
    [(1, 3, 1), (5, 1, 1), (10, 3, 10)]
    """
    ordered = sorted(steps)
    runs: list[tuple[int, int, int]] = []
    start = 0
    while start < len(ordered):
        end = start + 1
        stride = ordered[end] - ordered[start] if end < len(ordered) else 1
        while end < len(ordered) and ordered[end] - ordered[end - 1] == stride:
            end += 1
        if end - start == 2:  # two steps are no rhythm: the second one may begin a run
            end, stride = start + 1, 1
        runs.append((ordered[start], end - start, stride if end - start > 1 else 1))
        start = end
    return runs


class _Place(NamedTuple):
    """What the path of a file says of its item."""

    step: int | None
    step_folder: str
    label: str
    suffix: str
    kinds: tuple[str, ...]  # if its content does not say otherwise
    is_exact: bool  # whether the label, being valid Unicode, gives the path back

    def origin(self, path: str) -> _Origin:
        return _Origin(self.step_folder, self.suffix, "" if self.is_exact else path)


def _place_of(folder: str, name: str) -> _Place:
    step, step_folder, below = _split_folder(folder)
    return _Place(step, step_folder, *_split_name(below + name))


@functools.lru_cache(maxsize=256)  # one folder's files are placed one after the other
def _split_folder(folder: str) -> tuple[int | None, str, str]:
    """Step, its folder, and what stands before a file's name below it."""
    if not folder:
        return None, "", ""
    step, below = layout.split_step(f"{folder}/")
    return step, "" if step is None else folder.partition("/")[0], below


@functools.lru_cache(maxsize=2**14)  # the same few names stand in every step
def _split_name(path: str) -> tuple[str, str, tuple[str, ...], bool]:
    """Label, suffix, kinds, and whether the label is exact."""
    label, suffix = layout.split_label(path)
    kind = registry.kind_of_suffix(suffix)
    shown = layout.shown(label)
    return shown, suffix, (kind.name if kind else FILES,), shown == label


def _kinds_of(place: _Place, file: File) -> tuple[str, ...]:
    return file.kinds or place.kinds


def _is_scalars_file(name: str, file: File) -> bool:
    return file.kinds == (SCALARS,) and layout.scalars_writer(name) is not None


def describes(kind: Kind, suffix: str) -> bool:
    """Whether a file of an item only describes another one: the boxes of a picture."""
    return bool(kind.suffixes) and kind.read_file is None and suffix.lower() == ".json"


def lies_over(kind: Kind, suffix: str) -> bool:
    """Whether a file of an item is shown over another one: the mask of a picture."""
    return kind is images.KIND and images.is_mask(suffix)


def _rank(kind: str, origin: _Origin) -> tuple[bool, bool, _Origin]:
    named = registry.BY_NAME[kind]
    return lies_over(named, origin.suffix), describes(named, origin.suffix), origin


def _is_crowded(kind: str, origins: tuple[_Origin, ...]) -> bool:
    """Whether several files claim to be the item. Files of no known kind are only listed, so they do not."""
    if len(origins) < 2 or kind == FILES:
        return False
    named = registry.BY_NAME[kind]
    others = [origin.suffix for origin in origins if not lies_over(named, origin.suffix)]
    descriptions = sum(describes(named, suffix) for suffix in others)
    return max(descriptions, len(others) - descriptions) > 1


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
