"""Records of wandb's logs, as they are written."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from lavdlike.sources.wandb_files.wandb_records import BLOCK_BYTES, CHUNK_HEADER_BYTES, HEADER


def varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def history(step: int | None, values: Mapping[str, Any]) -> bytes:
    """A record; values are texts of JSON, or objects of them."""
    items = b"".join(
        field(1, b"".join(field(2, name.encode()) for name in names) + field(16, text.encode()))
        for names, text in _flat(values, ())
    )
    said = b"" if step is None else field(2, varint(1 << 3) + varint(step) if step else b"")
    return field(2, items + said)


def summary(values: Mapping[str, Any]) -> bytes:
    """A record as scripts make them; values as in `history`."""
    items = b"".join(
        field(
            1,
            b"".join(field(1 if len(names) == 1 else 2, name.encode()) for name in names)
            + field(16, text.encode()),
        )
        for names, text in _flat(values, ())
    )
    return field(3, items)


def _flat(values: Mapping[str, Any], outer: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, value in values.items():
        if isinstance(value, str):
            yield (*outer, name), value
        else:
            yield from _flat(value, (*outer, name))


def chunks(record: bytes, offset: int) -> bytes:
    """A record as it is written at a place of the file."""
    out, is_first = b"", True
    while True:
        left = BLOCK_BYTES - (offset + len(out)) % BLOCK_BYTES
        if left < CHUNK_HEADER_BYTES:
            out += bytes(left)
            continue
        part, record = record[: left - CHUNK_HEADER_BYTES], record[left - CHUNK_HEADER_BYTES :]
        type_ = (1 if is_first else 4) if not record else (2 if is_first else 3)
        out += zlib.crc32(part, zlib.crc32(bytes([type_]))).to_bytes(4, "little")
        out += len(part).to_bytes(2, "little") + bytes([type_]) + part
        if not record:
            return out
        is_first = False


def log(*records: bytes) -> bytes:
    out = HEADER
    for record in records:
        out += chunks(record, len(out))
    return out
