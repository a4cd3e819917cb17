"""Models and their states: files of tensors, listed by name and shape and never loaded (docs/format.md, "Models")."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping
from typing import BinaryIO

import msgspec

from lavdlike.kinds.kind import Kind
from lavdlike.kinds.model_files import (
    gguf_file,
    hdf5_file,
    onnx_file,
    pickled_file,
    safetensors_file,
    zip_file,
)
from lavdlike.kinds.model_files.tensors import ModelTensors, listed

_PICKLE_MAGIC = b"\x80"
# By how a file begins, then by its name.
_FORMATS = {
    ".safetensors": "safetensors",
    ".gguf": "GGUF",
    ".npz": "NumPy",
    ".keras": "Keras",
    ".h5": "HDF5",
    ".onnx": "ONNX",
    ".pt": "PyTorch",
    ".pth": "PyTorch",
    ".ckpt": "PyTorch",
}
_NOT_READ = "Names and shapes in files of this format are not read"


class ModelContent(msgspec.Struct):
    """`format`: whose file it is, "" if that cannot be said. Its tensors are a part of it (`read_part`)."""

    format: str


def read_head(head: bytes, size_bytes: int, path: str) -> ModelContent:
    """What the first bytes of a file say.

    Raises:
        LogFormatError: it is not what its name says, or cut short.
    """
    suffix = posixpath.splitext(path)[1].lower()
    named = _FORMATS.get(suffix, "")
    if suffix == ".safetensors":
        safetensors_file.check_head(head, size_bytes, path)
    elif named == "PyTorch" and not head.startswith((zip_file.MAGIC, _PICKLE_MAGIC)):
        named = "HDF5" if head.startswith(hdf5_file.MAGIC) else ""
    return ModelContent(named)


def read_part(
    file: BinaryIO,
    asked: Mapping[str, str],  # noqa: ARG001 - the signature of Kind.read_part
    path: str,
) -> ModelTensors:
    """The tensors in a file. Nothing is unpickled, and no number of them is read.

    Args:
        asked: nothing.

    Raises:
        LogFormatError: it is broken, or larger than what is read.
    """
    size_bytes = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(len(hdf5_file.MAGIC))
    file.seek(0)
    suffix = posixpath.splitext(path)[1].lower()
    if suffix == ".safetensors":
        return safetensors_file.read(file, size_bytes, path)
    if suffix == ".gguf":
        return gguf_file.read(file, size_bytes, path)
    if head.startswith(zip_file.MAGIC) or suffix in (".npz", ".keras"):
        return zip_file.read(file, path)
    if head.startswith(_PICKLE_MAGIC):
        return pickled_file.read(file, path)
    if head.startswith(hdf5_file.MAGIC) or suffix == ".h5":
        return hdf5_file.read(file, path)
    if suffix == ".onnx":
        return onnx_file.read(file, size_bytes, path)
    return listed((), {}, _NOT_READ)


KIND = Kind(
    "models",
    frozenset(_FORMATS),
    content=ModelContent,
    read_head=read_head,
    read_part=read_part,
)
