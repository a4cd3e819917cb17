from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.reading.filter.cells import cells_of, field_text, key_of, quoted, term_of
from lavdlike.reading.filter.facts import column_of, meaning_of, setting_values
from lavdlike.reading.filter.matching import matching
from lavdlike.reading.filter.parser import parse, parse_field
from tests.reading.filter.given_runs import Run, result

ODD = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
settings = st.one_of(ODD, st.floats(), st.integers(-(10**6), 10**6), st.booleans(), st.none(), st.lists(ODD))


@given(ODD.filter(bool), settings)
def test_a_term_finds_the_setting_that_it_was_made_of(name: str, value: Any) -> None:
    run = Run("run", {name: value})
    term = term_of(field_text(name, "config"), setting_values(value)[0])
    assert matching(parse(term), [run, Run("other")]).runs == [run], term


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lr", "lr"),
        ("optimizer.lr", "optimizer.lr"),
        ("status", "config.status"),
        ("run.status", "config.run.status"),
        ("config.lr", "config.config.lr"),
        ("a b", 'config."a b"'),
        ("-x", "config.-x"),
        ("", ""),
    ],
)
def test_names_of_settings_stand_so_that_they_mean_the_setting(name: str, text: str) -> None:
    assert field_text(name, "config") == text


def test_values_stand_in_quotes_where_they_have_to() -> None:
    assert [quoted(text) for text in ("adam", "a b", 'say "x"', "a\\b", "", "x=1", "-3")] == [
        "adam",
        '"a b"',
        '"say \\"x\\""',
        "a\\b",
        '""',
        '"x=1"',
        "-3",
    ]


def test_values_that_a_filter_takes_for_equal_have_one_key() -> None:
    assert key_of("0.1") == key_of(0.1) == 0.1
    assert key_of("Adam") == key_of("aDAM")
    assert key_of("NaN") == key_of(math.nan) == "nan"
    assert key_of(value=True) == key_of("true") != key_of(1.0)
    assert key_of("1_000") == "1_000"


def test_cells_are_what_json_can_say() -> None:
    runs = [
        Run("a", {"x": [1, "b"], "y": math.inf}, tags=("t",), labels={"loss": result(math.nan, 1.0, 2.0)}),
        Run("b", {"x": None, "y": True}),
    ]

    def cells(text: str) -> list[Any]:
        meaning = meaning_of(parse_field(text), runs)
        return list(cells_of(meaning, column_of(meaning, runs)))

    assert cells("x") == ['[1, "b"]', "null"]
    assert cells("y") == ["inf", True]
    assert cells("tag") == [["t"], None]
    assert cells("loss") == ["nan", None]
    assert cells("argmin(loss)") == [3, None]
    assert cells("count(loss)") == [9, None]
    assert cells("status") == ["finished", "finished"]
