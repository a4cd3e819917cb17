"""How often, and after which pauses, a request to a store is repeated. Pure."""

from __future__ import annotations

from typing import NamedTuple


class RetryPolicy(NamedTuple):
    """At most so many tries, with pauses that double, all within a time.

    Pauses are drawn between the half and the whole of their length, so that many clients do not come back at once
    ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
    """

    tries: int = 5
    first_pause_s: float = 0.2
    longest_pause_s: float = 5.0
    within_s: float = 20.0

    def pause_s(self, failed: int, waited_s: float, drawn: float) -> float | None:
        """How long to wait before the next try; None: there is none.

        Args:
            failed: tries so far, 1 or more.
            waited_s: since the first try began.
            drawn: evenly from 0 to 1.

        >>> RetryPolicy().pause_s(1, 0.0, 1.0), RetryPolicy().pause_s(3, 1.0, 0.0), RetryPolicy().pause_s(5, 1.0, 1.0)
        (0.2, 0.4, None)
        """
        if failed >= self.tries:
            return None
        longest_s = min(self.first_pause_s * 2 ** (failed - 1), self.longest_pause_s)
        pause_s = longest_s * (0.5 + 0.5 * drawn)
        return pause_s if waited_s + pause_s <= self.within_s else None
