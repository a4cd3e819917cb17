"""Messages of ONNX (`onnx.proto`): the fields that are read, and what a tensor and a value are.

Only what is asked for is read, so that a model of gigabytes costs what its names and shapes do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, overload

from lavdlike import protobuf
from lavdlike.protobuf import BYTES, VARINT, BadMessageError, Field, Readable

# Fields of a model, a graph, a node.
PRODUCER, PRODUCER_VERSION, IR_VERSION, GRAPH, OPERATORS, PROPERTIES = 2, 3, 1, 7, 8, 14
NODE, GRAPH_NAME, INITIALIZER, INPUT, OUTPUT, VALUE_INFO = 1, 2, 5, 11, 12, 13
# Of a tensor.
_DIMS, _TYPE, _NAME = 1, 2, 8
_MAX_DIMENSIONS = 64
_WINDOW_BYTES = 64 * 2**10
_DTYPES = {
    1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 8: "string", 9: "bool",
    10: "float16", 11: "float64", 12: "uint32", 13: "uint64", 14: "complex64", 15: "complex128", 16: "bfloat16",
    17: "float8e4m3fn", 18: "float8e4m3fnuz", 19: "float8e5m2", 20: "float8e5m2fnuz", 21: "uint4", 22: "int4",
    23: "float4e2m1", 24: "float8e8m0", 25: "uint2", 26: "int2",
}  # fmt: skip
# Bits of a number of each type.
_BITS = {
    1: 32, 2: 8, 3: 8, 4: 16, 5: 16, 6: 32, 7: 64, 9: 8, 10: 16, 11: 64, 12: 32, 13: 64, 14: 64, 15: 128, 16: 16,
    17: 8, 18: 8, 19: 8, 20: 8, 21: 4, 22: 4, 23: 4, 24: 8, 25: 2, 26: 2,
}  # fmt: skip


class OnnxTensor(NamedTuple):
    """`bits`: of one of its numbers; None where the type does not say."""

    name: str
    dtype: str
    shape: list[int]
    bits: int | None


class OnnxValue(NamedTuple):
    """What goes in or out. `shape`: sizes, or the names that sizes have; None: it has none, or is no tensor."""

    name: str
    dtype: str
    shape: list[str] | None

    def text(self) -> str:
        """`float32 batch × 3 × 224`."""
        shape = "" if self.shape is None else " × ".join(self.shape) or "scalar"
        return f"{self.dtype} {shape}".strip()


class FileBytes:
    """The bytes of a file, of which only windows are in memory."""

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        self._file = file
        self._size = size_bytes
        self._at, self._window = 0, b""

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, place: int, /) -> int: ...
    @overload
    def __getitem__(self, places: slice, /) -> bytes: ...
    def __getitem__(self, at: int | slice, /) -> int | bytes:
        if isinstance(at, int):
            place = at - self._at
            if 0 <= place < len(self._window):
                return self._window[place]
            return self._bytes(at, 1)[0]
        if at.stop - at.start > _WINDOW_BYTES:
            raise BadMessageError(f"a name or the like of more than {_WINDOW_BYTES // 2**10} KiB")
        return self._bytes(at.start, at.stop - at.start)

    def _bytes(self, begin: int, count: int) -> bytes:
        if not self._at <= begin <= begin + count <= self._at + len(self._window):
            self._file.seek(begin)
            self._at, self._window = begin, self._file.read(_WINDOW_BYTES)
            if len(self._window) < count:
                raise BadMessageError("cut short")
        return self._window[begin - self._at : begin - self._at + count]


def below(data: Readable, message: Field | None, number: int) -> Iterator[Field]:
    """The messages and texts with this number in a message; None: in all of the bytes."""
    inside = protobuf.fields(data) if message is None else protobuf.fields(data, message.begin, message.end)
    return (field for field in inside if field[:2] == (number, BYTES))


def text(data: Readable, message: Field, number: int) -> str:
    """The text with this number in a message, or ""."""
    return next((protobuf.text(data, field) for field in below(data, message, number)), "")


def tensor(data: Readable, message: Field) -> OnnxTensor:
    """A tensor by name, type and shape; its numbers are passed over."""
    name, type_ = "", 0
    shape: list[int] = []
    for field in protobuf.fields(data, message.begin, message.end):
        if field.number == _DIMS and field.wire == VARINT:
            shape.append(protobuf.signed(field.value))
        elif field.number == _DIMS and field.wire == BYTES:  # packed
            place = field.begin
            while place < field.end and len(shape) <= _MAX_DIMENSIONS:
                size, place = protobuf.varint(data, place, field.end)
                shape.append(protobuf.signed(size))
        elif field.number == _TYPE and field.wire == VARINT:
            type_ = field.value
        elif field.number == _NAME and field.wire == BYTES:
            name = protobuf.text(data, field)
        if len(shape) > _MAX_DIMENSIONS:
            raise BadMessageError(f"a tensor of more than {_MAX_DIMENSIONS} dimensions")
    return OnnxTensor(name, _DTYPES.get(type_, f"type {type_}"), shape, _BITS.get(type_))


def value(data: Readable, message: Field) -> OnnxValue:
    """What a graph takes or gives, or what is between its nodes."""
    name = text(data, message, 1)
    for type_ in below(data, message, 2):
        for of_tensor in below(data, type_, 1):
            dtype, shape = 0, None
            for field in protobuf.fields(data, of_tensor.begin, of_tensor.end):
                if field[:2] == (1, VARINT):
                    dtype = field.value
                elif field[:2] == (2, BYTES):
                    shape = [_size(data, dimension) for dimension in below(data, field, 1)][:_MAX_DIMENSIONS]
            return OnnxValue(name, _DTYPES.get(dtype, f"type {dtype}"), shape)
        kind = next(iter(protobuf.fields(data, type_.begin, type_.end)), None)
        kinds = {4: "sequence", 5: "map", 8: "sparse tensor", 9: "optional"}
        return OnnxValue(name, kinds.get(kind.number, "") if kind else "", None)
    return OnnxValue(name, "", None)


def _size(data: Readable, dimension: Field) -> str:
    for field in protobuf.fields(data, dimension.begin, dimension.end):
        if field[:2] == (1, VARINT):
            return str(protobuf.signed(field.value))
        if field[:2] == (2, BYTES):
            return protobuf.text(data, field)
    return "?"
