"""What TensorBoard's event files hold, as bytes: the few messages of its protocol buffers that it draws charts of.

Numbers of fields as in `event.proto`, `summary.proto`, `tensor.proto` and `histogram.proto` of
`tensorboard/compat/proto`, and `plugin_data.proto` of its plugins.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any

_VARINT, _DOUBLE, _BYTES, _FLOAT = 0, 1, 2, 5
_FLOATS, _STRINGS = 1, 7  # types of tensors
VERSION = b"brain.Event:2"


def event(
    wall_time: float, step: int, *, version: bytes = b"", value: bytes = b"", is_restart: bool = False
) -> bytes:
    """One event. `value`: of a summary. `is_restart`: what was logged at this step and later ones is replaced."""
    parts = _key(1, _DOUBLE) + struct.pack("<d", wall_time) + _number(2, step)
    if version:
        parts += _bytes(3, version)
    if value:
        parts += _bytes(5, _bytes(1, value))
    return parts + _bytes(7, _number(1, 1)) if is_restart else parts


def scalar(tag: str, value: float) -> bytes:
    """A value of 32 bits, which is what TensorBoard's own writers keep of it."""
    return _tag(tag) + _key(2, _FLOAT) + _float(value)


def image(tag: str, png: bytes, width: int, height: int, channels: int) -> bytes:
    return _tag(tag) + _bytes(
        4, _number(1, height) + _number(2, width) + _number(3, channels) + _bytes(4, png)
    )


def audio(tag: str, wav: bytes, sample_rate: int, channels: int, length: int) -> bytes:
    rate = _key(1, _FLOAT) + _float(sample_rate)
    sound = rate + _number(2, channels) + _number(3, length) + _bytes(4, wav) + _bytes(5, b"audio/wav")
    return _tag(tag) + _bytes(6, sound)


def histogram(
    tag: str, edges: Iterable[float], counts: Iterable[float], sums: dict[str, float], number: float
) -> bytes:
    """Upper limits of bins alone stand there, so that an empty bin is before the first one."""
    numbers = [
        sums.get("min", 0.0),
        sums.get("max", 0.0),
        number,
        sums.get("sum", 0.0),
        sums.get("sum_squares", 0.0),
    ]
    parts = b"".join(
        _key(field, _DOUBLE) + struct.pack("<d", value) for field, value in enumerate(numbers, start=1)
    )
    return _tag(tag) + _bytes(5, parts + _doubles(6, edges) + _doubles(7, (0.0, *counts)))


def text(tag: str, content: str) -> bytes:
    """Under the tag that the original's texts have."""
    tensor = _number(1, _STRINGS) + _shape(1) + _bytes(8, content.encode(errors="replace"))
    return _tag(f"{tag}/text_summary") + _bytes(8, tensor) + _metadata(b"text")


def curve(tag: str, rows: Iterable[Iterable[float]], count: int) -> bytes:
    """`rows`: true and false positives, true and false negatives, precision, recall, of `count` thresholds each."""
    values = [float(value) for row in rows for value in row]
    tensor = _number(1, _FLOATS) + _shape(6, count) + _bytes(5, struct.pack(f"<{len(values)}f", *values))
    return _tag(tag) + _bytes(8, tensor) + _metadata(b"pr_curves", _number(2, count))


def _tag(tag: str) -> bytes:
    return _bytes(1, tag.encode(errors="replace"))


def _metadata(plugin: bytes, content: bytes = b"") -> bytes:
    data = _bytes(1, plugin) + (_bytes(2, content) if content else b"")
    return _bytes(9, _bytes(1, data))


def _shape(*sizes: int) -> bytes:
    return _bytes(2, b"".join([_bytes(2, _number(1, size)) for size in sizes]))


def _doubles(field: int, values: Iterable[float]) -> bytes:
    listed = [float(value) for value in values]
    return _bytes(field, struct.pack(f"<{len(listed)}d", *listed))


def _float(value: Any) -> bytes:
    try:
        return struct.pack("<f", value)
    except OverflowError:  # more than 32 bits hold
        return struct.pack("<f", float("inf") if value > 0 else float("-inf"))


def _bytes(field: int, content: bytes) -> bytes:
    return _key(field, _BYTES) + _varint(len(content)) + content


def _number(field: int, value: int) -> bytes:
    return _key(field, _VARINT) + _varint(value)


def _key(field: int, kind: int) -> bytes:
    return _varint(field << 3 | kind)


def _varint(value: int) -> bytes:
    value &= 2**64 - 1  # of a negative one the complement
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
