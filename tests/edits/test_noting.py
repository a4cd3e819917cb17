from __future__ import annotations

from tests.edits.world import World

NOTES = "# Notes\r\n\n<script>alert(1)</script> \u202e🦜\n"


def test_notes_are_written_as_they_are(world: World) -> None:
    assert world.note(NOTES).what == "wrote notes on one"
    assert (world.root / "one" / "my-notes.md").read_bytes() == NOTES.encode()
    assert world.editor.notes("one").text == NOTES


def test_those_of_a_foreign_experiment_are_in_the_file_of_the_root(world: World) -> None:
    world.note(NOTES, "foreign")
    assert world.editor.notes("foreign").text == NOTES
    assert world.names("foreign") == ["metrics.csv"]
    world.note("", "foreign")
    assert world.editor.notes("foreign").text == ""
    assert world.file("lavdlike.yaml") is None


def test_empty_notes_are_no_file(world: World) -> None:
    world.note(NOTES)
    assert world.note("").what == "removed the notes on one"
    assert world.names() == ["experiment.json"]


def test_a_conflict_shows_the_notes_that_stand_there(world: World) -> None:
    for experiment in ("one", "foreign"):
        world.note("first", experiment)
        (refused,) = world.note("second", experiment, match="").refused
        assert refused.conflict is not None
        assert refused.conflict.text == "first"
        assert world.editor.notes(experiment).text == "first"
