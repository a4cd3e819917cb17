"""Edits of several roots: each is one of the files of its own root."""

from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.disk.edit import LocalEditor
from lavdlike.edit_messages import (
    DefineLabels,
    EmptyTrash,
    Mark,
    Restore,
    SaveFilter,
    SaveView,
    Target,
    Trash,
    Undo,
    WriteNotes,
)
from lavdlike.edits.editor import Editor
from lavdlike.edits.several_editors import RootEditor, SeveralEditors, edits_in, merged_words
from lavdlike.errors import EditError, NothingThereError
from lavdlike.messages import LabelDefinition, RootSettings, SavedFilter
from lavdlike.named_roots import RootName
from tests.edits.world import World


class Roots:
    """Two roots, `a` and `b c`, and the run `one` of a third one, which is called `run`."""

    def __init__(self, tmp_path: Path) -> None:
        self.worlds = {name: World(tmp_path / name) for name in ("a", "b c", "third")}
        self.writable = {"a", "b c", "run"}
        self.all = SeveralEditors(
            [
                self._editor(RootName("a"), self.worlds["a"]),
                self._editor(RootName("b c"), self.worlds["b c"]),
                self._editor(RootName("run", "one"), self.worlds["third"]),
            ]
        )

    def _editor(self, called: RootName, world: World) -> RootEditor:
        root = LocalEditor(world.root, only=called.only)
        editor = Editor(root, own_folder=world.own)
        return RootEditor(
            called, root, editor, lambda: editor.root_file().settings, lambda: called.name in self.writable
        )

    @property
    def words(self) -> RootSettings:
        return merged_words([world.editor.root_file().settings for world in self.worlds.values()])

    def target(self, root: str, experiment: str, id_: str) -> Target:
        found = self.worlds[root].root / experiment
        status = found.stat()
        return Target(id_, f"{status.st_dev:x}-{status.st_ino:x}")


@pytest.fixture
def roots(tmp_path: Path) -> Roots:
    return Roots(tmp_path)


def test_one_edit_of_experiments_in_several_roots_is_one_in_each(roots: Roots) -> None:
    targets = [Target(id_, "") for id_ in ("a%2Fone", "b%20c%2Ftwo", "a%2Fforeign", "run")]
    answer = roots.all.do(Mark(targets, starred=True), by="ada")
    assert answer.refused == []
    assert answer.what == "starred 2 experiments (in a); starred two (in b c); starred one (in run)"
    assert roots.worlds["a"].marks("one") == roots.worlds["b c"].marks("two") == {"starred": True}
    assert roots.worlds["third"].marks("one") == {"starred": True}
    assert "foreign" in str(roots.worlds["a"].file("lavdlike.yaml"))
    done = roots.all.done()
    assert sorted(each.id for each in done) == sorted(edits_in(answer.id))
    assert {id_ for each in done for id_ in each.experiments} == {each.experiment for each in targets}
    assert all(each.by == "ada" and each.can_be_undone for each in done)
    assert roots.all.do(Undo(answer.id), by="").refused == []
    assert roots.worlds["a"].marks("one") is roots.worlds["third"].marks("one") is None


def test_what_one_root_refuses_keeps_nothing_from_being_done_in_another(roots: Roots) -> None:
    roots.worlds["a"].root.rename(roots.worlds["a"].root.with_name("gone"))
    answer = roots.all.do(Mark([Target("a%2Fone", ""), Target("b%20c%2Fone", "")], title="One"), by="")
    assert [each.target for each in answer.refused] == ["a%2Fone"]
    assert answer.id.startswith("b%20c/")
    assert roots.worlds["b c"].marks("one") == {"title": "One"}
    with pytest.raises(EditError):
        roots.all.do(Mark([Target("a%2Fone", "")], title="One"), by="")


def test_a_conflict_names_the_experiment_as_everybody_does(roots: Roots) -> None:
    roots.worlds["b c"].mark("one", title="Other")
    answer = roots.all.do(Mark([Target("b%20c%2Fone", "")], title="One"), by="")
    [refused] = answer.refused
    assert refused.target == "b%20c%2Fone"
    assert refused.conflict is not None
    again = Mark([Target(refused.target, refused.conflict.match)], title="One")
    assert roots.all.do(again, by="").match == roots.worlds["b c"].editor.marks_match("one")


def test_what_is_read_is_that_of_the_root(roots: Roots) -> None:
    answer = roots.all.do(WriteNotes(Target("b%20c%2Fone", ""), "of b"), by="ada")
    assert roots.all.notes("b%20c%2Fone").text == "of b"
    assert roots.all.notes("a%2Fone").text == roots.all.notes("run").text == ""
    assert roots.all.annotations("run").annotations == []
    roots.all.do(WriteNotes(Target("b%20c%2Fone", answer.match), "newer"), by="bob")
    assert [state.text for state in roots.all.history("b%20c%2Fone", "my-notes.md")] == ["of b"]
    assert roots.all.history("a%2Fone", "my-notes.md") == []
    usage = roots.all.usage("b%20c%2Fone", budget_s=9)
    assert (usage.experiment, usage.files) == ("b%20c%2Fone", 2)


@pytest.mark.parametrize("experiment", ["d%2Fone", "one", "run%2F..%2Ftwo", "a"])
def test_there_is_nothing_beside_the_roots(roots: Roots, experiment: str) -> None:
    with pytest.raises(NothingThereError):
        roots.all.notes(experiment)


def test_the_trash_of_all_is_one_list(roots: Roots) -> None:
    targets = [roots.target("a", "one", "a%2Fone"), roots.target("b c", "one", "b%20c%2Fone")]
    roots.all.do(Trash(targets), by="")
    trashed = {each.name: each.id for each in roots.all.trashed()}
    assert sorted(trashed) == ["a/one", "b c/one"]
    roots.all.do(Restore([trashed["a/one"]]), by="")
    assert (roots.worlds["a"].root / "one").is_dir()
    answer = roots.all.do(EmptyTrash([trashed["b c/one"], trashed["a/one"]]), by="")
    assert [each.target for each in answer.refused] == [trashed["a/one"]]
    assert roots.all.trashed() == []
    with pytest.raises(EditError, match="no root"):
        roots.all.do(Restore(["d/20260101-1"]), by="")


class TestWords:
    def test_they_go_to_the_first_root_that_can_be_written(self, roots: Roots) -> None:
        roots.writable.remove("a")
        edit = SaveFilter(roots.words.match, SavedFilter("best", "loss<1"))
        answer = roots.all.do(edit, by="")
        assert answer.match == roots.words.match
        assert answer.what == "saved the filter best (in b c)"
        assert roots.worlds["a"].file("lavdlike.yaml") is None
        assert "best" in str(roots.worlds["b c"].file("lavdlike.yaml"))

    def test_what_a_root_says_already_is_changed_there(self, roots: Roots) -> None:
        of_b = roots.worlds["b c"].editor
        of_b.do(DefineLabels("", LabelDefinition("loss", goal="min")), by="")
        roots.all.do(DefineLabels(roots.words.match, LabelDefinition("loss", goal="max")), by="")
        assert [each.goal for each in of_b.root_file().settings.labels] == ["max"]
        roots.all.do(SaveView(roots.words.match, {"page": ["scalars"]}), by="")
        assert roots.words.view == {"page": ["scalars"]}
        assert roots.worlds["a"].file("lavdlike.yaml") is not None
        roots.all.do(SaveView(roots.words.match, {}), by="")
        assert roots.words.view == {}

    def test_another_state_is_a_conflict_as_ever(self, roots: Roots) -> None:
        seen = roots.words.match
        roots.worlds["a"].editor.do(SaveFilter("", SavedFilter("mine", "a")), by="")
        answer = roots.all.do(SaveFilter(seen, SavedFilter("mine", "b")), by="")
        assert answer.refused[0].conflict is not None
        with pytest.raises(EditError, match="load the page again"):
            roots.all.do(SaveFilter("", SavedFilter("mine", "b")), by="")

    def test_the_first_root_that_says_something_holds(self) -> None:
        first = RootSettings("1", [LabelDefinition("a", goal="min")], [SavedFilter("x", "1")])
        second = RootSettings(
            "2",
            [LabelDefinition("a", goal="max"), LabelDefinition("b", unit="s")],
            [SavedFilter("y", "2"), SavedFilter("x", "2")],
            {"page": ["images"]},
        )
        merged = merged_words([first, second])
        assert merged.match == "1,2"
        assert {(each.pattern, each.goal) for each in merged.labels} == {("a", "min"), ("b", "")}
        assert {(each.name, each.filter) for each in merged.filters} == {("x", "1"), ("y", "2")}
        assert merged.view == {"page": ["images"]}
        assert merged_words([second]) is second


def test_of_one_root_everything_is_as_its_editor_has_it(tmp_path: Path) -> None:
    world = World(tmp_path)
    root = LocalEditor(world.root)
    alone = RootEditor(RootName(), root, world.editor, RootSettings, lambda: True)
    all_ = SeveralEditors([alone])
    answer = all_.do(Mark([Target("one", "")], title="One"), by="")
    assert (answer.what, "/" in answer.id) == ("titled one: One", False)
    assert [each.id for each in all_.done()] == [answer.id]
    all_.do(Undo(answer.id), by="")
    assert world.marks() is None
