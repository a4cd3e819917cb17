from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from lavdlike.errors import UsageError
from lavdlike.server.host import passwd as passwd_module
from lavdlike.server.host.passwd import passwd
from lavdlike.server.host.users_file import users_in
from lavdlike.server.web import passwords
from lavdlike.server.web.passwords import is_of_token, is_password
from lavdlike.server.web.users import Users


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "LOG2_COST", 4)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def set_password(path: Path, name: str, *answers: str, may_edit: bool | None = None) -> int:
    left: Iterator[str] = iter(answers)

    def ask(_prompt: str) -> str:
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    return passwd(path, name, may_edit=may_edit, token=False, from_stdin=False, ask=ask)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("sys.stdin", Terminal())
    return tmp_path / "users"


def test_a_password_is_asked_for_twice_and_kept_as_a_hash(path: Path) -> None:
    assert set_password(path, "ann", "correct horse", "correct horse") == 0
    (ann,) = users_in(path)
    assert (ann.name, ann.may_edit) == ("ann", False)
    assert is_password("correct horse", ann.hash)
    assert "horse" not in path.read_text()


def test_another_password_leaves_the_right_unless_one_is_said(path: Path) -> None:
    set_password(path, "ann", "correct horse", "correct horse", may_edit=True)
    set_password(path, "ann", "battery staple", "battery staple")
    (ann,) = users_in(path)
    assert ann.may_edit
    assert is_password("battery staple", ann.hash)
    set_password(path, "ann", "battery staple", "battery staple", may_edit=False)
    assert not users_in(path)[0].may_edit


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (("correct horse", "correct hose"), "these two differ"),
        (("short", "short"), "8 to 1024 characters"),
        (("x" * 1025, "x" * 1025), "8 to 1024 characters"),
        (("correct horse",), "no password was given"),
        ((), "no password was given"),
    ],
)
def test_what_is_no_password_changes_nothing(path: Path, answers: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        set_password(path, "ann", *answers)
    assert not path.exists()


@pytest.mark.parametrize("name", ["", "a:b", "#a", "a\nb", "a" * 65])
def test_what_is_no_name_is_said_before_a_password_is_asked_for(path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="name"):
        set_password(path, name)


def test_a_file_that_others_can_read_is_said_before_a_password_is_asked_for(path: Path) -> None:
    path.write_text("")
    path.chmod(0o644)
    with pytest.raises(UsageError, match="chmod 600"):
        set_password(path, "ann")


def test_a_token_is_printed_once_and_stands_beside_the_password(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_password(path, "ann", "correct horse", "correct horse", may_edit=True)
    capsys.readouterr()
    tokens = []
    for _ in range(2):
        assert passwd(path, "ann", may_edit=None, token=True, from_stdin=False) == 0
        said = capsys.readouterr()
        tokens.append(said.out.strip())
        assert "ann may read" in said.err
    users = users_in(path)
    assert [is_of_token(user.hash) for user in users] == [False, True]
    assert [user.may_edit for user in users] == [True, False]
    assert Users(users).of_token(tokens[0]) is None  # the later one is in its place
    assert Users(users).of_token(tokens[1]) == users[1]
    assert tokens[1] not in path.read_text()


@pytest.mark.parametrize("text", ["correct horse\n", "correct horse", "correct horse\r\nmore\n"])
def test_scripts_give_the_password_on_standard_input(
    path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    assert passwd(path, "ann", may_edit=True, token=False, from_stdin=True) == 0
    assert is_password("correct horse", users_in(path)[0].hash)


def test_without_a_terminal_it_says_which_option_to_use(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    with pytest.raises(UsageError, match="--password-stdin"):
        passwd(path, "ann", may_edit=None, token=False, from_stdin=False)
    assert passwd_module.MIN_PASSWORD == 8
