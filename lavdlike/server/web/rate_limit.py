"""How often somebody may ask for something. Pure: the time is given."""

from __future__ import annotations

from collections import deque

# Of those that asked within the last moments; more than this many at a time and the longest silent is forgotten.
_MAX_KNOWN = 4096


class RateLimit:
    """At most `count` within any `window_s` seconds, for each who asks. Times are seconds of any steady clock."""

    def __init__(self, count: int, window_s: float) -> None:
        self._count = count
        self._window_s = window_s
        self._taken: dict[str, deque[float]] = {}  # the one that asked last stands last

    def wait_s(self, who: str, now: float) -> float:
        """0 if `who` may now, which counts as once more; else how long until then, in seconds."""
        taken = self._taken.pop(who, deque())
        self._taken[who] = taken
        while taken and taken[0] <= now - self._window_s:
            taken.popleft()
        if len(taken) >= self._count:
            return taken[0] + self._window_s - now
        taken.append(now)
        if len(self._taken) > _MAX_KNOWN:
            del self._taken[next(iter(self._taken))]
        return 0.0
