from __future__ import annotations

import math

import numpy as np
import pytest

from lavdlike.reading.filter.facts import meaning_of
from lavdlike.reading.filter.grouping import Column, Common, RunGroup, grouped, spread_of_field
from lavdlike.reading.filter.parser import parse_field
from lavdlike.reading.filter.syntax import FilterError
from tests.reading.filter.given_runs import Run, result


def groups_of(
    runs: list[Run], *by: str, pattern: str = "", folder: bool = False, until: float = math.inf
) -> list[RunGroup]:
    columns = [Column(text, meaning_of(parse_field(text), runs)) for text in by]
    return grouped(runs, Common(columns, pattern, folder), until=until)


def shown(groups: list[RunGroup]) -> list[str]:
    return [f"{group.title}: {' '.join(run.summary.name for run in group.runs)}" for group in groups]


def test_equal_values_are_one_group_as_a_filter_would_find_them() -> None:
    values = {"a": 0.1, "b": "0.1", "c": 0.01, "d": "Adam", "e": "adam", "f": math.nan, "g": "nan", "h": 10}
    runs = [Run(name, {"v": value}) for name, value in values.items()] + [Run("i")]
    assert shown(groups_of(runs, "v")) == [
        "v=0.01: c",
        "v=0.1: a b",
        "v=10: h",
        "v=Adam: d e",
        "v=nan: f g",
        "no v: i",
    ]


def test_titles_have_few_digits_as_long_as_these_tell_the_groups_apart() -> None:
    rates = [0.1 / 3**power for power in range(3)]
    runs = [Run(f"r{power}", {"lr": rate}) for power, rate in enumerate(rates)]
    assert shown(groups_of(runs, "lr")) == ["lr=0.0111111: r2", "lr=0.0333333: r1", "lr=0.1: r0"]
    assert [group.key for group in groups_of(runs, "lr")] == [[rate] for rate in reversed(rates)]
    near = Run("near", {"lr": math.nextafter(rates[2], 1)})
    assert [group.title for group in groups_of([*runs, near], "lr")] == [
        f"lr={rate!r}" for rate in sorted([*rates, math.nextafter(rates[2], 1)])
    ]
    assert shown(groups_of([Run("a", {"v": 1e22}), Run("b", {"v": 123456789})], "v")) == [
        "v=123456789: b",
        "v=1e+22: a",
    ]


def test_keys_are_combinations_and_tags_are_a_set() -> None:
    runs = [
        Run("a", {"lr": 1, "layers": [1, 2]}, tags=("x", "y")),
        Run("b", {"lr": 1, "layers": [1, 2]}, tags=("x", "y")),
        Run("c", {"lr": 1, "layers": [3]}),
    ]
    groups = groups_of(runs, "lr", "layers", "tag")
    assert shown(groups) == ["lr=1 layers=[1, 2] tag=x,y: a b", "lr=1 layers=[3] no tag: c"]
    assert [group.key for group in groups] == [[1.0, "[1, 2]", ["x", "y"]], [1.0, "[3]", None]]


def test_expressions_group_by_what_they_capture() -> None:
    runs = [Run(name) for name in ("resnet-seed10", "resnet-seed2", "vit-seed2", "other")]
    assert shown(groups_of(runs, pattern=r"(\w+)-seed(\d+)")) == [
        "resnet 2: resnet-seed2",
        "resnet 10: resnet-seed10",
        "vit 2: vit-seed2",
        "no match: other",
    ]
    assert shown(groups_of(runs, pattern=r"seed\d+")) == [
        "seed2: resnet-seed2 vit-seed2",
        "seed10: resnet-seed10",
        "no match: other",
    ]
    # A group of the expression that took no part in it.
    assert [group.key for group in groups_of(runs, pattern="(res)?(net|vit)")] == [
        ["res", "net"],
        [None, "vit"],
        [None, None],
    ]


@pytest.mark.parametrize(
    ("pattern", "place"), [("seed(", (4, 1)), ("(?:a?){5000}", (0, 12)), ("(?=look-around)", (0, 3))]
)
def test_what_is_no_expression_is_told_with_its_place(pattern: str, place: tuple[int, int]) -> None:
    with pytest.raises(FilterError, match="no regular expression") as raised:
        groups_of([Run("run")], pattern=pattern)
    assert (raised.value.position, raised.value.length) == place


def test_folders_are_keys() -> None:
    runs = [Run("b/x"), Run("a/x"), Run("a/y"), Run("top")]
    assert shown(groups_of(runs, folder=True)) == ["no folder: top", "a: a/x a/y", "b: b/x"]


def test_spreads_equal_numpys() -> None:
    chance = np.random.default_rng(3)
    last = chance.normal(size=31)
    runs = [Run(f"r{number}", labels={"loss": result(float(value))}) for number, value in enumerate(last)]
    runs += [Run("nan", labels={"loss": result(math.nan)}), Run("none"), Run("text", {"loss": "x"})]
    spread = spread_of_field(runs, meaning_of(parse_field("label.loss"), runs))
    assert spread is not None
    assert spread.n == 31
    assert spread.mean == pytest.approx(last.mean(), rel=1e-12)
    assert spread.median == pytest.approx(np.median(last), rel=1e-12)
    assert spread.deviation == pytest.approx(last.std(ddof=1), rel=1e-12)
    assert (spread.minimum, spread.maximum) == (last.min(), last.max())
