from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike import cli
from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName
from lavdlike.shell.beside_runs import Beside, files_beside, said


def make(root: Path, *paths: str) -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("{}")
    return root


def test_files_of_folders_of_runs_are_told_those_of_experiments_are_not(tmp_path: Path) -> None:
    make(tmp_path, "s/lr/a/experiment.json", "s/lr/notes.yaml", "s/lr/x/y.csv", "s/config.yaml")
    make(tmp_path, "e/experiment.json", "e/out.log", "e/i/j/experiment.json", "e/i/z.txt")
    names = [ExperimentName(name) for name in ("s/lr/a", "e", "e/i/j")]
    assert files_beside(LocalRoot(tmp_path), names) == [
        Beside("s", ["config.yaml"], 0),
        Beside("s/lr", ["notes.yaml"], 0),
    ]


def test_few_of_many_are_said() -> None:
    found = [Beside(f"f{number}", ["a", "b"], number) for number in range(7)]
    lines = said(found)
    assert lines[:2] == ["beside the runs in f0: a, b", "beside the runs in f1: a, b and 1 more"]
    assert lines[5:] == ["beside the runs in 2 more folders: other files"]


def test_ls_says_it_aside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path, "s/a/experiment.json", "s/b/experiment.json", "s/table.csv")
    assert cli.main(["ls", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 3
    assert printed.err == "lavdlike: beside the runs in s: table.csv\n"
    assert cli.main(["ls", str(tmp_path), "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
