from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lavdlike.disk import edit, replacing
from lavdlike.disk.edit import LocalEditor
from lavdlike.edit_messages import (
    Annotate,
    Annotation,
    DefineLabels,
    EditAnswer,
    EmptyTrash,
    Mark,
    Rename,
    SaveFilter,
    SaveView,
    Target,
    Trash,
    Undo,
    WriteNotes,
)
from lavdlike.edits import journal
from lavdlike.edits.editor import Editor
from lavdlike.edits.history import History
from lavdlike.edits.journal import Entry, FileChange, Journal
from lavdlike.errors import BadEditError, EditError
from lavdlike.match import match_of
from lavdlike.messages import LabelDefinition, SavedFilter
from tests import scripts
from tests.edits.world import World


def everything(world: World) -> list[Callable[[], EditAnswer]]:
    """An edit of each action, on ours and on foreign experiments."""

    def match() -> str:
        return world.editor.root_file().settings.match

    return [
        lambda: world.mark("foreign", "one", title="x", add_tags=["a"]),
        lambda: world.note("notes", "foreign"),
        lambda: world.annotate(Annotation(1, "here"), "foreign"),
        lambda: world.do(DefineLabels(match(), LabelDefinition("loss", goal="min"))),
        lambda: world.do(SaveFilter(match(), SavedFilter("a", "b"))),
        lambda: world.do(SaveView(match(), {"a": ["b"]})),
    ]


class TestUndo:
    def test_takes_back_each_action_and_puts_it_forward_again(self, world: World) -> None:
        for act in everything(world):
            before = (world.marks("one"), world.file("lavdlike.yaml"))
            done = act()
            after = (world.marks("one"), world.file("lavdlike.yaml"))
            assert after != before
            back = world.do(Undo(done.id), by="eve")
            assert (world.marks("one"), world.file("lavdlike.yaml")) == before
            assert back.what == f"took back: {done.what}"
            assert world.do(Undo(back.id)).what == f"did again: {done.what}"
            assert (world.marks("one"), world.file("lavdlike.yaml")) == after

    def test_of_a_file_that_was_changed_since_is_a_conflict(self, world: World) -> None:
        done = world.mark("one", "two", title="First")
        (world.root / "one" / "marks.json").write_text('{"title": "by hand"}')
        answer = world.do(Undo(done.id))
        (refused,) = answer.refused
        assert refused.target == "one"
        assert refused.conflict is not None
        assert refused.conflict.text == '{"title": "by hand"}'
        assert world.marks("one") == {"title": "by hand"}
        assert world.marks("two") is None

    def test_brings_back_every_byte_of_a_file_by_hand(self, world: World) -> None:
        (world.root / "one" / "marks.json").write_text('{ "title":"by hand" , "mine": 1 }')
        done = world.mark("one", title="")
        world.do(Undo(done.id))
        assert world.file("one/marks.json") == '{ "title":"by hand" , "mine": 1 }'

    def test_twice_or_of_nothing_is_refused(self, world: World) -> None:
        done = world.mark("one", title="x")
        world.do(Undo(done.id))
        with pytest.raises(BadEditError, match="taken back already"):
            world.do(Undo(done.id))
        with pytest.raises(BadEditError, match="no such edit"):
            world.do(Undo("nothing"))

    @pytest.mark.parametrize("path", ["one/train.py", "one/experiment.json", "one/0001/my-notes.md"])
    def test_changes_no_file_that_only_the_journal_names(self, world: World, path: str) -> None:
        """In a folder of several people, others can write the journal and the history as well."""
        world.mark("one", title="x")
        (world.root / path).parent.mkdir(exist_ok=True)
        (world.root / path).write_text("good")
        store = LocalEditor(world.root)
        History(store).keep(path, b"bad")
        change = FileChange(path, match_of(b"bad"), match_of(b"good"), ("one",))
        Journal(store).add(Entry("planted", 1.0, "mark", what="tagged 3 experiments: a", changes=(change,)))
        (refused,) = world.do(Undo("planted")).refused
        assert (refused.target, refused.reason) == ("one", "not a file that people write here")
        assert world.file(path) == "good"

    @pytest.mark.parametrize(
        ("action", "details"),
        [
            ("rename", {}),
            ("rename", {"from": 1, "to": "one", "identity": "x"}),
            ("trash", {"trashed": [1]}),
            ("restore", {"restored": 3}),
            ("thin", {}),
        ],
    )
    def test_of_a_line_that_others_wrote_is_a_sentence(
        self, world: World, action: str, details: dict[str, Any]
    ) -> None:
        world.mark("one", title="x")
        Journal(LocalEditor(world.root)).add(Entry("planted", 1.0, action, what="did it", details=details))
        with pytest.raises(
            BadEditError, match="cannot be taken back, its line in the journal is not ours: did it"
        ):
            world.do(Undo("planted"))

    def test_does_not_make_an_experiment_anew(self, world: World) -> None:
        done = world.mark("one", title="x")
        (world.root / "one").rename(world.root.parent / "elsewhere")
        assert world.do(Undo(done.id)).refused != []
        assert not (world.root / "one").exists()


class TestDone:
    def test_says_what_was_done_by_whom_newest_first(self, world: World) -> None:
        first = world.mark("one", "two", starred=True)
        second = world.note("x")
        world.do(Undo(first.id), by="eve")
        done = world.editor.done()
        assert [(each.what, each.by, each.undone, each.can_be_undone) for each in done] == [
            ("took back: starred 2 experiments", "eve", False, True),
            ("wrote notes on one", "ada", False, True),
            ("starred 2 experiments", "ada", True, False),
        ]
        assert done[1].id == second.id
        assert done[0].experiments == ["one", "two"]

    def test_edits_that_were_refused_are_none(self, world: World) -> None:
        answer = world.do(Mark([Target("one", "stale"), Target("gone", "")], title="x"))
        assert (answer.id, len(answer.refused)) == ("", 2)
        assert world.editor.done() == []


class TestHistory:
    def test_has_the_earlier_states_with_who_replaced_them(self, world: World) -> None:
        for text in ("one", "two", "three"):
            world.note(text)
        (world.root / "one" / "my-notes.md").write_text("by hand")
        world.note("four")
        states = world.editor.history("one", "my-notes.md")
        assert [(state.text, state.by) for state in states] == [
            ("by hand", "ada"),
            ("three", ""),
            ("two", "ada"),
            ("one", "ada"),
        ]
        assert states[0].time > 1.7e9

    def test_is_only_of_what_people_write(self, world: World) -> None:
        world.mark("foreign", title="x")
        world.mark("foreign", title="y")
        assert len(world.editor.history("", "lavdlike.yaml")) == 1
        assert len(world.editor.history("foreign", "marks.json")) == 1
        for file in ("experiment.json", "../one/marks.json", ""):
            with pytest.raises(BadEditError, match="not a file that people write"):
                world.editor.history("one", file)


class TestTheFileOfTheRoot:
    def test_that_cannot_be_read_is_a_problem(self, world: World, tmp_path: Path) -> None:
        (world.root / "lavdlike.yaml").symlink_to(tmp_path / "elsewhere")
        problem = world.editor.root_file().settings.problem
        assert problem is not None
        assert "a link stands there" in problem.reason

    def test_is_in_the_root_unless_that_is_foreign(self, world: World) -> None:
        assert world.editor.root_file_path() == world.root / "lavdlike.yaml"
        for name in ("one", "two"):
            (world.root / name / "experiment.json").unlink()
        assert world.another_editor().root_file_path() == world.own / "lavdlike.yaml"


KILLED = """
import sys
from pathlib import Path
from lavdlike.disk.edit import LocalEditor
from lavdlike.edit_messages import Mark, Target
from lavdlike.edits.editor import Editor
editor = Editor(LocalEditor(Path(sys.argv[1])), own_folder=Path(sys.argv[2]))
for number in range(10**6):
    targets = [Target(name, editor.marks_match(name)) for name in ("one", "foreign")]
    editor.do(Mark(targets, title=f"title {number} " + "x" * 100), by="ada")
    print(number, flush=True)
"""


def test_killed_at_any_moment_each_file_is_whole_and_the_next_editor_goes_on(world: World) -> None:
    for round_ in range(4):
        command = [sys.executable, "-c", KILLED, str(world.root), str(world.own)]
        environment = {**os.environ, "PYTHONPATH": str(scripts.ROOT)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"0\n"
            for _ in range(round_ * 20_000):  # another moment each time
                pass
            process.kill()
        assert world.marks("one")["title"].endswith("x" * 100)
        assert world.editor.root_file().settings.problem is None
        assert [name for name in world.names("one") if not name.startswith(".")] == [
            "experiment.json",
            "marks.json",
        ]
        assert world.mark("one", "foreign", title=f"round {round_}").refused == []
        for done in world.editor.done()[:1]:
            assert world.do(Undo(done.id)).refused == []


class TestWhenTheDiskRefuses:
    @pytest.mark.parametrize("writes", range(8))
    def test_nothing_is_lost_wherever_the_disk_becomes_full(
        self, world: World, monkeypatch: pytest.MonkeyPatch, writes: int
    ) -> None:
        world.mark("one", title="First")
        write_all, left = replacing.write_all, iter(range(writes))

        def refuse(descriptor: int, content: bytes) -> None:
            if next(left, None) is not None:
                return write_all(descriptor, content)
            os.write(descriptor, content[:1])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        for module in (replacing, edit):
            monkeypatch.setattr(module, "write_all", refuse)
        try:
            reasons = [refused.reason for refused in world.mark("one", "two", title="Second").refused]
        except EditError as error:
            reasons = [error.reason]
        monkeypatch.undo()
        assert set(reasons) <= {"the disk is full"}
        second = {"title": "Second"}
        assert world.marks("one") in ([{"title": "First"}, second] if reasons else [second])
        assert world.marks("two") in ([None, second] if reasons else [second])
        assert set(world.names("one")) == {"experiment.json", "marks.json"}
        for done in world.editor.done():
            world.do(Undo(done.id))
        assert world.marks("one") is world.marks("two") is None
        assert world.mark("one", "two", title="Second").refused == []

    def test_a_journal_that_cannot_be_written_stops_the_edit_before_it_begins(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise EditError(journal.JOURNAL_FILE, "the disk is full")

        monkeypatch.setattr(journal.Journal, "add", refuse)
        with pytest.raises(EditError, match="the disk is full"):
            world.mark("one", title="x")
        assert world.marks("one") is None

    @pytest.mark.parametrize("as_link", [True, False])
    @pytest.mark.parametrize("name", [".lavdlike-history", ".lavdlike-trash"])
    def test_our_hidden_names_may_be_anything(
        self,
        world: World,
        tmp_path: Path,
        name: str,
        as_link: bool,  # noqa: FBT001 - a case
    ) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        if as_link:
            (world.root / name).symlink_to(outside)
        else:
            (world.root / name).write_text("a file")
        if name == ".lavdlike-history":
            with pytest.raises(EditError, match="a link, or no folder"):
                world.mark("one", title="x")
            assert world.marks("one") is None
        else:
            assert world.mark("one", title="x").refused == []
        assert list(outside.iterdir()) == []

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_root_without_permission_says_so(self, world: World) -> None:
        world.root.chmod(0o555)
        try:
            with pytest.raises(EditError, match="no permission"):
                world.mark("one", title="x")
        finally:
            world.root.chmod(0o755)


def test_an_action_that_nobody_does_here_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lavdlike.edits.editor.FAMILIES", {})
    with pytest.raises(BadEditError, match="not possible here: trash"):
        world.do(Trash([Target("one", "")]))


@pytest.mark.parametrize("repository", ["log", "log/foreign"])
def test_git_sees_nothing_in_a_foreign_root_or_experiment(world: World, repository: str) -> None:
    folder = world.root.parent / repository
    if repository == "log":  # the whole root is another program's
        for name in ("one", "two"):
            (world.root / name / "experiment.json").rename(world.root / name / "config.json")

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "all")
    for act in everything(world):
        answer = act()
        assert answer.refused == []
        world.do(Undo(answer.id))
        act()
        assert git("status", "--porcelain", "--ignored") == ""
    assert world.editor.notes("foreign").text == "notes"
    assert len(world.editor.history("foreign", "my-notes.md")) > 1


def test_the_request_as_the_page_sends_it(world: World) -> None:
    seen = world.editor.annotations("one").match
    assert world.do(Annotate(Target("one", seen), Annotation(2, "x"))).refused == []
    assert world.do(WriteNotes(Target("one", ""), "text")).match == world.editor.notes("one").match


def test_edits_of_a_run_alone_reach_nothing_beside_it(tmp_path: Path) -> None:
    for name in ("run", "beside"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "experiment.json").write_text("{}")
    both = Editor(LocalEditor(tmp_path))
    alone = Editor(LocalEditor(tmp_path, only="run"))

    def target(name: str, editor: Editor = both) -> Target:
        return Target(name, editor.marks_match(name))

    def identity(name: str) -> Target:
        found = LocalEditor(tmp_path).look(name)
        assert found is not None
        return Target(name, found.identity)

    both.do(Mark([target("beside")], starred=True), by="")
    alone.do(Mark([target("run", alone)], starred=True), by="")
    assert [edit.experiments for edit in alone.done()] == [["run"]]
    assert len(both.done()) == 2
    with pytest.raises(EditError):
        alone.marks("beside")
    assert alone.do(Trash([identity("beside")]), by="").refused
    both.do(Trash([identity("beside")]), by="")
    (trashed,) = both.trashed()
    assert alone.trashed() == []
    (refused,) = alone.do(EmptyTrash([trashed.id]), by="").refused
    assert "nothing in the trash" in refused.reason
    (refused,) = alone.do(Rename(identity("run"), "other"), by="").refused
    assert "the folder run alone" in refused.reason
