from __future__ import annotations

from lavdlike.server.web import rate_limit
from lavdlike.server.web.rate_limit import RateLimit


def test_as_many_as_allowed_pass_and_then_the_first_has_to_be_past() -> None:
    limit = RateLimit(2, 1.0)
    assert [limit.wait_s("a", now) for now in (10.0, 10.5)] == [0, 0]
    assert limit.wait_s("a", 10.75) == 0.25
    assert limit.wait_s("a", 11.0) == 0
    assert limit.wait_s("a", 11.25) == 0.25


def test_who_is_refused_does_not_wait_the_longer_for_it() -> None:
    limit = RateLimit(1, 1.0)
    assert limit.wait_s("a", 0.0) == 0
    assert all(limit.wait_s("a", 0.5) == 0.5 for _ in range(100))
    assert limit.wait_s("a", 1.0) == 0


def test_nobody_is_slowed_down_by_others() -> None:
    limit = RateLimit(1, 1.0)
    assert [limit.wait_s(who, 0.0) for who in "abc"] == [0, 0, 0]


def test_no_more_are_remembered_than_the_limit() -> None:
    limit = RateLimit(1, 1.0)
    for number in range(2 * rate_limit._MAX_KNOWN):
        limit.wait_s(str(number), 0.0)
    assert len(limit._taken) == rate_limit._MAX_KNOWN
