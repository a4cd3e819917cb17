"""Molecules: files of the format XYZ, drawn as discs by page/index.js."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from lavdlike.errors import LogFormatError
from lavdlike.kinds.kind import FramePage, Kind


class MoleculeContent(msgspec.Struct):
    """`atoms`: how many there are of each element."""

    comment: str
    atoms: dict[str, int]


def from_file(data: bytes, path: str) -> MoleculeContent:
    """The first line says how many atoms there are, the second is a comment, then an atom a line: element, x, y, z."""
    count, comment, *atoms = data.decode("utf-8", "replace").splitlines()
    if not count.strip().isdecimal() or int(count) > len(atoms):
        raise LogFormatError(path, f"{count.strip()} atoms are promised, {len(atoms)} are there", "line 1")
    return MoleculeContent(comment, Counter(atom.split()[0] for atom in atoms[: int(count)]))


KIND = Kind(
    "molecules",
    suffixes=frozenset({".xyz"}),
    content=MoleculeContent,
    read_file=from_file,
    media_types={".xyz": "text/plain; charset=utf-8"},
    page=FramePage(Path(__file__).parent / "page", title="Molecules", noun="molecules"),
)
