from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lavdlike.disk import exchange


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def test_two_names_are_exchanged(tmp_path: Path, folder: int) -> None:
    (tmp_path / "a").write_text("first")
    (tmp_path / "b").write_text("second")
    exchange.exchange("a", "b", folder=folder)
    assert [(tmp_path / name).read_text() for name in "ab"] == ["second", "first"]
    with pytest.raises(FileNotFoundError):
        exchange.exchange("a", "missing", folder=folder)


def test_a_rename_never_goes_over_something(tmp_path: Path, folder: int) -> None:
    (tmp_path / "a").write_text("first")
    (tmp_path / "b").write_text("second")
    with pytest.raises(FileExistsError):
        exchange.rename_to_free("a", "b", source_folder=folder, target_folder=folder)
    exchange.rename_to_free("a", "c", source_folder=folder, target_folder=folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "c"]


def test_a_system_without_them_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: int) -> None:
    monkeypatch.setattr(exchange, "_renameat2", lambda: None)
    (tmp_path / "a").write_text("first")
    with pytest.raises(exchange.UnsupportedError):
        exchange.exchange("a", "a", folder=folder)
