"""The short form of new points; `frontend/src/api/shortPoints.test.ts` reads the bytes that stand here."""

from __future__ import annotations

import math
from typing import Any

import pytest

from lavdlike.messages import NewPoints, PointsAdded
from lavdlike.server.live import packed_points
from lavdlike.server.live.packed_points import SeriesNumbers, packed

SHORT = (
    "01f8ac0202ac020000000000408f40ad020000000000448f4002"
    "07ac0200020000000000 00e03f000000000000f87fc801050101000000000000f03f"
).replace(" ", "")


def message(*series: NewPoints) -> PointsAdded:
    return PointsAdded(38520, "run", list(series))


def new_points(**changed: Any) -> NewPoints:
    given: dict[str, Any] = {"label": "loss", "identity": "a", "first_index": 300, "steps": [300, 301]}
    return NewPoints(
        **given | {"wall_times": [1000.0, 1000.5], "values": [0.5, "nan"], "number": 7} | changed
    )


def test_labels_at_the_same_steps_have_their_moments_once() -> None:
    other = NewPoints("lr", "b", 5, [301], [1000.5], [1.0], "1", 200)
    data = packed(message(new_points(), other))
    assert data is not None
    assert data.hex() == SHORT


def test_twenty_labels_at_a_step_take_less_than_20_bytes_a_value() -> None:
    series = [
        new_points(label=f"train/loss{index}", first_index=100_000, steps=[100_000], wall_times=[1.76e9])
        for index in range(20)
    ]
    for index, points in enumerate(series):
        points.values, points.number = [math.pi * index], 1000 + index
    data = packed(message(*series))
    assert data is not None
    assert len(data) / 20 <= 18


def test_steps_that_others_have_only_in_part_are_told_again() -> None:
    first = new_points(steps=[1, 2], values=[0.0, 0.0])
    second = new_points(steps=[2, 3], values=[0.0, 0.0], number=8)
    data = packed(message(first, second))
    assert data is not None
    assert data[4] == 4  # moments, behind the form and a sequence of three bytes


@pytest.mark.parametrize(
    "changed",
    [{"values": [2**53 + 1, 0]}, {"values": ["9007199254740993", 0]}, {"steps": [-1, 0]}, {"number": 0}],
    ids=["a long whole number", "one as text", "a step below 0", "a series without a number"],
)
def test_what_only_text_says_exactly_is_not_short(changed: dict[str, Any]) -> None:
    assert packed(message(new_points(**changed))) is None


def test_a_series_keeps_its_number_and_none_is_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = SeriesNumbers()
    first, again, anew = (message(new_points(number=0, identity=identity)) for identity in "aab")
    for each in (first, again, anew):
        numbers.number(each)
    assert [each.series[0].number for each in (first, again, anew)] == [1, 1, 2]
    monkeypatch.setattr(packed_points, "_MAX_NUMBERED", 0)
    numbers.number(again)
    assert again.series[0].number == 3
