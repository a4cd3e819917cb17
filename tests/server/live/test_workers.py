from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from lavdlike.bounded import giving_up
from lavdlike.server.live.workers import CrashedError, TooSlowError, Workers
from tests.limits import LIMIT_S

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
    assert await workers.run("e", lambda: threading.current_thread().name, limit_s=LIMIT_S) == "lavdlike-read"
    with pytest.raises(ZeroDivisionError):
        await workers.run("e", lambda: 1 // 0, limit_s=LIMIT_S)


async def test_no_more_threads_work_than_allowed() -> None:
    workers = Workers(2, slow_after_s=LIMIT_S)  # none is so slow that another takes its place
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

    await asyncio.gather(*(workers.run(str(number), work, limit_s=LIMIT_S) for number in range(20)))
    workers.close()
    assert most == 2


async def test_a_call_that_hangs_is_given_up(workers: Workers, hang: threading.Event) -> None:
    with pytest.raises(TooSlowError, match=r"not done within 0\.1 s"):
        await workers.run("e", hang.wait, limit_s=0.1)


async def test_calls_that_hang_do_not_stop_others(workers: Workers, hang: threading.Event) -> None:
    hanging = [
        asyncio.ensure_future(workers.run(f"h{number}", hang.wait, limit_s=LIMIT_S)) for number in range(5)
    ]
    assert await workers.run("e", lambda: "here", limit_s=LIMIT_S) == "here"
    hang.set()
    await asyncio.gather(*hanging)


async def hang_and_give_up(workers: Workers, hang: threading.Event) -> None:
    """Two calls about `e`, which have begun."""
    begun = threading.Semaphore(0)

    def work() -> None:
        begun.release()
        hang.wait()

    hanging = [asyncio.create_task(workers.run("e", work, limit_s=LIMIT_S)) for _ in range(2)]
    for _ in hanging:
        assert await asyncio.to_thread(begun.acquire, timeout=LIMIT_S)
    for call in hanging:
        call.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)


async def test_what_hangs_is_not_asked_again_and_again(workers: Workers, hang: threading.Event) -> None:
    await hang_and_give_up(workers, hang)
    deadline = time.monotonic() + LIMIT_S

    async def ask_until_refused() -> None:
        while time.monotonic() < deadline:  # they are not slow yet
            await workers.run("e", lambda: "here", limit_s=LIMIT_S)

    with pytest.raises(TooSlowError, match="have not come back"):
        await ask_until_refused()
    assert await workers.run("other", lambda: "here", limit_s=LIMIT_S) == "here"


async def test_what_has_come_back_is_asked_again(workers: Workers, hang: threading.Event) -> None:
    await hang_and_give_up(workers, hang)
    hang.set()
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        try:
            assert await workers.run("e", lambda: "here", limit_s=LIMIT_S) == "here"
            break
        except TooSlowError:
            await asyncio.sleep(0.01)
    else:
        pytest.fail("still refused")


async def test_a_call_that_is_given_up_while_it_waits_is_not_made(hang: threading.Event) -> None:
    workers = Workers(1, slow_after_s=0.05, max_threads=1)
    made = []
    first = asyncio.ensure_future(workers.run("e", hang.wait, limit_s=LIMIT_S))
    await asyncio.sleep(0)  # lets the first one be put before the second
    with pytest.raises(TooSlowError):
        await workers.run("e", lambda: made.append("late"), limit_s=0.05)
    hang.set()
    await first
    await workers.run("e", lambda: made.append("after"), limit_s=LIMIT_S)
    assert made == ["after"]
    workers.close()


async def test_threads_that_took_the_place_of_hanging_ones_end(
    workers: Workers, hang: threading.Event
) -> None:
    names = [thread.ident for thread in threading.enumerate()]
    hanging = [
        asyncio.ensure_future(workers.run(f"h{number}", hang.wait, limit_s=LIMIT_S)) for number in range(5)
    ]
    await workers.run("e", lambda: None, limit_s=LIMIT_S)
    hang.set()
    await asyncio.gather(*hanging)
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        left = [thread for thread in threading.enumerate() if thread.ident not in names]
        if len(left) <= 2:
            return
        await workers.run("e", lambda: None, limit_s=LIMIT_S)
        await asyncio.sleep(0.01)
    pytest.fail("threads were left behind")


async def test_a_call_that_is_given_up_learns_of_it(workers: Workers) -> None:
    begun, ended = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        try:
            while True:
                giving_up.check()
                time.sleep(0.001)
        finally:
            ended.set()

    asking = asyncio.create_task(workers.run("e", work, limit_s=LIMIT_S))
    assert await asyncio.to_thread(begun.wait, LIMIT_S)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await asyncio.to_thread(ended.wait, LIMIT_S)
    for event in (begun, ended):
        event.clear()
    while not begun.is_set():  # one that had to wait for a thread for so long is not begun
        with pytest.raises(TooSlowError):
            await workers.run("e", work, limit_s=0.05)
    assert await asyncio.to_thread(ended.wait, LIMIT_S)


async def test_what_is_no_exception_fails_the_call_alone(workers: Workers) -> None:
    class PanicException(BaseException):
        pass

    def crash() -> None:
        raise PanicException("no thread can be started")

    with pytest.raises(CrashedError, match="PanicException: no thread can be started"):
        await workers.run("e", crash, limit_s=LIMIT_S)
    assert await workers.run("e", lambda: 1, limit_s=LIMIT_S) == 1
