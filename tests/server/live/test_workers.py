from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from lavdlike.server.workers import TooSlowError, Workers

pytestmark = pytest.mark.anyio


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers(2, slow_after_s=0.05, max_threads=10, max_slow_per_subject=2)
    yield workers
    workers.close()


@pytest.fixture
def hang() -> Iterator[threading.Event]:
    """Calls of `hang.wait` hang until the test is over."""
    event = threading.Event()
    yield event
    event.set()


async def test_a_call_gives_what_the_function_gives(workers: Workers) -> None:
    assert await workers.run("e", lambda: threading.current_thread().name, limit_s=5) == "lavdlike-read"
    with pytest.raises(ZeroDivisionError):
        await workers.run("e", lambda: 1 // 0, limit_s=5)


async def test_no_more_threads_work_than_allowed() -> None:
    workers = Workers(2)  # none is so slow that another takes its place
    running, most = 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.005)
        with lock:
            running -= 1

    await asyncio.gather(*(workers.run(str(number), work, limit_s=20) for number in range(20)))
    workers.close()
    assert most == 2


async def test_a_call_that_hangs_is_given_up(workers: Workers, hang: threading.Event) -> None:
    with pytest.raises(TooSlowError, match=r"not done within 0\.1 s"):
        await workers.run("e", hang.wait, limit_s=0.1)


async def test_calls_that_hang_do_not_stop_others(workers: Workers, hang: threading.Event) -> None:
    hanging = [asyncio.ensure_future(workers.run(f"h{number}", hang.wait, limit_s=20)) for number in range(5)]
    assert await workers.run("e", lambda: "here", limit_s=10) == "here"
    hang.set()
    await asyncio.gather(*hanging)


async def test_what_hangs_is_not_asked_again_and_again(workers: Workers, hang: threading.Event) -> None:
    for _ in range(2):
        with pytest.raises(TooSlowError):
            await workers.run("e", hang.wait, limit_s=0.1)
    with pytest.raises(TooSlowError, match="have not come back"):
        await workers.run("e", lambda: "here", limit_s=5)
    assert await workers.run("other", lambda: "here", limit_s=5) == "here"


async def test_what_has_come_back_is_asked_again(workers: Workers, hang: threading.Event) -> None:
    for _ in range(2):
        with pytest.raises(TooSlowError):
            await workers.run("e", hang.wait, limit_s=0.1)
    hang.set()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            assert await workers.run("e", lambda: "here", limit_s=5) == "here"
            break
        except TooSlowError:
            await asyncio.sleep(0.01)
    else:
        pytest.fail("still refused")


async def test_a_call_that_is_given_up_while_it_waits_is_not_made(hang: threading.Event) -> None:
    workers = Workers(1, slow_after_s=0.05, max_threads=1)
    made = []
    first = asyncio.ensure_future(workers.run("e", hang.wait, limit_s=20))
    await asyncio.sleep(0)  # lets the first one be put before the second
    with pytest.raises(TooSlowError):
        await workers.run("e", lambda: made.append("late"), limit_s=0.05)
    hang.set()
    await first
    await workers.run("e", lambda: made.append("after"), limit_s=5)
    assert made == ["after"]
    workers.close()


async def test_threads_that_took_the_place_of_hanging_ones_end(
    workers: Workers, hang: threading.Event
) -> None:
    names = [thread.ident for thread in threading.enumerate()]
    hanging = [asyncio.ensure_future(workers.run(f"h{number}", hang.wait, limit_s=20)) for number in range(5)]
    await workers.run("e", lambda: None, limit_s=10)
    hang.set()
    await asyncio.gather(*hanging)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        left = [thread for thread in threading.enumerate() if thread.ident not in names]
        if len(left) <= 2:
            return
        await workers.run("e", lambda: None, limit_s=5)
        await asyncio.sleep(0.01)
    pytest.fail("threads were left behind")
