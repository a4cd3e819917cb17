from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from lavdlike import Logger
from lavdlike.disk.edit import LocalEditor
from lavdlike.edit_messages import EditAnswer, Target, Thin, Undo
from lavdlike.edits.editor import Editor
from lavdlike.errors import BadEditError
from tests.edits.experiments import begin_to_run, content, identity


@pytest.fixture
def run(tmp_path: Path) -> Path:
    with Logger("run", tmp_path) as logger:
        for step in range(10):
            logger.log_image(Image.new("L", (4, 4)), "bird", step)
            logger.log_scalar(1.0, "loss", step)
    for step in range(0, 10, 2):
        (tmp_path / f"run/{step:04d}/model.pt").write_bytes(b"x" * 10_000)
    return tmp_path / "run"


def thinned(
    run: Path, *kinds: str, every: int = 0, last: int = 1, dry_run: bool = False, match: str = ""
) -> EditAnswer:
    target = Target("run", match or identity(run))
    return editor_of(run).do(Thin([target], list(kinds), every, last, dry_run=dry_run), by="ann")


def editor_of(run: Path) -> Editor:
    return Editor(LocalEditor(run.parent))


def test_a_dry_run_only_counts(run: Path) -> None:
    before = content(run)
    counted = thinned(run, "models", dry_run=True)
    assert (counted.id, counted.files) == ("", 4)
    assert counted.what == "would move models of run to the trash"
    assert counted.size_bytes >= 40_000
    assert content(run) == before
    assert editor_of(run).trashed() == []


def test_what_is_thinned_is_one_entry_of_the_trash_and_comes_back_by_undo(run: Path) -> None:
    before = content(run)
    done = thinned(run, "images", "models", every=3, last=1)
    assert sorted(content(run).keys() ^ before.keys()) == [
        *("0001/bird.png", "0002/bird.png", "0002/model.pt", "0004/bird.png", "0004/model.pt"),
        *("0005/bird.png", "0007/bird.png", "0008/bird.png"),
    ]
    assert not (run / "0001").exists()
    (trashed,) = editor_of(run).trashed()
    assert (done.files, done.what) == (8, "moved images, models of run to the trash")
    assert (trashed.name, trashed.what, trashed.files) == ("run", "images, models", 8)
    undone = editor_of(run).do(Undo(done.id), by="ann")
    assert content(run) == before
    assert editor_of(run).trashed() == []
    assert undone.files == 8


def test_with_nothing_to_move_nothing_is_done(run: Path) -> None:
    answer = thinned(run, "arrays")
    assert (answer.id, answer.what) == ("", "there is nothing to thin")
    assert editor_of(run).done() == []


def test_a_run_that_goes_on_keeps_its_newest_step_and_its_folders(run: Path) -> None:
    begin_to_run(run)
    (run / "0009/bird.png").unlink()
    (run / "0009/x.npy").write_bytes(b"")
    (run / "0008/x.npy").write_bytes(b"")
    assert thinned(run, "images", "arrays", every=100, last=0).files == 8  # without step 9
    assert (run / "0009/x.npy").exists()
    assert (run / "0001").is_dir()


def test_a_rule_that_cannot_be_is_said(run: Path) -> None:
    with pytest.raises(BadEditError, match="scalars are never thinned"):
        thinned(run, "scalars")


def test_another_folder_of_the_name_stays(run: Path) -> None:
    (refused,) = thinned(run, "images", match="1-1").refused
    assert refused.conflict is not None


def test_a_folder_of_another_program_stays(tmp_path: Path) -> None:
    (tmp_path / "run/0001").mkdir(parents=True)
    (tmp_path / "run/0001/a.npy").write_bytes(b"")
    (tmp_path / "run/0002").mkdir(parents=True)
    (tmp_path / "run/0002/a.npy").write_bytes(b"")
    editor = Editor(LocalEditor(tmp_path), own_folder=tmp_path / "own")
    edit = Thin([Target("run", identity(tmp_path / "run"))], ["arrays"], 0, 1)
    (refused,) = editor.do(edit, by="ann").refused
    assert "another program" in refused.reason
