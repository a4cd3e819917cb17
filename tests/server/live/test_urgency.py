from __future__ import annotations

from lavdlike.server.live.urgency import NOT_WAITED_FOR, Urgency, UrgentFirst


def taken(waiting: UrgentFirst[str]) -> list[str]:
    return [waiting.take() for _ in range(len(waiting))]


def test_what_nobody_waits_for_keeps_its_order() -> None:
    waiting = UrgentFirst[str](Urgency())
    for name in "cab":
        waiting.put(name, name)
    assert taken(waiting) == ["c", "a", "b"]


def test_what_waits_already_is_brought_forward_by_a_request_and_the_earlier_request_is_first() -> None:
    urgency = Urgency()
    waiting = UrgentFirst[str](urgency)
    for name in "abcdef":
        waiting.put(name, name)
    with urgency.waited_for("ed"):
        assert waiting.take() == "e"
        with urgency.waited_for("cd"):
            waiting.put("c", "c again")
            assert taken(waiting) == ["d", "c", "c again", "a", "b", "f"]


def test_a_subject_stays_urgent_until_the_last_request_for_it_has_its_answer() -> None:
    urgency = Urgency()
    with urgency.waited_for("a"):
        with urgency.waited_for("aa"):
            assert urgency.of("a") == (1, 1, 0)
        assert urgency.of("a") == (1, 1, 0)
    assert urgency.of("a") == NOT_WAITED_FOR


def test_a_request_for_few_goes_before_an_earlier_one_for_many() -> None:
    urgency = Urgency()
    waiting = UrgentFirst[str](urgency)
    for name in "abcdefgh":
        waiting.put(name, name)
    with urgency.waited_for("abcdef"), urgency.waited_for("fg"):
        assert taken(waiting) == ["f", "g", "a", "b", "c", "d", "e", "h"]
