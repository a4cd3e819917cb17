from __future__ import annotations

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lavdlike.filter_messages import Facet
from lavdlike.reading.filter.facets import MAX_FACETS, MAX_VALUES, facets_of
from lavdlike.reading.filter.matching import matching
from lavdlike.reading.filter.parser import parse
from tests.reading.filter.given_runs import Run

names = st.sampled_from(["lr", "status", "tag", "run.x", "a b", "min", "or", "-x", 'q"', "x=1", "has"])
odd: list[Any] = [0.1, "0.1", 1, True, "true", None, math.nan, "Adam", "adam", "", "a b", [1, 2], [], {}]
values = st.one_of(st.sampled_from(odd), st.text(max_size=5))
configs = st.lists(st.dictionaries(names, values, max_size=4), min_size=1, max_size=8)


def facet(runs: list[Run], field: str) -> Facet | None:
    return next((each for each in facets_of(runs) if each.field == field), None)


def told(runs: list[Run], field: str) -> list[tuple[str, str, int]]:
    found = facet(runs, field)
    return [] if found is None else [(each.shown, each.term, each.count) for each in found.values]


@given(configs)
def test_each_term_finds_as_many_experiments_as_are_counted(configs: list[dict[str, Any]]) -> None:
    runs = [
        Run(f"run-{number}", config, tags=("a b", "c") if number % 2 else (), status="crashed")
        for number, config in enumerate(configs)
    ]
    for each in facets_of(runs):
        for value in each.values:
            found = matching(parse(value.term), runs)
            assert (len(found.runs), found.notes) == (value.count, []), value.term


def test_only_what_differs_is_told() -> None:
    runs = [Run("a", {"lr": 0.1, "same": 1, "some": 1}, tags=("t",)), Run("b", {"lr": "0.10", "same": 1})]
    assert [each.field for each in facets_of(runs)] == ["tag", "some"]
    runs.append(Run("c", {"lr": 0.01, "same": 1}, status="crashed"))
    assert told(runs, "lr") == [("0.01", "lr=0.01", 1), ("0.1", "lr=0.1", 2)]
    assert told(runs, "status") == [("finished", "status=finished", 2), ("crashed", "status=crashed", 1)]


def test_settings_called_like_ours_are_told_apart() -> None:
    runs = [Run("a", {"status": "x"}), Run("b", {"status": "y"}, status="crashed")]
    terms = [(each.field, [value.term for value in each.values]) for each in facets_of(runs)]
    assert terms == [
        ("status", ["run.status=crashed", "run.status=finished"]),
        ("status", ["config.status=x", "config.status=y"]),
    ]


def test_numbers_with_a_value_each_are_a_range() -> None:
    runs = [Run(f"r{number}", {"seed": number, "text": f"t{number}"}) for number in range(50)]
    assert facet(runs, "seed") == Facet("seed", "seed", [], 50, 0.0, 49.0)
    assert facet(runs, "text") == Facet("text", "text", [], 50, None, None)


def test_of_many_values_the_most_frequent_are_told() -> None:
    runs = [Run(f"r{number}", {"v": f"v{min(number % 100, 50)}"}) for number in range(1000)]
    found = facet(runs, "v")
    assert found is not None
    assert len(found.values) == MAX_VALUES
    assert found.more == 51 - MAX_VALUES
    assert found.values[0].count == 500


def test_ten_thousand_settings_are_bounded() -> None:
    runs = [Run(name, {f"key-{number}": f"{name}{number}" for number in range(10_000)}) for name in "ab"]
    assert len(facets_of(runs)) == MAX_FACETS


def test_nothing_is_told_of_nothing() -> None:
    assert facets_of([]) == []


def test_folders_and_tags_are_counted_and_their_terms_find_them() -> None:
    runs = [
        Run("sweep/a", tags=("good", "long run")),
        Run("sweep/b", tags=("good",)),
        Run("sweep/deep/c"),
        Run("alone", tags=("good",)),
    ]
    assert told(runs, "folder") == [("sweep", "folder=sweep", 2), ("sweep/deep", "folder=sweep/deep", 1)]
    assert told(runs, "tag") == [("good", "tag=good", 3), ("long run", 'tag="long run"', 1)]
    runs.append(Run("sweep/deep/d", {"folder": "x", "tag": "y"}))
    assert told(runs, "folder")[1] == ("sweep/deep", "run.folder=sweep/deep", 2)
