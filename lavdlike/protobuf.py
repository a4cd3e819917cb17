"""Fields of a protobuf message, by the wire format alone (https://protobuf.dev/programming-guides/encoding).

Nothing is built and nothing recurses: whoever reads a message walks through its fields and into those that it wants,
so that deep nesting costs nothing. What it costs is bounded by the bytes that are given, and by `MAX_FIELDS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol, overload

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
# Of one message: a summary of so many values is none; walking through a message of nothing but tags takes seconds.
MAX_FIELDS = 100_000
_MAX_VARINT_BYTES = 10
_FIXED_BYTES = {FIXED64: 8, FIXED32: 4}


class BadMessageError(ValueError):
    """Bytes that are no message."""


class Readable(Protocol):
    """Bytes, wherever they are."""

    @overload
    def __getitem__(self, place: int, /) -> int: ...
    @overload
    def __getitem__(self, places: slice, /) -> bytes: ...
    def __len__(self) -> int: ...


class Field(NamedTuple):
    """One field. `begin`, `end`: where its value stands. `value`: of a varint, as it stands there: without a sign."""

    number: int
    wire: int
    begin: int
    end: int
    value: int = 0


def fields(data: Readable, begin: int = 0, end: int | None = None) -> Iterator[Field]:
    """The fields of a message in their order, those of its own only.

    Raises:
        BadMessageError: it is none; what stands before that was given.
    """
    place, end = begin, len(data) if end is None else end
    count = 0
    while place < end:
        count += 1
        if count > MAX_FIELDS:
            raise BadMessageError(f"more than {MAX_FIELDS:,} fields")
        tag = data[place]
        place += 1
        if tag >= 0x80:
            tag, place = varint(data, place - 1, end)
        number, wire = tag >> 3, tag & 7
        if number == 0:
            raise BadMessageError("a field without a number")
        value = 0
        if wire == VARINT:
            value_begin = place
            value, place = varint(data, place, end)
        elif wire == BYTES:
            length, value_begin = varint(data, place, end)
            place = value_begin + length
        elif wire in _FIXED_BYTES:
            value_begin = place
            place += _FIXED_BYTES[wire]
        else:  # groups are of the last century, and no message that is read here has any
            raise BadMessageError(f"a field of the unknown type {wire}")
        if place > end:
            raise BadMessageError("a field that is longer than its message")
        yield Field(number, wire, value_begin, place, value)


def varint(data: Readable, begin: int, end: int) -> tuple[int, int]:
    """The number that begins there, and where what follows begins.

    Raises:
        BadMessageError: it does not end.
    """
    number = shift = 0
    for place in range(begin, min(end, begin + _MAX_VARINT_BYTES)):
        byte = data[place]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & (2**64 - 1), place + 1
        shift += 7
    raise BadMessageError("a number without an end")


def signed(number: int) -> int:
    """A varint as an `int32` or `int64`."""
    return number - 2**64 if number >= 2**63 else number


def cut(data: Readable, begin: int, end: int) -> bytes:
    """A part of a message of which only the begin may be there.

    Raises:
        IndexError: not so much of it is.
    """
    if end > len(data):
        raise IndexError(end)
    return data[begin:end]


def text(data: Readable, field: Field) -> str:
    """The value of a string; what is no UTF-8 is shown as it stands there. Raises IndexError as `cut`."""
    return cut(data, field.begin, field.end).decode(errors="backslashreplace")
