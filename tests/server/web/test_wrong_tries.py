from __future__ import annotations

from lavdlike.server.web.wrong_tries import TRIES_EACH, TRIES_OVERALL, WINDOW_S, WrongTries, too_many


def test_tries_are_counted_for_each_and_overall_for_a_minute() -> None:
    now = 1000.0
    tries = WrongTries(lambda: now)
    assert [tries.count("a") for _ in range(TRIES_EACH + 1)] == [0] * TRIES_EACH + [60]
    now += 20
    assert [tries.count(who) for who in "bbbbbcccccddddd"] == [0] * (TRIES_OVERALL - TRIES_EACH)
    assert tries.count("e") == 40  # until the first of all is forgotten
    now += WINDOW_S - 20
    assert [tries.count("a"), tries.count("e")] == [0, 0]


def test_what_is_beyond_the_limit_does_not_lengthen_the_wait() -> None:
    now = 0.0
    tries = WrongTries(lambda: now)
    for _ in range(TRIES_EACH):
        tries.count("a")
    now += 59
    assert {tries.count("a") for _ in range(100)} == {1}
    now += 1
    assert tries.count("a") == 0


def test_a_right_one_is_taken_back() -> None:
    tries = WrongTries(lambda: 0.0)
    for _ in range(3 * TRIES_EACH):
        assert tries.count("a") == 0
        tries.take_back("a")
    tries.take_back("nobody")
    assert tries.count("a") == 0


def test_the_refusal_says_when_to_try_again() -> None:
    refused = too_many("tokens", 7, "The right token is always taken.")
    assert (refused.status, refused.headers) == (429, {"Retry-After": "7"})
    assert refused.hint == "Wait 7 s. The right token is always taken."
