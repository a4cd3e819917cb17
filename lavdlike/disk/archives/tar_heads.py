"""What a tar file holds, in one pass over the heads of its files; what is in them is skipped."""

from __future__ import annotations

import tarfile
from typing import Any, Protocol, cast

from lavdlike.disk.archives.archive_tree import LINK, MAX_FILES, ArchiveTree, Part
from lavdlike.errors import LimitError, LogFormatError

# What may stand in front of a file: long names, and what else PAX says of it.
_MAX_HEAD_BYTES = 2**20
_MOST_LISTED = 4 * MAX_FILES


class Bytes(Protocol):
    """The bytes of a tar file, unpacked if it is compressed."""

    def read_at(self, place: int, count: int) -> bytes:
        """Fewer only at the end.

        Raises:
            LogFormatError: they cannot be unpacked.
            LimitError: they are beyond what is unpacked.
        """


def read_tar(content: Bytes) -> ArchiveTree:
    """Raises LogFormatError: it is no tar file."""
    tree = ArchiveTree()
    file = _File(content)
    try:
        with tarfile.open(fileobj=cast("Any", file), mode="r:", errorlevel=0) as archive:
            _read(archive, tree)
            if archive.offset and content.read_at(archive.offset, 512).strip(b"\0"):
                tree.note("", f"it is broken at byte {archive.offset:,}; what stands behind is not shown")
    except LogFormatError as error:
        if not file.has_read:
            raise
        tree.note("", f"{error.reason}; what stands behind is not shown")
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        if isinstance(error, tarfile.ReadError) and not file.is_past_first:
            raise LogFormatError("", "it is no tar file") from None
        tree.note("", f"it is cut or broken at byte {file.place:,}; what stands behind is not shown")
    return tree


def _read(archive: tarfile.TarFile, tree: ArchiveTree) -> None:
    for count in range(_MOST_LISTED + 1):
        found = archive.next()
        if found is None:
            return
        archive.members = []  # type: ignore[attr-defined] # it would keep all of them
        if count == _MOST_LISTED:
            tree.note("", f"it holds more than {_MOST_LISTED:,} names; what stands behind is not shown")
            return
        if found.isdir():
            tree.add(found.name, None, modified=_part(found).modified)
        else:
            tree.add(found.name, _part(found), _why_not(found))


def _part(found: tarfile.TarInfo) -> Part:
    modified = found.mtime if 0 <= found.mtime < 2**40 else 0.0
    size_bytes = max(0, found.size)
    return Part(found.offset_data, size_bytes, size_bytes, float(modified))


def _why_not(found: tarfile.TarInfo) -> str:
    if found.issym() or found.islnk():
        return LINK
    if found.issparse():
        return "a sparse file, which is not read in an archive"
    if not found.isreg():
        return "not a regular file"
    return "" if found.size >= 0 else "its size is none"


class _File:
    """What `tarfile` reads from."""

    def __init__(self, content: Bytes) -> None:
        self._content = content
        self.place = 0
        self.has_read = False
        self.is_past_first = False

    def read(self, count: int) -> bytes:
        if count > _MAX_HEAD_BYTES:
            raise LimitError("", f"the head of a file at byte {self.place:,} has more than 1 MiB")
        data = self._content.read_at(self.place, count)
        self.place += len(data)
        self.has_read = True
        self.is_past_first |= self.place > 512
        return data

    def seek(self, place: int) -> int:
        self.place = place
        return place

    def tell(self) -> int:
        return self.place
