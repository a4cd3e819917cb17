"""Indexes of long files of annotations, kept beyond the process in the user's cache: each is looked through once.

They hold for a file that nothing has happened to since (`tail.Stamp`). Nothing is missed without them, and they may be
deleted at any time.

A file there: what it is (`_MAGIC`), a CRC-32 of the head, the length of the head, the head (`_Head`), and then the
columns one behind the other, in this machine's byte order. It was put there in one step; columns are checked by their
lengths alone, as to look through them takes as long as all else.
"""

from __future__ import annotations

import hashlib
import struct
import sys
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from lavdlike.disk import user_cache
from lavdlike.disk.tail import Stamp
from lavdlike.sources.detections.detection_set import ClassEntry, DetectionSet, PictureEntry, Role
from lavdlike.sources.detections.detection_table import BoxTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

BUDGET_BYTES = 2**30
# Shorter files are read as fast.
WORTH_KEEPING_BYTES = 2**20
_MAX_AGE_S = 30 * 86400.0
_MAGIC = f"lavdlike detections 2 {sys.byteorder}\n".encode()
_CHECKED = struct.Struct("=I")
_LENGTH = struct.Struct("=I")
# Of each column of a row: its type, and how many there are.
_COLUMNS = (("i8", 1), ("i8", 1), ("f8", 4), ("f8", 1), ("?", 1), ("i8", 1), ("i8", 1))


class _Head(msgspec.Struct, array_like=True):
    """`rows`: how many boxes there are."""

    stamp: tuple[int, ...]
    role: Role
    pictures: list[PictureEntry]
    classes: list[ClassEntry]
    problems: list[str]
    rows: int


class KeptSets:
    """Those of many files, within a budget that all servers of a user share.

    Args:
        folder: made when it is needed.
    """

    def __init__(self, folder: Path, *, budget_bytes: int = BUDGET_BYTES) -> None:
        self._folder = folder
        self._budget_bytes = budget_bytes

    def of(self, stamp: Stamp) -> DetectionSet | None:
        """What was kept of the file that is as this says; None if that is not there, or broken."""
        path = self._path_of(stamp)
        data = user_cache.kept(path, self._budget_bytes)
        if data is None:
            return None
        with suppress(ValueError, msgspec.MsgspecError, struct.error, OverflowError):
            found = _unpacked(data, stamp)
            if found is not None:
                user_cache.touch(path)
                return found
        return None

    def keep(self, stamp: Stamp, detections: DetectionSet) -> None:
        if stamp.size < WORTH_KEEPING_BYTES:
            return
        with suppress(UnicodeError):  # a name of bytes that are no text
            user_cache.keep(self._path_of(stamp), _packed(stamp, detections))
            user_cache.tidy(self._folder, most_bytes=self._budget_bytes, used_since=time.time() - _MAX_AGE_S)

    def _path_of(self, stamp: Stamp) -> Path:
        return self._folder / hashlib.sha256(repr((stamp.device, stamp.inode)).encode()).hexdigest()[:32]


def kept_sets_folder() -> Path:
    """Of all roots of this user: files are told apart by their numbers, not by their names."""
    return user_cache.cache_folder() / "detections"


def _packed(stamp: Stamp, detections: DetectionSet) -> bytes:
    head = msgspec.msgpack.encode(
        _Head(
            stamp,
            detections.role,
            detections.pictures,
            detections.classes,
            detections.problems,
            len(detections.table),
        )
    )
    table = detections.table
    columns = (table.pictures, table.classes, table.boxes, table.scores, table.crowds)
    spans = (detections.begins, detections.lengths)
    content = (column.tobytes() for column in (*columns, *spans))
    return b"".join((_MAGIC, _CHECKED.pack(zlib.crc32(head)), _LENGTH.pack(len(head)), head, *content))


def _unpacked(data: bytes, stamp: Stamp) -> DetectionSet | None:
    """None if it is none of ours, or of another state of the file. Raises many errors where it is broken."""
    import numpy as np

    begin = len(_MAGIC) + _CHECKED.size
    if not data.startswith(_MAGIC):
        return None
    (head_bytes,) = _LENGTH.unpack_from(data, begin)
    begin += _LENGTH.size
    head_data = memoryview(data)[begin : begin + head_bytes]
    if _CHECKED.unpack_from(data, len(_MAGIC))[0] != zlib.crc32(head_data):
        return None
    head = msgspec.msgpack.decode(head_data, type=_Head)
    begin += head_bytes
    row_bytes = sum(np.dtype(kind).itemsize * width for kind, width in _COLUMNS)
    if head.stamp != tuple(stamp) or len(data) != begin + head.rows * row_bytes:
        return None
    columns: list[NDArray[Any]] = []
    for kind, width in _COLUMNS:
        columns.append(np.frombuffer(data, kind, head.rows * width, begin))
        begin += columns[-1].nbytes
    pictures, classes, boxes, scores, crowds, begins, lengths = columns
    table = BoxTable(pictures, classes, boxes.reshape(-1, 4), scores, crowds)
    return DetectionSet(head.role, head.pictures, head.classes, table, head.problems, spans=(begins, lengths))
