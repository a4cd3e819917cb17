"""People's edits in a store: nobody writes over another's words, and what a store cannot do is said."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from lavdlike.disk.opening import editor_at, path_of
from lavdlike.disk.stores.object_editor import READ_ONLY, ObjectEditor
from lavdlike.disk.stores.store_addresses import path_of_address
from lavdlike.edit_messages import Mark, Rename, Target, Trash, Undo
from lavdlike.edits.editor import Editor
from lavdlike.errors import ConflictError, EditError
from lavdlike.match import match_of

_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def root() -> ObjectEditor:
    address = f"memory://edited-{next(_numbers)}"
    found = ObjectEditor(address, path_of_address(address))
    found.bucket.store.put("run/experiment.json", b"{}")
    return found


def test_marks_are_written_undone_and_kept_in_a_history(root: ObjectEditor) -> None:
    editor = Editor(root)
    answer = editor.do(Mark([Target("run", "")], title="Better"), by="ann")
    assert editor.marks("run").marks.title == "Better"
    assert [done.by for done in Editor(editor_at(root.path)).done()] == ["ann"]
    editor.do(Undo(answer.id), by="ann")
    assert editor.marks("run").marks.title == ""
    names = {found.path.split("/")[0] for found in root.bucket.store.list()}
    assert not any("lock" in name for name in names)


def test_of_two_who_saw_the_same_one_is_told_of_the_other(root: ObjectEditor) -> None:
    root.replace("run/my-notes.md", b"first", "")
    seen = match_of(b"first")
    root.replace("run/my-notes.md", b"second", seen)
    with pytest.raises(ConflictError) as raised:
        root.replace("run/my-notes.md", b"third", seen)
    assert raised.value.content == b"second"
    root.replace("run/my-notes.md", None, match_of(b"second"), keep_as="run/.kept")
    assert (root.look("run/my-notes.md"), root.read("run/.kept")) == (None, b"second")


def test_a_write_that_comes_between_a_look_and_a_put_is_not_lost(
    root: ObjectEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    root.replace("a", b"1", "")
    read = root._read

    def read_late(path: str) -> object:
        found = read(path)
        monkeypatch.undo()
        root.bucket.store.put("a", b"of somebody else")
        return found

    monkeypatch.setattr(root, "_read", read_late)
    with pytest.raises(ConflictError):
        root.replace("a", b"2", match_of(b"1"))
    assert root.read("a") == b"of somebody else"


def test_lines_of_many_are_all_there(root: ObjectEditor) -> None:
    threads = [
        threading.Thread(target=lambda n=number: root.append("log.jsonl", b"%d" % n)) for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((root.read("log.jsonl") or b"").split()) == [b"%d" % number for number in range(8)]


def test_one_at_a_time_holds_a_lock_and_an_old_one_holds_nobody_up(
    root: ObjectEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lavdlike.disk.stores.object_editor.LOCK_WAIT_S", 0.0)
    with root.locked(".lock"), pytest.raises(EditError, match="somebody else"), root.locked(".lock"):
        pass
    root.bucket.store.put(".lock", b"of one that was killed")
    monkeypatch.setattr("lavdlike.disk.stores.object_editor._LOCK_LASTS_S", -1.0)
    with root.locked(".lock"):
        assert root.bucket.store.read(".lock").content != b"of one that was killed"
    assert [found.path for found in root.bucket.store.list()] == ["run/experiment.json"]


def test_folders_are_not_moved_and_nothing_is_lost_by_trying(root: ObjectEditor) -> None:
    found = root.look("run")
    assert found is not None
    target = Target("run", found.identity)
    for edit in (Rename(target, "other"), Trash([target])):
        refused = Editor(root).do(edit, by="").refused
        assert ["provider's own tools" in each.reason for each in refused] == [True]
    assert root.read("run/experiment.json") == b"{}"


def test_a_store_without_conditions_is_read_only_and_says_so(tmp_path: Path) -> None:
    register: Any = fsspec.register_implementation
    register("readfs", MemoryFileSystem, clobber=True)
    path = path_of(f"readfs://{tmp_path.name}")
    root = editor_at(path)
    assert isinstance(root, ObjectEditor)
    assert not root.is_editable
    with pytest.raises(EditError, match=READ_ONLY):
        root.replace("a", b"", "")
    with pytest.raises(EditError, match=READ_ONLY):
        root.append("a", b"x")
