"""All files of a spool, compared with what is known to be stored; and room made by removing what is."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lavdlike.layout import GUILD_FOLDER
from lavdlike.mirror.file_state import FileState, Growing, Whole, grows
from lavdlike.mirror.store_journal import Journal
from lavdlike.mirror.uploads import fingerprint

# Hidden folders that readers look into, as they are other programs'.
_SHOWN = (GUILD_FOLDER, ".hydra")
# Never removed to make room: what writers read again, and what is small.
_KEPT_SUFFIXES = (".json", ".yaml", ".yml", ".md", ".txt", ".text", ".patch", ".py")


class ScannedFile(NamedTuple):
    """A file of a tree. `path`: relative to it."""

    path: str
    status: os.stat_result


def files_of(tree: Path, below: str = "") -> Iterator[ScannedFile]:
    """Regular files in a tree or a folder of it; lavdlike's own hidden ones, and links, are left out."""
    folders = [below]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(tree / folder) as entries:
                listed = list(entries)
        except (FileNotFoundError, NotADirectoryError):
            continue
        for entry in listed:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if not is_mirrored_name(entry.name):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                elif entry.is_file(follow_symlinks=False):
                    yield ScannedFile(path, entry.stat(follow_symlinks=False))
            except FileNotFoundError:
                continue


def is_mirrored_name(name: str) -> bool:
    return not name.startswith(".") or name in _SHOWN


def is_mirrored(path: str) -> bool:
    """Whether a file of this path is one that is stored: no temporary one, and none of lavdlike's own.

    >>> is_mirrored("run/scalars.tsv"), is_mirrored("run/.lavdlike-0123abcd"), is_mirrored("run/.hydra/config.yaml")
    (True, False, True)
    """
    return all(map(is_mirrored_name, path.split("/")))


def is_stored(file: ScannedFile, known: FileState | None) -> bool:
    if isinstance(known, Growing):
        status = file.status
        return (known.inode, known.stored, known.attempt) == (status.st_ino, status.st_size, None)
    return isinstance(known, Whole) and known.state == fingerprint(file.status)


def unstored(files: list[ScannedFile], known: dict[str, FileState], settled_s: float) -> Iterator[str]:
    """Files that are not stored as they are now; those that are replaced whole once they have settled."""
    before = time.time() - settled_s
    for file in files:
        if not is_stored(file, known.get(file.path)) and (grows(file.path) or file.status.st_mtime <= before):
            yield file.path


def make_room(
    tree: Path, files: list[ScannedFile], known: dict[str, FileState], journal: Journal, limit_bytes: int
) -> int:
    """Remove stored pictures and other media, the oldest first, until a tree is nine tenths as large as its limit.

    Nothing is removed that is not stored, none of a tree below its limit, and none of what writers read again: texts,
    JSON, and files that grow.

    Returns:
        How large the tree is then.
    """
    size_bytes = sum(file.status.st_size for file in files)
    if size_bytes <= limit_bytes:
        return size_bytes
    for file in sorted(files, key=lambda each: each.status.st_mtime):
        if size_bytes <= limit_bytes * 0.9:
            break
        state = known.get(file.path)
        if not isinstance(state, Whole) or not is_stored(file, state) or _is_kept(file.path):
            continue
        journal.keep(file.path, Whole(state.state, state.etag, is_here=False))
        (tree / file.path).unlink(missing_ok=True)
        size_bytes -= file.status.st_size
    return size_bytes


def _is_kept(path: str) -> bool:
    return grows(path) or path.lower().endswith(_KEPT_SUFFIXES)
