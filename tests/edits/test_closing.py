"""Items that are closed in the page: their files go to the trash, and come back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from lavdlike import Logger
from lavdlike.disk.edit import LocalEditor
from lavdlike.edit_messages import CloseItems, EditAnswer, ItemName, Target, Undo
from lavdlike.edits.editor import Editor
from lavdlike.errors import BadEditError
from tests.edits.experiments import begin_to_run, content, identity


@pytest.fixture
def run(tmp_path: Path) -> Path:
    with Logger("run", tmp_path) as logger:
        for step in range(3):
            logger.log_image(Image.new("L", (4, 4)), "bird", step)
            logger.log_scalar(1.0, "loss", step)
        logger.log_text("seen", "bird", 1)
        logger.log_text("said", "all")
    begin_to_run(tmp_path / "run")
    return tmp_path / "run"


def close(run: Path, *items: ItemName, every: bool = False) -> EditAnswer:
    edit = CloseItems(Target("run", identity(run)), list(items), every)
    return Editor(LocalEditor(run.parent)).do(edit, by="ann")


def test_what_is_closed_is_one_entry_of_the_trash_and_comes_back_by_undo(run: Path) -> None:
    before = content(run)
    done = close(run, ItemName("images", "bird"))
    assert sorted(before.keys() - content(run).keys()) == [f"000{step}/bird.png" for step in range(3)]
    assert (done.what, done.files) == ("closed bird of run", 3)
    Editor(LocalEditor(run.parent)).do(Undo(done.id), by="ann")
    assert content(run) == before


def test_an_environment_that_is_emptied_stays_with_its_points(run: Path) -> None:
    close(run, every=True)
    assert sorted(content(run).keys() - {".lavdlike.lock"}) == ["experiment.json", "scalars.tsv"]


def test_what_has_no_files_of_its_own_is_refused(run: Path) -> None:
    before = content(run)
    for item in (ItemName("scalars", "loss"), ItemName("images", "../x"), ItemName("none", "bird")):
        assert "no files" in close(run, item).refused[0].reason.replace("none of it has files", "no files")
    with pytest.raises(BadEditError):
        close(run)
    with pytest.raises(BadEditError):
        close(run, ItemName("images", "bird"), every=True)
    assert content(run) == before
