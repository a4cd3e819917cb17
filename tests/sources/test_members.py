"""Where members stand: whatever their label is, it is read back from the path."""

from __future__ import annotations

import os

import pytest

from lavdlike import layout
from lavdlike.reading.origins import place_of, split_path
from lavdlike.sources.member_registry import Inside, inside_of
from lavdlike.sources.members import member_path

FILE = "events.out.tfevents.1"


@pytest.mark.parametrize(
    ("label", "path"),
    [
        ("input", "0012/input.png"),
        ("input/0", "0012/input/0.png"),
        ("v1.2", "0012/v1.2.png"),
        ("face.mask", "0012/face%2Emask.png"),  # else it lay over `face`
        ("a//b/", "0012/a/%/b/%.png"),
        ("../a/./b", "0012/%2E./a/%2E/b.png"),
        (".hidden", "0012/%2Ehidden.png"),
        ("a\tb\n", "0012/a%09b%0A.png"),
        ("100%", "0012/100%.png"),
        ("100%2F", "0012/100%252F.png"),
        ("größe/µ", "0012/größe/µ.png"),
        ("0001/x", "0012/0001/x.png"),
        ("a!/b", "0012/a!/b.png"),
    ],
)
def test_any_label_has_a_legal_path_that_gives_it_back(label: str, path: str) -> None:
    found = member_path(12, label, ".png")
    assert layout.shown(found) == path
    assert not layout.is_hidden(found)
    place = place_of(*split_path(f"sub/{FILE}!/{found}"))
    assert (place.step, place.label, place.suffix) == (12, label, ".png")
    in_tree = f"sub/{FILE}!/{found}"
    assert place.origin(in_tree).path_of(label) == in_tree


def test_what_belongs_to_no_step_has_its_label_too() -> None:
    for path, label in ((f"{FILE}!/output.log", "output"), (f"{FILE}!/a/b%2Emask.png", "a/b.mask")):
        place = place_of(*split_path(path))
        assert (place.step, place.label) == (None, label)
        assert place.origin(path).path_of(label) == path


def test_names_that_are_too_long_are_cut_and_told_apart() -> None:
    first, second = (member_path(0, "x" * 300 + end, ".png") for end in "ab")
    assert first != second
    assert all(len(os.fsencode(path.rpartition("/")[2])) <= layout.MAX_NAME_BYTES for path in (first, second))


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (f"{FILE}!", Inside(FILE, "")),
        (f"run/{FILE}!/0001/a.png", Inside(f"run/{FILE}", "0001/a.png")),
        (f"{FILE}!/0001/{FILE}!/x", Inside(FILE, f"0001/{FILE}!/x")),
        (FILE, None),
        ("run/other!/0001/a.png", None),
        ("run/!/a.png", None),
        ("wow!", None),
    ],
)
def test_only_names_of_files_with_members_lead_inside(path: str, found: Inside | None) -> None:
    assert inside_of(path) == found
