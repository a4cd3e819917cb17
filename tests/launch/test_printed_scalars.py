"""Numbers in what a program prints."""

from __future__ import annotations

import math

import pytest

from lavdlike.launch.printed_scalars import Printed, PrintedScalars


def found(*lines: str, pattern: str | None = None) -> list[tuple[str, float, int]]:
    scalars = PrintedScalars() if pattern is None else PrintedScalars(pattern)
    return [(each.label, each.value, each.step) for line in lines for each in scalars.numbers_in(line)]


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("loss=0.42", [("loss", 0.42, 0)]),
        ("loss: 0.42", [("loss", 0.42, 0)]),
        ("loss = .5, acc: 93%", [("loss", 0.5, 0), ("acc", 93, 0)]),
        ("train/loss=-1e-3 val_loss: nan", [("train/loss", -1e-3, 0), ("val_loss", math.nan, 0)]),
        ("Test set average loss: 0.3.", [("set average loss", 0.3, 0)]),
        ("Epoch 3/10 - loss: 0.5", [("loss", 0.5, 3)]),
        ("Epoch [2/10], Step [100/600], Loss: 0.5", [("Loss", 0.5, 100)]),
        ("step=7 loss=1", [("loss", 1, 7)]),
        ("{'loss': 0.5}", []),
        ("12:30:11 loss 0.5", []),
        ("time: 12:30", []),
        ("done: 1/10", []),
        ("version=1.2.3 size=3px host=a:80", []),
        ("http://a.org:8080/x?y=1", []),
        ("nothing", []),
        ("INFO:root:loss=0.5", [("loss", 0.5, 0)]),
        ("\x1b[32mloss\x1b[0m: 0.5", []),
    ],
)
def test_the_usual_pattern(line: str, numbers: list[tuple[str, float, int]]) -> None:
    assert repr(found(line)) == repr(numbers)


def test_steps_of_a_name_only_grow() -> None:
    lines = ["a=1", "step 5 a=2", "a=3", "step 3 a=4 b=1", "step 2000 a=5"]
    assert [(label, step) for label, _, step in found(*lines)] == [
        ("a", 0),
        ("a", 5),
        ("a", 6),
        ("a", 7),
        ("b", 3),
        ("a", 2000),
    ]


def test_an_own_pattern_says_names_values_and_steps() -> None:
    pattern = r"#(?P<step>\d+) (?P<name>\w+)->(?P<value>\S+)"
    assert found("#4 x->0.5 #5 y->2 #6 z->no", "x=1", pattern=pattern) == [("x", 0.5, 4), ("y", 2, 5)]
    assert found("x->1", pattern=r"(?P<name>\w+)->(?P<value>\d+)(?P<step>\d)?") == [("x", 1, 0)]


@pytest.mark.parametrize(
    ("pattern", "reason"), [("(", "is no regular expression"), (r"(?P<name>\w+)", "must have the groups")]
)
def test_what_is_no_pattern_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        PrintedScalars(pattern)


@pytest.mark.parametrize(
    "line", ["a " * 4_999, "a" * 9_999, "a" + " " * 9_000, "a=1 " * 2_499, "a=" + "1" * 9_000, "a: " * 3_000]
)
def test_a_line_costs_its_length_alone(line: str) -> None:
    assert len(found(line + "1")) <= 100  # what is searched again and again would pass every limit


def test_names_and_numbers_of_a_line_are_bounded() -> None:
    scalars = PrintedScalars()
    assert len(scalars.numbers_in(" ".join(f"a{place}=1" for place in range(150)))) == 100
    assert scalars.numbers_in("x=1" + " " * 10_000) == []
    for place in range(1_100):
        scalars.numbers_in(f"b{place}=1")
    assert scalars.numbers_in("c=1") == []
    assert scalars.numbers_in("a1=2") == [Printed("a1", 2, 1)]
