"""Rows as SQLite stores them: https://www.sqlite.org/fileformat.html, "Record Format". Pure."""

from __future__ import annotations

import struct
from collections.abc import Sequence

Value = int | float | str | bytes | None

# Headers are few where rows are alike; each is taken apart once.
_MAX_KNOWN = 4096
_MAX_COLUMNS = 2000
_REAL, _TEXT, _BLOB, _INTEGER, _CONSTANT = range(5)
_INTEGER_BYTES = (0, 1, 2, 3, 4, 6, 8)
_ENCODINGS = {2: "utf-16-le", 3: "utf-16-be"}


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
        self._columns = columns
        self._encoding = _ENCODINGS.get(encoding, "utf-8")
        self._plans: dict[bytes, tuple[tuple[int, int, int], ...]] = {}

    def values(self, payload: bytes) -> tuple[Value, ...]:
        """Raises BadRecordError."""
        header_bytes, begin = (payload[0], 1) if payload and payload[0] < 0x80 else varint(payload, 0)
        header = payload[begin:header_bytes]
        plan = self._plans.get(header)
        if plan is None:
            plan = self._plan(header)
        if begin + len(header) != header_bytes:
            raise BadRecordError("a row that is shorter than its header")
        found: list[Value] = []
        size = len(payload)
        for type_, first, last in plan:
            if type_ == _CONSTANT:
                found.append(first if last else None)
                continue
            first, last = first + header_bytes, last + header_bytes
            if last > size:
                raise BadRecordError("a row that is shorter than its header says")
            if type_ == _INTEGER:
                found.append(int.from_bytes(payload[first:last], "big", signed=True))
            elif type_ == _REAL:
                found.append(_real(payload, first)[0])
            elif type_ == _TEXT:
                found.append(payload[first:last].decode(self._encoding, "backslashreplace"))
            else:
                found.append(payload[first:last])
        return tuple(found)

    def _plan(self, header: bytes) -> tuple[tuple[int, int, int], ...]:
        """Of each column its type, and where it begins and ends behind the header.

        Of a constant, the number, and whether it is one: otherwise it is NULL.
        """
        columns: list[tuple[int, int, int]] = []
        place = offset = 0
        while place < len(header):
            serial, place = varint(header, place)
            if serial < 0 or serial in (10, 11) or len(columns) >= _MAX_COLUMNS:
                raise BadRecordError("a row whose header is none")
            if serial in (0, 8, 9):
                columns.append((_CONSTANT, serial - 8, int(serial != 0)))
                continue
            if serial < 7:
                type_, size = _INTEGER, _INTEGER_BYTES[serial]
            elif serial == 7:
                type_, size = _REAL, 8
            else:
                type_, size = (_TEXT if serial % 2 else _BLOB), (serial - 12) // 2
            columns.append((type_, offset, offset + size))
            offset += size
        wanted = range(len(columns)) if self._columns is None else self._columns
        missing = (_CONSTANT, 0, 0)
        plan = tuple(columns[index] if index < len(columns) else missing for index in wanted)
        if len(self._plans) >= _MAX_KNOWN:
            self._plans.clear()
        self._plans[header] = plan
        return plan


def rank(value: Value) -> tuple[int, int | float | bytes]:
    """What values are ordered by in an index without a collation; texts as the bytes that they are stored as."""
    if value is None:
        return 0, 0
    if isinstance(value, (int, float)):
        return 1, value
    if isinstance(value, str):
        return 2, value.encode(errors="surrogateescape")
    return 3, value


_real = struct.Struct(">d").unpack_from
