from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike import cli
from lavdlike.shell import arguments


@pytest.mark.parametrize(
    "given",
    [
        ["tag"],
        ["tag", "log/run", "--add", "a,,b"],
        ["note", "log/run", "--text", "x", "--edit"],
        ["title", "log/run", "a", "b"],
        ["trash", "log/run", "--list", "--empty"],
        ["trash", "log", "log2", "--empty"],
        ["restore", "log"],
        ["mv", "log/run"],
        ["thin", "log/run", "--every", "2"],
        ["thin", "log/run", "--kinds", "images"],
        ["thin", "log/run", "--kinds", "images", "--last", "0"],
        ["thin", "log/run", "--kinds", "images", "--every", "2_0"],
        ["undo"],
        ["du"],
    ],
)
def test_what_is_missing_or_does_not_go_together_is_said(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(given)
    assert ended.value.code == 2
    assert "usage: lavdlike " in capsys.readouterr().err


def test_names_stand_between_commas() -> None:
    options = arguments.parse(["tag", "log/a", "log/b", "--add", "good, very good", "--remove=bad"])
    assert options.experiments == [Path("log/a"), Path("log/b")]
    assert (options.add, options.remove, options.json) == (["good", "very good"], ["bad"], False)


@pytest.mark.parametrize(
    ("given", "every", "last"),
    [(["--every", "10"], 10, 1), (["--last", "3"], 0, 3), (["--every", "10", "--last", "3"], 10, 3)],
)
def test_the_newest_step_stays_unless_it_is_said(given: list[str], every: int, last: int) -> None:
    options = arguments.parse(["thin", "log/run", "--kinds", "images,models", *given])
    assert (options.kinds, options.every, options.last) == (["images", "models"], every, last)


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    shown = "".join(capsys.readouterr().out.split())
    assert "{" + ",".join(arguments.COMMANDS) + "}" in shown


@pytest.mark.parametrize("command", arguments.COMMANDS)
def test_every_command_has_help_and_json(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: lavdlike {command} ")
    assert "--json" in shown


@pytest.mark.parametrize(
    "given",
    [
        ["tag", ""],
        ["trash", "", "-y"],
        ["ls", ""],
        ["note", "run", "--file", ""],
        [""],
        ["passwd", "", "ann"],
    ],
)
def test_an_empty_path_is_not_the_working_directory(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(given)
    assert ended.value.code == 2
    assert "must not be empty" in capsys.readouterr().err


@pytest.mark.parametrize("given", [["undo"], ["du"], ["trash", "--list"], ["restore", "x"], ["show"]])
def test_a_name_in_front_of_a_path_is_said_to_be_for_others(
    given: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "lr=0.1").mkdir()
    command, *rest = given
    with pytest.raises(SystemExit):
        cli.main([command, f"a={tmp_path}", *rest])
    assert f"give the path alone here: {tmp_path}" in capsys.readouterr().err
    arguments.parse([command, str(tmp_path / "lr=0.1"), *rest])
