"""A look into a file of an experiment in which items lie: what came, as `tree` wants to be told. Runs in threads.

The tree has the same folders and files for it as if they were on the disk, below a folder of the file's name
(`layout.inside`). They are told as they are found, all of them at once: none is listed, opened or watched.
"""

from __future__ import annotations

import functools
import posixpath
import time
from collections.abc import Mapping
from typing import NamedTuple

from lavdlike import layout
from lavdlike.disk.root import Root
from lavdlike.errors import NotServedError
from lavdlike.reading.inside_folder import InsideFolder
from lavdlike.reading.origins import join_path
from lavdlike.reading.tree import PLAIN, File, Folder, FolderScan, Node, Subfolder
from lavdlike.sources.members import Member

# Said of a file; the others are counted.
_MAX_PROBLEMS = 3
_FOLDER = Subfolder((0, 0), inside=True)


class InsideScan(NamedTuple):
    """What a look has found. `is_all`: whether nothing more is known to be there."""

    folders: list[FolderScan]
    is_all: bool


def look_inside(
    root: Root, experiment: str, folder: str, known: Mapping[str, Folder], *, budget_s: float
) -> InsideScan:
    """What the tree was not told of what lies in a file.

    Args:
        folder: the inside of the file, relative to the experiment.
        known: what the tree holds of the experiment; only read.
        budget_s: how long to look.
    """
    of = known.get(folder)
    if of is None:
        return InsideScan([], is_all=True)
    try:
        with root.folder(f"{experiment}/{folder}") as opened:
            if not isinstance(opened, InsideFolder):  # a root that does not look into files
                return InsideScan([], is_all=True)
            told = opened.tell(of.seen, until=time.monotonic() + budget_s)
    except (OSError, NotServedError):  # gone, or so soon; who looks at its folder says why
        return InsideScan([], is_all=True)
    scans = [FolderScan(folder, {}, complete=True)] if told.is_anew else []
    scans += _folder_scans(folder, told.members, {} if told.is_anew else known)
    reason = "; ".join(told.problems[:_MAX_PROBLEMS])
    if of.seen == told.seen and not told.members:
        return InsideScan([], told.is_all)
    scans.append(FolderScan(folder, {}, complete=False, reason=reason, seen=told.seen))
    return InsideScan(scans, told.is_all)


def _folder_scans(folder: str, members: list[Member], known: Mapping[str, Folder]) -> list[FolderScan]:
    """The outer folders first."""
    nodes: dict[str, dict[str, Node | None]] = {}

    def nodes_in(path: str) -> dict[str, Node | None]:
        found = nodes.get(path)
        if found is not None:
            return found
        if path != folder and path not in known:
            above, _, name = path.rpartition("/")
            nodes_in(above)[name] = _FOLDER
        found = nodes[path] = {}
        return found

    for member in members:
        within, slash, name = member.path.rpartition("/")
        nodes_in(f"{folder}{slash}{within}")[name] = _file(folder, member)
    return [
        FolderScan(path, of, complete=False, touched=frozenset(of), is_further=True)
        for path, of in nodes.items()
    ]


def _file(folder: str, member: Member) -> File:
    if not member.kinds and not member.covers:
        return PLAIN
    parts = tuple(f"{folder}/{part}" for part in member.parts)
    covers = (
        _beside(folder.rpartition("/")[0], path) if path else layout.file_of_inside(folder)
        for path in member.covers
    )
    in_experiment = tuple(path for path in covers if not path.startswith(("/", "../")))
    return File(
        member.kinds or None, hash((member.where, member.same_as)) or 1, parts=parts, covers=in_experiment
    )


def _beside(folder: str, path: str) -> str:
    """The path in the experiment of what a file in a folder names."""
    within, _, name = path.rpartition("/")
    if not within or name in ("", ".", ".."):
        return posixpath.normpath(posixpath.join(folder, path))
    return join_path(_folder_beside(folder, within), name)


@functools.lru_cache(maxsize=64)  # a file names many of one folder
def _folder_beside(folder: str, path: str) -> str:
    found = posixpath.normpath(posixpath.join(folder, path))
    return "" if found == "." else found
