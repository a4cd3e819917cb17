from __future__ import annotations

import time
from typing import Any

import pytest

from lavdlike.bounded import giving_up
from lavdlike.bounded.giving_up import GivenUpError
from lavdlike.filter_messages import FilterRequest, Grouping
from lavdlike.reading.filter.questions import Answered, answered, check_question
from tests.reading.filter.given_runs import Run, result

RUNS = [
    Run("b-10", {"lr": 0.1}, labels={"loss": result(2.0, 1.0, 3.0)}),
    Run("b-2", {"lr": 0.01}, labels={"loss": result(4.0, 0.5, 9.0)}),
    Run("a", {"lr": 0.1}, tags=("old",)),
]


def ask(runs: list[Run] | None = None, **request: Any) -> Answered:
    return answered(FilterRequest(**request), RUNS if runs is None else runs)


def names(answer: Answered) -> list[str]:
    return [run.summary.name for run in answer.runs]


def test_one_question_has_one_answer() -> None:
    answer = ask(
        filter="lr=0.1",
        columns=["lr", "min(loss)"],
        sort="min(loss)",
        grouping=Grouping(by=["lr"]),
        facets=True,
    )
    assert names(answer) == ["b-10", "a"]
    assert answer.cells == [[0.1, 0.1], [1.0, None]]
    (group,) = answer.groups
    assert (group.title, group.experiments) == ("lr=0.1", ["b-10", "a"])
    of_lr, of_loss = group.spreads
    assert of_lr is not None
    assert of_loss is not None
    assert (of_lr.n, of_loss.n, of_loss.mean) == (2, 1, 1.0)
    assert [facet.field for facet in answer.facets] == ["tag"]
    assert (answer.mistakes, answer.notes, answer.open) == ([], [], [])


def test_names_are_in_natural_order_in_either_direction() -> None:
    assert names(ask()) == ["a", "b-2", "b-10"]
    assert names(ask(descending=True)) == ["b-10", "b-2", "a"]


def test_each_mistake_is_told_and_the_rest_is_answered() -> None:
    answer = ask(
        columns=["lr", "min(", "run.nothing"], sort="max()", grouping=Grouping(by=["(", "lr"], pattern="[")
    )
    assert names(answer) == ["a", "b-2", "b-10"]
    assert answer.cells[0] == [0.1, 0.01, 0.1]
    assert answer.cells[1:] == [[None] * 3] * 2
    assert [(each.text, each.position) for each in answer.mistakes] == [
        ("min(", 4),
        ("run.nothing", 0),
        ("max()", 3),
        ("(", 0),
        ("[", 0),
    ]
    assert answer.groups == []
    wrong = ask(filter="lr=0.1 (", columns=["lr"])
    assert (names(wrong), wrong.cells) == ([], [[]])
    assert wrong.mistakes[0].text == "lr=0.1 ("
    assert wrong.mistakes[0].position == 7


def test_archived_experiments_are_asked_for() -> None:
    archived = Run("gone")
    archived.summary.archived = True
    runs = [Run("here"), archived]
    assert names(ask(runs)) == ["here"]
    assert names(ask(runs, archived=True)) == ["gone", "here"]
    assert names(ask(runs, filter="archived=true")) == ["gone"]


def test_what_nobody_has_read_is_open_where_it_matters() -> None:
    runs = [
        Run(name, {"lr": lr}, labels={"loss": result(1.0)}) for name, lr in (("a", 1), ("b", 2), ("c", 2))
    ]
    for run in runs[1:]:
        run.unread = ("loss",)

    def opened(**request: Any) -> list[str]:
        return [run.summary.name for run in ask(runs, **request).open]

    assert opened(filter="lr=1 loss<5") == []
    assert opened(filter="lr=2 -(loss<5 or has(loss))") == ["b", "c"]
    assert opened(filter="lr=2") == []
    assert opened(filter="lr=2", columns=["loss"]) == ["b", "c"]
    assert opened(filter="lr=2", sort="max(loss)") == ["b", "c"]
    assert opened(grouping=Grouping(by=["loss"])) == ["b", "c"]
    # Nothing is said of what is not known yet.
    assert ask(runs, filter="lr=2 loss<5").notes == []


def test_labels_are_asked_of_those_experiments_only_that_the_rest_lets_through() -> None:
    for text in ("loss<9 lr=0.01", "lr=0.01 loss<9", "(loss<9 or has(loss)) lr=0.01"):
        runs = [Run(name, {"lr": lr}, labels={"loss": result(4.0)}) for name, lr in (("a", 0.1), ("b", 0.01))]
        assert names(ask(runs, filter=text)) == ["b"]
        assert (runs[0].asked, "loss" in runs[1].asked) == ([], True)


def test_what_nobody_has_is_said() -> None:
    assert ask(filter="lrr=1").notes == ["no experiment has a setting or label 'lrr'"]
    assert ask(filter="lr=0.1 lrr=1").notes == [
        "none of the other terms' experiments has a setting or label 'lrr'"
    ]
    assert ask(sort="lrr").notes == ["none of these experiments has lrr"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        " ".join(["name~a"] * 280),
        " or ".join(f"x{number}=1" for number in range(190)),
        "(" * 49 + "a" + ")" * 49,
        "-" * 40 + "a",
        'name~"(?:a?){5000}a{5000}"',
        "(" * 1999,
        "lr=" + ",".join(["0"] * 900),
        "a" * 100_000,
        "\0\ud800",
    ],
)
def test_hostile_filters_end(text: str) -> None:
    runs = [Run(f"{'a' * 200}{number}", {"lr": number}) for number in range(500)]
    begun = time.monotonic()
    answered(FilterRequest(text, facets=True), runs, until=begun + 0.5)
    assert time.monotonic() - begun < 30


def test_what_takes_too_long_is_a_mistake() -> None:
    answer = answered(FilterRequest("lr=0.1"), RUNS, until=time.monotonic() - 1)
    assert answer.mistakes[0].reason == "it takes too long to answer; fewer or simpler terms may not"


def test_an_answer_that_nobody_waits_for_is_given_up() -> None:
    with giving_up.when(lambda: True), pytest.raises(GivenUpError):
        ask(filter="lr=0.1")


def test_too_much_at_once_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 200 columns"):
        check_question(FilterRequest(columns=["lr"] * 201))
    with pytest.raises(ValueError, match="at most 20 fields"):
        check_question(FilterRequest(grouping=Grouping(by=["lr"] * 21)))
    check_question(FilterRequest(columns=["lr"] * 200))
