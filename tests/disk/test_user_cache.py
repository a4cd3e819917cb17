from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lavdlike.disk.user_cache import cache_folder_of, keep, kept, scratch


def test_what_is_kept_comes_back_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "results"
    assert kept(path, 100) is None
    assert keep(path, b"one")
    assert keep(path, b"two")
    assert kept(path, 100) == b"two"
    assert kept(path, 2) is None
    assert [each.name for each in path.parent.iterdir()] == ["results"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_place_that_cannot_be_used_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert not keep(tmp_path / "file" / "results", b"one")
    (tmp_path / "folder").mkdir()
    assert not keep(tmp_path / "folder", b"one")
    assert kept(tmp_path / "folder", 100) is None
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "folder"]


def test_each_root_has_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "link").symlink_to(tmp_path / "one")
    one, other = cache_folder_of(tmp_path / "one"), cache_folder_of(tmp_path / "other")
    assert one.parent == other.parent == tmp_path / "lavdlike"
    assert one != other
    assert cache_folder_of(tmp_path / "link") == one
    assert not one.exists()
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder_of(tmp_path).is_relative_to(Path.home() / ".cache")


def test_a_file_of_no_name_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with scratch() as file:
        file.write(b"made")
        file.seek(0)
        assert file.read() == b"made"
        assert list((tmp_path / "lavdlike").iterdir()) == []
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with scratch() as file:
        file.write(b"made")
