"""Files of molecules (PDB, SDF and MOL, mmCIF, MOL2) as meshes of ours: balls for atoms, sticks for bonds. Pure.

Which atoms are bonded is told by their distances, as viewers of molecules do: files leave it out, or say it in part.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds import meshes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Points = NDArray[np.float64]
    Faces = NDArray[np.int64]

MAX_ATOMS = 1_000_000
# Of a molecule with balls and sticks; a larger one is a cloud of its atoms.
MAX_BALLS = 3000
_BALL_RADIUS, _HYDROGENS_RADIUS, _STICK_RADIUS = 0.35, 0.22, 0.12  # Å, as all below
_STICK_SIDES = 6
# Beyond the sum of both atoms' radii (https://doi.org/10.1039/b801115j).
_BOND_SLACK = 0.45
_USUAL_RADIUS, _LEAST_DISTANCE = 1.3, 0.4
_RADII = {
    "H": 0.31, "C": 0.76, "N": 0.71, "O": 0.66, "F": 0.57, "P": 1.07, "S": 1.05, "CL": 1.02, "BR": 1.2, "I": 1.39,
    "SE": 1.2, "SI": 1.11, "B": 0.84,
}  # fmt: skip
# As chemists paint them (CPK), but for hydrogen and carbon, which are seen on grounds of both themes.
_COLOURS = {
    "H": (215, 218, 224), "C": (120, 124, 132), "N": (60, 90, 240), "O": (235, 50, 45), "F": (110, 200, 60),
    "P": (245, 140, 20), "S": (230, 190, 40), "CL": (60, 190, 60), "BR": (160, 60, 40), "I": (140, 40, 170),
}  # fmt: skip
_OTHER_COLOUR = (220, 120, 190)


class Atom(NamedTuple):
    element: str  # upper case, "" if it is not said
    x: float
    y: float
    z: float


def made_molecule(data: bytes, suffix: str, shown: str) -> bytes:
    """A PLY file.

    Args:
        suffix: of the file, in lower case; one of `READERS`.

    Raises:
        LogFormatError: no atoms.
        LimitError: more of them than are read.
    """
    import numpy as np

    lines = iter(data.decode("utf-8", "replace").splitlines())
    try:
        atoms = list(itertools.islice(READERS[suffix](lines), MAX_ATOMS + 1))
    except (ValueError, IndexError, KeyError) as error:
        raise LogFormatError(shown, f"an atom that is none: {error}") from None
    if not atoms:
        raise LogFormatError(shown, "a molecule without atoms")
    if len(atoms) > MAX_ATOMS:
        raise LimitError(shown, f"a molecule of more than {MAX_ATOMS:,} atoms")
    places = np.array([atom[1:] for atom in atoms], np.float64)
    if not np.isfinite(places).all():
        raise LogFormatError(shown, "an atom at a place that is no number")
    colours = np.array([_COLOURS.get(atom.element, _OTHER_COLOUR) for atom in atoms], np.uint8)
    if len(atoms) > MAX_BALLS:
        return meshes.encode(places, None, colours)
    elements = [atom.element for atom in atoms]
    return meshes.encode(*_joined(_balls(places, colours, elements), _sticks(places, colours, elements)))


# --- what files hold -------------------------------------------------------------------------------------------------


def _pdb(lines: Iterator[str]) -> Iterator[Atom]:
    """The first of several models; columns as https://www.wwpdb.org/documentation/file-format has them."""
    for line in lines:
        if line.startswith(("ATOM", "HETATM")):
            element = line[76:78].strip() or line[12:14].strip(" 0123456789")
            yield Atom(element.upper(), float(line[30:38]), float(line[38:46]), float(line[46:54]))
        elif line.startswith("ENDMDL"):
            return


def _mol(lines: Iterator[str]) -> Iterator[Atom]:
    """The first molecule of an SDF or MOL file, version 2000: its fourth line says how many atoms follow."""
    counts = next(itertools.islice(lines, 3, None), "")
    for line in itertools.islice(lines, int(counts[:3])):
        x, y, z, element = line.split()[:4]
        yield Atom(element.upper(), float(x), float(y), float(z))


def _mol2(lines: Iterator[str]) -> Iterator[Atom]:
    is_atom = False
    for line in lines:
        if line.startswith("@<TRIPOS>"):
            is_atom = line.strip() == "@<TRIPOS>ATOM"
        elif is_atom and line.strip():
            _, _, x, y, z, type_ = line.split()[:6]
            yield Atom(type_.partition(".")[0].upper(), float(x), float(y), float(z))


def _cif(lines: Iterator[str]) -> Iterator[Atom]:
    """The loop of `_atom_site` of an mmCIF file, of its first model."""
    names: list[str] = []
    first_model = ""
    for line in lines:
        if line.startswith("_atom_site."):
            names.append(line.split()[0].partition(".")[2])
        elif names and line.startswith(("#", "loop_", "_", "data_")):
            return
        elif names:
            row = dict(zip(names, line.split(), strict=False))
            model = row.get("pdbx_PDB_model_num", "")
            first_model = first_model or model
            if model == first_model:
                x, y, z = (float(row[f"Cartn_{axis}"]) for axis in "xyz")
                yield Atom(row.get("type_symbol", "").upper(), x, y, z)


# By the suffixes of the files.
READERS: dict[str, Callable[[Iterator[str]], Iterator[Atom]]] = {
    ".pdb": _pdb,
    ".sdf": _mol,
    ".sd": _mol,
    ".mol": _mol,
    ".mol2": _mol2,
    ".cif": _cif,
    ".mmcif": _cif,
    ".mcif": _cif,
}


# --- balls and sticks ------------------------------------------------------------------------------------------------


class _Shape(NamedTuple):
    vertices: Points
    faces: Faces
    colours: NDArray[np.uint8]


def _joined(first: _Shape, second: _Shape) -> _Shape:
    import numpy as np

    return _Shape(
        np.concatenate([first.vertices, second.vertices]),
        np.concatenate([first.faces, second.faces + len(first.vertices)]),
        np.concatenate([first.colours, second.colours]),
    )


def _balls(places: Points, colours: NDArray[np.uint8], elements: list[str]) -> _Shape:
    import numpy as np

    corners, faces = _ball()
    radii = np.array([_HYDROGENS_RADIUS if element == "H" else _BALL_RADIUS for element in elements])
    vertices = places[:, None] + corners * radii[:, None, None]
    first = np.arange(len(places)) * len(corners)
    return _Shape(
        vertices.reshape(-1, 3),
        (faces + first[:, None, None]).reshape(-1, 3),
        np.repeat(colours, len(corners), axis=0),
    )


def _ball() -> tuple[Points, Faces]:
    """A ball of 80 triangles: an icosahedron, each face of which is four."""
    import numpy as np

    golden = (1 + 5**0.5) / 2
    corners = [
        *([(0.0, s, t * golden) for s in (-1, 1) for t in (-1, 1)]),
        *([(s, t * golden, 0.0) for s in (-1, 1) for t in (-1, 1)]),
        *([(t * golden, 0.0, s) for s in (-1, 1) for t in (-1, 1)]),
    ]
    points = [np.array(corner) / np.linalg.norm(corner) for corner in corners]
    edge = 4 / (1 + golden**2) * 1.01  # its square
    near = [[bool(0 < ((a - b) ** 2).sum() < edge) for b in points] for a in points]
    faces = []
    for a, b, c in itertools.combinations(range(12), 3):
        if near[a][b] and near[b][c] and near[a][c]:
            outwards = np.dot(np.cross(points[b] - points[a], points[c] - points[a]), points[a]) > 0
            faces.append((a, b, c) if outwards else (a, c, b))
    middles: dict[tuple[int, int], int] = {}

    def middle(a: int, b: int) -> int:
        key = min(a, b), max(a, b)
        if key not in middles:
            middles[key] = len(points)
            points.append((points[a] + points[b]) / np.linalg.norm(points[a] + points[b]))
        return middles[key]

    finer = []
    for a, b, c in faces:
        ab, bc, ca = middle(a, b), middle(b, c), middle(c, a)
        finer += [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
    return np.array(points), np.array(finer)


def _sticks(places: Points, colours: NDArray[np.uint8], elements: list[str]) -> _Shape:
    """Each bond in two halves, in the colours of both atoms."""
    import numpy as np

    pairs = _bonds(places, elements)
    begins = np.concatenate([places[pairs[:, 0]], places[pairs[:, 1]]])
    ends = np.tile((places[pairs[:, 0]] + places[pairs[:, 1]]) / 2, (2, 1))
    along = ends - begins
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
    axis = np.where(np.abs(along[:, :1]) < 0.8, [[1.0, 0, 0]], [[0, 1.0, 0]])
    across = np.cross(along, axis)
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-12)
    other = np.cross(along, across)
    angles = np.arange(_STICK_SIDES) * 2 * np.pi / _STICK_SIDES
    ring = _STICK_RADIUS * (
        across[:, None] * np.cos(angles)[:, None] + other[:, None] * np.sin(angles)[:, None]
    )
    vertices = np.concatenate([begins[:, None] + ring, ends[:, None] + ring], axis=1)
    sides = np.arange(_STICK_SIDES)
    following = (sides + 1) % _STICK_SIDES
    far = _STICK_SIDES
    faces = np.concatenate(
        [
            np.stack([sides, following, sides + far], axis=1),
            np.stack([following, following + far, sides + far], axis=1),
        ]
    )
    first = np.arange(len(vertices)) * 2 * _STICK_SIDES
    of_atoms = np.concatenate([colours[pairs[:, 0]], colours[pairs[:, 1]]])
    return _Shape(
        vertices.reshape(-1, 3),
        (faces + first[:, None, None]).reshape(-1, 3),
        np.repeat(of_atoms, 2 * _STICK_SIDES, axis=0),
    )


def _bonds(places: Points, elements: list[str]) -> Faces:
    """Pairs of atoms, the smaller number first."""
    import numpy as np

    radii = np.array([_RADII.get(element, _USUAL_RADIUS) for element in elements])
    found = []
    for first, place in enumerate(places[:-1]):
        distances = np.linalg.norm(places[first + 1 :] - place, axis=1)
        is_near = distances <= radii[first] + radii[first + 1 :] + _BOND_SLACK
        others = np.flatnonzero(is_near & (distances >= _LEAST_DISTANCE)) + first + 1
        found.append(np.stack([np.full(len(others), first), others], axis=1))
    return np.concatenate(found) if found else np.zeros((0, 2), np.int64)
