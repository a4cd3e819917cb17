from __future__ import annotations

import asyncio

import msgspec
import pytest

from lavdlike.filter_messages import FilterAnswer
from lavdlike.messages import ItemsPage
from lavdlike.scalar_messages import ScalarLabel, ScalarLabels, ScalarLabelsPage
from lavdlike.server.web import encoding

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


@pytest.mark.parametrize(
    "counts", [(), (0,), (3,), (2 * encoding.PART + 1,), (1, encoding.PART, encoding.PART + 1)]
)
async def test_what_is_encoded_in_parts_is_what_msgspec_encodes(counts: tuple[int, ...]) -> None:
    message = page(*counts)
    assert await encoding.encoded(message) == msgspec.json.encode(message)
    assert message == page(*counts)


@pytest.mark.parametrize(
    "message",
    [
        ItemsPage([None, None]),
        FilterAnswer("e", 1, ["a"], [[*map(float, range(3 * encoding.PART))], [None, ["x"], "nan"]]),
        {"a": list(range(3 * encoding.PART))},
        list(range(3 * encoding.PART)),
        1,
        None,
    ],
)
async def test_whatever_is_encoded_is_what_msgspec_encodes(message: object) -> None:
    assert await encoding.encoded(message) == msgspec.json.encode(message)


async def test_others_get_their_turn_while_a_very_long_list_is_encoded() -> None:
    message, count, is_done = page(10 * encoding.PART), 0, False

    async def count_turns() -> None:
        nonlocal count
        while not is_done:
            count += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count_turns())
    await encoding.encoded(message)
    is_done = True
    await counting
    assert count >= 10
