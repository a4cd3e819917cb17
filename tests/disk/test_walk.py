from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lavdlike.disk import walk


@contextmanager
def opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def below(folder: Path) -> dict[str, walk.Found]:
    with opened(folder) as descriptor:
        return {found.path: found for found in walk.everything_below(descriptor)}


def test_everything_is_told_hidden_names_and_links_as_well(tmp_path: Path) -> None:
    (tmp_path / "a/.hidden").mkdir(parents=True)
    (tmp_path / "a/.hidden/x").write_bytes(b"x" * 5000)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/y").write_text("y")
    (tmp_path / "a/link").symlink_to(tmp_path / "outside")
    found = below(tmp_path / "a")
    assert sorted(found) == [".hidden", ".hidden/x", "link"]
    assert found[".hidden"].is_folder
    assert not found["link"].is_folder
    assert found[".hidden/x"].disk_bytes >= 5000


def test_what_a_sparse_file_does_not_have_is_not_counted(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2**30)
    assert below(tmp_path)["sparse"].disk_bytes < 2**20


def test_a_folder_stands_behind_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/c").write_text("")
    assert list(below(tmp_path)) == ["a/b/c", "a/b", "a"]


def test_folders_too_deep_to_read_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "MAX_DEPTH", 2)
    (tmp_path / "a/b/c/d").mkdir(parents=True)
    found = below(tmp_path)
    assert [path for path, each in found.items() if each.is_unread] == ["a/b/c"]
