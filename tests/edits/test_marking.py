from __future__ import annotations

import os
from typing import Any

import pytest

from lavdlike import marks
from lavdlike.edit_messages import Mark, Target, Undo
from lavdlike.errors import BadEditError
from lavdlike.marks import Marks
from lavdlike.match import match_of
from tests.edits.world import World


def test_many_experiments_are_marked_at_once(world: World) -> None:
    answer = world.mark("one", "two", "foreign", title="Best", starred=True, add_tags=["good"])
    assert answer.refused == []
    assert answer.what == "titled 3 experiments: Best; tagged 3 experiments: good; starred 3 experiments"
    said = {"title": "Best", "tagsAdded": ["good"], "starred": True}
    assert (world.marks("one"), world.marks("two")) == (said, said)
    assert world.editor.root_file().marks == {
        "foreign": Marks(title="Best", tags_added=("good",), starred=True)
    }
    assert world.names("foreign") == ["metrics.csv"]


def test_many_foreign_ones_are_one_change_of_their_file(world: World) -> None:
    (world.root / "foreign-2").mkdir()
    assert world.mark("foreign", "foreign-2", "one", archived=True).refused == []
    assert world.editor.root_file().marks.keys() == {"foreign", "foreign-2"}
    assert world.mark("foreign", "foreign-2", "one", archived=False).refused == []
    assert world.names(".") == [".lavdlike-history", "foreign", "foreign-2", "one", "two"]


def test_a_colour_is_a_mark_and_goes_with_an_undo(world: World) -> None:
    answer = world.mark("one", "foreign", colour="#AABBCC")
    assert answer.what == "coloured 2 experiments: #aabbcc"
    assert world.marks("one") == {"colour": "#aabbcc"}
    assert world.editor.root_file().marks == {"foreign": Marks(colour="#aabbcc")}
    assert world.mark("one", colour="teal").what == "coloured one: teal"
    last = world.mark("one", "foreign", colour="")
    assert last.what == "removed the colour of 2 experiments"
    assert "marks.json" not in world.names("one")
    world.do(Undo(last.id))
    assert world.marks("one") == {"colour": "teal"}


def test_which_files_are_read_is_a_mark(world: World) -> None:
    answer = world.mark("foreign", read_files=["progress.csv"])
    assert answer.what == "chose to read the scalars of foreign from progress.csv"
    assert world.editor.root_file().marks == {"foreign": Marks(read_files=("progress.csv",))}
    last = world.mark("foreign", read_files=[])
    assert last.what == "chose to read the scalars of foreign from the usual files"
    assert world.editor.root_file().marks == {}
    world.do(Undo(last.id))
    assert world.editor.root_file().marks == {"foreign": Marks(read_files=("progress.csv",))}
    for path in ("../x", "/etc/passwd", ".hidden", ""):
        with pytest.raises(BadEditError, match="not the path of a file"):
            world.mark("foreign", read_files=[path])


def test_the_heartbeat_of_a_run_is_not_renewed(world: World) -> None:
    file = world.root / "one" / "experiment.json"
    os.utime(file, (1000.0, 1000.0))
    before = file.stat()
    world.mark("one", title="x", remove_tags=["base"])
    after = file.stat()
    assert (after.st_mtime, after.st_ctime, after.st_ino) == (before.st_mtime, before.st_ctime, before.st_ino)


def test_a_tag_that_a_person_removed_stays_removed_when_the_script_gives_it_again(world: World) -> None:
    world.mark("one", remove_tags=["base"])
    (world.root / "one" / "experiment.json").write_text('{"tags": ["base", "new"]}')
    said = marks.read((world.root / "one" / "marks.json").read_bytes(), "m")
    assert marks.tags_of(["base", "new"], said) == ["new"]


def test_what_is_so_already_is_no_edit(world: World) -> None:
    answer = world.mark("one", add_tags=["good", "base"])
    again = world.mark("one", add_tags=["good"], remove_tags=["never there"], starred=False)
    assert (again.id, again.match, again.refused) == ("", answer.match, [])
    assert len(world.editor.done()) == 1


def test_another_state_than_the_seen_one_is_a_conflict_of_that_experiment_alone(world: World) -> None:
    first = world.mark("one", "two", title="First", by="eve")
    seen = world.target("one", match="")
    answer = world.do(Mark([seen, world.target("two")], title="Second"))
    assert world.marks("one") == {"title": "First"}
    assert world.marks("two") == {"title": "Second"}
    (refused,) = answer.refused
    conflict = refused.conflict
    assert refused.target == "one"
    assert conflict is not None
    assert (conflict.match, conflict.by) == (world.editor.marks_match("one"), "eve")
    assert '"First"' in conflict.text
    assert conflict.time == next(done.time for done in world.editor.done() if done.id == first.id)


def test_an_experiment_that_vanished_is_refused_and_not_made_anew(world: World) -> None:
    targets = [world.target("one"), world.target("two")]
    (world.root / "one" / "experiment.json").unlink()
    (world.root / "one").rmdir()
    answer = world.do(Mark(targets, starred=True))
    assert [(refused.target, refused.reason) for refused in answer.refused] == [
        ("one", "there is no such experiment any more")
    ]
    assert answer.what == "starred two"
    assert not (world.root / "one").exists()


def test_a_file_of_that_name_that_is_an_item_stays_one(world: World) -> None:
    (world.root / "one" / "marks.json").write_text('{"images": {"source": "a.png"}}')
    (refused,) = world.mark("one", title="x").refused
    assert "an item of the log" in refused.reason
    assert world.marks("one") == {"images": {"source": "a.png"}}


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, "nothing is said"),
        ({"title": "a\nb"}, "newlines"),
        ({"colour": "url(x)"}, r"name of the page's palette or #rrggbb, not 'url\(x\)'"),
        ({"add_tags": ["a"], "remove_tags": ["a"]}, "added and removed at once: a"),
    ],
)
def test_what_breaks_a_rule_is_refused_as_a_whole(world: World, said: dict[str, Any], message: str) -> None:
    with pytest.raises(BadEditError, match=message):
        world.mark("one", **said)
    assert world.marks("one") is None


def test_no_experiment_gets_more_than_100_tags(world: World) -> None:
    world.mark("one", add_tags=[f"tag {number}" for number in range(100)])
    (refused,) = world.mark("one", add_tags=["one more"]).refused
    assert "more than 100 tags" in refused.reason


def test_a_conflict_of_many_experiments_in_one_file_is_no_huge_answer(world: World) -> None:
    names = [f"run{number}" for number in range(20)]
    for name in names:
        (world.root / name).mkdir()
        (world.root / name / "metrics.csv").write_text("step,loss\n1,2\n")
    text = f"# {'x' * 900_000}\n"
    (world.root / "lavdlike.yaml").write_text(text)
    refused = world.do(Mark([Target(name, "0" * 32) for name in names], starred=True)).refused
    told = [each.conflict for each in refused if each.conflict is not None]
    assert [each.target for each in refused] == names
    assert [conflict.text for conflict in told] == [text, text, *[""] * 18]
    assert {conflict.match for conflict in told} == {match_of(text.encode())}


def test_a_tag_of_another_users_script_is_removed_as_well(world: World) -> None:
    (world.root / "one").chmod(0o777)
    (world.root / "one" / "experiment.bob.json").write_text(
        '{"tags": ["bobs"], "sessions": [{"started": 1, "id": "a", "ended": 2}]}'
    )
    assert world.editor.marks("one").tags == ["base", "bobs"]
    world.mark("one", remove_tags=["bobs"])
    assert world.marks() == {"tagsRemoved": ["bobs"]}
    assert world.editor.marks("one").tags == ["base"]
