"""Records of event files, made by hand."""

from __future__ import annotations

import struct

from lavdlike import crc32c


def record(content: bytes) -> bytes:
    length = struct.pack("<Q", len(content))
    checks = [struct.pack("<I", crc32c.masked(part)) for part in (length, content)]
    return length + checks[0] + content + checks[1]


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(number: int) -> bytes:
    number %= 2**64
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def event(*fields: bytes, step: int = 0, wall_time: float = 10.0) -> bytes:
    return record(b"\x09" + struct.pack("<d", wall_time) + b"\x10" + varint(step) + b"".join(fields))


def simple(tag: str | bytes, value: float) -> bytes:
    name = tag if isinstance(tag, bytes) else tag.encode()
    return field(5, field(1, field(1, name) + b"\x15" + struct.pack("<f", value)))


def point(step: int, value: float = 0.5, tag: str | bytes = "loss") -> bytes:
    return event(simple(tag, value), step=step)


VERSION = event(field(3, b"brain.Event:2"))


def started(step: int) -> bytes:
    return event(field(7, b"\x08\x01"), step=step)
