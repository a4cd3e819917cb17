from __future__ import annotations

import json
from pathlib import Path

import pytest

from lavdlike import Logger, cli
from lavdlike.errors import NotFoundError
from lavdlike.shell import subcommands
from tests.shell.terminal import lines, objects


def test_show_takes_a_path_in_any_form(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "run-10")
    assert subcommands.show(Path()) == 0
    assert "run-10" in lines(capsys)[0]
    assert subcommands.show(Path("../run-2/")) == 0
    assert "run-2" in lines(capsys)[0]


@pytest.mark.parametrize(
    ("name", "label", "said"),
    [
        ("run-20", None, r"there is no experiment .*run-20\. Perhaps: run-2"),
        ("run-10", "train/los", r"nothing of the name 'train/los' in it\. Perhaps: train/loss"),
        (".hidden", None, "there is no experiment"),
        ("no experiment.md", None, "there is no experiment"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(root: Path, name: str, label: str | None, said: str) -> None:
    with pytest.raises(NotFoundError, match=said):
        subcommands.show(root / name, label)
    with pytest.raises(NotFoundError, match="cannot read"):
        subcommands.ls([str(root / "missing")])


def test_a_step_is_no_experiment(root: Path) -> None:
    assert cli.main(["tag", str(root / "run-10/0001"), "--add", "good"]) == 2
    with pytest.raises(NotFoundError, match=r"run-10/0001 is a step of the experiment .*run-10$"):
        subcommands.show(root / "run-10/0001")


def test_a_root_in_the_place_of_an_experiment_is_said_to_be_one(root: Path) -> None:
    said = (
        f"{root} holds experiments and is none itself. 'lavdlike ls {root}' lists .* such as {root}/from lavd"
    )
    with pytest.raises(NotFoundError, match=said):
        subcommands.tail(root)


def test_experiments_within_an_experiment_do_not_make_it_a_root(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "run-2/inner").mkdir()
    (root / "run-2/inner/scalars.tsv").touch()
    assert subcommands.show(root / "run-2") == 0
    logs_alone = root / "logs alone"
    (logs_alone / "inner").mkdir(parents=True)
    (logs_alone / "inner/experiment.json").touch()
    (logs_alone / "stdout.log").write_text("a line\n")
    capsys.readouterr()
    assert subcommands.tail(logs_alone) == 0
    assert lines(capsys) == ["a line"]


def test_names_that_count_the_same_have_one_order(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("lr0.001", "lr0.0001", "run-02", "lr0.01", "run-002"):
        (root / name).mkdir()
    subcommands.ls([str(root)], as_json=True)
    assert [row["name"] for row in objects(capsys)] == [
        "from lavd",
        *("lr0.0001", "lr0.001", "lr0.01"),
        *("run-002", "run-02", "run-2", "run-10"),
    ]


def test_tail_takes_files_and_labels(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subcommands.tail(root / "run-10", "stdout.log")
    assert "printed" in lines(capsys)[-1]
    subcommands.tail(root / "run-10", "stdout")
    assert "printed" in lines(capsys)[-1]
    subcommands.tail(root / "run-10", "0001/greeting.json")
    assert json.loads("".join(lines(capsys)))
    subcommands.tail(root / "run-10", "train/loss", lines=2)
    assert [line.split()[0] for line in lines(capsys)] == ["18", "19"]
    subcommands.tail(root / "run-10", "train/loss", lines=1, as_json=True)
    (point,) = objects(capsys)
    assert (point["step"], point["value"], point["writer"]) == (19, 0.05, "")
    with pytest.raises(NotFoundError, match="nothing of the name"):
        subcommands.tail(root / "run-10", "missing")
    with pytest.raises(NotFoundError, match=r"none of events\.log, stdout\.log, stderr\.log"):
        subcommands.tail(root / "from lavd")


def test_experiments_in_folders_are_named_by_their_paths(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("sweep/lr/a", "sweep/lr/b", "flat"):
        with Logger(name.rpartition("/")[2], tmp_path / name.rpartition("/")[0]) as logger:
            logger.log_scalar(0.5, "loss", 1)
            logger.log_text("hello", "said")
    (tmp_path / "sweep" / "lr" / "a" / "inner").mkdir()
    (tmp_path / "sweep" / "lr" / "a" / "inner" / "experiment.json").write_text("{}")
    (tmp_path / "sweep" / "lr" / "a" / "inner" / "note.txt").touch()
    assert subcommands.ls([str(tmp_path)], as_json=True) == 0
    assert [row["name"] for row in objects(capsys)] == [
        "flat",
        "sweep/lr/a",
        "sweep/lr/a/inner",
        "sweep/lr/b",
    ]
    assert cli.main(["ls", str(tmp_path), "-q", "folder=sweep/lr loss=0.5", "--json"]) == 0
    assert [row["name"] for row in objects(capsys)] == ["sweep/lr/a", "sweep/lr/b"]
    assert cli.main(["show", str(tmp_path / "sweep/lr/a"), "--json"]) == 0
    assert "inner" not in capsys.readouterr().out
    assert cli.main(["tail", str(tmp_path / "sweep/lr/a"), "loss"]) == 0
    assert lines(capsys)[-1].split()[0] == "1"
    with pytest.raises(
        NotFoundError, match=r"sweep holds experiments and is none itself.* such as .*/sweep/lr/a"
    ):
        subcommands.tail(tmp_path / "sweep")
    assert cli.main(["du", str(tmp_path / "sweep"), "--json"]) == 0
    assert {row["experiment"] for row in objects(capsys)} == {"lr%2Fa", "lr%2Fa%2Finner", "lr%2Fb"}
