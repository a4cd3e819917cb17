from __future__ import annotations

import math
from datetime import datetime

import pytest

from lavdlike.messages import Session
from lavdlike.reading.filter.facts import flattened
from lavdlike.reading.filter.matching import matching
from lavdlike.reading.filter.parser import parse
from lavdlike.reading.filter.syntax import FilterError
from tests.reading.filter.given_runs import Run, result

NOW = datetime(2026, 2, 1, 12).astimezone().timestamp()
DAY_S = 86_400.0


def names(text: str, runs: list[Run]) -> str:
    return " ".join(run.summary.name for run in matching(parse(text), runs, now=NOW).runs)


RUNS = [
    Run("a", {"lr": 0.01, "opt": {"name": "AdamW"}}, tags=("good",), labels={"loss": result(0.5, 0.2, 2.0)}),
    Run("b", {"lr": "0.1", "opt": {"name": "lion"}}, tags=("bad", "old"), status="crashed", title="The Best"),
    Run("c", {"lr": 1, "layers": [64, 128], "amp": True, "seed": None}, labels={"loss": result(math.nan)}),
    Run("d", sessions=(Session(NOW - 2 * DAY_S, NOW - 2 * DAY_S + 5400),)),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "a b c d"),
        ("A", "a"),
        ("best", "b"),
        ("nothing", ""),
        ("lr=0.01", "a"),
        ("lr=1e-2", "a"),
        ("lr=0.1", "b"),
        ("lr<0.5", "a b"),
        ("lr>=0.1", "b c"),
        ("lr=0.01,1", "a c"),
        ("lr!=0.01", "b c"),
        ("-lr=0.01", "b c"),
        ("lr=small", ""),
        ("lr<small", ""),
        ("opt.name=adamw", "a"),
        ("opt.name=adamw,lion", "a b"),
        ("opt.name<b", "a"),
        ("opt.name~^ada", "a"),
        ("opt.name~^Ada", "a"),
        ("opt.name~^ADA", ""),
        ("layers=128", "c"),
        ('layers="[64, 128]"', "c"),
        ("amp=true", "c"),
        ("amp=1", ""),
        ("seed=null", "c"),
        ("has(seed)", "c"),
        ("has(lr)", "a b c"),
        ("-has(lr)", "d"),
        ("tag=bad", "b"),
        ("-tag=bad", "a c d"),
        ("tag!=bad", "a c d"),
        ("status=crashed,running", "b"),
        ("name~'[ab]'", "a b"),
        ("loss<1", "a"),
        ("loss=nan", "c"),
        ("-loss<1", "c"),
        ("min(loss)<0.3", "a"),
        ("max(loss)>1", "a"),
        ("mean(loss)=0.25", "a c"),
        ("argmin(loss)=3", "a c"),
        ("at(loss, 7)=0.7", "a c"),
        ("best(loss)>0", ""),
        ("label.lr=1", ""),
        ("run.status=crashed", "b"),
        ("config.status=crashed", ""),
        ("started>-7d", "d"),
        ("started<-1d", "d"),
        ("started>2026-01-30T12:00:01", ""),
        ("started>2026-01-29", "d"),
        ("duration>1h", "d"),
        ("duration<90m", ""),
        ("duration<=5400", "d"),
        ("lr<0.5 or tag=old (has(lr) a)", "a b"),
        ("-(lr<0.5)", "c"),
        ("-(lr<0.5 or a)", "c"),
    ],
)
def test_which_experiments_match(text: str, expected: str) -> None:
    assert names(text, RUNS) == expected


def test_the_best_value_is_by_the_goal_of_the_label() -> None:
    assert names("best(loss)=0.2", [Run("x", labels={"loss": result(0.5, 0.2, 2.0)}, goal="min")]) == "x"
    assert names("best(loss)=2", [Run("x", labels={"loss": result(0.5, 0.2, 2.0)}, goal="max")]) == "x"


def test_scalars_are_read_only_if_they_are_asked_for() -> None:
    run = Run("x", {"lr": 1}, labels={"loss": result(1.0)})
    names("lr=1 status=finished x -tag=bad has(lr)", [run])
    assert run.asked == []


def test_a_name_of_two_things_is_said() -> None:
    runs = [Run("x", {"status": "slow"})]
    matches = matching(parse("status=slow"), runs)
    assert not matches.runs
    assert matches.notes == ["status is that of the run here; config.status is the setting"]
    assert names("config.status=slow", runs) == "x"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("started>soon", "not a time: 'soon'; write -7d, -12h or 2026-01-31"),
        ("started>99999999-01-01", "not a time"),
        ("duration>long", "not a time span: 'long'; write 90m or 2h"),
        ("name~'('", "no regular expression"),
        ("name~'(?:a?){5000}a{5000}'", "too large"),
        ("run.lr=3", "there is no 'lr' of a run; there are name, title, folder, status"),
    ],
)
def test_what_cannot_be_asked_is_told_with_its_place(text: str, reason: str) -> None:
    with pytest.raises(FilterError, match=r".") as raised:
        matching(parse(text), RUNS)
    assert reason in raised.value.reason
    assert text[raised.value.position] in "s9l'(r"


def test_ten_thousand_settings_are_looked_at_at_most() -> None:
    settings = flattened({"deep": {str(index): index for index in range(20_000)}})
    assert len(settings) == 10_000
    assert flattened({"a": {"b": {"c": 1}, "d": {}}, "e": [{"f": 1}]}) == {
        "a.b.c": 1,
        "a.d": {},
        "e": [{"f": 1}],
    }


@pytest.mark.parametrize("number", [10**400, -(10**400)])
def test_numbers_beyond_floats_compare(number: int) -> None:
    assert names("lr>0", [Run("x", {"lr": number})]) == ("x" if number > 0 else "")
