from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike import layout
from lavdlike.disk.edit import LocalEditor
from lavdlike.edit_messages import EditAnswer, Mark, Rename, Target, Undo
from lavdlike.edits import idle
from lavdlike.edits.editor import Editor
from lavdlike.errors import BadEditError, EditError
from tests.edits.experiments import begin_to_run, content, identity, written


def rename(root: Path, new_name: str, match: str | None = None) -> EditAnswer:
    target = Target("run", identity(root / "run") if match is None else match)
    return Editor(LocalEditor(root)).do(Rename(target, new_name), by="ann")


def reason(answer: EditAnswer) -> str:
    (refused,) = answer.refused
    assert (answer.id, refused.target) == ("", "run")
    return refused.reason


def test_an_experiment_gets_another_name_and_its_own_back(tmp_path: Path) -> None:
    before = content(written(tmp_path))
    seen = identity(tmp_path / "run")
    answer = rename(tmp_path, "größer than before")
    assert (answer.what, answer.match) == ("renamed run to größer than before", seen)
    assert content(tmp_path / "größer than before") == before
    assert not (tmp_path / "run").exists()
    undone = Editor(LocalEditor(tmp_path)).do(Undo(answer.id), by="ann")
    assert content(tmp_path / "run") == before
    Editor(LocalEditor(tmp_path)).do(Undo(undone.id), by="ann")
    assert content(tmp_path / "größer than before") == before


def test_earlier_states_of_what_people_wrote_go_with_it(tmp_path: Path) -> None:
    written(tmp_path)
    editor = Editor(LocalEditor(tmp_path))
    for title in ("first", "second"):
        editor.do(Mark([Target("run", editor.marks("run").match)], title=title), by="ann")
    rename(tmp_path, "new name")
    states = editor.history(layout.to_id("new name"), layout.MARKS_FILE)
    assert ['"first"' in state.text for state in states] == [True]


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".hidden", "a/b", "/a", "../a", "a\nb", "a\0b", "x" * 300, "\ud800"]
)
def test_names_that_no_experiment_has_are_refused(tmp_path: Path, name: str) -> None:
    before = content(written(tmp_path))
    with pytest.raises(BadEditError, match="the new name"):
        rename(tmp_path, name)
    assert content(tmp_path / "run") == before


def test_a_taken_name_is_refused(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "empty").mkdir()
    for name in ("empty", "run"):
        assert reason(rename(tmp_path, name)) == f"there is a {name} in the root already"


def test_one_that_runs_keeps_its_name(tmp_path: Path) -> None:
    begin_to_run(written(tmp_path))
    assert "it runs" in reason(rename(tmp_path, "new"))


def test_one_that_begins_to_run_meanwhile_gets_its_name_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(written(tmp_path))
    checks = iter([None, None, "it runs"])

    def check_idle(_: object, name: str, __: object) -> None:
        if said := next(checks):
            raise EditError(name, said)

    monkeypatch.setattr(idle, "check_idle", check_idle)
    assert reason(rename(tmp_path, "new")) == "it runs"
    assert content(tmp_path / "run") == before
    assert not (tmp_path / "new").exists()
    assert Editor(LocalEditor(tmp_path)).done() == []


def test_another_folder_of_the_name_is_a_conflict(tmp_path: Path) -> None:
    written(tmp_path)
    (refused,) = rename(tmp_path, "new", match="1-1").refused
    assert refused.conflict is not None
    assert refused.conflict.match == identity(tmp_path / "run")


def test_one_in_a_folder_stays_in_it(tmp_path: Path) -> None:
    run = written(tmp_path / "sweep", "a")
    before, target = content(run), Target("sweep%2Fa", identity(run))
    editor = Editor(LocalEditor(tmp_path))
    editor.do(Mark([Target("sweep%2Fa", "")], title="the best"), by="ann")
    answer = editor.do(Rename(target, "b"), by="ann")
    assert answer.what == "renamed sweep/a to sweep/b"
    assert content(tmp_path / "sweep" / "b").items() > before.items()
    editor.do(Undo(answer.id), by="ann")
    assert editor.marks("sweep%2Fa").marks.title == "the best"


def test_what_people_said_of_those_in_it_goes_with_it(tmp_path: Path) -> None:
    written(tmp_path / "run", "inner")
    (tmp_path / "run" / "theirs").mkdir()
    (tmp_path / "run" / "theirs" / "events.out.tfevents.1").touch()
    (tmp_path / "lavdlike.yaml").write_text("# mine\nexperiments:\n  runs/x: {title: Other}\n")
    editor = Editor(LocalEditor(written(tmp_path).parent))
    for name in ("run%2Finner", "run%2Ftheirs"):
        for title in ("first", "second"):
            editor.do(Mark([Target(name, editor.marks(name).match)], title=title, add_tags=["a"]), by="ann")
    answer = rename(tmp_path, "new")
    for name in ("new%2Finner", "new%2Ftheirs"):
        assert editor.marks(name).marks.title == "second"
    assert ['"first"' in state.text for state in editor.history("new%2Finner", layout.MARKS_FILE)] == [True]
    said = (tmp_path / "lavdlike.yaml").read_text()
    assert said.startswith("# mine\nexperiments:\n  runs/x: {title: Other}\n  new/theirs:\n")
    assert "run/theirs" not in said
    newest = editor.history("", "lavdlike.yaml")[0]
    assert newest.by == "ann"
    assert "run/theirs" in newest.text
    editor.do(Undo(answer.id), by="ann")
    assert editor.marks("run%2Ftheirs").marks.title == "second"
    assert editor.marks("run%2Ftheirs").tags == ["a"]


def test_words_that_no_program_can_change_stay_and_hinder_nothing(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "lavdlike.yaml").write_text("experiments: {run/theirs: {title: A}, run/theirs: {title: B}}\n")
    before = (tmp_path / "lavdlike.yaml").read_bytes()
    assert rename(tmp_path, "new").id
    assert (tmp_path / "lavdlike.yaml").read_bytes() == before
