from __future__ import annotations

import os
from pathlib import Path

import pytest

from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName as Name
from lavdlike.reading.root_scan import scan_root
from lavdlike.reading.tree import Skipped, Subfolder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "exp" / "0001").mkdir(parents=True)
    return tmp_path


def test_the_root_holds_its_folders_and_links_to_folders(root: Path) -> None:
    (root / "file").touch()
    (root / ".hidden").mkdir()
    (root / "link").symlink_to("exp")
    (root / "out").symlink_to("/etc")
    (root / "to-file").symlink_to("file")
    (root / "to-nothing").symlink_to("gone")
    seen = scan_root(LocalRoot(root), None, lambda *_: None)
    found = {name: node for name, node in seen.folders.items() if node is not None}
    status = (root / "exp").stat()
    identity = (status.st_dev, status.st_ino)
    assert found.keys() == {"exp", "link", "out"}
    assert found[Name("exp")] == Subfolder(identity)
    assert found[Name("link")] == Subfolder(identity, linked=True)
    assert isinstance(found[Name("out")], Skipped)


def test_names_are_looked_at_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "scandir")
    seen = scan_root(LocalRoot(root), frozenset({"exp", "gone"}), pytest.fail)  # type: ignore[arg-type]
    assert seen.folders[Name("gone")] is None
    assert isinstance(seen.folders[Name("exp")], Subfolder)
