from __future__ import annotations

import logging
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from lavdlike.errors import UsageError
from lavdlike.server.host import users_file
from lavdlike.server.host.users_file import MAX_BYTES, UsersFile, put_user, users_in
from lavdlike.server.web.passwords import hash_of_token
from lavdlike.server.web.users import User, Users

ANN = User("ann", may_edit=True, hash=hash_of_token("ann"))
BOB = User("bob", may_edit=False, hash=hash_of_token("bob"))


def write(path: Path, *users: User) -> None:
    path.write_text("".join(f"{user.line}\n" for user in users))
    path.chmod(0o600)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "users"
    write(path, ANN)
    return path


def put_fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def names(users: Users) -> set[str]:
    return {user.name for user in (users.of_token("ann"), users.of_token("bob")) if user is not None}


# --- at the start -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.unlink(), r"there is no file .*lavdlike passwd .*users NAME"),
        (lambda path: path.write_text(""), "nobody is in"),
        (lambda path: path.write_text("# nobody\n\n"), "nobody is in"),
        (lambda path: path.write_text(f"{ANN.line}\noops\n"), "users, line 2: not name:right:hash"),
        (lambda path: path.write_bytes(b"\xff\n"), "is not UTF-8"),
        (lambda path: os.truncate(path, 100 * MAX_BYTES), "larger than"),
        (lambda path: path.chmod(0o640), "others can read or write .*; run: chmod 600"),
        (lambda path: (path.unlink(), path.mkdir()), "no regular file"),
        (put_fifo, "no regular file"),
        (lambda path: (path.rename(f"{path}2"), path.symlink_to(f"{path}2")), "it is a link"),
    ],
    ids=["missing", "empty", "comments", "line", "bytes", "100 MB", "mode", "folder", "FIFO", "link"],
)
def test_a_file_that_cannot_be_used_is_said_at_the_start(
    path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(path)
    with pytest.raises(UsageError, match=f"^--users: .*{said}"):
        UsersFile(path)


# --- while the server runs ----------------------------------------------------------------------------------


def test_a_change_holds_at_the_next_look(path: Path) -> None:
    file = UsersFile(path)
    assert names(file.users()) == {"ann"}
    put_user(path, BOB)
    assert names(file.users()) == {"ann", "bob"}
    write(path, BOB)
    assert names(file.users()) == {"bob"}
    path.write_text("")  # nobody is let in
    assert names(file.users()) == set()


def test_a_change_that_neither_size_nor_time_tells_is_seen_too(path: Path) -> None:
    """Two changes within one tick of the file system's clock."""
    file = UsersFile(path)
    file.users()
    found = path.stat()
    path.write_text(path.read_text().replace("write", "read ").replace("read :", "read:") + " ")
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    user = file.users().of_token("ann")
    assert user is not None
    assert not user.may_edit


def test_a_file_that_has_not_changed_is_not_read_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.utime(path, (1_000_000_000, 1_000_000_000))
    file = UsersFile(path)
    monkeypatch.setattr(users_file, "read_private", None)  # what reads it would fail
    assert file.users() is file.users()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.unlink(),
        lambda path: path.write_text(f"{BOB.line}\noops"),
        lambda path: path.chmod(0o644),
        lambda path: os.truncate(path, 100 * MAX_BYTES),
        put_fifo,
    ],
    ids=["missing", "line", "mode", "100 MB", "FIFO"],
)
def test_a_file_that_became_bad_changes_nothing_is_said_once_and_can_be_mended(
    path: Path, spoil: Callable[[Path], object], caplog: pytest.LogCaptureFixture
) -> None:
    file = UsersFile(path)
    spoil(path)
    with caplog.at_level(logging.WARNING):
        assert [names(file.users()) for _ in range(3)] == [{"ann"}] * 3
    assert len(caplog.messages) == 1
    assert "those of before still hold" in caplog.text
    assert BOB.hash not in caplog.text
    path.unlink(missing_ok=True)
    write(path, BOB)
    assert names(file.users()) == {"bob"}


# --- changing it --------------------------------------------------------------------------------------------


def test_a_new_file_is_its_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "new"
    previous = os.umask(0)
    try:
        put_user(path, ANN)
    finally:
        os.umask(previous)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert users_in(path) == [ANN]
    assert [each.name for each in tmp_path.iterdir()] == ["new"]


def test_of_many_changes_at_once_none_is_lost(path: Path) -> None:
    others = [User(f"user{number}", may_edit=False, hash=hash_of_token(str(number))) for number in range(20)]
    threads = [threading.Thread(target=put_user, args=(path, user)) for user in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(users_in(path)) == sorted([ANN, *others])


@pytest.mark.parametrize("content", ["oops\n", f"{ANN.line}\n\u2028"])
def test_a_file_that_is_none_of_users_is_not_changed(path: Path, content: str) -> None:
    path.write_text(content.replace("\u2028", "x:y"))
    before = path.read_bytes()
    with pytest.raises(UsageError, match="line"):
        put_user(path, BOB)
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written: No such file"):
        put_user(tmp_path / "missing" / "users", ANN)
    assert users_in(tmp_path / "missing" / "users") == []
