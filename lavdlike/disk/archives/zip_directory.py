"""What a zip file holds, by its central directory (APPNOTE.TXT 6.3.10 of PKWARE, with the Zip64 extensions).

Of one that is cut, so that it has no directory, by the heads in front of its files.
"""

from __future__ import annotations

import functools
import os
import stat
import struct
import time
from collections.abc import Iterator
from typing import NamedTuple

from lavdlike.disk.archives.archive_tree import ENCRYPTED, LINK, MAX_FILES, ArchiveTree, Part
from lavdlike.errors import LogFormatError

_END = struct.Struct("<4s4H2LH")
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s2B5H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
LOCAL_MAGIC = b"PK\3\4"
_MAX_COMMENT = 2**16
_BLOCK = 2**20
_MOST_LISTED = 4 * MAX_FILES  # beyond that even counting them takes long
_STORED, _DEFLATED = 0, 8
_UNIX = 3
_IS_ENCRYPTED, _IS_STREAMED, _IS_UTF8 = 1, 8, 1 << 11
_ALL = 0xFFFFFFFF


def read_zip(descriptor: int, size_bytes: int) -> ArchiveTree:
    """Raises LogFormatError: it is no zip file."""
    tree = ArchiveTree()
    end = _end_of(descriptor, size_bytes)
    if end is None:
        _read_heads(descriptor, size_bytes, tree)
        return tree
    _read_directory(descriptor, end, tree)
    return tree


class _End(NamedTuple):
    """Where the directory begins and ends, and what offsets in it count from: bytes may stand before the archive."""

    begin: int
    end: int
    shift: int


def _end_of(descriptor: int, size_bytes: int) -> _End | None:
    begin = max(0, size_bytes - _END.size - _MAX_COMMENT)
    tail = os.pread(descriptor, size_bytes - begin, begin)
    place = _end_record_in(tail)
    if place is None:
        return None
    *_, directory_bytes, offset, _ = _END.unpack_from(tail, place)
    at = begin + place
    if _ALL in (directory_bytes, offset) or tail[max(0, place - 20) : place].startswith(b"PK\6\7"):
        head = os.pread(descriptor, _END64_PLACE.size, at - _END64_PLACE.size)
        if len(head) == _END64_PLACE.size and head.startswith(b"PK\6\7"):
            at64 = _END64_PLACE.unpack(head)[2]
            record = os.pread(descriptor, _END64.size, min(at64, size_bytes))
            if len(record) == _END64.size and record.startswith(b"PK\6\6"):
                *_, directory_bytes, offset = _END64.unpack(record)
                at = at64
    begin = at - directory_bytes
    if begin < 0 or offset > begin:
        return None
    return _End(begin, at, begin - offset)


def _end_record_in(tail: bytes) -> int | None:
    """Where the last record begins; not what looks like one in the comment behind it."""
    place = len(tail)
    while (place := tail.rfind(b"PK\5\6", 0, place)) >= 0:
        if len(tail) - place >= _END.size:
            comment_bytes = _END.unpack_from(tail, place)[-1]
            if place + _END.size + comment_bytes == len(tail):
                return place
    return None


def _read_directory(descriptor: int, end: _End, tree: ArchiveTree) -> None:
    for seen, (entry, name, extra) in enumerate(_entries(descriptor, end, tree)):
        if seen == _MOST_LISTED:
            tree.note("", f"it holds more than {_MOST_LISTED:,} names; what stands behind is not shown")
            return
        _add(tree, entry, name, extra, end.shift)


class _Entry(NamedTuple):
    """What an entry of the directory says, as far as it counts here."""

    system: int
    flags: int
    method: int
    time: int
    date: int
    checksum: int
    stored_bytes: int
    size_bytes: int
    attributes: int
    offset: int


def _entries(descriptor: int, end: _End, tree: ArchiveTree) -> Iterator[tuple[_Entry, bytes, bytes]]:
    data, place = b"", end.begin
    while place < end.end or data:
        if len(data) < 3 * 2**16 + _ENTRY.size and place < end.end:  # as long as one can be
            more = os.pread(descriptor, min(_BLOCK, end.end - place), place)
            place = place + len(more) if more else end.end
            data += more
        used = 0
        while len(data) - used >= _ENTRY.size:
            fields = _ENTRY.unpack_from(data, used)
            lengths = fields[11:14]
            whole = _ENTRY.size + sum(lengths)
            if fields[0] != b"PK\1\2":
                tree.note("", f"its list of files is broken at byte {place - len(data) + used:,}")
                return
            if len(data) - used < whole:
                break
            begin = used + _ENTRY.size
            name = data[begin : begin + lengths[0]]
            extra = data[begin + lengths[0] : begin + lengths[0] + lengths[1]]
            # version made by (its system), flags, method, time, date, checksum, sizes, attributes, offset
            yield _Entry._make((fields[2], *fields[4:11], *fields[16:18])), name, extra
            used += whole
        data = data[used:]
        if place >= end.end and (data or used == 0):
            if data:
                tree.note("", "its list of files is cut")
            return


def _add(tree: ArchiveTree, entry: _Entry, raw_name: bytes, extra: bytes, shift: int) -> None:
    name = _name(raw_name, entry.flags)
    mode = entry.attributes >> 16 if entry.system == _UNIX else 0
    stored_bytes, size_bytes, offset = _wide(entry, extra)
    modified = _time_in(extra) or _dos_time(entry.date, entry.time)
    reason = ""
    if stat.S_ISLNK(mode):
        reason = LINK
    elif name.endswith("/"):
        tree.add(name, None, modified=modified)
        return
    elif mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        reason = "not a regular file"
    elif entry.flags & _IS_ENCRYPTED:
        reason = ENCRYPTED
    elif entry.method not in (_STORED, _DEFLATED):
        reason = f"it is compressed by method {entry.method}; read are stored (0) and deflated files (8)"
    elif entry.method == _STORED and stored_bytes != size_bytes:
        reason = "its sizes contradict each other"
    is_deflated = entry.method == _DEFLATED
    part = Part(offset + shift, stored_bytes, size_bytes, modified, entry.checksum, True, is_deflated)
    tree.add(name, part, reason)


def _read_heads(descriptor: int, size_bytes: int, tree: ArchiveTree) -> None:
    """Of a zip file without a directory: file by file, as far as each says how long it is."""
    place = 0
    while place < size_bytes:
        head = os.pread(descriptor, LOCAL.size, place)
        if len(head) < LOCAL.size or not head.startswith(LOCAL_MAGIC):
            break
        _, _, flags, method, time_, date, checksum, stored, size, name_bytes, extra_bytes = LOCAL.unpack(head)
        names = os.pread(descriptor, name_bytes + extra_bytes, place + LOCAL.size)
        extra = names[name_bytes:]
        # Without external attributes, which stand in the directory alone: a link is a file here.
        entry = _Entry(0, flags, method, time_, date, checksum, stored, size, 0, place)
        stored_bytes = _wide(entry, extra)[0]
        begin = place + LOCAL.size + name_bytes + extra_bytes
        if flags & _IS_STREAMED or begin + stored_bytes > size_bytes:
            break
        _add(tree, entry, names[:name_bytes], extra, 0)
        place = begin + stored_bytes
    if place == 0 and not os.pread(descriptor, 4, 0).startswith(LOCAL_MAGIC):
        raise LogFormatError("", "it is no zip file")
    tree.note(
        "", f"it is cut: there is no list of files at its end, and from byte {place:,} on it is not shown"
    )


def _name(raw: bytes, flags: int) -> str:
    if not flags & _IS_UTF8:
        try:
            return os.fsdecode(raw.decode().encode())
        except UnicodeDecodeError:
            return raw.decode("cp437")
    return os.fsdecode(raw)


def _wide(entry: _Entry, extra: bytes) -> tuple[int, int, int]:
    """Stored size, size and offset, from the Zip64 field where they have no room elsewhere."""
    wide = _field(extra, 1)
    found = []
    for value in (entry.size_bytes, entry.stored_bytes, entry.offset):
        if value == _ALL and len(wide) >= 8:
            value, wide = int.from_bytes(wide[:8], "little"), wide[8:]
        found.append(value)
    size_bytes, stored_bytes, offset = found
    return stored_bytes, size_bytes, offset


def _time_in(extra: bytes) -> float:
    """The time of the extended timestamp of Info-ZIP, which is UTC; 0 without one."""
    field = _field(extra, 0x5455)
    if len(field) < 5 or not field[0] & 1:
        return 0.0
    return float(int.from_bytes(field[1:5], "little", signed=True))


def _field(extra: bytes, wanted: int) -> bytes:
    place = 0
    while place + 4 <= len(extra):
        number, length = struct.unpack_from("<2H", extra, place)
        if number == wanted:
            return extra[place + 4 : place + 4 + length]
        place += 4 + length
    return b""


@functools.lru_cache(maxsize=2**10)  # many are of the same moment
def _dos_time(date: int, time_: int) -> float:
    """The local time that stands in a head, as Unix seconds; 0 if it is none."""
    fields = (
        (date >> 9) + 1980,
        date >> 5 & 15,
        date & 31,
        time_ >> 11,
        time_ >> 5 & 63,
        (time_ & 31) * 2,
        0,
        0,
        -1,
    )
    try:
        return max(0.0, time.mktime(fields))
    except (OverflowError, ValueError):
        return 0.0
