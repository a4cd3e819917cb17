"""Which place a path names: a folder of this machine, what is in an archive, or what a store has below an address."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from lavdlike.disk.archives.archive import ArchiveRoot, archive_at, known_archive
from lavdlike.disk.archives.archive_editor import ArchiveEditor
from lavdlike.disk.edit import LocalEditor
from lavdlike.disk.local import LocalRoot
from lavdlike.disk.stores.bucket import Bucket
from lavdlike.disk.stores.object_editor import ObjectEditor
from lavdlike.disk.stores.object_root import ObjectRoot
from lavdlike.disk.stores.store_addresses import address_of_path, is_store_address, path_of_address
from lavdlike.errors import LavdlikeError, NotServedError

EditorOfRoot: TypeAlias = LocalEditor | ArchiveEditor | ObjectEditor


def root_at(
    path: Path, *, follow_links: bool = False, only: str = ""
) -> LocalRoot | ArchiveRoot | ObjectRoot:
    """The root at a path: a folder, an archive, or a folder in one; or in a store (`path_of_address`).

    Args:
        only: the name of the one folder in it that there is, or of the archive that is a run itself; "": of all.
    """
    if (address := address_of_path(path)) is not None:
        return ObjectRoot(address, only=only)
    if (place := archive_at(path)) is not None:
        return ArchiveRoot(place, only=only)
    if only and (place := archive_at(path / only)) is not None:
        return ArchiveRoot(place, called=only)
    return LocalRoot(path, follow_links=follow_links, only=only)


def editor_at(path: Path, *, only: str = "") -> EditorOfRoot:
    """The same as a root of edits."""
    if (address := address_of_path(path)) is not None:
        return ObjectEditor(address, path, only=only)
    if (place := archive_at(path)) is not None:
        return ArchiveEditor(place, path, only=only)
    if only and (place := archive_at(path / only)) is not None:
        return ArchiveEditor(place, path, called=only)
    return LocalEditor(path, only=only)


def bucket_at(path: Path, *, only: str = "") -> Bucket | None:
    """The objects of a root in a store; None of one on this machine. Arguments and errors as of `ObjectRoot`."""
    address = address_of_path(path)
    return None if address is None else ObjectRoot(address, only=only).bucket


def path_of(text: str) -> Path:
    """The absolute path of what somebody names: a path, or the address of a store.

    Raises:
        UsageError: it is the address of no store, or holds credentials.
    """
    return path_of_address(text) if is_store_address(text) else Path(os.path.abspath(text))  # noqa: PTH100


def is_archive(path: Path) -> bool:
    """Whether a path is that of an archive itself."""
    if address_of_path(path) is not None:
        return False
    place = archive_at(path)
    return place is not None and not place.below


def is_file(path: Path) -> bool:
    """Whether a path is that of a file, also of one in an archive; an archive itself counts as a folder."""
    if address_of_path(path) is not None:
        return _is_object(path)
    place = archive_at(path)
    if place is None:
        return path.is_file()
    if not place.below:
        return False
    try:
        return known_archive(place.file).tree.part(place.below) is not None
    except (OSError, NotServedError):
        return False


def _is_object(path: Path) -> bool:
    """Asks the store for this one alone."""
    folder = address_of_path(path.parent)
    with suppress(OSError, LavdlikeError):
        return folder is not None and bool(ObjectRoot(folder).bucket.store.stat(path.name))
    return False


def is_root(path: str) -> bool:
    """Whether a path is that of a folder or an archive now, or the address of a store."""
    if is_store_address(path) or address_of_path(Path(path)) is not None:
        return True
    return os.path.isdir(path) or is_archive(Path(path))  # noqa: PTH112 - never raises
