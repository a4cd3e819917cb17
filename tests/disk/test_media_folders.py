from __future__ import annotations

import os
from pathlib import Path

import pytest

from lavdlike.disk.media_folders import MediaFolders
from lavdlike.errors import NotServedError


@pytest.fixture
def folders(tmp_path: Path) -> MediaFolders:
    for path in ("coco/val/1.jpg", "secret/key.jpg", "coco/.hidden/2.jpg"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    (tmp_path / "coco" / "up").symlink_to("../secret")
    (tmp_path / "coco" / "away.jpg").symlink_to(tmp_path / "secret" / "key.jpg")
    (tmp_path / "coco" / "here.jpg").symlink_to("val/1.jpg")
    os.mkfifo(tmp_path / "coco" / "pipe.jpg")
    return MediaFolders({"images": tmp_path / "coco"})


def content(folders: MediaFolders, source: str) -> str:
    root, path = folders.root_and_path(source)
    with root.file(path) as opened:
        return opened.read(100).decode()


def test_files_of_the_folder_are_opened(folders: MediaFolders) -> None:
    assert content(folders, "media://images/val/1.jpg") == "coco/val/1.jpg"
    assert content(folders, "media://images/here.jpg") == "coco/val/1.jpg"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("media://images/../secret/key.jpg", "without '..'"),
        ("media://images/val/../../secret/key.jpg", "without '..'"),
        ("media://images//etc/passwd", "without '..'"),
        ("media://images/.hidden/2.jpg", "hidden names"),
        ("media://images/up/key.jpg", "link, not followed"),
        ("media://images/away.jpg", "link, not followed"),
        ("media://images/pipe.jpg", "not a regular file"),
        ("media://others/1.jpg", "start lavdlike with --media others=FOLDER"),
    ],
)
def test_nothing_outside_of_it_is(folders: MediaFolders, source: str, said: str) -> None:
    with pytest.raises(NotServedError, match=said):
        content(folders, source)
