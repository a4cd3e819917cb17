from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lavdlike.disk.edit import LocalEditor
from lavdlike.edit_messages import EditAnswer, EmptyTrash, Restore, Target, Trash, Undo
from lavdlike.edits.editor import Editor
from lavdlike.errors import BadEditError, EditError
from tests.edits.experiments import begin_to_run, content, identity, written
from tests.scripts import ROOT


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return Editor(LocalEditor(tmp_path))


def trash(editor: Editor, root: Path, *names: str) -> EditAnswer:
    return editor.do(Trash([Target(name, identity(root / name)) for name in names]), by="ann")


def test_many_go_to_the_trash_as_one_edit_and_come_back_by_undo(tmp_path: Path, editor: Editor) -> None:
    before = {name: content(written(tmp_path, name)) for name in ("a", "b")}
    begin_to_run(written(tmp_path, "c"))
    answer = trash(editor, tmp_path, "a", "b", "c")
    assert answer.what == "moved 2 experiments to the trash"
    assert [(refused.target, refused.conflict) for refused in answer.refused] == [("c", None)]
    assert answer.files == sum(map(len, before.values()))
    assert answer.size_bytes > 0
    assert sorted(each.name for each in editor.trashed()) == ["a", "b"]
    undone = editor.do(Undo(answer.id), by="ann")
    assert undone.what == editor.done()[0].what == "took back: moved 2 experiments to the trash"
    assert undone.files == answer.files
    assert {name: content(tmp_path / name) for name in before} == before
    assert editor.trashed() == []
    again = editor.do(Undo(undone.id), by="ann")
    assert sorted(each.name for each in editor.trashed()) == ["a", "b"]
    editor.do(Undo(again.id), by="ann")
    assert editor.trashed() == []


def test_what_was_removed_for_good_is_not_offered_to_be_taken_back(tmp_path: Path, editor: Editor) -> None:
    for name in ("a", "b"):
        written(tmp_path, name)
    trash(editor, tmp_path, "a", "b")
    first, second = editor.trashed()
    editor.do(EmptyTrash([first.id]), by="ann")
    assert editor.done()[1].can_be_undone
    editor.do(EmptyTrash([second.id]), by="ann")
    assert [each.can_be_undone for each in editor.done()] == [False, False, False]


def test_what_is_restored_can_be_thrown_away_again_by_undo(tmp_path: Path, editor: Editor) -> None:
    before = content(written(tmp_path))
    thrown = trash(editor, tmp_path, "run")
    answer = editor.do(Restore([editor.trashed()[0].id]), by="ann")
    assert (answer.what, answer.files) == ("restored run", len(before))
    assert content(tmp_path / "run") == before
    editor.do(Undo(answer.id), by="ann")
    assert [each.name for each in editor.trashed()] == ["run"]
    assert editor.do(Undo(thrown.id), by="ann").refused == []
    assert content(tmp_path / "run") == before


def test_emptying_cannot_be_taken_back(tmp_path: Path, editor: Editor) -> None:
    written(tmp_path)
    moved = trash(editor, tmp_path, "run")
    answer = editor.do(EmptyTrash([editor.trashed()[0].id]), by="ann")
    assert (answer.what, answer.files) == ("removed run for good", moved.files)
    assert editor.trashed() == []
    assert not editor.done()[0].can_be_undone
    with pytest.raises(EditError, match="cannot be taken back"):
        editor.do(Undo(answer.id), by="ann")
    (refused,) = editor.do(Undo(moved.id), by="ann").refused
    assert refused.reason == "nothing in the trash has this id or name, or no longer"


def test_what_is_refused_is_no_edit(tmp_path: Path, editor: Editor) -> None:
    begin_to_run(written(tmp_path))
    answer = trash(editor, tmp_path, "run")
    assert (answer.id, answer.what) == ("", "")
    (refused,) = editor.do(Restore(["../run"]), by="ann").refused
    assert refused.target == "../run"
    written(tmp_path, "other")
    (refused,) = editor.do(Trash([Target("other", "1-1")]), by="ann").refused
    assert refused.conflict is not None
    assert refused.conflict.match == identity(tmp_path / "other")
    assert editor.done() == []


@pytest.mark.parametrize("experiment", ["", "..", ".lavdlike-trash", "a/b", "%2e%2e", "run/0001"])
def test_only_experiments_are_thrown_away(tmp_path: Path, editor: Editor, experiment: str) -> None:
    written(tmp_path)
    (refused,) = editor.do(Trash([Target(experiment, "1-1")]), by="ann").refused
    assert refused.reason == "there is no such experiment"


def test_without_a_target_there_is_no_edit(editor: Editor) -> None:
    for edit in (Trash([]), Restore([]), EmptyTrash([])):
        with pytest.raises(BadEditError):
            editor.do(edit, by="ann")


_WRITER = """
import sys
from lavdlike import Logger
for session in range(20):
    with Logger("run", sys.argv[1]) as logger:
        for step in range(10):
            logger.log_scalar(session * 10 + step, "value", step)
    print(session, flush=True)
"""


def test_runs_that_begin_and_end_while_they_are_thrown_away_lose_nothing(
    tmp_path: Path, editor: Editor
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as writer:
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "0\n"
            moved, has_ended = 0, False
            while not has_ended:
                has_ended = writer.poll() is not None  # once more behind its end
                found = LocalEditor(tmp_path).look("run")
                answer = editor.do(Trash([Target("run", found.identity if found else "")]), by="ann")
                moved += bool(answer.id)
            assert writer.returncode == 0
        finally:
            writer.kill()
    assert moved
    assert len(editor.trashed()) >= moved
    written = [
        float(line.split("\t")[3])
        for file in tmp_path.rglob("scalars.tsv")
        for line in file.read_text().splitlines()[1:]
    ]
    assert sorted(written) == [float(value) for value in range(200)]


def test_one_in_a_folder_goes_to_the_trash_and_comes_back_with_its_folder(
    tmp_path: Path, editor: Editor
) -> None:
    run = written(tmp_path / "sweep" / "deep", "a")
    before = content(run)
    target = Target("sweep%2Fdeep%2Fa", identity(run))
    answer = editor.do(Trash([target]), by="ann")
    assert answer.what == "moved sweep/deep/a to the trash"
    assert [each.name for each in editor.trashed()] == ["sweep/deep/a"]
    assert list((tmp_path / "sweep" / "deep").iterdir()) == []
    (tmp_path / "sweep" / "deep").rmdir()
    (tmp_path / "sweep").rmdir()
    editor.do(Undo(answer.id), by="ann")
    assert content(run) == before
    assert editor.trashed() == []
    assert list((tmp_path / ".lavdlike-trash").iterdir()) == []
    editor.do(Trash([target]), by="ann")
    editor.do(EmptyTrash([each.id for each in editor.trashed()]), by="ann")
    assert list((tmp_path / ".lavdlike-trash").iterdir()) == []


def test_only_runs_in_folders_are_thrown_away(tmp_path: Path, editor: Editor) -> None:
    step = written(tmp_path) / "0001"
    (refused,) = editor.do(Trash([Target("run%2F0001", identity(step))]), by="ann").refused
    assert refused.reason == "there is no such experiment"
