from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike import Logger
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds import meshes
from lavdlike.kinds.meshes import MeshContent, encode, from_head

CORNERS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1.5]])
FACES = [[0, 2, 1], [0, 1, 3]]


def body_of(data: bytes) -> bytes:
    return data.partition(b"end_header\n")[2]


def test_a_logged_mesh_reads_back(tmp_path: Path) -> None:
    colors = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [9, 8, 7]], np.uint8)
    with Logger("run", tmp_path) as logger:
        logger.log_mesh(CORNERS, "deep/shape", 2, faces=FACES, colors=colors)
    data = (tmp_path / "run" / "0002" / "deep" / "shape.ply").read_bytes()
    vertex = np.dtype([("place", "<f4", 3), ("color", "u1", 3)])
    face = np.dtype([("count", "u1"), ("corners", "<i4", 3)])
    found = np.frombuffer(body_of(data), vertex, 4)
    assert found["place"].tolist() == CORNERS.tolist()
    assert found["color"].tolist() == colors.tolist()
    found_faces = np.frombuffer(body_of(data), face, offset=4 * vertex.itemsize)
    assert found_faces["corners"].tolist() == FACES
    assert found_faces["count"].tolist() == [3, 3]
    assert from_head(data, len(data), "a.ply") == MeshContent("PLY", 4, 2)


def test_points_alone_are_a_cloud() -> None:
    data = encode(CORNERS.tolist(), colors=[[0.0, 0.5, 1.0, 2.0]] * 4)
    assert from_head(data, len(data), "a.ply") == MeshContent("PLY", 4, 0)
    assert body_of(data)[12:16] == bytes([0, 128, 255, 255])


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"vertices": [1, 2, 3]}, "vertices must have the shape n x 3, not 3"),
        ({"vertices": [["a", "b", "c"]]}, "vertices must be numbers"),
        ({"vertices": [[1, 2, 3], [1]]}, "vertices must be an array"),
        ({"faces": [[0, 1]]}, "faces must have the shape"),
        ({"faces": [[0, 1, 4]]}, "faces must be indices from 0 to 3"),
        ({"faces": [[0, 1, 2.5]]}, "faces must be indices of vertices"),
        ({"colors": [[0, 0, 0]]}, "colors must have the shape 4 x 3"),
        ({"colors": [[0, 0, 300]] * 4}, "colors must be from 0 to 255"),
    ],
)
def test_what_is_no_mesh_is_refused(arguments: dict[str, Any], error: str) -> None:
    with pytest.raises(ValueError, match=re.escape(error)):
        encode(**{"vertices": CORNERS, **arguments})


@pytest.mark.parametrize(
    ("path", "data", "content"),
    [
        (
            "a.PLY",
            b"ply\r\nformat ascii 1.0\r\nelement vertex 1\r\nproperty float x\r\nend_header\r\n1\n",
            ("PLY", 1, 0),
        ),
        ("a.glb", struct.pack("<4sII", b"glTF", 2, 12), ("glTF", None, None)),
        ("a.stl", bytes(80) + struct.pack("<I", 1) + bytes(50), ("STL", None, 1)),
        ("a.stl", b"solid a\nendsolid a\n", ("STL", None, None)),
        ("a.obj", b"v 0 0 0\n", ("OBJ", None, None)),
    ],
)
def test_other_formats_say_what_they_are(path: str, data: bytes, content: tuple[Any, ...]) -> None:
    assert from_head(data, len(data), path) == MeshContent(*content)


@pytest.mark.parametrize(
    ("path", "data", "error"),
    [
        ("a.ply", b"", "no header"),
        ("a.ply", b"ply\nelement vertex 1\n", "no header"),
        ("a.ply", b"ply\nformat ascii 1.0\nend_header\n", "without vertices"),
        ("a.ply", b"ply\nformat text 1.0\nelement vertex 0\nend_header\n", "unknown format"),
        ("a.ply", b"ply\nformat ascii 1.0\nelement vertex many\nend_header\n", "line 3: not PLY"),
        ("a.ply", b"ply\nformat ascii 1.0\nelement vertex 999999999\nend_header\n", "cut short"),
        ("a.ply", encode(CORNERS)[:-20], "cut short"),
        ("a.glb", b"glTF", "does not begin"),
        ("a.glb", struct.pack("<4sII", b"glTF", 1, 12), "version 1"),
        ("a.glb", struct.pack("<4sII", b"glTF", 2, 13), "cut short: 12 of 13"),
        ("a.stl", bytes(100), "not STL"),
        ("a.obj", b"v 0\0", "byte 3: not OBJ"),
    ],
)
def test_what_is_broken_is_said(path: str, data: bytes, error: str) -> None:
    with pytest.raises(LogFormatError, match=error):
        from_head(data, len(data), path)


def test_a_mesh_beyond_the_limit_is_said_by_its_size_alone() -> None:
    with pytest.raises(LimitError, match="256 MiB"):
        from_head(b"ply", meshes.MAX_BYTES + 1, "a.ply")
