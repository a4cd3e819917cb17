"""`.gguf`, versions 2 and 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md)."""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

from lavdlike.errors import LogFormatError
from lavdlike.kinds.model_files.tensors import (
    MAX_DIMENSIONS,
    MAX_HEAD_BYTES,
    ModelTensors,
    Tensor,
    checked_shape,
    listed,
)

MAGIC = b"GGUF"
_VERSIONS = (2, 3)
# By the number of its type: those of one size; 8 is a text, 9 an array.
_FORMATS = {
    0: "<B",
    1: "<b",
    2: "<H",
    3: "<h",
    4: "<I",
    5: "<i",
    6: "<f",
    7: "<?",
    10: "<Q",
    11: "<q",
    12: "<d",
}
_TEXT, _ARRAY = 8, 9
_DTYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K",
    12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S",
    20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64",
    29: "IQ1_M", 30: "BF16", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
}  # fmt: skip
_ALIGNMENT = "general.alignment"


def read(file: BinaryIO, size_bytes: int, path: str) -> ModelTensors:
    """Raises LogFormatError."""
    head = _Head(file, path)
    if head.take(4) != MAGIC:
        raise LogFormatError(path, "no GGUF: it begins with other bytes")
    version = head.number("<I")
    if version not in _VERSIONS:
        raise LogFormatError(path, f"GGUF of version {version}: only 2 and 3 are read")
    tensor_count, entry_count = head.number("<Q"), head.number("<Q")
    metadata: dict[str, object] = {}
    for _ in range(entry_count):
        key = head.text()
        metadata[key] = head.value(head.number("<I"))
    found = [_tensor(head) for _ in range(tensor_count)]
    alignment = metadata.get(_ALIGNMENT, 32)
    begin = head.place
    if isinstance(alignment, int) and 0 < alignment < 2**20:
        begin += -begin % alignment
    ordered = sorted(found, key=lambda entry: entry[1])
    ends = [offset for _, offset in ordered[1:]] + [size_bytes - begin]
    for (tensor, offset), end in zip(ordered, ends, strict=True):
        if end < offset:
            raise LogFormatError(path, f"cut short: the numbers of {tensor.name[:100]!r} are missing")
        tensor.size_bytes = end - offset
    return listed((tensor for tensor, _ in ordered), metadata)


def _tensor(head: _Head) -> tuple[Tensor, int]:
    """A tensor, and where its numbers begin. The file has the fastest dimension first, others have it last."""
    name, dimensions = head.text(), head.number("<I")
    if dimensions > MAX_DIMENSIONS:
        raise LogFormatError(head.path, f"{name[:100]!r} has {dimensions:,} dimensions")
    shape = [head.number("<Q") for _ in range(dimensions)][::-1]
    dtype = head.number("<I")
    tensor = Tensor(name, _DTYPES.get(dtype, f"type {dtype}"), checked_shape(shape, head.path, name))
    return tensor, head.number("<Q")


class _Head:
    """What stands before the numbers, field by field. Raises LogFormatError where it ends, or is too long."""

    def __init__(self, file: BinaryIO, path: str) -> None:
        self.place = 0
        self.path = path
        self._file = file

    def take(self, count: int) -> bytes:
        self.place += count
        if self.place > MAX_HEAD_BYTES:
            raise LogFormatError(self.path, f"its head is longer than {MAX_HEAD_BYTES:,} bytes")
        data = self._file.read(count)
        if len(data) < count:
            raise LogFormatError(self.path, "cut short within its head")
        return data

    def number(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def text(self) -> str:
        return self.take(self.number("<Q")).decode(errors="replace")

    def value(self, type_: int) -> object:
        """A value of this type; of an array how many there are of what."""
        if type_ == _TEXT:
            return self.text()
        if type_ != _ARRAY:
            return self.number(self._format(type_))
        of, count = self.number("<I"), self.number("<Q")
        if of == _TEXT:
            for _ in range(count):
                self.text()
        else:
            self.take(count * struct.calcsize(self._format(of)))
        return f"{count:,} values"

    def _format(self, type_: int) -> str:
        form = _FORMATS.get(type_)
        if form is None:
            raise LogFormatError(self.path, f"a value of the unknown type {type_}")
        return form
