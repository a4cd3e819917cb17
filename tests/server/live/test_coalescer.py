from __future__ import annotations

import asyncio
import logging

import pytest

from lavdlike.server import gather
from lavdlike.server.gather import Gathered

pytestmark = pytest.mark.anyio


async def test_the_first_ask_is_done_at_once() -> None:
    done = []

    async def work() -> None:
        done.append("work")

    gathered = Gathered(work, interval_s=30)
    gathered.ask()
    await gathered.done()
    assert done == ["work"]
    assert gathered.is_done


async def test_what_is_asked_for_during_a_call_is_done_by_one_more() -> None:
    calls = 0
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        nonlocal calls
        calls += 1
        begun.set()
        await go_on.wait()

    gathered = Gathered(work, interval_s=0.01)
    gathered.ask()
    await begun.wait()
    for _ in range(10):
        gathered.ask()
    assert not gathered.is_done
    go_on.set()
    await gathered.done()
    assert calls == 2


async def test_many_asks_are_few_calls() -> None:
    calls = 0

    async def work() -> None:
        nonlocal calls
        calls += 1

    gathered = Gathered(work, interval_s=0.05)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while loop.time() < begun + 0.2:
        gathered.ask()
        await asyncio.sleep(0)
    await gathered.done()
    assert 2 <= calls <= (loop.time() - begun) / 0.05 + 2


async def test_a_failed_call_is_told_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "_FIRST_RETRY_S", 0.01)
    outcomes: list[Exception | None] = [OSError("the disk is away"), None]
    again = asyncio.Event()

    async def work() -> None:
        if outcome := outcomes.pop(0):
            raise outcome
        again.set()

    gathered = Gathered(work, interval_s=0)
    gathered.ask()
    with pytest.raises(OSError, match="away"):
        await gathered.done()
    assert not gathered.is_done
    await asyncio.wait_for(again.wait(), 10)
    await gathered.done()
    assert gathered.is_done


async def test_a_call_that_fails_unexpectedly_is_logged_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(gather, "_FIRST_RETRY_S", 0.01)
    outcomes: list[Exception | None] = [RuntimeError("a bug"), None]
    again = asyncio.Event()

    async def work() -> None:
        if outcome := outcomes.pop(0):
            raise outcome
        again.set()

    gathered = Gathered(work, interval_s=0)
    with caplog.at_level(logging.ERROR):
        gathered.ask()
        await asyncio.wait_for(again.wait(), 10)
    await gathered.done()
    assert "should not be possible" in caplog.text


async def test_closing_ends_a_call_and_the_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "_FIRST_RETRY_S", 0.01)
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
    gathered = Gathered(work, interval_s=0)
    gathered.ask()
    await asyncio.wait_for(again.wait(), 10)
    await gathered.close()
    assert asyncio.all_tasks() == others
