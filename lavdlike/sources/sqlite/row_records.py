"""Rows as SQLite stores them: https://www.sqlite.org/fileformat.html, "Record Format". Pure."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

Value = int | float | str | bytes | None

# Headers are few where rows are alike; each is taken apart once.
_MAX_KNOWN = 4096
_MAX_COLUMNS = 2000
# Beyond what is read of any row (`trees.MAX_ROW_BYTES`).
_MAX_ROW_BYTES = 2**30
# Of serial types below 12; 10 and 11 are none.
_BYTES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0)
# Integers of three and six bytes have no form of their own, and are taken as bytes.
_FORMS = {1: "b", 2: "h", 3: "3s", 4: "i", 5: "6s", 6: "q", 7: "d"}
_ENCODINGS = {2: "utf-16-le", 3: "utf-16-be"}


class Row(NamedTuple):
    """`values`: those of the columns that were asked for."""

    rowid: int
    values: tuple[Value, ...]


class BadRecordError(ValueError):
    """Bytes that are no row."""


def varint(data: bytes, place: int) -> tuple[int, int]:
    """The number of up to nine bytes that begins there, as SQLite writes it, and where what follows begins.

    Raises:
        BadRecordError: it does not end.
    """
    number = 0
    try:
        for index in range(place, place + 8):
            byte = data[index]
            if byte < 0x80:
                return number << 7 | byte, index + 1
            number = number << 7 | byte & 0x7F
        number = number << 8 | data[place + 8]
    except IndexError:
        raise BadRecordError("a number without an end") from None
    return (number - 2**64 if number >= 2**63 else number), place + 9


class RecordReader:
    """Takes chosen columns out of rows.

    Args:
        columns: their places in the row; None: all. Those that a row does not have are None.
        encoding: of the database, as its header says.
    """

    def __init__(self, columns: Sequence[int] | None, encoding: int = 1) -> None:
        self.columns = columns
        self._encoding = _ENCODINGS.get(encoding, "utf-8")
        self._plans: dict[bytes, _Plan] = {}

    def text(self, content: bytes) -> str:
        """What is stored as a text."""
        return content.decode(self._encoding, "backslashreplace")

    def values(self, payload: bytes) -> tuple[Value, ...]:
        """Raises BadRecordError."""
        header_bytes, begin = (payload[0], 1) if payload and payload[0] < 0x80 else varint(payload, 0)
        header = payload[begin:header_bytes]
        plan = self._plans.get(header)
        if plan is None:
            plan = self._plan(header)
        if begin + len(header) != header_bytes:
            raise BadRecordError("a row that is shorter than its header")
        if len(payload) < header_bytes + plan.size:
            raise BadRecordError("a row that is shorter than its header says")
        raw = plan.unpack(payload, header_bytes)
        if not plan.changes and not plan.order:
            return raw
        values: list[Value] = list(raw)
        for place, is_text in plan.changes:
            part = cast(bytes, values[place])
            if is_text:
                values[place] = self.text(part)
            else:
                values[place] = int.from_bytes(part, "big", signed=True)
        if plan.order:
            return tuple(
                [values[place] if place >= 0 else plan.constants[-place - 1] for place in plan.order]
            )
        return tuple(values)

    def _plan(self, header: bytes) -> _Plan:
        form = ">"
        changes: list[tuple[int, bool]] = []
        constants: list[Value] = [None]
        columns: list[int] = []  # of each its place among what is unpacked, or below 0 among the constants
        wanted = None if self.columns is None else set(self.columns)
        fields = fields_of(header)
        count = 0
        for place, field in enumerate(fields):
            if field.is_constant:
                constants.append(field.constant)
                columns.append(-len(constants))
                continue
            if wanted is not None and place not in wanted:
                form += f"{field.size}x"
                columns.append(-1)
                continue
            form += _FORMS.get(field.serial) or f"{field.size}s"
            if field.serial in (3, 5) or field.is_text:
                changes.append((count, field.is_text))
            columns.append(count)
            count += 1
        order = columns if self.columns is None else [_at(columns, index) for index in self.columns]
        is_plain = order == list(range(count))
        unpack = struct.Struct(form).unpack_from
        plan = _Plan(unpack, size_of(fields), changes, [] if is_plain else order, constants)
        if len(self._plans) >= _MAX_KNOWN:
            self._plans.clear()
        self._plans[header] = plan
        return plan


class Field(NamedTuple):
    """Of a row a column: its serial type, and where its content stands behind the header."""

    serial: int
    begin: int
    size: int

    @property
    def is_constant(self) -> bool:
        """Whether the type is all that is stored."""
        return self.serial in (0, 8, 9)

    @property
    def constant(self) -> int | None:
        return None if self.serial == 0 else self.serial - 8

    @property
    def is_text(self) -> bool:
        return self.serial >= 12 and self.serial % 2 == 1


def fields_of(header: bytes) -> list[Field]:
    """Those that a header behind its length names.

    Raises:
        BadRecordError: it is none.
    """
    fields: list[Field] = []
    begin = place = 0
    while place < len(header):
        serial, place = varint(header, place)
        if serial < 0 or serial in (10, 11) or len(fields) >= _MAX_COLUMNS or begin > _MAX_ROW_BYTES:
            raise BadRecordError("a row whose header is none")
        size = _BYTES[serial] if serial < 12 else (serial - 12) // 2
        fields.append(Field(serial, begin, size))
        begin += size
    if begin > _MAX_ROW_BYTES:
        raise BadRecordError("a row whose header is none")
    return fields


def size_of(fields: Sequence[Field]) -> int:
    """Of all content behind the header, in bytes."""
    return fields[-1].begin + fields[-1].size if fields else 0


class _Plan(NamedTuple):
    """How rows with some header are taken apart.

    `changes`: places in what is unpacked that are texts (True) or integers without a form. `order`: of what is wanted;
    below 0: a constant, -1 NULL; empty if it is as it is unpacked.
    """

    unpack: Callable[[bytes, int], tuple[Value, ...]]
    size: int
    changes: list[tuple[int, bool]]
    order: list[int]
    constants: list[Value]


def _at(columns: Sequence[int], index: int) -> int:
    return columns[index] if index < len(columns) else -1


def rank(value: Value) -> tuple[int, int | float | bytes]:
    """What values are ordered by in an index without a collation; texts as the bytes that they are stored as."""
    if value is None:
        return 0, 0
    if isinstance(value, (int, float)):
        return 1, value
    if isinstance(value, str):
        return 2, value.encode(errors="surrogateescape")
    return 3, value
