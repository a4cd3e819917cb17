from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lavdlike import Logger, cli
from lavdlike.disk.edit import LocalEditor
from lavdlike.edits.editor import Editor
from tests.edits.experiments import begin_to_run, content, written
from tests.limits import LIMIT_S
from tests.scripts import ROOT
from tests.shell.terminal import lines, objects


@contextmanager
def at_a_terminal(*arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A command whose standard input is a terminal, and the other end of that."""
    person, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "lavdlike", *arguments],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )
    os.close(terminal)
    try:
        yield process, person
    finally:
        process.kill()
        process.communicate()
        os.close(person)


def answered(answer: bytes, *arguments: str) -> tuple[int, str, str]:
    """The exit code of a command whose question is answered, and what it wrote."""
    with at_a_terminal(*arguments) as (process, person):
        os.write(person, answer)
        out, errors = process.communicate(timeout=LIMIT_S)
        return process.returncode, out.decode(), errors.decode()


@pytest.fixture
def models(root: Path) -> Path:
    with Logger("models", root) as logger:
        for step in range(5):
            logger.log_scalar(1.0, "loss", step)
    for step in range(5):
        (root / f"models/{step:04d}").mkdir()
        (root / f"models/{step:04d}/model.pt").write_bytes(b"x" * 50_000)
    return root / "models"


def test_du_of_a_root_has_the_largest_first(
    root: Path, models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["du", str(root)]) == 0
    header, first, *_, total = lines(capsys)
    assert header.split() == ["NAME", "SIZE", "FILES", "BY", "KIND"]
    assert first.split()[0] == models.name
    assert "models 2" in first
    assert total.endswith("all")
    assert cli.main(["du", str(root), "--json"]) == 0
    found = objects(capsys)
    assert (found[0]["experiment"], len(found)) == ("models", 4)


def test_du_of_an_experiment_has_its_kinds(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["du", str(models)]) == 0
    header, first, *_ = lines(capsys)
    assert header.split() == ["KIND", "SIZE", "FILES", "STEPS"]
    assert first.split()[0] == "models"
    assert first.split()[-2:] == ["5", "5"]
    assert cli.main(["du", str(models / "missing")]) == 2


def test_an_experiment_goes_to_the_trash_and_comes_back(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(root / "run-10")
    assert cli.main(["trash", str(root / "run-10"), "-y"]) == 0
    (said,) = lines(capsys)
    assert said.startswith(f"moved run-10 to the trash ({len(before)} files, ")
    assert not (root / "run-10").exists()
    assert cli.main(["trash", str(root), "--list", "--json"]) == 0
    (trashed,) = objects(capsys)
    assert (trashed["name"], trashed["files"]) == ("run-10", len(before))
    assert cli.main(["trash", str(root), "--list"]) == 0
    header, row = lines(capsys)
    assert header.split() == ["ID", "NAME", "WHAT", "SIZE", "FILES", "WHEN", "BY"]
    assert row.startswith(f"{trashed['id']}  run-10  all of it  ")
    assert cli.main(["restore", str(root), "run-10"]) == 0
    assert lines(capsys)[0].startswith("restored run-10 (")
    assert content(root / "run-10") == before
    assert cli.main(["restore", str(root), str(trashed["id"])]) == 1
    assert (
        capsys.readouterr().err
        == f"lavdlike: {trashed['id']}: nothing in the trash has this id or name, or no longer\n"
    )


def test_one_that_runs_is_refused_and_the_others_go(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin_to_run(root / "run-10")
    assert cli.main(["trash", str(root / "run-10"), str(root / "run-2"), "-y", "--json"]) == 1
    printed = capsys.readouterr()
    assert '"what":"moved run-2 to the trash"' in printed.out
    assert printed.err == "lavdlike: run-10: it runs: wait for its end, or end it first\n"
    assert (root / "run-10").is_dir()
    assert not (root / "run-2").exists()


def test_one_in_which_another_runs_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begin_to_run(written(root / "run-10", "inner"))
    for command in (["trash", str(root / "run-10"), "-y"], ["mv", str(root / "run-10"), "new"]):
        assert cli.main(command) == 1
        assert capsys.readouterr().err == (
            "lavdlike: run-10: run-10/inner, which lies in it, runs: wait for its end, or end it first\n"
        )
    assert (root / "run-10" / "inner" / "scalars.tsv").exists()


@pytest.mark.parametrize(
    "arguments",
    [["trash", "run-10"], ["thin", "run-10", "--kinds", "texts", "--every", "9"], ["trash", "--empty"]],
)
def test_without_a_terminal_nobody_says_yes(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    cli.main(["trash", str(root / "run-2"), "-y"])
    for step in (1, 2, 3):
        (root / f"run-10/{step:04d}").mkdir(exist_ok=True)
        (root / f"run-10/{step:04d}/x.txt").write_text("")
    before = content(root)
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    given = [str(root / "run-10") if argument == "run-10" else argument for argument in arguments]
    assert cli.main([*given, str(root)] if "--empty" in given else given) == 2
    assert "give -y to say yes" in capsys.readouterr().err
    assert content(root) == before


def test_a_person_at_a_terminal_is_asked_with_the_size(root: Path) -> None:
    code, out, errors = answered(b"n\n", "trash", str(root / "run-10"))
    assert (code, out) == (1, "")
    assert errors.startswith("Move run-10 to the trash (")
    assert (root / "run-10").is_dir()
    code, out, _ = answered(b"y\n", "trash", str(root / "run-10"))
    assert code == 0
    assert out.startswith("moved run-10 to the trash")
    code, out, errors = answered(b"yes\n", "trash", str(root), "--empty")
    assert (code, errors.split(" (")[0]) == (0, "Remove all 1 in the trash for good")
    assert out.startswith("removed run-10 for good")
    assert Editor(LocalEditor(root)).trashed() == []


def test_emptying_removes_all_for_good(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["trash", str(root), "--empty", "-y"]) == 0
    assert lines(capsys)[-1] == "the trash is empty"
    cli.main(["trash", str(root / "run-10"), str(root / "run-2"), "-y"])
    lines(capsys)
    assert cli.main(["trash", str(root), "--empty", "-y"]) == 0
    assert lines(capsys)[0].startswith("removed 2 things in the trash for good (")
    assert list((root / ".lavdlike-trash").iterdir()) == []


def test_thinning_counts_asks_and_can_be_undone(
    root: Path, models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(models)
    arguments = ["thin", str(models), "--kinds", "models", "--every", "3", "--last", "1"]
    assert cli.main([*arguments, "--dry-run"]) == 0
    assert lines(capsys)[0].startswith("would move models of models to the trash (2 files, ")
    assert content(models) == before
    code, out, errors = answered(b"y\n", *arguments)
    assert code == 0
    assert errors.startswith("Move 2 files, ")
    assert out.startswith("moved models of models to the trash (2 files, ")
    assert sorted(path.parent.name for path in models.glob("*/model.pt")) == ["0000", "0003", "0004"]
    assert cli.main(["thin", str(models), "--kinds", "scalars", "--last", "1", "-y"]) == 1
    assert "scalars are never thinned" in capsys.readouterr().err
    assert cli.main(["undo", str(root)]) == 0
    assert content(models) == before


def test_experiments_of_several_roots_are_thrown_away_in_each(root: Path, tmp_path: Path) -> None:
    with Logger("other", tmp_path / "second"):
        pass
    assert cli.main(["trash", str(root / "run-2"), str(tmp_path / "second/other"), "-y"]) == 0
    for folder, name in ((root, "run-2"), (tmp_path / "second", "other")):
        assert [trashed.name for trashed in Editor(LocalEditor(folder)).trashed()] == [name]
