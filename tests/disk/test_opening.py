"""Folders and archives are roots."""

from __future__ import annotations

from pathlib import Path

from lavdlike.disk.archives.archive_editor import ArchiveEditor
from lavdlike.disk.edit import LocalEditor
from lavdlike.disk.opening import editor_at, is_archive, is_file, is_root, root_at
from tests.disk.archives.archives import all_in, with_names


def test_a_folder_an_archive_and_a_folder_in_one_are_roots(tmp_path: Path) -> None:
    (tmp_path / "folder" / "run").mkdir(parents=True)
    archive = with_names(tmp_path / "logs.zip", {"a/run/x.txt": b"x"})
    assert all_in(root_at(tmp_path / "folder")) == {"run": None}
    assert all_in(root_at(archive)) == {"a": None, "a/run": None, "a/run/x.txt": b"x"}
    assert all_in(root_at(archive / "a")) == {"run": None, "run/x.txt": b"x"}
    alone = {"logs.zip": None, "logs.zip/a": None, "logs.zip/a/run": None, "logs.zip/a/run/x.txt": b"x"}
    assert all_in(root_at(tmp_path, only="logs.zip")) == alone
    assert isinstance(editor_at(tmp_path), LocalEditor)
    assert isinstance(editor_at(tmp_path, only="logs.zip"), ArchiveEditor)
    assert is_archive(archive)
    assert not is_archive(archive / "a")
    assert is_root(str(archive))
    assert is_file(archive / "a" / "run" / "x.txt")
    assert not is_file(archive / "a" / "run")
    assert not is_file(archive)
    assert not is_file(archive / "no")


def test_an_archive_in_a_folder_of_the_root_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with_names(tmp_path / "run" / "logs.zip", {"x.txt": b"x"})
    assert all_in(root_at(tmp_path)).keys() == {"run", "run/logs.zip"}
