from __future__ import annotations

import random

from lavdlike.series import slicing


def test_many_are_sorted_as_few_are() -> None:
    values = [f"m{number}" for number in range(3 * slicing.PART + 7)]
    random.Random(0).shuffle(values)
    assert slicing.sorted_in_parts(values) == sorted(values)
    pairs = [(value[:2], value) for value in values]
    assert slicing.sorted_in_parts(pairs) == sorted(pairs)
    assert slicing.sorted_in_parts(iter(())) == []
