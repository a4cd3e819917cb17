from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from lavdlike import cli
from lavdlike.reading.snapshot import names_in
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.shell import subcommands
from tests.limits import LIMIT_S
from tests.scripts import ROOT
from tests.shell.terminal import lines, next_line, objects, running

CORPUS = ROOT / "tests" / "corpus"


def test_ls_has_a_line_for_each_experiment_in_natural_order(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert subcommands.ls([str(root)]) == 0
    header, *rows = lines(capsys)
    assert header.split() == ["NAME", "STATUS", "CHANGED", "COMMIT", "TAGS"]
    assert [re.split("  +", row)[0] for row in rows] == ["from lavd", "run-2", "run-10"]
    assert rows[2].endswith("good")
    assert "finished" in rows[2]


def test_ls_as_json_has_an_object_for_each_experiment(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subcommands.ls([str(root)], as_json=True)
    rows = objects(capsys)
    assert [row["name"] for row in rows] == ["from lavd", "run-2", "run-10"]
    assert (rows[2]["status"], rows[2]["tags"], rows[2]["config"]) == ("finished", ["good"], {"lr": 0.1})


def test_ls_and_show_know_what_people_said_of_foreign_experiments(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "lavdlike.yaml").write_text("experiments: {theirs: {tagsAdded: [good]}}")
    subcommands.ls([str(tmp_path)], as_json=True)
    assert [row["tags"] for row in objects(capsys)] == [["good"]]
    subcommands.show(tmp_path / "theirs", as_json=True)
    [shown] = objects(capsys)
    assert isinstance(shown["experiment"], dict)
    assert shown["experiment"]["tags"] == ["good"]


def test_ls_of_an_empty_root_is_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert subcommands.ls([str(tmp_path)]) == 0
    assert lines(capsys) == []


def test_problems_are_listed_and_are_an_exit_code(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert subcommands.ls([str(root)], problems=True) == 0
    assert lines(capsys) == []
    with (root / "run-10/scalars.tsv").open("a") as file:
        file.write("oops\n")
    (root / "run-2/bad.json").write_text("{")
    assert subcommands.ls([str(root)], problems=True) == 1
    found = lines(capsys)
    assert [line.partition(":")[0] for line in found] == [
        "run-2/bad.json, line 1, column 2",
        f"run-10/scalars.tsv, line 23, byte {(root / 'run-10/scalars.tsv').stat().st_size - 5}",
    ]
    assert subcommands.ls([str(root)], problems=True, as_json=True) == 1
    assert [problem["path"] for problem in objects(capsys)] == ["run-2/bad.json", "run-10/scalars.tsv"]


def test_tail_has_the_last_lines_of_the_log(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subcommands.tail(root / "run-10", lines=1)
    (line,) = lines(capsys)
    assert line == (root / "run-10/events.log").read_text().splitlines()[-1]


def test_the_command_line_knows_the_commands(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ls", str(root), "--json"]) == 0
    assert [row["name"] for row in objects(capsys)] == ["from lavd", "run-2", "run-10"]
    assert cli.main(["ls", str(root), "--problems"]) == 0
    assert lines(capsys) == []
    assert cli.main(["show", str(root / "run-10"), "train/loss", "--json"]) == 0
    assert len(objects(capsys)) == 20
    assert cli.main(["tail", str(root / "run-10"), "train/loss", "-n", "3"]) == 0
    assert len(lines(capsys)) == 3
    assert cli.main(["tail", str(root / "run-10")]) == 0
    assert lines(capsys)


def test_a_root_with_the_name_of_a_command_is_given_as_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[str] = []

    def serve(arguments: Sequence[str]) -> int:
        served.extend(arguments)
        return 0

    monkeypatch.setattr(cli, "_serve", serve)
    monkeypatch.chdir(tmp_path)
    for name in ("ls", "show", "tail"):
        (tmp_path / name).mkdir()
        assert cli.main([f"./{name}"]) == 0
    assert served == ["./ls", "./show", "./tail"]


def test_what_is_not_there_is_one_line_and_exit_code_2(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["show", str(root / "run-20")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("lavdlike: there is no experiment ")
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["ls"], ["tail", "x", "-n", "0"], ["show", "a", "b", "c"], ["tail", "x", "-n", "1_0"]]
)
def test_wrong_arguments_are_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: lavdlike" in capsys.readouterr().err


def test_ctrl_c_ends_following_quietly(tmp_path: Path) -> None:
    path = tmp_path / "a/stdout.log"
    path.parent.mkdir()
    path.write_text("one\n")
    with running(f"__import__('lavdlike.cli').cli.main(['tail', {str(path.parent)!r}, '-f'])") as process:
        assert next_line(process) == "one"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=LIMIT_S)
        assert process.returncode == 130
        assert errors == ""


RUNS = sorted(
    f"{corpus.name}/{name}"
    for corpus in CORPUS.iterdir()
    if corpus.is_dir() and corpus.name != "__pycache__"
    for name in names_in(StoredRoot(corpus))
)


@pytest.mark.slow
def test_ls_lists_the_runs_of_every_program_in_folders(capsys: pytest.CaptureFixture[str]) -> None:
    assert subcommands.ls([str(CORPUS)], as_json=True) == 0
    rows = {str(row["name"]): row for row in objects(capsys)}
    assert {"events/torch_add_scalars/loss_a", "texts/lightning", "texts/mlflow_by_hand"} <= rows.keys()
    assert all(row["details"] and row["is_foreign"] for row in rows.values())
    assert rows["texts/sacred"]["status"] == "finished"
    assert subcommands.ls([str(CORPUS / "texts")]) == 0
    assert "lightning" in " ".join(lines(capsys))
    assert subcommands.ls([str(CORPUS)], problems=True) == 1
    [of_cells] = lines(capsys)  # what wandb keeps outside of the folder is the only one
    assert "run-owl.wandb" in of_cells
    assert "WANDB_DATA_DIR" in of_cells


def writers_of(points: list[dict[str, object]]) -> list[object]:
    return list(dict.fromkeys(point["writer"] for point in points))


@pytest.mark.slow
@pytest.mark.parametrize("run", RUNS)
def test_show_and_tail_know_the_runs_of_every_program(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = CORPUS / run
    assert subcommands.show(path, as_json=True) == 0
    [shown] = objects(capsys)
    scalars = shown["scalars"]
    assert isinstance(scalars, list)
    assert subcommands.show(path) == 0
    assert path.name in lines(capsys)[0]
    for label in scalars[:3]:
        name, count = label["label"], label["count"]
        assert subcommands.show(path, name, as_json=True) == 0
        points = [shown for shown in objects(capsys) if "value" in shown]  # and no item of this label
        assert len(points) == count
        assert subcommands.tail(path, name, lines=2, as_json=True) == 0
        by_writer = [
            [point for point in points if point["writer"] == writer] for writer in writers_of(points)
        ]
        assert objects(capsys) == [point for of_writer in by_writer for point in of_writer[-2:]]
        assert subcommands.show(path, name) == subcommands.tail(path, name) == 0
        assert lines(capsys)
