"""Which place a path names: a folder of this machine, or what is in an archive."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias

from lavdlike.disk.archives.archive import ArchiveRoot, archive_at, known_archive
from lavdlike.disk.archives.archive_editor import ArchiveEditor
from lavdlike.disk.edit import LocalEditor
from lavdlike.disk.local import LocalRoot
from lavdlike.errors import NotServedError

EditorOfRoot: TypeAlias = LocalEditor | ArchiveEditor


def root_at(path: Path, *, follow_links: bool = False, only: str = "") -> LocalRoot | ArchiveRoot:
    """The root at a path: a folder, an archive, or a folder in one.

    Args:
        only: the name of the one folder in it that there is, or of the archive that is a run itself; "": of all.
    """
    if (place := archive_at(path)) is not None:
        return ArchiveRoot(place, only=only)
    if only and (place := archive_at(path / only)) is not None:
        return ArchiveRoot(place, called=only)
    return LocalRoot(path, follow_links=follow_links, only=only)


def editor_at(path: Path, *, only: str = "") -> EditorOfRoot:
    """The same as a root of edits."""
    if (place := archive_at(path)) is not None:
        return ArchiveEditor(place, path, only=only)
    if only and (place := archive_at(path / only)) is not None:
        return ArchiveEditor(place, path, called=only)
    return LocalEditor(path, only=only)


def is_archive(path: Path) -> bool:
    """Whether a path is that of an archive itself."""
    place = archive_at(path)
    return place is not None and not place.below


def is_file(path: Path) -> bool:
    """Whether a path is that of a file, also of one in an archive; an archive itself counts as a folder."""
    place = archive_at(path)
    if place is None:
        return path.is_file()
    if not place.below:
        return False
    try:
        return known_archive(place.file).tree.part(place.below) is not None
    except (OSError, NotServedError):
        return False


def is_root(path: str) -> bool:
    """Whether a path is that of a folder or an archive now."""
    return os.path.isdir(path) or is_archive(Path(path))  # noqa: PTH112 - never raises
