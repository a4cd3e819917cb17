from __future__ import annotations

import math
import time

import pytest

from lavdlike.bounded import giving_up
from lavdlike.bounded.patterns import MAX_SIZE, Pattern, PatternError, size_of


@pytest.mark.parametrize(
    "pattern",
    [
        "(?:a?){5000}a{5000}",
        "(a{1000}){1000}{1000}",
        "(((a{20}){20}){20}){20}",
        "[^a]{3000}",
        r"(?:\w{10}){10}",
        r"\p{L}{40}",
        "x|" * 10_000 + "x",
    ],
)
def test_expressions_that_take_long_are_too_large(pattern: str) -> None:
    assert size_of(pattern) > MAX_SIZE
    with pytest.raises(PatternError, match="too large"):
        Pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "error|warning",
        r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}",
        r"loss[:=]\s*(nan|inf|[0-9.]+(e[+-]?\d+)?)",
        "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        r"\w+@\w+\.(com|org)",
        "(?i)cuda out of memory",
        r"[]\[]",
        r"[^]]+\]",
        "a{,3}b{2,}",
        "x{",
    ],
)
def test_expressions_that_people_write_are_taken(pattern: str) -> None:
    assert size_of(pattern) <= MAX_SIZE


def test_what_takes_longest_within_the_limit_is_searched_in_pieces_that_are_short() -> None:
    import polars as pl

    pattern = Pattern("(?:a?){800}a{800}")
    texts = pl.Series(["a" * 2**20] * 3)
    assert pattern.reach_bytes < 2**13
    assert pattern.found_in(texts, until=math.inf).to_list() == [True] * 3


def test_a_search_finds_in_every_slice_and_nothing_in_nulls() -> None:
    import polars as pl

    texts = pl.Series([None, "a", "b", "xa"] * 50_000)
    found = Pattern("a").found_in(texts, until=math.inf)
    assert found.to_list() == [False, True, False, True] * 50_000
    assert Pattern("A", ignore_case=True).found_in(texts, until=math.inf).sum() == 100_000
    assert Pattern(".", is_literal=True).found_in(texts, until=math.inf).sum() == 0
    assert Pattern("a").found_in(texts.clear(), until=math.inf).to_list() == []


def test_a_search_ends_when_it_is_given_up_or_takes_too_long() -> None:
    import polars as pl

    texts = pl.Series(["a" * 1000] * 100_000)
    asked: list[bool] = []

    def is_given_up() -> bool:
        asked.append(True)
        return len(asked) > 2

    with giving_up.when(is_given_up), pytest.raises(giving_up.GivenUpError):
        Pattern("(?:a?){500}a{500}").found_in(texts, until=math.inf)
    assert len(asked) == 3
    with pytest.raises(PatternError, match="too long"):
        Pattern("(?:a?){500}a{500}").found_in(texts, until=time.monotonic())


@pytest.mark.parametrize(
    ("pattern", "why", "place"),
    [
        ("é(b", "unclosed group", slice(1, 2)),
        ("a(?=b)", "look-around", slice(1, 4)),
        ("x{3,1}", "invalid repetition", slice(1, 6)),
        ("a\nb(", "unclosed group", None),
    ],
)
def test_what_is_no_expression_is_said_with_its_place(pattern: str, why: str, place: slice | None) -> None:
    for ignore_case in (False, True):
        with pytest.raises(PatternError, match=why) as raised:
            Pattern(pattern, ignore_case=ignore_case)
        assert raised.value.place == place
