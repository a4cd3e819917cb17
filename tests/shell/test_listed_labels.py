from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike import Logger, cli
from lavdlike.shell import subcommands
from tests.shell.terminal import lines, objects


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, lr in (("a", 0.1), ("b", 0.01)):
        with Logger(name, tmp_path, config={"lr": lr}) as logger:
            for step in range(3):
                logger.log_scalar(lr, "loss", step)
            logger.log_text("x", "caption", 2)
            logger.log_text("x", "caption", 4)
            logger.log_text("y", "caption")
            logger.log_markdown("y", "notes")
    return tmp_path


def test_each_label_of_each_kind_is_counted(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert subcommands.ls([str(root)], labels=True) == 0
    header, *rows = lines(capsys)
    assert header.split() == ["NAME", "LABEL", "KIND", "COUNT", "LAST", "STEP"]
    of_a = {tuple(row.split()) for row in rows if row.startswith("a ")}
    assert {
        ("a", "loss", "scalars", "3", "2"),
        ("a", "caption", "texts", "3", "4"),
        ("a", "notes", "markdown", "1", "-"),
    } <= of_a
    assert len(rows) == 2 * len(of_a)


def test_a_filter_and_an_order_choose_whose(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["ls", str(root), "--labels", "--sort", "lr", "--json"]
    assert cli.main(arguments) == 0
    found = objects(capsys)
    assert list(dict.fromkeys(each["name"] for each in found)) == ["b", "a"]
    assert {"name": "a", "label": "caption", "kind": "texts", "count": 3, "last_step": 4} in found
    assert {"name": "a", "label": "notes", "kind": "markdown", "count": 1, "last_step": None} in found
    cli.main([*arguments, "-q", "lr<0.05"])
    assert {each["name"] for each in objects(capsys)} == {"b"}


def test_it_takes_the_place_of_other_columns(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["ls", str(root), "--labels", "--problems"])
    assert "--labels stands without" in capsys.readouterr().err
