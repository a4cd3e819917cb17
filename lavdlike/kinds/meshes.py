"""Meshes and point clouds: PLY as the Logger writes it, and what other programs write (docs/format.md, "Meshes").

The browser reads the files themselves; here only their beginning is looked at, so that what is broken or too large is
said without reading hundreds of megabytes.
"""

from __future__ import annotations

import os
import re
import struct
from typing import TYPE_CHECKING, Any

import msgspec

from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds.kind import Kind
from lavdlike.kinds.numbers import to_array

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SUFFIX = ".ply"
# Of a file that the page is given.
MAX_BYTES = 256 * 2**20
_MAX_CORNERS = 255  # of a face; PLY counts them in a byte
_SIZES = {
    **dict.fromkeys(("char", "uchar", "int8", "uint8"), 1),
    **dict.fromkeys(("short", "ushort", "int16", "uint16"), 2),
    **dict.fromkeys(("int", "uint", "float", "int32", "uint32", "float32"), 4),
    **dict.fromkeys(("double", "float64"), 8),
}
_STL_HEAD_BYTES, _STL_FACE_BYTES = 84, 50
_GLB_HEAD = struct.Struct("<4sII")


class MeshContent(msgspec.Struct):
    """What the beginning of the file says. `vertices`, `faces`: how many; None where it does not say."""

    format: str
    vertices: int | None = None
    faces: int | None = None


def encode(vertices: Any, faces: Any = None, colors: Any = None) -> bytes:
    """The bytes of a PLY file, binary and little endian. Without faces it is a point cloud.

    Args:
        vertices: n x 3 numbers, written as 32-bit floats.
        faces: m x 3 indices of vertices, or m x k for faces of k corners.
        colors: n x 3 or n x 4, uint8, or floats in [0, 1].

    Raises:
        ValueError: names the argument and its shape or value.
    """
    import numpy as np

    points = np.ascontiguousarray(_array(vertices, "vertices"), "<f4")
    if points.ndim != 2 or points.shape[1] != 3:
        raise ValueError(f"vertices must have the shape n x 3, not {_shape(points)}")
    header = ["ply", "format binary_little_endian 1.0", f"element vertex {len(points)}"]
    header += [f"property float {axis}" for axis in "xyz"]
    columns: list[NDArray[np.uint8]] = [points.view(np.uint8)]
    if colors is not None:
        columns.append(_colors(colors, len(points)))
        header += [
            f"property uchar {name}" for name in ("red", "green", "blue", "alpha")[: columns[1].shape[1]]
        ]
    body = np.ascontiguousarray(np.concatenate(columns, axis=1)).tobytes()
    if faces is not None:
        corners = _corners(faces, len(points))
        header += [f"element face {len(corners)}", "property list uchar int vertex_indices"]
        counts = np.full((len(corners), 1), corners.shape[1], np.uint8)
        rows = np.concatenate([counts, np.ascontiguousarray(corners).view(np.uint8)], axis=1)
        body += rows.tobytes()
    return "\n".join([*header, "end_header\n"]).encode() + body


def from_head(head: bytes, size_bytes: int, path: str) -> MeshContent:
    """What the first bytes of a mesh file say.

    Raises:
        LimitError: larger than what is shown.
        LogFormatError: not of the format that its name promises, or shorter than it says.
    """
    if size_bytes > MAX_BYTES:
        raise LimitError(path, f"larger than {MAX_BYTES // 2**20} MiB, the most that is shown of a mesh")
    readers = {".ply": _ply, ".glb": _glb, ".stl": _stl, ".obj": _obj}
    return readers[os.path.splitext(path)[1].lower()](head, size_bytes, path)


KIND = Kind("meshes", frozenset({SUFFIX, ".glb", ".obj", ".stl"}), content=MeshContent, read_head=from_head)


# --- writing ---------------------------------------------------------------------------------------------------------


def _array(values: Any, argument: str) -> NDArray[Any]:
    array = to_array(values, argument=argument)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{argument} must be numbers, not {array.dtype}")
    return array


def _colors(colors: Any, count: int) -> NDArray[np.uint8]:
    import numpy as np

    array = _array(colors, "colors")
    if array.ndim != 2 or array.shape[0] != count or array.shape[1] not in (3, 4):
        raise ValueError(f"colors must have the shape {count} x 3 or {count} x 4, not {_shape(array)}")
    if array.dtype.kind == "f":
        array = np.rint(np.clip(np.nan_to_num(array.astype(np.float32)), 0, 1) * 255)
    elif array.dtype != np.uint8 and array.size and not (array.min() >= 0 and array.max() <= 255):
        raise ValueError("colors must be from 0 to 255, or floats from 0 to 1")
    return array.astype(np.uint8)


def _corners(faces: Any, count: int) -> NDArray[np.int32]:
    array = _array(faces, "faces")
    if array.ndim != 2 or not 3 <= array.shape[1] <= _MAX_CORNERS:
        raise ValueError(f"faces must have the shape m x 3 (or more corners), not {_shape(array)}")
    if array.dtype.kind not in "iu":
        raise ValueError(f"faces must be indices of vertices, not {array.dtype}")
    if array.size and not (array.min() >= 0 and array.max() < count):
        raise ValueError(f"faces must be indices from 0 to {count - 1}, not {array.min()} to {array.max()}")
    return array.astype("<i4")


def _shape(array: NDArray[Any]) -> str:
    return " x ".join(map(str, array.shape)) or "a single number"


# --- reading ---------------------------------------------------------------------------------------------------------


def _ply(head: bytes, size_bytes: int, path: str) -> MeshContent:
    header, end, _ = head.partition(b"end_header")
    if not header.startswith(b"ply") or not end:
        raise LogFormatError(path, "not PLY: it has no header from 'ply' to 'end_header'")
    format_ = ""
    counts: dict[str, int] = {}
    least_bytes: dict[str, int] = {}
    element = ""
    for number, line in enumerate(header.decode(errors="replace").splitlines(), 1):
        match line.split():
            case ["format", name, _]:
                format_ = name
            case ["element", name, count] if re.fullmatch(r"\d{1,12}", count):
                element = name
                counts[name] = int(count)
                least_bytes[name] = 0
            case ["property", "list", count_type, type_, _] if {
                count_type,
                type_,
            } <= _SIZES.keys() and element:
                corners = 3 if element == "face" else 0
                least_bytes[element] += _SIZES[count_type] + corners * _SIZES[type_]
            case ["property", type_, _] if type_ in _SIZES and element:
                least_bytes[element] += _SIZES[type_]
            case ["comment" | "obj_info" | "ply", *_] | []:
                pass
            case _:
                raise LogFormatError(path, f"not PLY: {line[:80]!r} in its header", f"line {number}")
    if format_ not in ("ascii", "binary_little_endian", "binary_big_endian"):
        raise LogFormatError(path, f"PLY of an unknown format: {format_[:40]!r}")
    if "vertex" not in counts:
        raise LogFormatError(path, "a PLY without vertices")
    # A number in text is a digit and a blank at least.
    promised = sum(count * (least_bytes[name] if format_ != "ascii" else 2) for name, count in counts.items())
    if len(header) + promised > size_bytes:
        raise LogFormatError(path, f"cut short: its header promises {counts['vertex']:,} vertices and more")
    return MeshContent("PLY", counts["vertex"], counts.get("face", 0))


def _glb(head: bytes, size_bytes: int, path: str) -> MeshContent:
    if len(head) < _GLB_HEAD.size or not head.startswith(b"glTF"):
        raise LogFormatError(path, "not a binary glTF: it does not begin with 'glTF'")
    _, version, length = _GLB_HEAD.unpack_from(head)
    if version != 2:
        raise LogFormatError(path, f"glTF of version {version}; only version 2 is shown")
    if length > size_bytes:
        raise LogFormatError(path, f"cut short: {size_bytes:,} of {length:,} bytes are there")
    return MeshContent("glTF")


def _stl(head: bytes, size_bytes: int, path: str) -> MeshContent:
    if len(head) >= _STL_HEAD_BYTES:
        (faces,) = struct.unpack_from("<I", head, 80)
        if _STL_HEAD_BYTES + faces * _STL_FACE_BYTES == size_bytes:
            return MeshContent("STL", faces=faces)
    if not head.lstrip().startswith(b"solid"):
        raise LogFormatError(path, "not STL, or cut short: neither its size nor the word 'solid' fits")
    return MeshContent("STL")


def _obj(head: bytes, size_bytes: int, path: str) -> MeshContent:  # noqa: ARG001 - the signature of all
    if b"\0" in head:
        raise LogFormatError(path, "not OBJ: it is not text", f"byte {head.index(0)}")
    return MeshContent("OBJ")
