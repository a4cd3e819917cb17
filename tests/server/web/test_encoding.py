from __future__ import annotations

import asyncio
import random

import msgspec
import pytest

from lavdlike.server import turns
from lavdlike.server.messages import ItemsPage, ScalarLabel, ScalarLabels, ScalarLabelsPage

pytestmark = pytest.mark.anyio


def page(*counts: int) -> ScalarLabelsPage:
    return ScalarLabelsPage(
        [
            ScalarLabels(
                f"e{count}", 1, [ScalarLabel(f"m{n}", n, n, "nan", 0.5, None, 1.0) for n in range(count)]
            )
            for count in counts
        ]
    )


def test_many_are_sorted_as_few_are() -> None:
    values = [f"m{number}" for number in range(3 * turns.PART + 7)]
    random.Random(0).shuffle(values)
    assert turns.sorted_in_parts(values) == sorted(values)
    pairs = [(value[:2], value) for value in values]
    assert turns.sorted_in_parts(pairs) == sorted(pairs)
    assert turns.sorted_in_parts(iter(())) == []


@pytest.mark.parametrize("counts", [(), (0,), (3,), (2 * turns.PART + 1,), (1, turns.PART, turns.PART + 1)])
async def test_what_is_encoded_in_parts_is_what_msgspec_encodes(counts: tuple[int, ...]) -> None:
    message = page(*counts)
    assert await turns.encoded(message) == msgspec.json.encode(message)
    assert message == page(*counts)


@pytest.mark.parametrize(
    "message",
    [ItemsPage([None, None]), {"a": list(range(3 * turns.PART))}, list(range(3 * turns.PART)), 1, None],
)
async def test_whatever_is_encoded_is_what_msgspec_encodes(message: object) -> None:
    assert await turns.encoded(message) == msgspec.json.encode(message)


async def test_others_get_their_turn_while_a_very_long_list_is_encoded() -> None:
    message, count, is_done = page(10 * turns.PART), 0, False

    async def count_turns() -> None:
        nonlocal count
        while not is_done:
            count += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count_turns())
    await turns.encoded(message)
    is_done = True
    await counting
    assert count >= 10
