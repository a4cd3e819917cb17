from __future__ import annotations

import asyncio

import msgspec
import pytest

from lavdlike.messages import (
    FeedMessage,
    ItemChange,
    ItemsChanged,
    Look,
    NewPoints,
    PointsAdded,
    Resync,
    ScalarsChanged,
)
from lavdlike.server.live import feed, subscriptions
from lavdlike.server.live.feed import View
from lavdlike.server.live.subscriptions import Publisher, Subscription
from tests.limits import LIMIT_S

pytestmark = pytest.mark.anyio


@pytest.fixture
def views() -> list[tuple[View, View]]:
    return []


@pytest.fixture
def publisher(views: list[tuple[View, View]]) -> Publisher:
    return Publisher(lambda before, after: views.append((before, after)))


def change(publisher: Publisher, experiment: str = "e", label: str = "a") -> ItemsChanged:
    message = ItemsChanged(publisher.next_sequence(), experiment, [ItemChange("texts", label, 1)])
    publisher.publish(message)
    return message


LOOK = Look(["e"], ["texts"])


async def test_a_change_reaches_who_looks_at_it(publisher: Publisher) -> None:
    looking, elsewhere, blind = (Subscription(publisher, None) for _ in range(3))
    looking.look(LOOK)
    elsewhere.look(Look(["other"], ["texts"]))
    first = change(publisher)
    second = change(publisher, "other")
    assert await looking.next_batch() == [first]
    assert await elsewhere.next_batch() == [second]
    blind.close()
    assert await blind.next_batch() == []


async def test_browsers_that_show_the_same_share_one_message(publisher: Publisher) -> None:
    one, two = (Subscription(publisher, None) for _ in range(2))
    for each in (one, two):
        each.look(Look(["e"], [], ["loss"]))
    series = [NewPoints(label, "1", 0, [1], [1.0], [0.5]) for label in ("loss", "other")]
    publisher.publish(PointsAdded(publisher.next_sequence(), "e", series))
    [mine], [yours] = await one.next_batch(), await two.next_batch()
    assert mine is yours
    assert mine == PointsAdded(1, "e", series[:1])


async def test_a_message_is_encoded_once_for_all_that_need_it(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[object] = []
    real = msgspec.json.Encoder()

    class Counting:
        def encode(self, message: object) -> bytes:
            encoded.append(message)
            return real.encode(message)

    monkeypatch.setattr(feed, "_encoder", Counting())
    browsers = [Subscription(publisher, None) for _ in range(5)]
    for number, browser in enumerate(browsers):
        browser.look(Look(["e"], ["texts"], files=[f"e/{number}.log"]))  # no two of them show the same
    message = change(publisher)
    texts = {publisher.texts.of(each) for browser in browsers for each in await browser.next_batch()}
    assert encoded == [message]
    assert texts == {real.encode(message).decode()}


async def test_looking_elsewhere_ends_what_was_looked_at(
    publisher: Publisher, views: list[tuple[View, View]]
) -> None:
    subscription = Subscription(publisher, None)
    subscription.look(LOOK)
    assert publisher.is_looked_at("e")
    subscription.look(Look(["f"], ["texts"], files=["g/out.log"]))
    assert [publisher.is_looked_at(each) for each in "efg"] == [False, True, True]
    assert publisher.is_followed("g/out.log")
    change(publisher)
    expected = change(publisher, "f")
    assert await subscription.next_batch() == [expected]
    subscription.close()
    assert not publisher.is_looked_at("f")
    assert views == [
        (View(), View()),
        (View(), View.of(LOOK)),
        (View.of(LOOK), View.of(Look(["f"], ["texts"], files=["g/out.log"]))),
        (View.of(Look(["f"], ["texts"], files=["g/out.log"])), View()),
    ]


async def test_a_waiting_browser_is_woken(publisher: Publisher) -> None:
    subscription = Subscription(publisher, None)
    subscription.look(LOOK)
    waiting = asyncio.ensure_future(subscription.next_batch())
    await asyncio.sleep(0)
    expected = change(publisher)
    assert await asyncio.wait_for(waiting, LIMIT_S) == [expected]


async def test_closing_ends_a_wait(publisher: Publisher) -> None:
    subscription = Subscription(publisher, None)
    waiting = asyncio.ensure_future(subscription.next_batch())
    await asyncio.sleep(0)
    publisher.close()
    assert await asyncio.wait_for(waiting, LIMIT_S) == []
    subscription.look(LOOK)
    assert not publisher.is_looked_at("e")


class TestVersions:
    async def test_what_was_missed_is_sent_with_the_first_look(self, publisher: Publisher) -> None:
        change(publisher, label="before")
        version = (publisher.epoch, publisher.sequence)
        missed = change(publisher, label="missed")
        change(publisher, "other")
        subscription = Subscription(publisher, None)
        subscription.look(Look(["e"], ["texts"], version=version))
        assert await subscription.next_batch() == [missed]

    async def test_what_was_not_watched_meanwhile_is_a_resync(self, publisher: Publisher) -> None:
        version = (publisher.epoch, publisher.sequence)
        publisher.drop("e")
        subscription = Subscription(publisher, None)
        subscription.look(Look(["e"], ["texts"], version=version))
        assert await subscription.next_batch() == [
            Resync(publisher.epoch, publisher.sequence, subscriptions.FORGOTTEN)
        ]
        elsewhere = Subscription(publisher, None)
        elsewhere.look(Look(["other"], ["texts"], version=version))
        expected = change(publisher, "other")
        assert await elsewhere.next_batch() == [expected]

    async def test_what_is_too_long_ago_is_a_resync(self, publisher: Publisher) -> None:
        version = (publisher.epoch, publisher.sequence)
        for _ in range(10_000):
            change(publisher)
        subscription = Subscription(publisher, None)
        subscription.look(Look(["e"], ["texts"], version=version))
        [resync] = await subscription.next_batch()
        assert isinstance(resync, Resync)

    async def test_after_a_resync_changes_go_on(self, publisher: Publisher) -> None:
        subscription = Subscription(publisher, None)
        subscription.look(LOOK)
        sequence = 0
        for number in range(1000):
            sequence = publisher.next_sequence()
            publisher.publish(ScalarsChanged(sequence, f"e{number}"))
        subscription.look(Look([f"e{number}" for number in range(1000)], ["scalars"]))
        for number in range(1000):
            publisher.publish(ScalarsChanged(publisher.next_sequence(), f"e{number}"))
        messages: list[FeedMessage] = await subscription.next_batch()
        assert isinstance(messages[0], Resync)
        assert messages[0].reason == subscriptions.TOO_SLOW
        assert messages[-1].sequence == publisher.sequence
        assert len(messages) <= 256


async def test_a_wide_audience_costs_one_selection_for_each_view(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(200):
        Subscription(publisher, None).look(LOOK if number % 2 else Look(["other"], ["texts"]))
    selected = []
    real = View.part_of

    def part_of(view: View, message: FeedMessage) -> FeedMessage | None:
        selected.append(view)
        return real(view, message)

    monkeypatch.setattr(View, "part_of", part_of)
    change(publisher)
    assert selected == [View.of(LOOK)]
    publisher.close()
