from __future__ import annotations

import math
from typing import Any

import pytest

from lavdlike.filter_messages import Importance
from lavdlike.reading.filter.facts import meaning_of
from lavdlike.reading.filter.importance import importances, ranked_results, table_of
from lavdlike.reading.filter.parser import parse_field
from tests.reading.filter.given_runs import Run, result


def asked(configs: list[dict[str, Any]], losses: list[float], fields: list[str]) -> list[Importance]:
    runs = [
        Run(f"r{number}", config, labels={"loss": result(loss)})
        for number, (config, loss) in enumerate(zip(configs, losses, strict=True))
    ]
    meanings = [(text, meaning_of(parse_field(text), runs)) for text in fields]
    return importances(table_of(meaning_of(parse_field("last(loss)"), runs), meanings, runs))


@pytest.mark.slow
def test_numbers_are_correlated_and_categories_explain() -> None:
    from scipy import stats

    configs = [{"lr": 10.0 ** -(n % 15), "opt": "ab"[n % 2], "same": 1} for n in range(30)]
    losses = [float(n % 15 + 100 * (n % 2)) for n in range(30)]
    lr, opt, same = asked(configs, losses, ["lr", "opt", "same"])
    expected = stats.spearmanr([config["lr"] for config in configs], losses)[0]
    assert lr.correlation == pytest.approx(expected, abs=1e-12)
    assert (lr.n, lr.different, lr.is_numeric, lr.explained) == (30, 15, True, None)
    assert (opt.correlation, opt.is_numeric) == (None, False)
    assert opt.explained == pytest.approx(0.74, abs=0.01)
    assert (same.different, same.correlation, same.explained) == (1, None, None)


def test_the_best_in_the_middle_is_seen() -> None:
    configs = [{"lr": n % 5} for n in range(30)]
    (lr,) = asked(configs, [abs(n % 5 - 2) + n / 1000 for n in range(30)], ["lr"])
    assert lr.correlation is not None
    assert abs(lr.correlation) < 0.2
    assert lr.explained is not None
    assert lr.explained > 0.8


def test_mixed_types_are_categories_and_texts_that_are_numbers_are_numbers() -> None:
    mixed, text = asked(
        [{"a": 1 if n % 2 else "auto", "b": str(n)} for n in range(24)],
        list(map(float, range(24))),
        ["a", "b"],
    )
    assert (mixed.is_numeric, text.is_numeric, text.correlation) == (False, True, 1.0)


def test_nothing_is_said_below_20_experiments() -> None:
    configs: list[dict[str, Any]] = [{"lr": n} if n < 19 else {} for n in range(30)]
    losses = [float(n) for n in range(30)]
    (few,) = asked(configs, losses, ["lr"])
    assert (few.n, few.correlation, few.explained) == (19, None, None)
    # NaN is no result; an infinite one is the largest.
    losses[0], losses[1] = math.nan, math.inf
    (lr,) = asked([{"lr": -n} for n in range(30)], losses, ["lr"])
    assert lr.n == 29
    assert asked([{"lr": n} for n in range(20)], [math.nan, *range(19)], ["lr"])[0].correlation is None


def test_a_forest_predicts_ranks() -> None:
    runs = [Run(f"r{n}", {}, labels={"loss": result(value)}) for n, value in enumerate((3.0, 1e300, 1.0))]
    assert ranked_results(table_of(meaning_of(parse_field("last(loss)"), runs), [], runs)) == [2, 3, 1]
