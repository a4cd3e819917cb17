from __future__ import annotations

import pytest

from lavdlike.filter_messages import GroupComparison
from lavdlike.reading.filter.comparing import compared
from lavdlike.reading.filter.facts import meaning_of
from lavdlike.reading.filter.parser import parse_field
from tests.reading.filter.given_runs import Run, result


def compare(a: list[float], b: list[float], *, goal: str = "", field: str = "loss") -> GroupComparison:
    groups = [
        [
            Run(f"{name}{index}", labels={"loss": result(value)}, goal=goal)
            for index, value in enumerate(values)
        ]
        for name, values in (("a", a), ("b", b))
    ]
    meaning = meaning_of(parse_field(field), [*groups[0], *groups[1]])
    return compared(meaning, *groups)


def test_which_group_is_better_is_by_the_goal_and_only_beyond_chance() -> None:
    low, high = [1.0, 1.1, 0.9], [2.0, 2.1, 1.9]
    assert compare(low, high, goal="min").better == "a"
    assert compare(high, low, goal="min").better == "b"
    assert compare(low, high, goal="max").better == "b"
    assert compare(low, high).better == ""
    assert compare([1.0, 3.0], [2.0, 2.5], goal="min").better == ""


def test_the_interval_is_around_the_difference() -> None:
    found = compare([1.0, 1.1, 0.9], [2.0, 2.1, 1.9])
    assert found.a is not None
    assert found.a.n == 3
    assert found.a.mean == pytest.approx(1.0)
    assert found.difference == pytest.approx(-1.0)
    assert found.degrees == pytest.approx(4.0)
    # 2.776 is Student's quantile for 4 degrees of freedom.
    reach = 2.7764451051977987 * 0.1 * (2 / 3) ** 0.5
    assert found.low == pytest.approx(-1 - reach)
    assert found.high == pytest.approx(-1 + reach)


def test_what_cannot_be_compared_has_no_difference() -> None:
    for a, b in (([1.0], [1.0, 2.0]), ([], [1.0, 2.0]), ([float("nan")] * 3, [1.0, 2.0])):
        found = compare(a, b)
        assert (found.difference, found.low, found.high, found.better) == (None, None, None, "")
