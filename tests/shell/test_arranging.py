from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike import cli
from tests.shell.terminal import lines, objects


def board(root: Path, command: str, *arguments: str) -> int:
    return cli.main(["board", command, str(root), *arguments])


def test_a_board_is_made_listed_shown_and_loses_panels(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    panels = ("val/loss", "images: val/pred", "{chart: [a, b], at: [0, 0, 6, 4], title: Both}")
    assert board(root, "add", "losses", *panels, "--title", "Losses") == 0
    assert board(root, "list") == 0
    assert lines(capsys) == ["made the board losses", "losses: Losses, 3 panels"]
    assert board(root, "remove", "losses", "Both") == 0
    assert board(root, "remove", "losses", "0") == 0
    assert board(root, "show", "losses") == 0
    assert lines(capsys)[2:] == ["title: Losses", "panels:", "  - images: val/pred"]
    assert board(root, "show", "losses", "--json") == 0
    (shown,) = objects(capsys)
    panel = {"type": "item", "index": 0, "kind": "images", "labels": ["val/pred"]}
    assert shown["content"] == {"title": "Losses", "panels": [panel]}
    assert board(root, "remove", "losses") == 0
    assert not (root / "losses.board.yaml").exists()
    assert cli.main(["undo", str(root)]) == 0
    assert (root / "losses.board.yaml").exists()


def test_boards_of_an_experiment(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert board(root, "add", "own", "--experiment", "run-2") == 0
    assert (root / "run-2" / "own.board.yaml").read_text() == "panels: []\n"
    capsys.readouterr()
    assert board(root, "list", "--experiment", "run-2", "--json") == 0
    assert [each["board"] for each in objects(capsys)] == ["run-2/own.board.yaml"]
    assert board(root, "list", "--experiment", "nobody") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (("show", "none"), 2, "there is no board none; there are x"),
        (("remove", "x", "9"), 2, "9: there is no such panel among 1"),
        (("remove", "x", "chart"), 2, "there is no such panel"),
        (("add", "x", "["), 2, "not a panel, such as"),
        (("add", "x", "!!python/object:os.system a"), 2, "the tag"),
        (("add", "x", "chrat: a"), 1, "it says not what it shows"),
        (("add", "../x", "a"), 1, "a board is called"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    root: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, reason: str
) -> None:
    (root / "x.board.yaml").write_text("panels: [{chart: a}]\n")
    assert board(root, *arguments) == code
    assert reason in capsys.readouterr().err
    assert (root / "x.board.yaml").read_text() == "panels: [{chart: a}]\n"


def test_mistakes_are_shown_and_keep_a_board_from_being_changed(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "x.board.yaml").write_text("panels: [\n")
    assert board(root, "show", "x") == 1
    assert "line 2, column 1: not YAML" in capsys.readouterr().err
    assert board(root, "add", "x", "a") == 1
    assert board(root, "list") == 0
    assert lines(capsys) == ["x: 0 panels, 1 mistakes"]


def test_a_board_makes_no_run_of_a_root_and_is_one_of_our_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "note.txt").write_text("text")
        (tmp_path / name / "x.board.yaml").write_text("title: a\n")
    (tmp_path / "x.board.yaml").write_text("title: a\n")
    assert cli.main(["inspect", str(tmp_path), "--json"]) == 0
    runs = objects(capsys)
    assert [run["name"] for run in runs] == ["a", "b", ""]  # and the root's own files
    for run in runs[:2]:
        files = run["files"]
        assert isinstance(files, list)
        assert [(file["path"], file["holds"]) for file in files] == [("x.board.yaml", "ours")]
