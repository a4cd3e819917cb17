"""The trash of a root: experiments, and files of them, are moved there and back, and removed for good from there.

Moves are renames within the root: nothing is copied, and whoever has a file open goes on writing it. Nobody is asked
here; who asks is told the number of files and what they take on the disk.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from lavdlike import layout
from lavdlike.disk import walk
from lavdlike.disk.root import EditableRoot, OpenedFolder
from lavdlike.edit_messages import Trashed
from lavdlike.edits import idle, trash_entries
from lavdlike.edits.trash_entries import Entry, Note
from lavdlike.errors import EditError
from lavdlike.layout import ExperimentName


def listed(root: EditableRoot) -> list[Trashed]:
    """What is in the trash, newest first."""
    found = [entry.trashed() for entry in trash_entries.listed(root)]
    return sorted(found, key=lambda trashed: (-trashed.time, trashed.id))


class Thrown(NamedTuple):
    """How something goes to the trash: under which id (`trash_entries.new_id`), when, by whom."""

    id: str
    time: float
    by: str


def count(opened: OpenedFolder, *, until: float) -> tuple[int, int]:
    """The files in an experiment, and what they take on the disk; as far as time allows, by `time.monotonic`."""
    files = size_bytes = 0
    if opened.descriptor < 0:  # in no folder of a disk
        return 0, 0
    for found in walk.everything_below(opened.descriptor):
        if not found.is_folder:
            files += 1
            size_bytes += found.disk_bytes
        if time.monotonic() > until:
            break
    return files, size_bytes


def put(
    root: EditableRoot, name: ExperimentName, identity: str, thrown: Thrown, counted: tuple[int, int]
) -> Trashed:
    """Move an experiment to the trash.

    Args:
        identity: of its folder, as who asks has seen it.
        counted: its files and their size.

    Raises:
        EditError: it runs, began to run meanwhile, or the disk refuses. It stands where it was, unless it is said.
        ConflictError: another folder has its name by now.
    """
    with idle.experiment_at(root, name, identity) as opened:
        idle.check_idle(root, name, opened)
        note = Note(layout.shown(name), thrown.time, thrown.by, "", *counted)
        entry = trash_entries.made(root, thrown.id, name, note)
        try:
            idle.move(
                root,
                name,
                f"{entry.content}/{name}",
                opened,
                when_stranded=f"it is in the trash, as {entry.id}",
            )
        finally:
            trash_entries.discard_if_empty(root, entry.id, entry.names)
    return entry.trashed()


def put_files(
    root: EditableRoot, name: ExperimentName, sizes: Mapping[str, int], thrown: Thrown, *, what: str
) -> Trashed | None:
    """Move files of an experiment to the trash, as one entry; None if none of them was there any more.

    Args:
        sizes: what each takes on the disk, by its path relative to the experiment.
        what: which files, in words.

    Raises:
        EditError: the disk refuses; what was moved before is in the trash.
    """
    note = Note(layout.shown(name), thrown.time, thrown.by, what, len(sizes), sum(sizes.values()))
    entry = trash_entries.made(root, thrown.id, name, note)
    moved: list[str] = []
    try:
        for path in _move_files(root, sizes, source=name, target=f"{entry.content}/{name}"):
            moved.append(path)  # noqa: PERF402 - those before an error count
    finally:
        if len(moved) != len(sizes):
            entry = _counted_anew(root, entry, [sizes[path] for path in moved])
    return entry.trashed() if moved else None


def restore(root: EditableRoot, id_: str) -> Trashed:
    """Put an entry back to where it was; the answer says how much that was.

    Raises:
        EditError: another experiment has its name by now, the experiment of its files is not there, or the place of
            some of them is taken: those stay in the trash.
    """
    entry = trash_entries.entry_of(root, id_)
    if entry.note.what:
        return _restore_files(root, entry)
    for name in entry.names:
        if root.look(name) is not None:
            shown = layout.shown(name)
            raise EditError(name, f"there is a {shown} again: give that another name, then restore this one")
        for outer in layout.outer_names(name)[:1]:
            root.make_folder(outer)
        root.move(f"{entry.content}/{name}", name)
    trash_entries.discard_if_empty(root, id_, entry.names)
    return entry.trashed()


def empty(root: EditableRoot, id_: str) -> Trashed:
    """Remove an entry for good; says what it held.

    Raises:
        EditError: a part of it cannot be removed; that is still in the trash.
    """
    entry = trash_entries.entry_of(root, id_)
    for name in entry.names:
        root.remove(f"{entry.content}/{name}")
    trash_entries.discard_if_empty(root, id_, entry.names)
    trash_entries.discard_leftovers(root)
    return entry.trashed()


def _restore_files(root: EditableRoot, entry: Entry) -> Trashed:
    for name in entry.names:
        found = root.look(name)
        if found is None or found.type != "folder":
            raise EditError(
                name,
                "there is no such experiment to put the files into: restore it first, or give it this name",
            )
    before = _sizes_in(root, entry)
    paths = [path for path in before if not layout.is_hidden(path)]
    for _ in _move_files(root, paths, source=entry.content, target=""):
        pass
    stay = _sizes_in(root, entry)
    _counted_anew(root, entry, list(stay.values()))
    if stay:
        reason = f"{len(stay):,} of {len(before):,} files stay in the trash, because their place is taken"
        raise EditError(", ".join(map(layout.shown, entry.names)), reason)
    return entry.trashed()


def _counted_anew(root: EditableRoot, entry: Entry, sizes: Sequence[int]) -> Entry:
    """An entry of which files were moved: says what it holds now, and has no empty folder."""
    _remove_empty_folders(root, entry.content)
    entry = entry._replace(note=msgspec.structs.replace(entry.note, files=len(sizes), size_bytes=sum(sizes)))
    if sizes:
        trash_entries.write(root, entry)
    else:
        trash_entries.discard_if_empty(root, entry.id)
    return entry


def _move_files(root: EditableRoot, paths: Iterable[str], *, source: str, target: str) -> Iterator[str]:
    """Move files to the same paths below another folder: those that are there, where nothing stands. Tells which."""
    by_folder: dict[str, list[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        by_folder.setdefault(folder, []).append(name)
    for folder, names in by_folder.items():
        if root.look(_joined(source, folder)) is not None:
            for name in root.move_files(names, _joined(source, folder), _joined(target, folder)):
                yield _joined(folder, name)


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and name else folder or name


def _sizes_in(root: EditableRoot, entry: Entry) -> dict[str, int]:
    """What each file in an entry takes on the disk, by its path below the content."""
    return {found.path: found.disk_bytes for found in root.below(entry.content) if not found.is_folder}


def _remove_empty_folders(root: EditableRoot, folder: str) -> None:
    """Those below it, in whatever depth."""
    for found in root.below(folder):  # a folder behind what it holds
        if found.is_folder:
            root.remove_empty_folder(f"{folder}/{found.path}")
