from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lavdlike.errors import UsageError
from lavdlike.server.host.kept_token import VARIABLE, take_token, token_of_file
from lavdlike.server.web.credentials import new_token

GOOD = "Zm9vYmFyLWxvbmc_x9"


def file_of(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "token"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("content", [GOOD, GOOD + "\n", f"  {GOOD}\r\n", "0123456789abcdef01234567"])
def test_the_token_of_a_file_is_its_line(tmp_path: Path, content: str) -> None:
    assert token_of_file(file_of(tmp_path, content)) == content.strip()


def test_a_token_such_as_we_make_is_taken(tmp_path: Path) -> None:
    token = new_token()
    assert token_of_file(file_of(tmp_path, token)) == token


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "must be one line of letters"),
        (f"{GOOD}\n{GOOD}\n", "must be one line"),
        ("two words of a good length", "must be one line"),
        (f"{GOOD}#x", "must be one line"),
        (b"\xff" * 30, "must be one line"),
        ("ümlaut-ümlaut-ümlaut-ümlaut", "must be one line"),
        ("Zm9vYmFyLWxvbmc", "could be guessed"),  # 15 characters
        ("abcdefghijklmnopq", "could be guessed"),  # of small letters alone: 80 bits
        ("0123456789abcdef0123", "could be guessed"),  # 80 bits
        ("12345678901234567890", "could be guessed"),
        ("a" * 40, "could be guessed"),
        ("abcABC1" * 6, "could be guessed"),
        ("x" * 2000, "larger than 1024 bytes"),
    ],
)
def test_a_token_that_could_be_guessed_is_refused_with_how_to_make_one(
    tmp_path: Path, content: str | bytes, said: str
) -> None:
    path = file_of(tmp_path, content)
    with pytest.raises(UsageError, match=said) as error:
        token_of_file(path)
    assert str(path) in str(error.value)
    assert "larger" in said or "secrets.token_urlsafe" in str(error.value)
    assert not content or str(content) not in str(error.value)


def test_a_file_that_others_can_read_and_one_that_is_not_there_are_said(tmp_path: Path) -> None:
    path = file_of(tmp_path, GOOD)
    path.chmod(0o644)
    with pytest.raises(UsageError, match=f"--token-file: others can read or write {path}; run: chmod 600"):
        token_of_file(path)
    with pytest.raises(UsageError, match="--token-file: there is no file"):
        token_of_file(tmp_path / "missing")


def test_the_token_of_the_environment_is_taken_out_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, GOOD)
    assert take_token(os.environ) == GOOD
    assert take_token(os.environ) is None
    child = subprocess.run(
        [sys.executable, "-c", f"import os; print(os.environ.get('{VARIABLE}'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stdout == "None\n"


def test_a_bad_token_of_the_environment_is_refused_and_taken_out_too() -> None:
    environment = {VARIABLE: "secret"}
    with pytest.raises(UsageError, match=f"{VARIABLE} could be guessed") as error:
        take_token(environment)
    assert environment == {}
    assert "secret " not in str(error.value)
