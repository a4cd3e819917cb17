"""A look at the root: which folders are directly in it. Runs in threads (`workers`)."""

from __future__ import annotations

from typing import NamedTuple

from lavdlike.disk.root import EntryType, OpenedFolder, Root, is_settled, type_of
from lavdlike.errors import NotServedError
from lavdlike.layout import ExperimentName
from lavdlike.reading.scan import Watch
from lavdlike.reading.tree import Skipped, Subfolder


class RootScan(NamedTuple):
    """What a look at the root has found.

    `folders`: by name; None for what is no folder, or gone. `files`: names of files that are there. `modified_ns`: as
    in `tree.FolderScan`.
    """

    identity: tuple[int, int]
    folders: dict[ExperimentName, Subfolder | Skipped | None]
    modified_ns: int
    files: frozenset[str] = frozenset()


def scan_root(root: Root, names: frozenset[str] | None, watch: Watch) -> RootScan:
    """The folders directly in the root: all, or of these names.

    Raises:
        OSError, NotServedError: the root is not there, or cannot be read.
    """
    with root.folder("") as opened:
        status = opened.status()
        identity = (status.st_dev, status.st_ino)
        if names is None:
            watch("", opened.descriptor)
            found = {entry.name: (entry.type, entry.inode) for entry in opened.entries()}
        else:
            found = {name: _type_and_inode(opened, name) for name in names}
        folders = {
            ExperimentName(name): _experiment(root, opened, name, type_, (status.st_dev, inode))
            for name, (type_, inode) in found.items()
        }
    files = frozenset(name for name, (type_, _) in found.items() if type_ == "file")
    return RootScan(identity, folders, status.st_mtime_ns if is_settled(status) else 0, files)


def _type_and_inode(opened: OpenedFolder, name: str) -> tuple[EntryType, int]:
    try:
        status = opened.status_of(name)
    except FileNotFoundError:
        return "other", 0
    return type_of(status.st_mode), status.st_ino


def _experiment(
    root: Root, opened: OpenedFolder, name: str, type_: EntryType, identity: tuple[int, int]
) -> Subfolder | Skipped | None:
    if type_ == "folder":
        return Subfolder(identity)
    try:
        if type_ != "link" or type_of(opened.status_of(name, follow_links=True).st_mode) != "folder":
            return None
        with root.folder(name) as folder:
            status = folder.status()
    except OSError:  # a link to nothing
        return None
    except NotServedError as error:
        return Skipped(error.reason, linked=True)
    return Subfolder((status.st_dev, status.st_ino), linked=True)
