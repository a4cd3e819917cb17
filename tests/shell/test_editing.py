from __future__ import annotations

import json
import os
import pwd
from pathlib import Path

import pytest

from lavdlike import cli
from lavdlike.disk.edit import LocalEditor
from lavdlike.edit_messages import Mark, Target
from lavdlike.edits.editor import Editor
from lavdlike.shell import answering
from tests.shell.terminal import lines, objects


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config"


def marks(root: Path, name: str = "run-10") -> dict[str, object]:
    found: dict[str, object] = json.loads((root / name / "marks.json").read_text())
    return found


def test_what_is_so_already_is_said(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["star", str(root / "run-2")]
    assert cli.main(command) == 0
    assert lines(capsys) == ["starred run-2"]
    assert cli.main(command) == 0
    assert lines(capsys) == ["nothing to change: it is so already"]


def test_tags_are_added_removed_and_printed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = [str(root / "run-2"), str(root / "run-10")]
    assert cli.main(["tag", *both, "--add", "bad,slow"]) == 0
    assert lines(capsys) == ["tagged 2 experiments: bad, slow"]
    assert cli.main(["tag", both[1], "--remove", "good,bad"]) == 0
    lines(capsys)
    assert marks(root) == {"tagsAdded": ["slow"], "tagsRemoved": ["good"]}
    assert cli.main(["tag", *both]) == 0
    assert lines(capsys) == ["run-2: bad, slow", "run-10: slow"]
    assert cli.main(["tag", both[1], "--json"]) == 0
    assert objects(capsys) == [{"experiment": "run-10", "tags": ["slow"]}]


def test_it_is_done_in_the_name_of_the_account(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "somebody-else")
    cli.main(["star", str(root / "run-2")])
    (done,) = Editor(LocalEditor(root)).done()
    assert done.by == pwd.getpwuid(os.getuid()).pw_name


def test_star_archive_and_title(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = str(root / "run-10")
    for given in (["star", run], ["archive", run], ["title", run, "the best"]):
        assert cli.main(given) == 0
    assert marks(root) == {"title": "the best", "starred": True, "archived": True}
    assert lines(capsys) == ["starred run-10", "archived run-10", "titled run-10: the best"]
    assert cli.main(["title", run]) == 0
    assert lines(capsys) == ["the best"]
    assert cli.main(["title", run, "--json"]) == 0
    assert objects(capsys) == [{"experiment": "run-10", "title": "the best"}]
    for given in (["star", run, "--off"], ["archive", run, "--off"], ["title", run, ""]):
        assert cli.main(given) == 0
    assert not (root / "run-10/marks.json").exists()


def test_what_breaks_a_rule_is_refused_with_a_sentence(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["title", str(root / "run-2"), "two\nlines"]) == 1
    assert "must not contain newlines" in capsys.readouterr().err
    assert not (root / "run-2/marks.json").exists()


def test_what_is_no_experiment_is_exit_code_2(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["tag", str(root / "run-20"), "--add", "x"]) == 2
    assert "Perhaps: run-2" in capsys.readouterr().err
    assert cli.main(["star", str(root)]) == 2
    assert "holds experiments and is none itself" in capsys.readouterr().err


def test_somebody_elses_tag_that_came_in_between_is_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = Editor.do
    others = iter(["one", "two"])

    def do(self: Editor, edit: Mark, *, by: str) -> object:
        if by != "ann" and (tag := next(others, None)):
            seen = Target("run-2", self.marks_match("run-2"))
            original(self, Mark([seen], add_tags=[tag]), by="ann")
        return original(self, edit, by=by)

    monkeypatch.setattr(Editor, "do", do)
    assert cli.main(["tag", str(root / "run-2"), "--add", "mine"]) == 0
    assert marks(root, "run-2") == {"tagsAdded": ["one", "two", "mine"]}


def test_an_experiment_of_another_program_is_not_written_into(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(path.name for path in (root / "from lavd").rglob("*"))
    assert cli.main(["tag", str(root / "from lavd"), "--add", "old"]) == 0
    lines(capsys)
    assert cli.main(["tag", str(root / "from lavd")]) == 0
    assert lines(capsys) == ["from lavd: old"]
    assert sorted(path.name for path in (root / "from lavd").rglob("*")) == before
    assert "old" in (root / "lavdlike.yaml").read_text()
    assert cli.main(["mv", str(root / "from lavd"), "new"]) == 1
    assert "from lavd: another program writes it" in capsys.readouterr().err


def test_mv_renames_and_undo_takes_it_back(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["mv", str(root / "run-2"), "run-3"]) == 0
    assert lines(capsys) == ["renamed run-2 to run-3"]
    assert (root / "run-3").is_dir()
    assert cli.main(["mv", str(root / "run-3"), "run-10"]) == 1
    assert capsys.readouterr().err == "lavdlike: run-3: there is a run-10 in the root already\n"
    assert cli.main(["undo", str(root)]) == 0
    assert lines(capsys) == ["took back: renamed run-2 to run-3"]
    assert (root / "run-2").is_dir()


def test_undo_takes_back_one_after_the_other(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["star", str(root / "run-2")])
    cli.main(["title", str(root / "run-2"), "x"])
    lines(capsys)
    assert cli.main(["undo", str(root)]) == 0
    assert marks(root, "run-2") == {"starred": True}
    assert lines(capsys) == ["took back: titled run-2: x"]
    assert cli.main(["undo", str(root), "--json"]) == 0
    assert not (root / "run-2/marks.json").exists()
    (answer,) = objects(capsys)
    assert answer["what"] == "took back: starred run-2"
    assert cli.main(["undo", str(root)]) == 1
    assert capsys.readouterr().err == "lavdlike: there is nothing to undo\n"


def test_edits_are_listed_and_taken_back_by_their_id(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines(capsys)
    assert cli.main(["undo", str(root), "--list"]) == 0
    assert lines(capsys) == []
    cli.main(["star", str(root / "run-2")])
    cli.main(["title", str(root / "run-10"), "x"])
    lines(capsys)
    assert cli.main(["undo", str(root), "--list", "--json"]) == 0
    titled, starred = objects(capsys)
    assert cli.main(["undo", str(root), str(starred["id"])]) == 0
    assert lines(capsys) == ["took back: starred run-2"]
    assert cli.main(["undo", str(root), "--list"]) == 0
    header, *rows = lines(capsys)
    assert header.split() == ["ID", "WHEN", "BY", "WHAT"]
    assert [row.partition(f"  {titled['by']}  ")[2] for row in rows] == [
        "took back: starred run-2",
        "titled run-10: x",
        "starred run-2 (taken back)",
    ]
    assert cli.main(["undo", str(root), "no such id"]) == 1
    assert "there is no such edit" in capsys.readouterr().err


def test_empty_texts_take_no_other_meaning(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As of variables that are not set: only what is said to be removed by an empty text is."""
    run = str(root / "run-2")
    assert cli.main(["star", run]) == 0
    for command, said in (
        (["undo", str(root), ""], "there is no such edit"),
        (["restore", str(root), ""], "nothing in the trash has this id"),
        (["mv", run, ""], "new name"),
        (["show", run, ""], "nothing of the name"),
    ):
        lines(capsys)
        assert cli.main(command) in (1, 2), command
        assert said in capsys.readouterr().err, command
    for command in (
        ["tag", run, "--add", ""],
        ["tag", run, "--remove", "a,,b"],
        ["thin", run, "--kinds", "", "--last", "1"],
        ["star", ""],
        ["star", run, "--root", ""],
        ["note", run, "--file", ""],
    ):
        with pytest.raises(SystemExit):
            cli.main(command)
    assert marks(root, "run-2") == {"starred": True}


def test_the_exit_code_of_a_refusal_is_one() -> None:
    assert (answering.DONE, answering.REFUSED) == (0, 1)
