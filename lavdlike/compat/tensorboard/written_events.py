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
    wall_time: float,
    step: int,
    *,
    version: bytes = b"",
    value: bytes = b"",
    graph: bytes = b"",
    is_restart: bool = False,
) -> bytes:
    """One event. `value`: of a summary. `is_restart`: what was logged at this step and later ones is replaced.

    `graph`: a `GraphDef` (`written_graphs`).
    """
    parts = _key(1, _DOUBLE) + struct.pack("<d", wall_time) + number_field(2, step)
    if version:
        parts += bytes_field(3, version)
    if graph:
        parts += bytes_field(4, graph)
    if value:
        parts += bytes_field(5, bytes_field(1, value))
    return parts + bytes_field(7, number_field(1, 1)) if is_restart else parts


def scalar(tag: str, value: float) -> bytes:
    """A value of 32 bits, which is what TensorBoard's own writers keep of it."""
    return _tag(tag) + _key(2, _FLOAT) + _float(value)


def image(tag: str, png: bytes, width: int, height: int, channels: int) -> bytes:
    return _tag(tag) + bytes_field(
        4, number_field(1, height) + number_field(2, width) + number_field(3, channels) + bytes_field(4, png)
    )


def audio(tag: str, wav: bytes, sample_rate: int, channels: int, length: int) -> bytes:
    rate = _key(1, _FLOAT) + _float(sample_rate)
    sound = (
        rate
        + number_field(2, channels)
        + number_field(3, length)
        + bytes_field(4, wav)
        + bytes_field(5, b"audio/wav")
    )
    return _tag(tag) + bytes_field(6, sound)


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
    return _tag(tag) + bytes_field(5, parts + _doubles(6, edges) + _doubles(7, (0.0, *counts)))


def text(tag: str, content: str) -> bytes:
    """Under the tag that the original's texts have."""
    tensor = number_field(1, _STRINGS) + _shape(1) + bytes_field(8, content.encode(errors="replace"))
    return _tag(f"{tag}/text_summary") + bytes_field(8, tensor) + _metadata(b"text")


def curve(tag: str, rows: Iterable[Iterable[float]], count: int) -> bytes:
    """`rows`: true and false positives, true and false negatives, precision, recall, of `count` thresholds each."""
    values = [float(value) for row in rows for value in row]
    tensor = (
        number_field(1, _FLOATS) + _shape(6, count) + bytes_field(5, struct.pack(f"<{len(values)}f", *values))
    )
    return _tag(tag) + bytes_field(8, tensor) + _metadata(b"pr_curves", number_field(2, count))


def _tag(tag: str) -> bytes:
    return bytes_field(1, tag.encode(errors="replace"))


def _metadata(plugin: bytes, content: bytes = b"") -> bytes:
    data = bytes_field(1, plugin) + (bytes_field(2, content) if content else b"")
    return bytes_field(9, bytes_field(1, data))


def _shape(*sizes: int) -> bytes:
    return bytes_field(2, b"".join([bytes_field(2, number_field(1, size)) for size in sizes]))


def _doubles(field: int, values: Iterable[float]) -> bytes:
    listed = [float(value) for value in values]
    return bytes_field(field, struct.pack(f"<{len(listed)}d", *listed))


def _float(value: Any) -> bytes:
    try:
        return struct.pack("<f", value)
    except OverflowError:  # more than 32 bits hold
        return struct.pack("<f", float("inf") if value > 0 else float("-inf"))


def bytes_field(field: int, content: bytes) -> bytes:
    """A text, bytes or a message."""
    return _key(field, _BYTES) + _varint(len(content)) + content


def number_field(field: int, value: int) -> bytes:
    """A whole number."""
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
