"""Files of molecules as balls and sticks."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.errors import LogFormatError
from lavdlike.sources.wandb_files import molecules
from lavdlike.sources.wandb_files.molecules import made_molecule

# A water in each form; the second model is not shown.
PDB = """\
HETATM    1  O   HOH A   1       0.000   0.000   0.117  1.00  0.00           O
HETATM    2  H1  HOH A   1       0.000   0.757  -0.469  1.00  0.00           H
HETATM    3 H2   HOH A   1       0.000  -0.757  -0.469  1.00  0.00
ENDMDL
HETATM    1  O   HOH A   1       9.000   9.000   9.117  1.00  0.00           O
"""
MOL = """\
water
  made by hand

  3  2  0  0  0  0  0  0  0  0999 V2000
    0.0000    0.0000    0.1170 O   0  0
    0.0000    0.7570   -0.4690 H   0  0
    0.0000   -0.7570   -0.4690 H   0  0
  1  2  1  0
M  END
"""
MOL2 = """\
@<TRIPOS>MOLECULE
water
@<TRIPOS>ATOM
1 O1 0.0 0.0 0.117 O.3 1 HOH 0.0
2 H1 0.0 0.757 -0.469 H 1 HOH 0.0
3 H2 0.0 -0.757 -0.469 H 1 HOH 0.0
@<TRIPOS>BOND
1 1 2 1
"""
CIF = """\
data_water
loop_
_atom_site.group_PDB
_atom_site.type_symbol
_atom_site.Cartn_x
_atom_site.Cartn_y
_atom_site.Cartn_z
_atom_site.pdbx_PDB_model_num
HETATM O 0.0 0.0 0.117 1
HETATM H 0.0 0.757 -0.469 1
HETATM H 0.0 -0.757 -0.469 1
HETATM O 9.0 9.0 9.117 2
#
loop_
_other.x
1
"""
_BALL, _STICK = 42, 24  # vertices; a stick is two halves


def vertices_of(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    head, _, body = data.partition(b"end_header\n")
    count = int(head.split(b"element vertex ")[1].split()[0])
    rows = np.frombuffer(body[: count * 15], np.dtype([("place", "<f4", 3), ("colour", "u1", 3)]))
    return rows["place"], rows["colour"]


@pytest.mark.parametrize(("suffix", "text"), [(".pdb", PDB), (".sdf", MOL), (".mol2", MOL2), (".cif", CIF)])
def test_each_form_has_its_atoms_and_bonds(suffix: str, text: str) -> None:
    places, colours = vertices_of(made_molecule(text.encode(), suffix, "m"))
    assert len(places) == 3 * _BALL + 2 * _STICK
    assert places[:_BALL].mean(axis=0) == pytest.approx([0, 0, 0.117], abs=1e-5)
    radii = np.linalg.norm(places[:_BALL] - [0, 0, 0.117], axis=1)
    assert radii == pytest.approx(np.full(_BALL, 0.35), abs=1e-5)
    assert [tuple(colours[ball * _BALL]) for ball in range(3)] == [(235, 50, 45), *[(215, 218, 224)] * 2]


def test_a_ball_is_closed_and_faces_outwards() -> None:
    corners, faces = molecules._ball()
    assert faces.shape == (80, 3)
    a, b, c = (corners[faces[:, place]] for place in range(3))
    assert ((np.cross(b - a, c - a) * a).sum(axis=1) > 0).all()


def test_a_large_one_is_a_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(molecules, "MAX_BALLS", 2)
    data = made_molecule(PDB.encode(), ".pdb", "m")
    assert b"element vertex 3\n" in data
    assert b"element face" not in data


@pytest.mark.parametrize(
    ("suffix", "text"),
    [(".pdb", "ATOM  x"), (".pdb", ""), (".sdf", "a\nb\nc\nnone"), (".cif", CIF.replace("Cartn_x", "x"))],
)
def test_what_is_none_is_said(suffix: str, text: str) -> None:
    with pytest.raises(LogFormatError, match="atom"):
        made_molecule(text.encode(), suffix, "m")


@given(
    st.sampled_from(sorted(molecules.READERS)), st.text(max_size=200) | st.sampled_from([PDB, MOL, MOL2, CIF])
)
def test_any_text_is_a_mesh_or_said_to_be_none(suffix: str, text: str) -> None:
    with suppress(LogFormatError):
        assert made_molecule(text.encode("utf-8", "replace"), suffix, "m").startswith(b"ply")
