from __future__ import annotations

import msgspec
import pytest

from lavdlike.edit_messages import Annotate, Annotation, Target
from lavdlike.errors import BadEditError
from lavdlike.match import match_of
from tests.edits.world import World

JUMP = Annotation(step=3, end_step=9, label="train/loss", text="jumps\nhere")


@pytest.mark.parametrize("experiment", ["one", "foreign"])
def test_an_annotation_is_added_changed_and_removed(world: World, experiment: str) -> None:
    assert world.annotate(JUMP, experiment).what == f"annotated steps 3 to 9 of {experiment}"
    world.annotate(Annotation(step=5, text="other"), experiment, by="eve")
    first, other = world.editor.annotations(experiment).annotations
    assert msgspec.structs.replace(first, id="", time=0.0) == msgspec.structs.replace(JUMP, author="ada")
    assert (other.author, other.step) == ("eve", 5)
    assert first.id != other.id
    world.annotate(msgspec.structs.replace(first, text="jumps again"), experiment, by="eve")
    changed = world.editor.annotations(experiment).annotations[0]
    assert (changed.id, changed.text, changed.author) == (first.id, "jumps again", "eve")
    world.annotate(Annotation(step=0, text="", id=first.id), experiment)
    world.annotate(Annotation(step=0, text=" ", id=other.id), experiment)
    assert world.editor.annotations(experiment).annotations == []
    assert world.names(experiment) == ["experiment.json" if experiment == "one" else "metrics.csv"]
    assert world.file("lavdlike.yaml") is None


def test_who_and_when_is_not_the_browsers_to_say(world: World) -> None:
    world.annotate(Annotation(step=1, text="x", author="somebody else", time=1.0))
    (found,) = world.editor.annotations("one").annotations
    assert found.author == "ada"
    assert found.time > 1.7e9


@pytest.mark.parametrize("experiment", ["one", "foreign"])
def test_the_same_once_more_is_no_edit(world: World, experiment: str) -> None:
    world.annotate(JUMP, experiment)
    (found,) = world.editor.annotations(experiment).annotations
    assert world.annotate(found, experiment, by="eve").id == ""
    assert world.editor.annotations(experiment).annotations == [found]


def test_one_that_is_gone_is_refused(world: World) -> None:
    (refused,) = world.annotate(Annotation(step=1, text="x", id="gone")).refused
    assert refused.reason == "there is no such annotation any more"
    with pytest.raises(BadEditError, match="must not be empty"):
        world.annotate(Annotation(step=1, text=""))


def test_somebodys_table_of_that_name_stays(world: World) -> None:
    (world.root / "one" / "annotations.tsv").write_text("file\tclass\n")
    seen = match_of((world.root / "one" / "annotations.tsv").read_bytes())
    answer = world.do(Annotate(Target("one", seen), JUMP))
    assert "first line" in answer.refused[0].reason
    assert world.file("one/annotations.tsv") == "file\tclass\n"


@pytest.mark.parametrize(
    "said",
    [
        "experiments: [a]",
        "experiments: {foreign: text}",
        "experiments: {foreign: {annotations: text}}",
        "experiments: {foreign: {annotations: {a: 1}}}",
        "note: !!bool perhaps",
    ],
)
def test_what_a_person_wrote_in_another_form_stays_and_is_said(world: World, said: str) -> None:
    (world.root / "lavdlike.yaml").write_text(f"{said}\n")
    (refused,) = world.annotate(Annotation(1, "high"), "foreign").refused
    assert refused.reason in (
        "a part of it is of another form than it should be",
        "it cannot be changed by a program: 'perhaps'",
    )
    assert world.file("lavdlike.yaml") == f"{said}\n"
