from __future__ import annotations

import os
from pathlib import Path

import pytest

from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName as Name
from lavdlike.reading.folders import read_folder
from lavdlike.reading.tree import File, Folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "exp"
    (folder / "b folder").mkdir(parents=True)
    (folder / "a.png").write_bytes(b"12345")
    (folder / "a.json").write_text("{}")
    (folder / ".hidden").touch()
    return tmp_path


def test_folders_come_first_and_files_have_their_kinds(root: Path) -> None:
    known = Folder({"a.json": File(("texts", "images"), 1)})
    page = read_folder(LocalRoot(root), Name("exp"), "", known)
    assert (page.experiment, page.path) == ("exp", "")
    assert [
        (entry.name, entry.path, entry.is_folder, entry.size_bytes, entry.kinds) for entry in page.entries
    ] == [
        ("b folder", "b%20folder", True, 0, []),
        ("a.json", "a.json", False, 2, ["texts", "images"]),
        ("a.png", "a.png", False, 5, ["images"]),
    ]
    assert page.entries[2].modified == (root / "exp" / "a.png").stat().st_mtime


def test_names_that_are_not_utf_8_are_shown_and_can_be_asked_for(root: Path) -> None:
    (root / "exp" / "b folder" / os.fsdecode(b"\xff.txt")).touch()
    [entry] = read_folder(LocalRoot(root), Name("exp"), "b folder", None).entries
    assert (entry.name, entry.path) == ("\\xff.txt", "b%20folder/%FF.txt")


def test_links_are_what_they_lead_to_or_say_why_not(root: Path) -> None:
    folder = root / "exp"
    (folder / "to-file").symlink_to("a.png")
    (folder / "to-folder").symlink_to("b folder")
    (folder / "out").symlink_to("/etc")
    (folder / "gone").symlink_to("nowhere")
    entries = {entry.name: entry for entry in read_folder(LocalRoot(root), Name("exp"), "", None).entries}
    assert (entries["to-file"].is_folder, entries["to-file"].size_bytes) == (False, 5)
    assert entries["to-folder"].is_folder
    assert "--follow-links" in entries["out"].note
    assert entries["gone"].note == "link to nothing"


def test_a_folder_that_is_not_there_is_not_found(root: Path) -> None:
    for path in ("gone", "a.png", "..", ".hidden"):
        with pytest.raises((FileNotFoundError, NotADirectoryError)):
            read_folder(LocalRoot(root), Name("exp"), path, None)
