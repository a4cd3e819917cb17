"""`.safetensors`: 8 bytes of length, then JSON (https://github.com/huggingface/safetensors, "Format")."""

from __future__ import annotations

import struct
from typing import BinaryIO

import msgspec

from lavdlike.errors import LogFormatError
from lavdlike.kinds.model_files.tensors import ModelTensors, Tensor, checked_shape, listed, read_exactly

_METADATA = "__metadata__"
_LENGTH_BYTES = 8


class _Entry(msgspec.Struct):
    dtype: str
    shape: list[int]
    data_offsets: tuple[int, int]


def check_head(head: bytes, size_bytes: int, path: str) -> None:
    """Raises LogFormatError: no such file, or one that was not written to its end."""
    if len(head) <= _LENGTH_BYTES or head[_LENGTH_BYTES : _LENGTH_BYTES + 1] != b"{":
        raise LogFormatError(path, "no safetensors: it does not begin with a length and JSON")
    length = int.from_bytes(head[:_LENGTH_BYTES], "little")
    if _LENGTH_BYTES + length > size_bytes:
        raise LogFormatError(
            path, f"cut short: its head alone is {length:,} bytes, the file {size_bytes:,} bytes"
        )


def read(file: BinaryIO, size_bytes: int, path: str) -> ModelTensors:
    """Raises LogFormatError."""
    (length,) = struct.unpack("<Q", read_exactly(file, _LENGTH_BYTES, path, "its length"))
    head = read_exactly(file, length, path, "its head")
    try:
        entries = msgspec.json.decode(head, type=dict[str, msgspec.Raw])
        metadata = msgspec.json.decode(entries.pop(_METADATA, b"{}"), type=dict[str, str])
        tensors = [
            _tensor(name, msgspec.json.decode(entry, type=_Entry), path) for name, entry in entries.items()
        ]
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise LogFormatError(path, f"the head is no list of tensors: {error}") from None
    begin = _LENGTH_BYTES + length
    end = max((begin + entry[1] for entry in tensors), default=begin)
    if end > size_bytes:
        raise LogFormatError(path, f"cut short: {size_bytes:,} bytes of {end:,}")
    return listed((tensor for tensor, _ in sorted(tensors, key=lambda entry: entry[1])), metadata)


def _tensor(name: str, entry: _Entry, path: str) -> tuple[Tensor, int]:
    """The tensor, and where its numbers end."""
    begin, end = entry.data_offsets
    if not 0 <= begin <= end:
        raise LogFormatError(path, f"the numbers of {name[:100]!r} end before they begin")
    return Tensor(name, entry.dtype, checked_shape(entry.shape, path, name), end - begin), end
