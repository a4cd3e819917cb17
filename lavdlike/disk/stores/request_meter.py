"""Requests to a store: how many there were in the last minute, and that there are not too many."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Literal

from lavdlike.bounded import giving_up

# What is asked; stores charge for writes and lists ten times what reads cost.
RequestType = Literal["list", "stat", "read", "put", "delete"]

_MINUTE_S = 60.0
# So long a wait is looked at whether anybody still waits for it.
_SLICE_S = 0.5


class RequestMeter:
    """Counts the requests of the last 60 seconds, and has those beyond a limit wait. For any thread.

    Args:
        limit_per_minute: of all requests together; 0: none.
    """

    def __init__(
        self,
        limit_per_minute: int = 0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limit_per_minute = limit_per_minute
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._times: deque[float] = deque()
        self._totals: Counter[RequestType] = Counter()

    def take(self, kind: RequestType) -> None:
        """One request is made now; waits while there were as many as allowed in the last minute.

        Raises:
            GivenUpError: nobody waits for it any more.
        """
        while (wait_s := self._taken(kind)) > 0:
            giving_up.check()
            self._sleep(min(wait_s, _SLICE_S))

    def _taken(self, kind: RequestType) -> float:
        """0 if it was counted, else how long to wait."""
        with self._lock:
            now = self._clock()
            self._forget(now)
            if self.limit_per_minute and len(self._times) >= self.limit_per_minute:
                return max(self._times[0] + _MINUTE_S - now, 0.001)
            self._times.append(now)
            self._totals[kind] += 1
            return 0.0

    def last_minute(self) -> int:
        with self._lock:
            self._forget(self._clock())
            return len(self._times)

    def totals(self) -> dict[RequestType, int]:
        """Since the start."""
        with self._lock:
            return dict(self._totals)

    def _forget(self, now: float) -> None:
        while self._times and self._times[0] <= now - _MINUTE_S:
            self._times.popleft()
