"""The records of a log of Streamvis, as first published (2023): where they stand in a block, and what they say. Pure.

A record is its kind (1 byte), the length of its content (4 bytes, big endian), and that, a message of protobuf
(`streamvis/util.py` and `streamvis/data.proto` of the program). Nothing tells whether it is whole. So behind what is
broken a record is looked for that can be read from its begin to its end.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from lavdlike import protobuf
from lavdlike.protobuf import BadMessageError

if TYPE_CHECKING:
    from lavdlike.sources.columns import FloatArray

HEADER_BYTES = 5
# No batch of points is longer: a program that writes them every 1,000 numbers makes some kilobytes of it.
MAX_CONTENT_BYTES = 16 * 2**20
# Of a file with more broken places, the rest is not read; nor is more looked at as a begin than so often.
MAX_BROKEN = 1000
_MAX_LOOKED_AT = 2000
# A group has few fields.
_MAX_FIELDS = 100
_GROUP, _POINTS, _CONTROL = 0, 1, 2
# Each of these messages begins with its field 1.
_MAY_BEGIN = re.compile(rb"[\x00\x01]\x00[\x00-\xff]{3}\x08|\x02\x00[\x00-\xff]{3}\x0a")
_header_of = struct.Struct(">BI").unpack_from


class Group(NamedTuple):
    """What is said of points once: of which scope, group and line in it, and the names of their coordinates."""

    id: int
    scope: str
    name: str
    line: int
    fields: tuple[str, ...]


class Points(NamedTuple):
    """Of a group, an array for each of its fields."""

    group: int
    values: list[FloatArray]


class Control(NamedTuple):
    """The groups of a scope, or one of them, are deleted."""

    scope: str
    name: str | None


Message = Group | Points | Control


class Found(NamedTuple):
    """What stands in a block: each message with its place, what is broken with its place and why.

    All bytes up to `taken` are done with. `next_bytes`: of the record that begins there; 0 if that is not known.
    """

    messages: list[tuple[int, Message]]
    broken: list[tuple[int, str]]
    taken: int
    next_bytes: int = 0


def begins_with_group(begin: bytes) -> bool:
    """Whether a file that begins so is such a log: its first record is a whole group with id, name and fields."""
    if len(begin) < HEADER_BYTES or begin[0] != _GROUP:
        return False
    length = _header_of(begin)[1]
    try:
        group = _group_of(begin[HEADER_BYTES : HEADER_BYTES + length])
    except BadMessageError:
        return False
    return HEADER_BYTES + length <= len(begin) and bool(group.name and group.fields and group.id)


class RecordReader:
    """Finds the records of a file, block by block. `is_given_up`: it was broken too often, and no more is read."""

    def __init__(self) -> None:
        self.is_given_up = False
        self._is_lost = False
        self._broken = 0
        self._looked_at = 0

    def split(self, data: bytes) -> Found:
        """The records of a block, which begins with one, or where what was `taken` before ends."""
        found = Found([], [], 0)
        place = 0
        while not self.is_given_up:
            if self._is_lost:
                place = self._begin_from(data, place)
            if len(data) - place < HEADER_BYTES:
                return found._replace(taken=place)
            kind, length = _header_of(data, place)
            end = place + HEADER_BYTES + length
            if kind in _READ and 0 < length <= MAX_CONTENT_BYTES and end > len(data):
                return found._replace(taken=place, next_bytes=end - place)
            message, reason = _message_at(data, place)
            if message is not None:
                found.messages.append((place, message))
                self._is_lost, place = False, end
            elif kind == length == 0 and not data[place:].strip(b"\0"):
                return found._replace(taken=place)  # allocated, and not written yet
            else:
                found.broken.append((place, reason))
                self._is_lost, place = True, place + 1
                self._broken += 1
                self.is_given_up = self._broken > MAX_BROKEN
        return found._replace(taken=len(data))

    def _begin_from(self, data: bytes, place: int) -> int:
        """Where a whole record begins from a place on; else where one may, that goes on behind the block."""
        unsure = len(data)
        for candidate in _MAY_BEGIN.finditer(data, place):
            self._looked_at += 1
            if self._looked_at > _MAX_LOOKED_AT:
                self.is_given_up = True
                break
            begin = candidate.start()
            if begin + HEADER_BYTES + _header_of(data, begin)[1] > len(data):
                unsure = min(unsure, begin)
            elif _message_at(data, begin)[0] is not None:
                return begin
        return unsure if unsure < len(data) else max(place, len(data) - HEADER_BYTES)


def _message_at(data: bytes, place: int) -> tuple[Message | None, str]:
    """What a record says that is within the data; else why it is none."""
    kind, length = _header_of(data, place)
    if kind not in _READ:
        return None, f"a record of the unknown kind {kind}"
    if not 0 < length <= MAX_CONTENT_BYTES:
        return None, f"a record of {length:,} bytes"
    begin = place + HEADER_BYTES
    try:
        return _READ[kind](data[begin : begin + length]), ""
    except BadMessageError as error:
        return None, f"a record that cannot be read: {error}"


def _group_of(content: bytes) -> Group:
    id_, scope, name, line = 0, "", "", 0
    fields: list[str] = []
    for field in protobuf.fields(content):
        _expect(field, protobuf.VARINT if field.number in (1, 4) else protobuf.BYTES)
        if field.number == 1:
            id_ = field.value
        elif field.number == 2:
            scope = protobuf.text(content, field)
        elif field.number == 3:
            name = protobuf.text(content, field)
        elif field.number == 4:
            line = field.value
        elif field.number == 5 and len(fields) < _MAX_FIELDS:
            fields.append(_field_name(content, field))
        else:
            raise BadMessageError("a field that no group has")
    return Group(id_, scope, name, line, tuple(fields))


def _field_name(content: bytes, field: protobuf.Field) -> str:
    names = [
        protobuf.text(content, each)
        for each in protobuf.fields(content, field.begin, field.end)
        if each.number == 1 and each.wire == protobuf.BYTES
    ]
    return names[-1] if names else ""


def _points_of(content: bytes) -> Points:
    group = 0
    values: list[FloatArray] = []
    for field in protobuf.fields(content):
        _expect(field, protobuf.BYTES if field.number == 3 else protobuf.VARINT)
        if field.number == 1:
            group = field.value
        elif field.number == 3 and len(values) < _MAX_FIELDS:
            values.append(_numbers_of(content, field))
        elif field.number != 2:
            raise BadMessageError("a field that no points have")
    return Points(group, values)


def _numbers_of(content: bytes, values: protobuf.Field) -> FloatArray:
    """Of a message `Values`: floats of 32 bits, or whole numbers of 32 bits."""
    import numpy as np

    parts = [np.zeros(0)]
    for each in protobuf.fields(content, values.begin, values.end):
        _expect(each, protobuf.BYTES)
        for packed in protobuf.fields(content, each.begin, each.end):
            _expect(packed, protobuf.BYTES)
            if each.number == 2 and (packed.end - packed.begin) % 4 == 0:
                parts.append(np.frombuffer(content[packed.begin : packed.end], "<f4").astype(np.float64))
            elif each.number == 3:
                parts.append(np.array(_integers_of(content, packed), np.float64))
            else:
                raise BadMessageError("neither floats nor whole numbers")
    return np.concatenate(parts)


def _integers_of(content: bytes, packed: protobuf.Field) -> list[int]:
    found, place = [], packed.begin
    while place < packed.end:
        number, place = protobuf.varint(content, place, packed.end)
        found.append(protobuf.signed(number))
    return found


def _control_of(content: bytes) -> Control:
    scope, name = "", None
    for field in protobuf.fields(content):
        if field.number == 1 and field.wire == protobuf.BYTES:
            scope = protobuf.text(content, field)
        elif field.number == 2 and field.wire == protobuf.BYTES:
            name = protobuf.text(content, field)
        elif field.wire != protobuf.VARINT:
            raise BadMessageError("a field that no control has")
    return Control(scope, name)


def _expect(field: protobuf.Field, wire: int) -> None:
    if field.wire != wire:
        raise BadMessageError(f"field {field.number} is of another type")


_READ: dict[int, Callable[[bytes], Message]] = {_GROUP: _group_of, _POINTS: _points_of, _CONTROL: _control_of}
