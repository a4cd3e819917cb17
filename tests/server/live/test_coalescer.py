from __future__ import annotations

import asyncio
import logging

import pytest

from lavdlike.server.live.coalescer import Coalescer
from tests.limits import LIMIT_S

pytestmark = pytest.mark.anyio


async def test_the_first_ask_is_done_at_once() -> None:
    done = []

    async def work() -> None:
        done.append("work")

    coalesced = Coalescer(work, interval_s=30)
    coalesced.ask()
    await coalesced.done()
    assert done == ["work"]
    assert coalesced.is_done


async def test_what_is_asked_for_during_a_call_is_done_by_one_more() -> None:
    calls = 0
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        nonlocal calls
        calls += 1
        begun.set()
        await go_on.wait()

    coalesced = Coalescer(work, interval_s=0.01)
    coalesced.ask()
    await begun.wait()
    for _ in range(10):
        coalesced.ask()
    assert not coalesced.is_done
    go_on.set()
    await coalesced.done()
    assert calls == 2


async def test_many_asks_are_few_calls() -> None:
    calls = 0

    async def work() -> None:
        nonlocal calls
        calls += 1

    coalesced = Coalescer(work, interval_s=0.05)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while loop.time() < begun + 0.2 or calls < 2:
        coalesced.ask()
        await asyncio.sleep(0)
    await coalesced.done()
    assert 2 <= calls <= (loop.time() - begun) / 0.05 + 2


async def test_a_failed_call_is_told_and_tried_again() -> None:
    outcomes: list[Exception | None] = [OSError("the disk is away"), None]
    again = asyncio.Event()

    async def work() -> None:
        if outcome := outcomes.pop(0):
            raise outcome
        again.set()

    coalesced = Coalescer(work, interval_s=0, first_retry_s=0.01)
    coalesced.ask()
    with pytest.raises(OSError, match="away"):
        await coalesced.done()
    assert not coalesced.is_done
    await asyncio.wait_for(again.wait(), LIMIT_S)
    await coalesced.done()
    assert coalesced.is_done


async def test_a_call_that_fails_unexpectedly_is_logged_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    outcomes: list[Exception | None] = [RuntimeError("a bug"), None]
    again = asyncio.Event()

    async def work() -> None:
        if outcome := outcomes.pop(0):
            raise outcome
        again.set()

    coalesced = Coalescer(work, interval_s=0, first_retry_s=0.01)
    with caplog.at_level(logging.ERROR):
        coalesced.ask()
        await asyncio.wait_for(again.wait(), LIMIT_S)
    await coalesced.done()
    assert "should not be possible" in caplog.text


async def test_closing_ends_a_call_and_the_retries() -> None:
    calls = 0
    again = asyncio.Event()

    async def work() -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise OSError("the disk is away")
        again.set()
        await asyncio.sleep(60)

    others = asyncio.all_tasks()
    coalesced = Coalescer(work, interval_s=0, first_retry_s=0.01)
    coalesced.ask()
    await asyncio.wait_for(again.wait(), LIMIT_S)
    await coalesced.close()
    assert asyncio.all_tasks() == others


async def test_nobody_waits_for_what_was_closed_before_it_began() -> None:
    async def work() -> None:
        pass

    coalesced = Coalescer(work)
    coalesced.ask()
    await coalesced.close()
    await asyncio.wait_for(coalesced.done(), LIMIT_S)
