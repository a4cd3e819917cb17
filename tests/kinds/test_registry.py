from __future__ import annotations

from importlib.util import find_spec

import pytest

from lavdlike.kinds import images, registry
from tests.scripts import ROOT


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [
        (".png", "images"),
        (".JPEG", "images"),
        (".webp", "images"),
        (".txt", "texts"),
        (".text", "texts"),
        (".md", "markdown"),
        (".mdown", "markdown"),
        (".log", "logs"),
        (".json", None),
        (".CSV", "tables"),
        (".tsv", "tables"),
        (".mask.png", "images"),
        (".Mask-truth.PNG", "images"),
        (".mask", None),
        ("", None),
    ],
)
def test_the_suffix_decides_the_kind(suffix: str, kind: str | None) -> None:
    found = registry.kind_of_suffix(suffix)
    assert (found.name if found else None) == kind


def test_lavds_picture_suffixes_are_all_there() -> None:
    lavds = "jpg jpeg jpe jif jfif jfi png gif tiff tif bmp dib heif heic jp2 j2k jpf jpx jpm mj2"
    assert {f".{name}" for name in lavds.split()} == images.LAVD_SUFFIXES


def test_each_json_key_that_holds_an_object_is_an_item() -> None:
    document = {"scalars": {"value": 1}, "texts": "no object", "images": {}, "command": {}, "other": {}}
    assert [kind.name for kind in registry.kinds_of_json(document, "0001/a.json")] == ["scalars", "images"]


def test_only_command_json_in_the_experiment_is_a_command() -> None:
    assert [kind.name for kind in registry.kinds_of_json({"command": {}}, "command.json")] == ["commands"]
    assert registry.kinds_of_json({"command": {}}, "sub/command.json") == ()


def test_each_kind_is_a_module_here_and_a_folder_in_the_page() -> None:
    # Files of no kind of their own are a page of the frame.
    names = {kind.name for kind in registry.KINDS} - {"files"}
    assert {folder.name for folder in (ROOT / "frontend/src/kinds").iterdir() if folder.is_dir()} == names
    assert all(find_spec(f"lavdlike.kinds.{name}") for name in names)


def test_a_command_is_read_from_either_of_its_names_and_nowhere_else() -> None:
    document = {"command": {"bin": "python"}}
    found = {
        path: [kind.name for kind in registry.kinds_of_json(document, path)]
        for path in ("command.json", "commands.json", "a/commands.json", "other.json")
    }
    assert found == {
        "command.json": ["commands"],
        "commands.json": ["commands"],
        "a/commands.json": [],
        "other.json": [],
    }
