"""What people wrote into an archive is read; nothing in it is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.disk.opening import editor_at
from lavdlike.edit_messages import Mark, Rename, Target, Trash
from lavdlike.edits.editor import Editor
from lavdlike.errors import EditError
from tests.disk.archives.archives import with_names

REFUSED = "it lies in an archive, in which nothing is changed; unpack the archive to change it"


@pytest.fixture(autouse=True)
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config"


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    words = b"labels: {'*/loss': {goal: min}}\n"
    marks = b'{"title": "Said before"}'
    contents = {"lavdlike.yaml": words, "run/experiment.json": b"{}", "run/marks.json": marks}
    return with_names(tmp_path / "ours.zip", contents)


def test_what_people_said_is_read(ours: Path) -> None:
    editor = Editor(editor_at(ours))
    assert editor.marks("run").marks.title == "Said before"
    assert editor.root_file().settings.labels[0].goal == "min"
    assert not editor.done()
    assert not editor.trashed()


@pytest.mark.parametrize(
    "edit",
    [Mark([Target("run", "")], starred=True), Trash([Target("run", "")]), Rename(Target("run", ""), "x")],
)
def test_every_edit_is_refused_with_a_sentence(edit: Mark | Trash | Rename, ours: Path, config: Path) -> None:
    before = ours.read_bytes()
    with pytest.raises(EditError) as caught:
        Editor(editor_at(ours)).do(edit, by="ada")
    assert caught.value.reason == REFUSED
    assert ours.read_bytes() == before
    assert not config.exists()


def test_of_runs_of_other_programs_it_is_said_in_the_users_folder(tmp_path: Path, config: Path) -> None:
    archive = with_names(tmp_path / "theirs.zip", {"run/metrics.jsonl": b'{"step": 1, "loss": 2}\n'})
    editor = Editor(editor_at(archive))
    assert editor.do(Mark([Target("run", "")], starred=True), by="ada").refused == []
    assert editor.marks("run").marks.starred
    assert list(config.rglob("lavdlike.yaml"))
    run = editor_at(archive).look("run")
    assert run is not None
    refused = editor.do(Trash([Target("run", run.identity)]), by="ada").refused
    assert [each.reason for each in refused] == [
        "another program writes it: nothing is changed in its folder"
    ]
