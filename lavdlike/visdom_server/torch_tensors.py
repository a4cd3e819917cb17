"""Tensors as Lua's Torch writes them, with base64 around. Pure.

Format: torch7's `File.lua` and `Tensor.lua`, binary form with long numbers of 8 bytes, little endian: a number for the
type of each object, its own number, a version (`V 1`), the class, for a tensor its dimensions, sizes, strides, the
place of its first value (from 1) and the storage, which is an object again: how many values, and the values.
"""

from __future__ import annotations

import base64
import binascii
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OBJECT = 4
_TYPES = {
    "Double": "<f8",
    "Float": "<f4",
    "Byte": "u1",
    "Char": "i1",
    "Short": "<i2",
    "Int": "<i4",
    "Long": "<i8",
    "Cuda": "<f4",
}
_MAX_DIMENSIONS = 16


def tensor_of(text: Any) -> NDArray[Any]:
    """The array that a tensor is.

    Raises:
        ValueError: it is no tensor of numbers, or longer than what is there.
    """
    import numpy as np

    if not isinstance(text, str):
        raise ValueError("a tensor must be text in base64")
    try:
        reader = _Reader(base64.b64decode(text, validate=True))
        name = reader.class_name()
        type_ = _TYPES.get(name.removeprefix("torch.").removesuffix("Tensor"))
        dimensions = reader.integer()
        if type_ is None or not 0 <= dimensions <= _MAX_DIMENSIONS:
            raise ValueError(f"no tensor of numbers: {name[:40]!r}, {dimensions} dimensions")
        sizes, strides = reader.longs(dimensions), reader.longs(dimensions)
        first = reader.longs(1)[0] - 1
        if dimensions == 0:
            return np.zeros(0, type_)
        reader.class_name()
        count = reader.longs(1)[0]
        values = np.frombuffer(reader.taken(count * np.dtype(type_).itemsize), type_)
    except (struct.error, binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(f"no tensor of Torch: {error}") from None
    last = first + sum((size - 1) * stride for size, stride in zip(sizes, strides, strict=True))
    if min(sizes) < 1 or min(strides) < 0 or first < 0 or last >= len(values):
        raise ValueError("a tensor that is not within its storage")
    step = values.itemsize
    view = np.lib.stride_tricks.as_strided(values[first:], sizes, [stride * step for stride in strides])
    # A stride of 0 makes much of nothing: what is asked for may not be more than what was sent.
    if view.size > len(values):
        raise ValueError("a tensor that is larger than its storage")
    return view.copy()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def taken(self, count: int) -> bytes:
        if not 0 <= count <= len(self._data) - self._at:
            raise ValueError("a tensor that ends too early")
        self._at += count
        return self._data[self._at - count : self._at]

    def integer(self) -> int:
        return int(struct.unpack("<i", self.taken(4))[0])

    def longs(self, count: int) -> tuple[int, ...]:
        return struct.unpack(f"<{count}q", self.taken(8 * count))

    def class_name(self) -> str:
        """Of the object that begins here."""
        if self.integer() != _OBJECT:
            raise ValueError("no object of Torch")
        self.integer()  # its number, by which others refer to it
        name = self._text()
        return self._text() if name.startswith("V ") else name

    def _text(self) -> str:
        return self.taken(self.integer()).decode("ascii")
