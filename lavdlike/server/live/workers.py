"""Threads for calls that may block, each with a time limit.

A read of a network file system can hang for ever, and a thread that hangs cannot be ended. So the caller stops waiting
at the limit; a thread that is at one call for long no longer counts, and another takes its place; and no subject (an
experiment) gets more than a few threads to hang: further calls for it are refused at once. The threads are daemons:
none keeps the process from ending. A call that is given up is told so if it asks (`giving_up.check`). What requests
wait for is called first (`urgency`).
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from lavdlike.bounded import giving_up
from lavdlike.server.live.urgency import Urgency, UrgentFirst

T = TypeVar("T")


class TooSlowError(Exception):
    """A call took longer than its limit, or was refused because others of the same subject hang."""


class CrashedError(Exception):
    """A call has ended with what is no `Exception`, as a library does that has crashed."""


class Workers:
    """To be used from one event loop.

    Args:
        count: threads that work at the same time.
        slow_after_s: a thread that is at one call for longer no longer counts. Limits are looked at as often.
        max_threads: with those that no longer count.
        max_slow_per_subject: beyond that, calls for the subject are refused.
    """

    def __init__(
        self, count: int, *, slow_after_s: float = 1.0, max_threads: int = 64, max_slow_per_subject: int = 4
    ) -> None:
        self._count = count
        self._slow_after_s = slow_after_s
        self._max_threads = max_threads
        self._max_slow_per_subject = max_slow_per_subject
        self._unfinished: set[_Call] = set()
        self._sweeping: asyncio.TimerHandle | None = None
        self.urgency = Urgency()
        self._changed = threading.Condition()
        # Below: only with `_changed` held.
        self._waiting = UrgentFirst[_Call](self.urgency)
        self._running: set[_Call] = set()
        self._threads = 0
        self._closed = False

    async def run(self, subject: str, function: Callable[[], T], *, limit_s: float) -> T:
        """What the function returns or raises, called in a thread.

        Args:
            subject: what the call is about; calls about the same may hang together.
            function: called without arguments.
            limit_s: from now on.

        Raises:
            TooSlowError: the limit is over (the call may still be going on), or others of the subject hang.
            CrashedError: it raised what is no `Exception`.
        """
        loop = asyncio.get_running_loop()
        call = _Call(subject, function, loop, limit_s)
        with self._changed:
            slow = [other for other in self._running if other.subject == subject and self._is_slow(other)]
            if len(slow) >= self._max_slow_per_subject:
                raise TooSlowError("earlier reads of it have not come back yet")
            self._waiting.put(subject, call)
            self._changed.notify()
            has_idle = self._threads - len(self._running) >= len(self._waiting)
        self._unfinished.add(call)
        if not has_idle:
            self._start_threads()
        if self._sweeping is None:
            self._sweeping = loop.call_later(self._slow_after_s, self._sweep, loop)
        try:
            result: T = await call.result
        finally:
            self._unfinished.discard(call)
        return result

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        """From time to time while calls are made: one timer instead of two for each of very many calls."""
        for call in self._unfinished:
            call.fail_if_late()
        self._start_threads()
        self._sweeping = loop.call_later(self._slow_after_s, self._sweep, loop) if self._unfinished else None

    def close(self) -> None:
        """Let the threads end after what they are at; what waits is not done any more."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def _start_threads(self) -> None:
        """As many as have to do and may be; an idle one takes a call that waits before a new one could."""
        with self._changed:
            slow = sum(map(self._is_slow, self._running))
            idle = self._threads - len(self._running)
            missing = min(
                len(self._waiting) - idle,
                self._count + slow - self._threads,
                self._max_threads - self._threads,
            )
            for _ in range(missing):
                self._threads += 1
                threading.Thread(target=self._work, name="lavdlike-read", daemon=True).start()

    def _is_slow(self, call: _Call) -> bool:
        return time.monotonic() - call.begun > self._slow_after_s

    def _work(self) -> None:
        while (call := self._next()) is not None:
            call.make()
            with self._changed:
                self._running.discard(call)

    def _next(self) -> _Call | None:
        with self._changed:
            while not self._waiting:
                if self._closed or self._threads > self._count:
                    self._threads -= 1
                    return None
                self._changed.wait()
            call = self._waiting.take()
            call.begun = time.monotonic()
            self._running.add(call)
            return call


class _Call:
    def __init__(
        self, subject: str, function: Callable[[], Any], loop: asyncio.AbstractEventLoop, limit_s: float
    ) -> None:
        self.subject = subject
        self.result: asyncio.Future[Any] = loop.create_future()
        self.begun = 0.0
        self._limit_s = limit_s
        self._late_at = time.monotonic() + limit_s
        self._function = function
        self._loop = loop

    def make(self) -> None:
        """In a thread."""
        if self.result.done():  # given up while it waited
            return
        result: object = None
        error: Exception | None = None
        try:
            with giving_up.when(self.result.done):
                result = self._function()
        except Exception as raised:  # noqa: BLE001 - whoever waits for the call handles it
            error = raised
        except BaseException as raised:  # noqa: BLE001 - it would end the loop's task unseen
            error = CrashedError(f"a library has crashed: {type(raised).__name__}: {raised}")
        with suppress(RuntimeError):  # the loop was closed meanwhile
            self._loop.call_soon_threadsafe(self._finish, result, error)

    def fail_if_late(self) -> None:
        if time.monotonic() > self._late_at and not self.result.done():
            self.result.set_exception(TooSlowError(f"not done within {self._limit_s:g} s"))

    def _finish(self, result: object, error: Exception | None) -> None:
        if self.result.done():  # given up
            return
        if error is not None:
            self.result.set_exception(error)
        else:
            self.result.set_result(result)
