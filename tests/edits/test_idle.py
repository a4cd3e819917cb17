from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lavdlike.disk.edit import LocalEditor
from lavdlike.edit_messages import EditAnswer, Rename, Restore, Target, Trash, Undo
from lavdlike.edits import idle
from lavdlike.edits.editor import Editor
from lavdlike.experiment import QUIET_AFTER_S
from tests.edits.experiments import begin_to_run, content, identity, written


@pytest.fixture
def outer(tmp_path: Path) -> Path:
    """An experiment that ended, with two in it."""
    outer = written(tmp_path, "outer")
    written(outer, "inner")
    written(outer / "more", "deep")
    return outer


def trash(outer: Path) -> EditAnswer:
    edit = Trash([Target("outer", identity(outer))])
    return Editor(LocalEditor(outer.parent)).do(edit, by="ann")


def rename(outer: Path) -> EditAnswer:
    return Editor(LocalEditor(outer.parent)).do(Rename(Target("outer", identity(outer)), "new"), by="ann")


def reason(answer: EditAnswer) -> str:
    (refused,) = answer.refused
    assert (answer.id, refused.target) == ("", "outer")
    return refused.reason


def of_mlflow(outer: Path, status: str) -> Path:
    file = outer / "other" / "meta.yaml"
    file.parent.mkdir()
    file.write_text(f"run_id: ab12\nstatus: {status}\n")
    return file


def set_time(file: Path, age_s: float) -> None:
    then = time.time() - age_s
    os.utime(file, (then, then))


@pytest.mark.parametrize("move", [trash, rename])
@pytest.mark.parametrize("inner", ["inner", "more/deep"])
def test_one_in_which_another_runs_stays(outer: Path, inner: str, move: Callable[[Path], EditAnswer]) -> None:
    begin_to_run(outer / inner)
    before = content(outer.parent)
    assert reason(move(outer)) == f"outer/{inner}, which lies in it, runs: wait for its end, or end it first"
    set_time(outer / inner / "experiment.json", 2 * QUIET_AFTER_S)
    assert f"outer/{inner}, which lies in it, may still run" in reason(move(outer))
    assert content(outer.parent).items() >= before.items()
    assert [path.name for path in outer.parent.iterdir() if not path.name.startswith(".")] == ["outer"]
    set_time(outer / inner / "experiment.json", idle.GIVEN_UP_AFTER_S + 60)
    assert move(outer).id


@pytest.mark.parametrize("move", [trash, rename])
def test_another_programs_run_in_it_counts_as_long_as_it_is_written(
    outer: Path, move: Callable[[Path], EditAnswer]
) -> None:
    file = of_mlflow(outer, "1")
    assert "outer/other, which lies in it, runs" in reason(move(outer))
    set_time(file, 2 * QUIET_AFTER_S)
    assert "outer/other, which lies in it, may still run" in reason(move(outer))
    set_time(file, idle.GIVEN_UP_AFTER_S + 60)
    assert move(outer).id


def test_one_with_runs_that_ended_goes_with_them_and_comes_back(outer: Path) -> None:
    of_mlflow(outer, "3")
    before = content(outer)
    answer = trash(outer)
    assert answer.files == len(before)
    Editor(LocalEditor(outer.parent)).do(Undo(answer.id), by="ann")
    assert content(outer) == before


@pytest.mark.parametrize("move", [trash, rename])
def test_one_in_which_another_begins_to_run_at_the_last_moment_is_put_back(
    outer: Path, monkeypatch: pytest.MonkeyPatch, move: Callable[[Path], EditAnswer]
) -> None:
    original = LocalEditor.move

    def begin(self: LocalEditor, source: str, target: str, *, identity: str = "") -> None:
        monkeypatch.setattr(LocalEditor, "move", original)
        begin_to_run(written(outer / "more", "new one"))
        original(self, source, target, identity=identity)

    before = content(outer)
    monkeypatch.setattr(LocalEditor, "move", begin)
    assert "outer/more/new one, which lies in it, runs" in reason(move(outer))
    assert content(outer).items() >= before.items()
    assert Editor(LocalEditor(outer.parent)).trashed() == []
    assert Editor(LocalEditor(outer.parent)).done() == []


def test_taking_back_moves_nothing_that_runs_either(outer: Path) -> None:
    editor = Editor(LocalEditor(outer.parent))
    trash(outer)
    [trashed] = editor.trashed()
    restored = editor.do(Restore([trashed.id]), by="ann")
    begin_to_run(outer / "inner")
    assert "outer/inner, which lies in it, runs" in reason(editor.do(Undo(restored.id), by="ann"))
