from __future__ import annotations

import threading

import pytest

from lavdlike import event_lines
from lavdlike.errors import EditError, NothingThereError
from lavdlike.page_event_messages import EventsRequest, PageEvent
from tests.edits.world import World


def request(sender: str, first: int, count: int) -> EventsRequest:
    return EventsRequest(
        sender, first, [PageEvent("pressed", "form", field=str(first + n)) for n in range(count)]
    )


def test_pages_of_several_servers_append_in_turn_and_none_is_there_twice(world: World) -> None:
    def press(sender: str) -> None:
        editor = world.another_editor()
        for first in range(1, 101, 10):
            for _ in range(2):  # as after an answer that was lost
                assert editor.tell("one", request(sender, first, 10), by="ada") == first + 9

    threads = [threading.Thread(target=press, args=(sender,)) for sender in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = event_lines.read((world.root / "one/events.jsonl").read_bytes().splitlines())
    assert [each.seq for each in events] == list(range(1, 301))
    for sender in "abc":
        assert [each.field for each in events if each.sender == sender] == [str(n) for n in range(1, 101)]
    assert not (world.root / "two/events.jsonl").exists()


def test_who_hears_nothing_is_told_nothing(world: World) -> None:
    with pytest.raises(EditError, match="another program writes it"):
        world.editor.tell("foreign", request("a", 1, 1), by="")
    with pytest.raises(NothingThereError):
        world.editor.tell("none", request("a", 1, 1), by="")
    (world.root / "one/events.jsonl").symlink_to("../../secret")
    with pytest.raises(EditError):
        world.editor.tell("one", request("a", 1, 1), by="")
    assert not (world.root.parent / "secret").exists()
