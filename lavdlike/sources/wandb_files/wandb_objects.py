"""wandb's point clouds (`.pts.json`) and molecules as PLY files of ours. Pure."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lavdlike.errors import LogFormatError
from lavdlike.kinds import meshes
from lavdlike.sources.members import Beside
from lavdlike.sources.wandb_files import molecules

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Of the classes of points, from 1 on; they begin anew where there are more.
_COLOURS = (
    *(
        (86, 180, 233),
        (230, 159, 0),
        (0, 158, 115),
        (204, 121, 167),
        (213, 94, 0),
        (240, 228, 66),
        (0, 114, 178),
    ),
    *(
        (148, 103, 189),
        (140, 86, 75),
        (127, 127, 127),
        (188, 189, 34),
        (23, 190, 207),
        (214, 39, 40),
        (44, 160, 44),
    ),
)


def maker_of(suffix: str) -> Callable[[bytes, str, Beside], bytes] | None:
    """What makes a PLY file of a file with this suffix, given its path; None if it is shown as it is."""
    if suffix == ".pts.json":
        return made_cloud
    return made_molecule if suffix.lower() in molecules.READERS else None


def made_molecule(where: bytes, shown: str, beside: Beside) -> bytes:
    """Balls and sticks.

    Args:
        where: the path of the file.
    """
    path = where.decode(errors="surrogateescape")
    return molecules.made_molecule(beside(path), os.path.splitext(path)[1].lower(), shown)


def made_cloud(where: bytes, shown: str, beside: Beside) -> bytes:
    """A list of points, or an object with one: x, y, z, and perhaps a class from 1 to 14, or red, green and blue.

    Args:
        where: the path of the file.
    """
    return encode(json.loads(beside(where.decode(errors="surrogateescape"))), shown)


def encode(document: Any, shown: str) -> bytes:
    """Raises LogFormatError: no points."""
    import numpy as np

    given = document.get("points") if isinstance(document, dict) else document
    try:
        points = np.array(given, dtype=np.float64)
    except (ValueError, TypeError):
        points = np.zeros(0)
    if points.ndim != 2 or points.shape[1] not in (3, 4, 6):
        raise LogFormatError(shown, "no points of three, four or six numbers")
    return meshes.encode(points[:, :3], None, _colours(points))


def _colours(points: NDArray[np.float64]) -> NDArray[np.uint8] | None:
    import numpy as np

    if points.shape[1] == 3:
        return None
    if points.shape[1] == 6:
        return np.nan_to_num(points[:, 3:]).round().clip(0, 255).astype(np.uint8)
    classes = np.nan_to_num(points[:, 3]).clip(0, 2**31).astype(np.int64)
    return np.array(_COLOURS, dtype=np.uint8)[(classes - 1) % len(_COLOURS)]
