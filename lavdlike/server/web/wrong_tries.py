"""How often somebody may be wrong: at a token, at a password."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from lavdlike.server.web.responses import RefusedError

TRIES_EACH = 5
TRIES_OVERALL = 20
WINDOW_S = 60.0


class WrongTries:
    """Counts wrong tries of a minute: of each who tries, and of all. `now`: monotonic seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._tries: deque[tuple[float, str]] = deque()

    def count(self, who: str) -> int:
        """Count one more; the seconds until one is counted again if it is beyond the limit, else 0."""
        now = self._now()
        while self._tries and self._tries[0][0] <= now - WINDOW_S:
            self._tries.popleft()
        own = [when for when, whose in self._tries if whose == who]
        if len(own) >= TRIES_EACH:
            first = own[0]
        elif len(self._tries) >= TRIES_OVERALL:
            first = self._tries[0][0]
        else:
            self._tries.append((now, who))
            return 0
        return max(1, round(first + WINDOW_S - now))

    def take_back(self, who: str) -> None:
        """The last one of these was right after all."""
        for index in range(len(self._tries) - 1, -1, -1):
            if self._tries[index][1] == who:
                del self._tries[index]
                return


def too_many(what: str, wait_s: int, way_in: str) -> RefusedError:
    """429. `way_in`: what is taken nevertheless, a sentence."""
    return RefusedError(
        429, f"Too many wrong {what}.", f"Wait {wait_s} s. {way_in}", headers={"Retry-After": str(wait_s)}
    )
