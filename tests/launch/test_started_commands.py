"""What is started."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lavdlike.errors import UsageError
from lavdlike.launch.started_commands import Command, command_of, experiment_name


def test_a_script_is_run_by_this_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("train.py").touch()
    Path("train.sh").touch(0o755)
    python = sys.executable
    assert command_of(["train.py", "-x"]) == Command([python, "train.py", "-x"], "train", "train.py")
    assert command_of([], ["pkg.train", "-x"]) == Command([python, "-m", "pkg.train", "-x"], "pkg.train")
    assert command_of(["./train.sh"]) == Command(["./train.sh"], "train", "./train.sh")
    assert command_of(["sh", "train.sh"]) == Command(["sh", "train.sh"], "train", "train.sh")
    assert command_of(["sh", "-c", "true"]) == Command(["sh", "-c", "true"], "sh", "sh")
    assert command_of([python, "-m", "json.tool"]).title == "json.tool"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([], "say what to run"),
        (["no.py"], "no script"),
        (["./no"], "no program"),
    ],
)
def test_what_is_not_there_is_refused(words: list[str], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        command_of(words)


def test_names_are_of_folders() -> None:
    assert experiment_name("a/b", "2026-01-31_10-00-00") == "a%2Fb_2026-01-31_10-00-00"
