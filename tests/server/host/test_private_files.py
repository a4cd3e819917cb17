from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest

from lavdlike.errors import UsageError
from lavdlike.server.host.private_files import read_private, write_private

MAX_BYTES = 100


def spoiled(tmp_path: Path, how: str) -> Path:
    """A file that is not one of this user alone."""
    path = tmp_path / "file"
    path.write_bytes(b"secret")
    path.chmod(0o600)
    if how == "link":
        path = tmp_path / "link"
        path.symlink_to(tmp_path / "file")
    elif how == "FIFO":
        path.unlink()
        os.mkfifo(path, 0o600)
    elif how == "folder":
        path = tmp_path / "folder"
        path.mkdir(0o700)
    elif how == "large":
        with path.open("wb") as file:
            file.truncate(100 * 1024 * 1024)
    else:
        path.chmod(int(how, 8))
    return path


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("link", "it is a link"),
        ("FIFO", "no regular file"),
        ("folder", "no regular file"),
        ("large", "larger than 100 bytes"),
        ("640", "run: chmod 600"),
        ("604", "run: chmod 600"),
        ("620", "run: chmod 600"),
        ("601", "run: chmod 600"),
    ],
)
def test_what_is_no_file_of_this_user_alone_is_refused_at_once(tmp_path: Path, how: str, said: str) -> None:
    path = spoiled(tmp_path, how)
    with pytest.raises(UsageError, match=said) as error:
        read_private(path, MAX_BYTES)
    assert str(path) in str(error.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(tmp_path: Path) -> None:
    path = spoiled(tmp_path, "600")
    os.chown(path, 65534, 65534)
    with pytest.raises(UsageError, match="belongs to another user"):
        read_private(path, MAX_BYTES)


@pytest.mark.parametrize("mode", ["600", "400"])
def test_a_file_of_this_user_alone_is_read(tmp_path: Path, mode: str) -> None:
    assert read_private(spoiled(tmp_path, mode), MAX_BYTES).content == b"secret"
    with pytest.raises(FileNotFoundError):
        read_private(tmp_path / "missing", MAX_BYTES)


def test_what_is_written_is_this_users_alone_and_replaces_what_stood_there(tmp_path: Path) -> None:
    target, path = tmp_path / "target", tmp_path / "file"
    target.write_text("mine")
    path.symlink_to(target)
    previous = os.umask(0)
    try:
        write_private(path, b"new")
    finally:
        os.umask(previous)
    assert (path.read_bytes(), target.read_text(), path.is_symlink()) == (b"new", "mine", False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "target"]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(OSError, match=re.escape(str(tmp_path))):
        write_private(tmp_path / "file", b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
