"""Models in ZIP archives: `.npz` of numpy, what `torch.save` writes since 1.6, `.keras`. Nothing is unpacked whole."""

from __future__ import annotations

import ast
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import msgspec

from lavdlike.errors import LogFormatError
from lavdlike.kinds.model_files import hdf5_file, pickled
from lavdlike.kinds.model_files.tensors import (
    MAX_HEAD_BYTES,
    MAX_TENSORS,
    ModelTensors,
    Tensor,
    checked_shape,
    listed,
)

MAGIC = b"PK\x03\x04"
_ARRAY, _PICKLE = ".npy", "data.pkl"
_KERAS_FILES = ("metadata.json", "config.json")
# Of an array: its head has its shape and type.
_ARRAY_HEAD_BYTES = 2**16
# Of a member's own head, the lengths of its name and of what else stands there.
_LOCAL_HEAD = struct.Struct("<26xHH")
_DTYPES = {"b": "bool", "i": "int", "u": "uint", "f": "float", "c": "complex"}
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError)


def read(file: BinaryIO, path: str) -> ModelTensors:
    """Raises LogFormatError."""
    with _opened(file, path) as archive:
        names = archive.namelist()
        pickles = [name for name in names if name.rpartition("/")[2] == _PICKLE]
        if pickles:
            return _torch(archive, pickles[0], path)
        if "config.json" in names:
            return _keras(file, archive, path)
        if any(name.endswith(_ARRAY) for name in names):
            return _arrays(archive, path)
    return listed((), {}, "An archive of no known program")


@contextmanager
def _opened(file: BinaryIO, path: str) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(_Bounded(file)) as archive:
            yield archive
    except LogFormatError:
        raise
    except _BROKEN as error:
        raise LogFormatError(path, f"the archive is broken or cut short: {str(error)[:200]}") from None


class _Bounded(io.RawIOBase):
    """A file of which no single read may take more than the limit: an archive's list of contents is read whole."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= MAX_HEAD_BYTES:
            size = MAX_HEAD_BYTES
        return self._file.read(size)


def _member(archive: zipfile.ZipFile, name: str, path: str) -> bytes:
    size = archive.getinfo(name).file_size
    if size > MAX_HEAD_BYTES:
        raise LogFormatError(path, f"{name} in it is {size:,} bytes: at most {MAX_HEAD_BYTES:,} are read")
    with archive.open(name) as member:
        return member.read(MAX_HEAD_BYTES)


def _torch(archive: zipfile.ZipFile, name: str, path: str) -> ModelTensors:
    tensors, beside = pickled.read(io.BytesIO(_member(archive, name, path)), path)
    folder = name.removesuffix(_PICKLE)
    storages = [info.file_size for info in archive.infolist() if info.filename.startswith(f"{folder}data/")]
    return listed(tensors, {**beside, "bytes in storages": f"{sum(storages):,}"})


def _keras(file: BinaryIO, archive: zipfile.ZipFile, path: str) -> ModelTensors:
    metadata: dict[str, object] = {}
    for name in _KERAS_FILES:
        if name in archive.namelist():
            try:
                found = msgspec.json.decode(_member(archive, name, path))
            except (msgspec.MsgspecError, RecursionError):
                raise LogFormatError(path, f"{name} in it is no JSON") from None
            if isinstance(found, dict):
                metadata |= {key: value for key, value in found.items() if isinstance(value, str | int)}
    weights = next((info for info in archive.infolist() if info.filename.endswith(".h5")), None)
    if weights is None:
        return listed((), metadata, "There are no weights in it")
    metadata[weights.filename] = f"{weights.file_size:,} bytes"
    if weights.compress_type != zipfile.ZIP_STORED:
        return listed((), metadata, "Its weights are compressed, and not listed")
    found_in = hdf5_file.read(file, path, _begin_of(file, weights, path))
    return listed(found_in.tensors, metadata, found_in.note)


def _begin_of(file: BinaryIO, member: zipfile.ZipInfo, path: str) -> int:
    """Where a member's bytes stand that is not compressed: behind a head, which is as long as its names say."""
    file.seek(member.header_offset)
    head = file.read(_LOCAL_HEAD.size)
    if len(head) < _LOCAL_HEAD.size or not head.startswith(MAGIC):
        raise LogFormatError(path, f"{member.filename[:100]} in it does not begin where the archive says")
    name_bytes, extra_bytes = _LOCAL_HEAD.unpack(head)
    return member.header_offset + len(head) + int(name_bytes) + int(extra_bytes)


def _arrays(archive: zipfile.ZipFile, path: str) -> ModelTensors:
    names = [name for name in archive.namelist() if name.endswith(_ARRAY)]
    left_out = len(names) - MAX_TENSORS
    note = f"{left_out:,} more arrays are not listed" if left_out > 0 else ""
    return listed((_array(archive, name, path) for name in names[:MAX_TENSORS]), {}, note)


def _array(archive: zipfile.ZipFile, name: str, path: str) -> Tensor:
    size = archive.getinfo(name).file_size
    with archive.open(name) as member:
        dtype, shape, begin = _npy_head(member.read(_ARRAY_HEAD_BYTES), path, name)
    return Tensor(name.removesuffix(_ARRAY), dtype, checked_shape(shape, path, name), max(0, size - begin))


def _npy_head(head: bytes, path: str, name: str) -> tuple[str, object, int]:
    """Type and shape of an array, as its first bytes say, and where its numbers begin (numpy.lib.format, all versions).

    Raises:
        LogFormatError: it is no array.
    """
    try:
        form = "<H" if head[6] == 1 else "<I"
        begin = 8 + struct.calcsize(form)
        (length,) = struct.unpack(form, head[8:begin])
        said: Any = ast.literal_eval(head[begin : begin + length].decode("latin-1").strip())
        return _dtype_name(said["descr"]), said["shape"], begin + length
    except (
        ValueError,
        SyntaxError,
        KeyError,
        TypeError,
        IndexError,
        struct.error,
        MemoryError,
        RecursionError,
    ):
        raise LogFormatError(path, f"{name[:100]} in it is no array of numpy") from None


def _dtype_name(described: object) -> str:
    """As numpy names it: `<f8` is float64."""
    found = re.fullmatch(r"[<>|=]?([biufc])(\d{1,2})", described) if isinstance(described, str) else None
    if found is None:
        return (
            "objects"
            if described == "|O"
            else "records"
            if isinstance(described, list)
            else str(described)[:20]
        )
    name = _DTYPES[found[1]]
    return name if found[1] == "b" else f"{name}{8 * int(found[2])}"
