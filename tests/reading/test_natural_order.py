from __future__ import annotations

from itertools import permutations

import pytest

from lavdlike.reading.natural_order import natural_key


@pytest.mark.parametrize(
    "names",
    [
        ["run-2", "run-10"],
        ["lr0.0001", "lr0.001", "lr0.01", "lr0.5", "lr1", "lr10"],
        ["dropout-0.25", "dropout-0.5"],
        ["v1.9.0", "v1.10.0"],
        ["7", "007b", "8", "a7"],
        ["run01", "run1", "run1-b"],
        ["Run-1", "run-2", "RUN-3"],
        ["", "1", "a"],
    ],
)
def test_names_stand_as_people_count(names: list[str]) -> None:
    for order in permutations(names):
        assert sorted(order, key=natural_key) == names


def test_numbers_of_any_length_are_counted() -> None:
    nines, longer = "x" + "9" * 5000, "x1" + "0" * 5000
    assert sorted([longer, nines], key=natural_key) == [nines, longer]
