"""Tensors of an event: their strings, and their numbers as arrays.

Fields as in TensorFlow's `tensor.proto`, `tensor_shape.proto` and `types.proto`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from lavdlike import protobuf
from lavdlike.protobuf import BYTES, VARINT, BadMessageError, Readable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[Any]

_MAX_DIMENSIONS = 254  # as TensorFlow
_MAX_ONE_BY_ONE_BYTES = 2 * 2**20  # each takes its while, and 40 bytes
_MAX_REPEATED = 2**20  # numbers of a tensor of fewer
_TYPE, _SHAPE, _CONTENT, _STRINGS = 1, 2, 4, 8
# By the number of a type: numpy's name, and the field in which elements stand one by one.
_TYPES = {
    1: ("<f4", 5), 2: ("<f8", 6), 3: ("<i4", 7), 4: ("u1", 7), 5: ("<i2", 7), 6: ("i1", 7), 9: ("<i8", 10),
    10: ("?", 11), 17: ("<u2", 7), 22: ("<u4", 16), 23: ("<u8", 17),
}  # fmt: skip


def strings(data: Readable, span: tuple[int, int], limit: int) -> list[tuple[int, int]]:
    """Where the strings of a tensor stand, so many at most."""
    found = []
    for field in protobuf.fields(data, *span):
        if field[:2] == (_STRINGS, BYTES):
            found.append((field.begin, field.end))
            if len(found) == limit:
                break
    return found


def shape_of(data: Readable, span: tuple[int, int]) -> tuple[int, ...]:
    """(): of a single element, or one that says nothing of it."""
    for field in protobuf.fields(data, *span):
        if field[:2] == (_SHAPE, BYTES):
            return _dimensions(data, field)
        if field.number > _SHAPE:  # they stand in this order
            break
    return ()


class Tensor(NamedTuple):
    """A tensor of numbers. `elements`: the fields in which they stand, in `form`."""

    data: bytes
    shape: tuple[int, ...]
    form: str
    content: bytes
    elements: list[protobuf.Field]

    @classmethod
    def of(cls, data: bytes, span: tuple[int, int]) -> Tensor:
        """Raises BadMessageError: it is none."""
        type_, content = 0, b""
        shape: tuple[int, ...] = ()
        elements = []
        for field in protobuf.fields(data, *span):
            if field[:2] == (_TYPE, VARINT):
                type_ = field.value
            elif field[:2] == (_SHAPE, BYTES):
                shape = _dimensions(data, field)
            elif field[:2] == (_CONTENT, BYTES):
                content = data[field.begin : field.end]
            elif field.number == _TYPES.get(type_, ("", 0))[1]:
                elements.append(field)
        if type_ not in _TYPES:
            raise BadMessageError(f"a tensor of the type {type_}, which is not read")
        return cls(data, shape, _TYPES[type_][0], content, elements)

    def numbers(self) -> Numbers:
        """Those of it, in its shape; a last one that stands for all that follow is repeated, as TensorFlow does.

        Raises:
            BadMessageError: there are not as many as the shape says.
        """
        import numpy as np

        dtype = np.dtype(self.form)
        if self.content:
            if len(self.content) % dtype.itemsize:
                raise BadMessageError("a tensor that is cut within a number")
            flat = np.frombuffer(self.content, dtype)
        else:
            flat = self._one_by_one()
        count = math.prod(self.shape)
        if len(flat) == count or not self.shape:
            return flat.reshape(self.shape or (len(flat),))
        if self.content or not len(flat) or not len(flat) < count <= _MAX_REPEATED:
            raise BadMessageError(f"a tensor of {len(flat):,} numbers where there should be {count:,}")
        return np.concatenate((flat, np.full(count - len(flat), flat[-1]))).reshape(self.shape)

    def _one_by_one(self) -> Numbers:
        import numpy as np

        if self.form in ("<f4", "<f8"):
            parts = [np.frombuffer(self._part(field), self.form) for field in self.elements]
            return np.concatenate(parts) if parts else np.zeros(0, self.form)
        if sum(field.end - field.begin for field in self.elements) > _MAX_ONE_BY_ONE_BYTES:
            raise BadMessageError("a tensor of more numbers than are read one by one")
        found: list[int] = []
        for field in self.elements:
            place = field.begin
            while place < field.end:
                number, place = protobuf.varint(self.data, place, field.end)
                found.append(self._whole(number))
        return np.array(found, self.form)

    def _part(self, field: protobuf.Field) -> bytes:
        import numpy as np

        part = self.data[field.begin : field.end]
        if len(part) % np.dtype(self.form).itemsize:
            raise BadMessageError("a tensor that is cut within a number")
        return part

    def _whole(self, number: int) -> int:
        import numpy as np

        if self.form == "?":
            return int(number != 0)
        signed = protobuf.signed(number) if np.dtype(self.form).kind == "i" else number
        info = np.iinfo(self.form)
        if not info.min <= signed <= info.max:
            raise BadMessageError(f"{signed} in a tensor of numbers up to {info.max}")
        return signed


def _dimensions(data: Readable, message: protobuf.Field) -> tuple[int, ...]:
    sizes = [
        next((of.value for of in protobuf.fields(data, field.begin, field.end) if of[:2] == (1, VARINT)), 0)
        for field in protobuf.fields(data, message.begin, message.end)
        if field[:2] == (2, BYTES)
    ]
    if len(sizes) > _MAX_DIMENSIONS or any(size >= 2**31 for size in sizes):
        raise BadMessageError("a tensor of a shape that is none")
    return tuple(sizes)
