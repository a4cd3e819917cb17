"""The arguments of `lavdlike run`."""

from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.launch.printed_scalars import PATTERN
from lavdlike.launch.run_arguments import RunOptions, parse

USUAL = RunOptions([], [], Path("log"), None, [], None, PATTERN)


def test_options_end_where_the_program_begins() -> None:
    assert parse(["train.py", "--root", "x"]) == USUAL._replace(words=["train.py", "--root", "x"])
    assert parse(["--root", "r", "-m", "pkg", "--name", "x"]) == USUAL._replace(
        root=Path("r"), module=["pkg", "--name", "x"]
    )
    options = parse(["--name", "n", "--tag", "a", "--tag", "b", "--", "./x", "-y"])
    assert options == USUAL._replace(words=["./x", "-y"], name="n", tags=["a", "b"])


def test_stand_ins_and_patterns() -> None:
    assert parse(["--as", "tensorboard,wandb", "x"]).stand_ins == ["tensorboard", "wandb"]
    assert parse(["--as", "none", "x"]).stand_ins == []
    assert parse(["--no-scalars", "x"]).pattern == ""
    assert not parse(["--no-system", "x"]).system
    own = r"(?P<name>a)(?P<value>\d)"
    assert parse(["--pattern", own, "x"]).pattern == own


def test_a_mistake_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--pattern", "(", "x"])
    assert "is no regular expression" in capsys.readouterr().err
