from __future__ import annotations

import pytest

from lavdlike.edit_messages import DefineLabels, SaveFilter, SaveMedia, SaveView, Undo
from lavdlike.errors import BadEditError
from lavdlike.messages import LabelDefinition, MediaPattern, RootSettings, SavedFilter
from tests.edits.world import World


def settings(world: World) -> RootSettings:
    return world.editor.root_file().settings


def test_definitions_filters_and_the_view_are_saved_and_removed(world: World) -> None:
    loss = LabelDefinition("*/loss", goal="min", unit="%")
    edits: list[tuple[DefineLabels | SaveFilter | SaveView, str]] = [
        (DefineLabels("", loss), "defined */loss"),
        (DefineLabels("", LabelDefinition("*/loss", goal="max", x="epoch")), "defined */loss"),
        (SaveFilter("", SavedFilter(" best ", "tag:best")), "saved the filter best"),
        (SaveView("", {"smoothing": ["0.6"], "hidden": ["a", "b"], "none": []}), "saved the view"),
    ]
    for edit, what in edits:
        edit.match = settings(world).match
        assert world.do(edit).what == what
    found = settings(world)
    assert found.labels == [LabelDefinition("*/loss", goal="max", x="epoch")]
    assert found.filters == [SavedFilter("best", "tag:best")]
    assert found.view == {"smoothing": ["0.6"], "hidden": ["a", "b"], "none": []}
    removals: list[DefineLabels | SaveFilter | SaveView] = [
        DefineLabels("", LabelDefinition("*/loss")),
        SaveFilter("", SavedFilter("best", "")),
        SaveView("", {}),
    ]
    for edit in removals:
        edit.match = settings(world).match
        assert world.do(edit).id
    assert world.file("lavdlike.yaml") is None


def test_patterns_of_paths_are_saved_replaced_and_taken_back(world: World) -> None:
    (world.root / "lavdlike.yaml").write_text("# by hand\nfilters: {a: b}\n")
    first, other = r"(?P<label>.+)_(?P<step>\d+)\.png", r"(?P<step>\d+)/(?P<label>.+)\.jpg"
    done = world.do(SaveMedia(settings(world).match, [first]))
    assert done.what == "said which steps stand in paths"
    assert settings(world).media == [MediaPattern(first)]
    done = world.do(SaveMedia(settings(world).match, [other, first]))
    assert settings(world).media == [MediaPattern(other), MediaPattern(first)]
    assert world.do(Undo(done.id)).id
    assert settings(world).media == [MediaPattern(first)]
    assert world.do(SaveMedia(settings(world).match, [])).id
    assert world.file("lavdlike.yaml") == "# by hand\nfilters: {a: b}\n"
    with pytest.raises(BadEditError, match="it has no group"):
        world.do(SaveMedia(settings(world).match, ["x"]))
    with pytest.raises(BadEditError, match="not be more than 20"):
        world.do(SaveMedia(settings(world).match, [first] * 21))


def test_another_state_than_the_seen_one_is_a_conflict(world: World) -> None:
    (world.root / "lavdlike.yaml").write_text("# by hand\nfilters: {a: b}\n")
    (refused,) = world.do(SaveFilter("", SavedFilter("a", "c"))).refused
    assert refused.target == "lavdlike.yaml"
    assert refused.conflict is not None
    assert refused.conflict.text == "# by hand\nfilters: {a: b}\n"


def test_a_file_that_cannot_be_read_is_left_to_people(world: World) -> None:
    (world.root / "lavdlike.yaml").write_text("a: [")
    (refused,) = world.do(SaveFilter(settings(world).match, SavedFilter("a", "c"))).refused
    assert "so that it is not changed" in refused.reason
    assert world.file("lavdlike.yaml") == "a: ["


def test_what_breaks_a_rule_is_refused(world: World) -> None:
    with pytest.raises(BadEditError, match="unit must not be longer"):
        world.do(DefineLabels("", LabelDefinition("a", unit="x" * 41)))
