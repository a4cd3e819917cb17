from __future__ import annotations

from lavdlike import event_lines
from lavdlike.page_event_messages import PageEvent


def changed(value: float) -> PageEvent:
    return PageEvent("changed", "settings", field="rate", value=value)


def test_lines_are_numbered_on_and_a_repeated_request_adds_what_is_missing() -> None:
    first, last = event_lines.new_lines([], [changed(1), changed(2)], sender="a", first=1, by="ada", now=5.0)
    known = event_lines.read(first.split(b"\n"))
    assert [(each.seq, each.number, each.value, each.by, each.time) for each in known] == [
        (1, 1, 1, "ada", 5.0),
        (2, 2, 2, "ada", 5.0),
    ]
    assert last == 2
    more, last = event_lines.new_lines(known, [changed(2), changed(3)], sender="a", first=2, by="", now=6.0)
    assert [(each.seq, each.value) for each in event_lines.read([more])] == [(3, 3)]
    assert last == 3
    other, last = event_lines.new_lines(known, [changed(9)], sender="b", first=1, by="", now=6.0)
    assert [(each.seq, each.sender) for each in event_lines.read([other])] == [(3, "b")]
    assert event_lines.new_lines(known, [changed(1)], sender="a", first=1, by="", now=7.0) == (b"", 2)


def test_what_is_no_event_is_left_out() -> None:
    lines = [b"", b"{", b"[1]", b'{"label": 3}', b'{"label": "a", "type": "pressed", "more": 1}', b"[" * 9999]
    assert [each.label for each in event_lines.read(lines)] == ["a"]
