"""Records of Streamvis, as `streamvis/util.py` packs them."""

from __future__ import annotations

import struct
from collections.abc import Sequence


class Floats(list[float]):
    """Numbers that are written with 32 bits each."""


def floats(*numbers: float) -> Floats:
    return Floats(numbers)


def record(kind: int, content: bytes) -> bytes:
    return struct.pack(">BI", kind, len(content)) + content


def group(id_: int, scope: str, name: str, *fields: str, line: int = 0) -> bytes:
    said = _number(1, id_) + _bytes(2, scope.encode()) + _bytes(3, name.encode())
    said += _number(4, line) if line else b""
    return record(0, said + b"".join(_bytes(5, _bytes(1, field.encode())) for field in fields))


def points(group_id: int, *values: Sequence[float]) -> bytes:
    return record(1, _number(1, group_id) + b"".join(_bytes(3, _values(each)) for each in values))


def control(scope: str, name: str) -> bytes:
    return record(2, _bytes(1, scope.encode()) + _bytes(2, name.encode()))


def _values(numbers: Sequence[float]) -> bytes:
    if isinstance(numbers, Floats):
        return _bytes(2, _bytes(1, struct.pack(f"<{len(numbers)}f", *numbers)))
    return _bytes(3, _bytes(1, b"".join(_varint(int(number) % 2**64) for number in numbers)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(number: int) -> bytes:
    found = bytearray()
    while number >= 0x80:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])
