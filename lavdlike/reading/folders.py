"""Reading a folder as it is on disk now, for people who browse. Runs in threads (`workers`)."""

from __future__ import annotations

import os

from lavdlike import layout
from lavdlike.errors import NotServedError
from lavdlike.kinds import registry
from lavdlike.server import files
from lavdlike.server.messages import FolderEntry, FolderPage
from lavdlike.server.tree import FILES, File, Folder


def read_folder(root: files.Root, experiment: str, path: str, known: Folder | None) -> FolderPage:
    """The entries of a folder, folders first.

    Args:
        path: relative to the experiment, "" for itself.
        known: what the tree holds of it, for the kinds of files whose content decides.

    Raises:
        FileNotFoundError, NotADirectoryError, NotServedError: it cannot be read.
    """
    in_root = f"{experiment}/{path}" if path else experiment
    entries = []
    with root.folder(in_root) as fd:
        for entry in files.entries_of(fd):
            in_experiment = f"{path}/{entry.name}" if path else entry.name
            found = _entry(root, f"{in_root}/{entry.name}", fd, entry, in_experiment)
            if found is not None:
                thing = known.things.get(entry.name) if known else None
                found.kinds = _kinds(entry.name, found, thing if isinstance(thing, File) else None)
                entries.append(found)
    entries.sort(key=lambda entry: (not entry.is_folder, entry.name))
    return FolderPage(layout.to_id(experiment), layout.to_id(path), entries)


def _entry(
    root: files.Root, path: str, folder_fd: int, entry: files.Entry, in_experiment: str
) -> FolderEntry | None:
    try:
        status = os.stat(entry.name, dir_fd=folder_fd, follow_symlinks=False)
    except FileNotFoundError:
        return None
    note, type_ = "", entry.type
    if type_ == "link":
        try:
            status, type_ = _behind_link(root, path)
        except (FileNotFoundError, NotADirectoryError):
            note = files.LINK_TO_NOTHING
        except NotServedError as error:
            note = error.reason
    elif type_ == "other":
        note = files.NOT_REGULAR
    shown, id_ = layout.shown(entry.name), layout.to_id(in_experiment)
    is_folder = type_ == "folder"
    return FolderEntry(shown, id_, is_folder, 0 if is_folder else status.st_size, status.st_mtime, note=note)


def _behind_link(root: files.Root, path: str) -> tuple[os.stat_result, files.EntryType]:
    try:
        with root.folder(path) as fd:
            return os.fstat(fd), "folder"
    except NotADirectoryError:
        with root.file(path) as opened:
            return opened.status, "file"


def _kinds(name: str, entry: FolderEntry, known: File | None) -> list[str]:
    if entry.is_folder or entry.note:
        return []
    if known is not None and known.kinds is not None:
        return list(known.kinds) or [FILES]
    kind = registry.kind_of_suffix(layout.split_suffix(name)[1])
    return [kind.name if kind else FILES]
