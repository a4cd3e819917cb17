"""Experiments that are made in the page: empty ones, and copies."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lavdlike.compat.visdom import Visdom
from lavdlike.disk.edit import LocalEditor
from lavdlike.edit_messages import EditAnswer, ForkExperiment, MakeExperiment, Target, Undo
from lavdlike.edits.editor import Editor
from lavdlike.errors import BadEditError, EditError
from tests.edits.experiments import begin_to_run, content, identity, written


def editor(root: Path) -> Editor:
    return Editor(LocalEditor(root))


def fork(root: Path, name: str) -> EditAnswer:
    return editor(root).do(ForkExperiment(Target("run", identity(root / "run")), name), by="ann")


def test_an_environment_is_made_empty_and_goes_by_undo(tmp_path: Path) -> None:
    written(tmp_path)
    done = editor(tmp_path).do(MakeExperiment("sweep_a%20b"), by="ann")
    assert Visdom(log_dir=tmp_path).get_env_list() == ["main", "run", "sweep_a b"]
    with pytest.raises(EditError, match="there is a sweep_a b already"):
        editor(tmp_path).do(MakeExperiment("sweep_a%20b"), by="ann")
    for wrong in ("a%2Fb", ".a", "..", ""):
        with pytest.raises(BadEditError):
            editor(tmp_path).do(MakeExperiment(wrong), by="ann")
    editor(tmp_path).do(Undo(done.id), by="ann")
    assert not (tmp_path / "sweep_a b").exists()


def test_a_fork_holds_the_same_but_is_nobodys_and_has_no_inner_runs(tmp_path: Path) -> None:
    run = written(tmp_path)
    vis = Visdom(log_dir=tmp_path, env="run")
    kept = {".lavdlike.lock"}
    vis.text("said", win="said", opts={"title": "Said"})
    (run / "inner").mkdir()
    (run / "inner" / "experiment.json").write_text('{"sessions": [{"started": 1.0}]}')
    (run / "out").symlink_to("..")
    os.mkfifo(run / "pipe")
    begin_to_run(run)
    done = fork(tmp_path, "copy")
    assert (done.refused, done.what) == ([], "forked run to copy")
    before, after = content(run), content(tmp_path / "copy")
    changed = {"experiment.json", "windows.jsonl"}
    assert {name: before[name] for name in before.keys() - changed - kept if "inner/" not in name} == {
        name: after[name] for name in after.keys() - changed
    }
    assert sorted(vis.get_env_list()) == ["copy", "run"]
    sessions = json.loads((tmp_path / "copy" / "experiment.json").read_text())["sessions"]
    assert [each["outcome"] for each in sessions] == ["finished"] * 3
    assert "Said" in vis.get_window_data("said", "copy")
    assert not (tmp_path / "copy" / "out").exists()


def test_a_fork_goes_by_undo(tmp_path: Path) -> None:
    written(tmp_path)
    done = fork(tmp_path, "copy")
    editor(tmp_path).do(Undo(done.id), by="ann")
    assert not (tmp_path / "copy").exists()


def test_a_fork_writes_over_nothing_and_leaves_nothing_behind(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "there").mkdir()
    assert fork(tmp_path, "there").refused[0].reason == "there is a there already"
    answer = editor(tmp_path).do(ForkExperiment(Target("run", "1-2"), "copy"), by="ann")
    assert answer.refused[0].conflict
    assert not (tmp_path / "copy").exists()
    making = tmp_path / ".lavdlike-history" / "making"
    assert not making.exists() or not list(making.iterdir())
