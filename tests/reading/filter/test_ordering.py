from __future__ import annotations

import math
from collections.abc import Sequence

from lavdlike.reading.filter.facts import RunFacts, meaning_of
from lavdlike.reading.filter.ordering import by_field, by_name
from lavdlike.reading.filter.parser import parse_field
from tests.reading.filter.given_runs import Run, result


def shown(runs: Sequence[RunFacts]) -> str:
    return " ".join(run.summary.name for run in runs)


def ordered(text: str, runs: list[Run], *, descending: bool | None = None) -> str:
    return shown(by_field(runs, meaning_of(parse_field(text), runs), descending=descending))


def test_names_stand_as_people_count_and_titles_before_names() -> None:
    runs = [Run("run-10"), Run("run-2"), Run("zebra", title="a title"), Run("Run-1")]
    assert shown(by_name(runs)) == "zebra Run-1 run-2 run-10"


def test_values_of_mixed_types_have_an_order_and_those_without_are_last() -> None:
    values = {"a": "x10", "b": 3, "c": "x9", "d": "2", "e": math.nan, "f": True, "g": None, "h": [1]}
    runs = [Run(name, {"v": value}) for name, value in values.items()] + [Run("i")]
    # A list and null are texts: "[1]" and "null".
    assert ordered("v", runs) == "f d b h g c a e i"
    assert ordered("v", runs, descending=True) == "a c g h b d f e i"


def test_the_best_come_first_by_the_goal_of_the_label() -> None:
    def runs(goal: str) -> list[Run]:
        labels = {"a": result(1.0), "b": result(3.0), "c": result(math.nan)}
        return [Run(name, labels={"score": value}, goal=goal) for name, value in labels.items()]

    assert ordered("score", runs("max")) == "b a c"
    assert ordered("score", runs("min")) == "a b c"
    assert ordered("score", runs("")) == "a b c"
    assert ordered("score", runs("max"), descending=False) == "a b c"
    # Where the best was reached has no goal.
    assert ordered("argmax(score)", runs("max")) == "a b c"


def test_very_long_texts_have_an_order() -> None:
    runs = [Run("a", {"v": "x" + "9" * 100_000}), Run("b", {"v": "x1"})]
    assert ordered("v", runs) == "b a"
