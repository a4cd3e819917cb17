"""Reading a folder as it is on disk now, for people who browse. Runs in threads (`workers`)."""

from __future__ import annotations

import os

from lavdlike import layout
from lavdlike.disk.root import LINK_TO_NOTHING, NOT_REGULAR, Entry, EntryType, OpenedFolder, Root
from lavdlike.errors import NotServedError
from lavdlike.kinds import places, registry
from lavdlike.layout import ExperimentName
from lavdlike.messages import FolderEntry, FolderPage
from lavdlike.reading.tree import FILES, File, Folder


def read_folder(root: Root, experiment: ExperimentName, path: str, known: Folder | None) -> FolderPage:
    """The entries of a folder, folders first.

    Args:
        path: relative to the experiment, "" for itself.
        known: what the tree holds of it, for the kinds of files whose content decides.

    Raises:
        FileNotFoundError, NotADirectoryError, NotServedError: it cannot be read.
    """
    in_root = f"{experiment}/{path}" if path else experiment
    entries = []
    with root.folder(in_root) as opened:
        for entry in opened.entries():
            in_experiment = f"{path}/{entry.name}" if path else entry.name
            found = _entry(root, f"{in_root}/{entry.name}", opened, entry, in_experiment)
            if found is not None:
                node = known.nodes.get(entry.name) if known else None
                found.kinds = _kinds(entry.name, found, node if isinstance(node, File) else None)
                entries.append(found)
    entries.sort(key=lambda entry: (not entry.is_folder, entry.name))
    return FolderPage(layout.experiment_id(experiment), layout.to_id(path), entries)


def _entry(
    root: Root, path: str, opened: OpenedFolder, entry: Entry, in_experiment: str
) -> FolderEntry | None:
    try:
        status = opened.status_of(entry.name)
    except FileNotFoundError:
        return None
    note, type_ = "", entry.type
    if type_ == "link":
        try:
            status, type_ = _behind_link(root, path)
        except (FileNotFoundError, NotADirectoryError):
            note = LINK_TO_NOTHING
        except NotServedError as error:
            note = error.reason
    elif type_ == "other":
        note = NOT_REGULAR
    shown, id_ = layout.shown(entry.name), layout.to_id(in_experiment)
    is_folder = type_ == "folder"
    return FolderEntry(shown, id_, is_folder, 0 if is_folder else status.st_size, status.st_mtime, note=note)


def _behind_link(root: Root, path: str) -> tuple[os.stat_result, EntryType]:
    try:
        with root.folder(path) as opened:
            return opened.status(), "folder"
    except NotADirectoryError:
        with root.file(path) as file:
            return file.status, "file"


def _kinds(name: str, entry: FolderEntry, known: File | None) -> list[str]:
    if entry.is_folder or entry.note:
        return []
    if known is not None and known.kinds is not None:
        return list(known.kinds) or [FILES]
    kind = registry.kind_of_suffix(places.split_suffix(name)[1])
    return [kind.name if kind else FILES]
