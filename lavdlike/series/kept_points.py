"""Points of long files, kept beyond the process in the user's cache: another server need not parse those files again.

They hold for a file that nothing has happened to since (`Stamp`), and of which there is nothing to say but its points.
Nothing is missed without them, and they may be deleted at any time.

A file there: what it is (`_MAGIC`), a CRC-32 of all that follows, the length of the head, the head (`_Head`), and then
the numbers of its series one behind the other, squeezed (`point_series.squeezed`), in this machine's byte order.
"""

from __future__ import annotations

import struct
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from lavdlike.disk import user_cache
from lavdlike.disk.tail import Stamp, settled_stamp
from lavdlike.series.point_series import SqueezedColumn, SqueezedColumns, squeezed
from lavdlike.sources.columns import Columns
from lavdlike.sources.source import KeepablePoints, ReadState

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DEFAULT_BUDGET_BYTES = 256 * 2**20
# Shorter files are parsed in a few milliseconds.
WORTH_KEEPING_BYTES = 2**20
# What nobody has used for so long goes.
_MAX_AGE_S = 30 * 86400.0
# Of one file.
_MAX_SHARE = 4
_MAGIC = f"lavdlike points 1 {sys.byteorder}\n".encode()
_CHECKED = struct.Struct("=I")
_LENGTH = struct.Struct("=I")
_TYPES = {"u": "u4", "d": "f8"}


class KeptFile(NamedTuple):
    """What was read of a file: as far as `state` says, and its points by label, in the order of their first ones."""

    state: ReadState
    columns: dict[str, Columns]


class KeptPoints:
    """Those of many files, within a budget that all servers of a user share. Thread-safe.

    Args:
        folder: made when it is needed.
    """

    def __init__(self, folder: Path, *, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        self._folder = folder
        self._budget_bytes = budget_bytes
        self._lock = threading.Lock()
        self._untidied_bytes = budget_bytes  # written since the folder was last looked through
        self._are_there: set[Stamp] = set()

    def resume(self, file: KeepablePoints, descriptor: int) -> dict[str, Columns] | None:
        """The points of a file that nothing was read of yet; it then goes on behind them. None if they are not kept."""
        stamp = settled_stamp(descriptor)
        if stamp is None or stamp.size < WORTH_KEEPING_BYTES:
            return None
        kept = self.points_of(stamp)
        if kept is None or not file.resume(descriptor, kept.state, stamp):
            return None
        return kept.columns

    def points_of(self, stamp: Stamp) -> KeptFile | None:
        """What was kept of the file that is as this says; None if that is not there, or broken."""
        path = self._path_of(stamp)
        data = user_cache.kept(path, self._budget_bytes)
        if data is None:
            return None
        with suppress(ValueError, msgspec.MsgspecError, struct.error, OverflowError):
            found = _unpacked(data, stamp)
            if found is not None:
                user_cache.touch(path)
                self._are_there.add(stamp)
                return found
        return None

    def keep(self, stamp: Stamp, file: KeptFile) -> None:
        """Once, if the file is long, and its points are no large part of all that may be kept."""
        if stamp.size < WORTH_KEEPING_BYTES or stamp in self._are_there:
            return
        self._are_there.add(stamp)  # also what cannot be kept is not tried again
        try:
            data = _packed(stamp, file)
        except UnicodeError:  # a label of bytes that are no text
            return
        if len(data) > self._budget_bytes // _MAX_SHARE or not user_cache.keep(self._path_of(stamp), data):
            return
        with self._lock:
            self._untidied_bytes += len(data)
            if self._untidied_bytes <= self._budget_bytes // _MAX_SHARE:
                return
            self._untidied_bytes = 0
        user_cache.tidy(self._folder, most_bytes=self._budget_bytes, used_since=time.time() - _MAX_AGE_S)

    def _path_of(self, stamp: Stamp) -> Path:
        return self._folder / f"{stamp.device:x}-{stamp.inode:x}"


def kept_points_folder() -> Path:
    """Of all roots of this user: files are told apart by their numbers, not by their names."""
    return user_cache.cache_folder() / "points"


class _Label(msgspec.Struct, array_like=True):
    """`steps`, `wall_times`: type, offset, stride and scale of a `SqueezedColumn`. `exact`: as in `Columns`."""

    label: str
    count: int
    steps: tuple[str, float, float, int]
    wall_times: tuple[str, float, float, int]
    exact: list[tuple[int, str]]


class _Head(msgspec.Struct, array_like=True):
    stamp: tuple[int, ...]
    state: tuple[int, int]
    labels: list[_Label]


def _packed(stamp: Stamp, file: KeptFile) -> bytes:
    labels: list[_Label] = []
    arrays: list[bytes] = []
    for label, columns in file.columns.items():
        less = squeezed(*columns[:3])
        exact = [(index, str(value)) for index, value in columns.exact.items()]
        labels.append(_Label(label, len(less.values), _form(less.steps), _form(less.wall_times), exact))
        arrays += [
            each.tobytes()
            for each in (less.steps.rest, less.wall_times.rest, less.values)
            if each is not None
        ]
    head = msgspec.msgpack.encode(_Head(stamp, file.state, labels))
    content = b"".join((_LENGTH.pack(len(head)), head, *arrays))
    return b"".join((_MAGIC, _CHECKED.pack(zlib.crc32(content)), content))


def _form(column: SqueezedColumn) -> tuple[str, float, float, int]:
    kind = "" if column.rest is None else "d" if column.rest.dtype.itemsize == 8 else "u"
    return kind, column.offset, column.stride, column.scale


def _unpacked(data: bytes, stamp: Stamp) -> KeptFile | None:
    """None if it is none of ours, or of another state of the file. Raises many errors where it is broken."""
    begin = len(_MAGIC) + _CHECKED.size
    if not data.startswith(_MAGIC) or _CHECKED.unpack_from(data, len(_MAGIC))[0] != zlib.crc32(
        memoryview(data)[begin:]
    ):
        return None
    (head_bytes,) = _LENGTH.unpack_from(data, begin)
    begin += _LENGTH.size
    head = msgspec.msgpack.decode(memoryview(data)[begin : begin + head_bytes], type=_Head)
    if head.stamp != tuple(stamp):
        return None
    columns = dict(_columns(data, begin + head_bytes, head.labels))
    return KeptFile(ReadState(*head.state), columns)


def _columns(data: bytes, begin: int, labels: list[_Label]) -> Iterator[tuple[str, Columns]]:
    import numpy as np

    def next_array(kind: str, count: int) -> NDArray[np.uint32] | NDArray[np.float64] | None:
        nonlocal begin
        if not kind:
            return None
        array = np.frombuffer(data, _TYPES[kind], count, begin)
        begin += array.nbytes
        return array

    for each in labels:
        steps = SqueezedColumn(next_array(each.steps[0], each.count), *each.steps[1:])
        wall_times = SqueezedColumn(next_array(each.wall_times[0], each.count), *each.wall_times[1:])
        values = np.frombuffer(data, np.float64, each.count, begin)
        begin += values.nbytes
        columns = SqueezedColumns(steps, wall_times, values).columns()
        yield each.label, Columns(*columns, {index: int(text) for index, text in each.exact})
