"""Work that is asked for often and done together: at once after a pause or if somebody waits, else every so often."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from lavdlike.errors import LavdlikeError
from lavdlike.server.live.workers import TooSlowError

# Below what a person sees, and thirty times a second is enough.
INTERVAL_S = 1 / 30
_LAST_RETRY_S = 60.0

_log = logging.getLogger(__name__)


class Coalescer:
    """Calls `work`, one call at a time, at some moment after each `ask`. Lives on the event loop.

    What was asked for during a call is done by another one. If a call fails, it is tried again, later and later.

    Args:
        work: may raise OSError, TooSlowError or LavdlikeError; has to remember itself what it has not done.
    """

    def __init__(
        self,
        work: Callable[[], Awaitable[None]],
        *,
        interval_s: float = INTERVAL_S,
        first_retry_s: float = 1.0,
    ) -> None:
        self._work = work
        self._interval_s = interval_s
        self._first_retry_s = first_retry_s
        self._is_asked = False
        self._is_closed = False
        self._somebody_waits = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._last = -interval_s
        self._failure: Exception | None = None
        self._failures = 0
        self._retry: asyncio.TimerHandle | None = None

    @property
    def is_done(self) -> bool:
        """Whether everything that was asked for has been done."""
        return not self._is_asked and self._task is None and self._failure is None

    @property
    def failure(self) -> Exception | None:
        """Why the last call failed; it is tried again. None if it did not."""
        return self._failure

    def ask(self) -> None:
        if self._is_closed:
            return
        self._is_asked = True
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def done(self) -> None:
        """Wait until everything that was asked for is done.

        Raises:
            OSError, TooSlowError, LavdlikeError: as the work did.
        """
        self._somebody_waits.set()
        while self._task is not None:
            await asyncio.wait([self._task])
        if self._failure is not None:
            raise self._failure

    async def close(self) -> None:
        """Stop for good; a call that is under way is cancelled."""
        self._is_closed, self._is_asked = True, False
        if self._retry is not None:
            self._retry.cancel()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None  # one that had not begun does not say so itself

    async def _run(self) -> None:
        try:
            while self._is_asked:
                await self._pause()
                self._last = time.monotonic()
                self._is_asked = False
                await self._work()
            self._failure, self._failures = None, 0
        except Exception as error:  # noqa: BLE001 - whatever it was, it is tried again
            if not isinstance(error, OSError | TooSlowError | LavdlikeError):
                _log.exception("A look at the disk has failed in a way that should not be possible")
            self._failure = error
            self._failures += 1
            delay_s = min(self._first_retry_s * 2 ** (self._failures - 1), _LAST_RETRY_S)
            self._retry = asyncio.get_running_loop().call_later(delay_s, self.ask)
        finally:
            self._task = None

    async def _pause(self) -> None:
        pause_s = self._last + self._interval_s - time.monotonic()
        if pause_s > 0:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._somebody_waits.wait(), pause_s)
        self._somebody_waits.clear()
