"""Several roots, for commands and scripts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import lavdlike
from lavdlike import Logger, cli
from lavdlike.errors import NotFoundError, UsageError
from lavdlike.shell.opened_roots import open_roots
from tests.reading.test_run_folders import EVENTS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Roots `a` and `b` with a run each, one of another program in `b`, and the run `runs/first`."""
    for name, value in (("a/one", 1.0), ("b/one", 2.0), ("runs/first", 3.0)):
        path = tmp_path / name
        with Logger(path.name, path.parent, config={"lr": value}) as logger:
            logger.log_scalar(value, "loss", 1)
    (tmp_path / "b" / "sweep" / "theirs").mkdir(parents=True)
    (tmp_path / "b" / "sweep" / "theirs" / EVENTS).touch()
    (tmp_path / "b" / "lavdlike.yaml").write_text("experiments: {sweep/theirs: {title: Theirs}}\n")
    return tmp_path


def given(folder: Path) -> list[str]:
    return [f"a={folder / 'a'}", f"b={folder / 'b'}", f"base={folder / 'runs' / 'first'}"]


def test_names_paths_and_words_are_those_of_the_roots(folder: Path) -> None:
    roots = open_roots(given(folder))
    names = roots.names()
    assert names == ["a/one", "b/one", "b/sweep/theirs", "base"]
    assert [roots.path_of(name) for name in names] == [
        folder / "a" / "one",
        folder / "b" / "one",
        folder / "b" / "sweep" / "theirs",
        folder / "runs" / "first",
    ]
    assert roots.root_file().marks["b/sweep/theirs"].title == "Theirs"
    assert open_roots([str(folder / "a")]).names() == ["one"]


def test_ls_lists_all_and_filters_over_all(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ls", *given(folder), "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["name"]: row["title"] for row in rows} == {
        "a/one": "",
        "b/one": "",
        "b/sweep/theirs": "Theirs",
        "base": "",
    }
    query = ["-q", "folder=b or loss>2.5", "--columns", "loss", "--json"]
    assert cli.main(["ls", *given(folder), *query]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert found == [{"name": "b/one", "loss": 2.0}, {"name": "base", "loss": 3.0}]
    assert cli.main(["ls", *given(folder), "--problems"]) == 0


def test_one_that_is_not_there_or_has_no_name_is_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["ls", f"a={folder / 'a'}", f"b={folder / 'none'}"]) == 2
    assert f"cannot read {folder / 'none'}" in capsys.readouterr().err
    assert cli.main(["ls", f"a={folder / 'a'}", f"a={folder / 'b'}"]) == 2
    assert "'a' is given twice" in capsys.readouterr().err


class TestOpen:
    def test_experiments_of_all(self, folder: Path) -> None:
        root = lavdlike.open(*given(folder))
        assert [found.name for found in root.experiments("lr<2.5", columns="loss", sort="loss")] == [
            "a/one",
            "b/one",
        ]
        assert [found.path for found in root.experiments("lr=3")] == [folder / "runs" / "first"]
        groups = root.experiments(columns="loss", group_by="folder", q="has(loss)")
        assert [group.experiments for group in groups] == [["a/one"], ["b/one"], ["base"]]
        assert repr(root) == f"lavdlike.open({', '.join(map(repr, given(folder)))})"

    def test_by_keywords_and_by_their_folders(self, folder: Path) -> None:
        root = lavdlike.open(x=folder / "a", y=str(folder / "b"))
        assert root.paths == {"x": folder / "a", "y": folder / "b"}
        assert [found.name for found in root.experiments("has(lr)")] == ["x/one", "y/one"]
        with pytest.raises(AttributeError, match="see paths"):
            _ = root.path
        both = lavdlike.open(folder / "a", folder / "b")
        assert [found.name for found in both.experiments("has(lr)")] == ["a/one", "b/one"]
        assert lavdlike.open(folder / "a").path == folder / "a"

    def test_what_is_wrong_is_said(self, folder: Path) -> None:
        with pytest.raises(UsageError, match="given twice"):
            lavdlike.open(folder / "a", folder / "a")
        with pytest.raises(NotFoundError):
            lavdlike.open(a=folder / "a", b=folder / "none")


class TestShowFolder:
    def test_of_a_folder_of_runs_it_says_what_is_in_it(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (folder / "b" / "sweep" / "config.yaml").write_text("a: 1\n")
        assert cli.main(["show", str(folder / "b" / "sweep")]) == 0
        printed = capsys.readouterr().out
        assert "theirs" in printed
        assert "config.yaml" in printed
        assert cli.main(["show", str(folder / "b" / "sweep"), "--json"]) == 0
        rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [row.get("name") for row in rows] == ["theirs", None]
        assert rows[-1] == {"file": "config.yaml", "size_bytes": 5}

    def test_of_a_root_as_well(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "a" / "readme.md").write_text("# a")
        assert cli.main(["show", str(folder / "a")]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.split()[0] for line in lines if line] == ["NAME", "one", "FILE", "readme.md"]


@pytest.mark.slow
def test_the_server_says_what_it_shows_and_what_is_missing(folder: Path) -> None:
    first, *others = given(folder)
    arguments = [first, "--port=0", *others, "--no-browser", f"late={folder / 'late'}", "--no-token"]
    environment = {**os.environ, "HOME": str(folder)}
    with subprocess.Popen(
        [sys.executable, "-m", "lavdlike", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        process.terminate()
        errors = process.stderr.read()
    assert f"a={folder / 'a'}, b={folder / 'b'}" in line
    assert f"there is no folder {folder / 'late'}: it is shown as late later, once that can be" in errors
