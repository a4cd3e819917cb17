"""The tensors of a model's file, and the limits of what is read to list them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import BinaryIO

import msgspec

from lavdlike.errors import LogFormatError

# Of an answer; models of the largest kind have some thousands.
MAX_TENSORS = 20_000
# Of what stands before the numbers: GGUF has the words of its tokenizer there, some megabytes.
MAX_HEAD_BYTES = 32 * 2**20
MAX_DIMENSIONS = 64
MAX_NAME_LETTERS = 500
_MAX_METADATA, _MAX_METADATA_LETTERS = 100, 300
_MAX_COUNT = 2**63


class Tensor(msgspec.Struct):
    """`dtype`: as the format names it. `size_bytes`: in the file; None where it does not say."""

    name: str
    dtype: str
    shape: list[int]
    size_bytes: int | None = None


class ModelTensors(msgspec.Struct):
    """What is in a file.

    `tensors`: in the order of the file, at most `MAX_TENSORS` of `total`. `parameters`: numbers in all of them.
    `metadata`: what else the file says of itself, as text. `note`: what is not listed, and why; "" if everything is.
    """

    tensors: list[Tensor]
    total: int
    parameters: int
    metadata: dict[str, str]
    note: str = ""


def listed(tensors: Iterable[Tensor], metadata: Mapping[str, object], note: str = "") -> ModelTensors:
    """All of a file, cut to what is sent."""
    kept: list[Tensor] = []
    total = parameters = 0
    for tensor in tensors:
        total += 1
        parameters += math.prod(tensor.shape)
        if total <= MAX_TENSORS:
            kept.append(tensor)
            tensor.name = tensor.name[:MAX_NAME_LETTERS]
    texts = list(metadata.items())[:_MAX_METADATA]
    return ModelTensors(
        kept,
        total,
        parameters,
        {key[:MAX_NAME_LETTERS]: str(value)[:_MAX_METADATA_LETTERS] for key, value in texts},
        note,
    )


def checked_shape(shape: object, path: str, name: str) -> list[int]:
    """A shape that a file gives.

    Raises:
        LogFormatError: it is none, or more numbers than any file could hold.
    """
    lengths: list[int] = []
    for length in shape if isinstance(shape, list | tuple) else (None,):
        if not isinstance(length, int) or not 0 <= length < _MAX_COUNT or len(lengths) == MAX_DIMENSIONS:
            raise LogFormatError(path, f"the shape of {name[:100]!r} is none")
        lengths.append(length)
    if math.prod(lengths) >= _MAX_COUNT:
        raise LogFormatError(path, f"{name[:100]!r} has more numbers than a file can hold")
    return lengths


def read_exactly(file: BinaryIO, count: int, path: str, what: str) -> bytes:
    """The next bytes.

    Raises:
        LogFormatError: there are fewer, or they are more than is read.
    """
    if count > MAX_HEAD_BYTES:
        raise LogFormatError(path, f"{what} is {count:,} bytes: at most {MAX_HEAD_BYTES:,} are read")
    data = file.read(count)
    if len(data) < count:
        raise LogFormatError(path, f"cut short within {what}")
    return data
