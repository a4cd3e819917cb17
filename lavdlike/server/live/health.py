"""How changes reach the server: what the page says of it, and how late what is not reported may be seen.

Nothing here may claim more than is known: a look that takes long, or that failed, counts as a delay.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable

from lavdlike import layout
from lavdlike.messages import Health, HealthChanged, StoreHealth
from lavdlike.server.live.all_rows import AllRows
from lavdlike.server.live.known import KnownExperiment
from lavdlike.server.live.limits import LiveLimits
from lavdlike.server.live.subscriptions import Publisher
from lavdlike.server.live.watcher import Watcher

_STILL_LOOKING = "not all folders on show have been looked at yet"
_NOT_ALLOWED = "the system does not let every folder be watched"


class HealthReport:
    """`health` is what is true as of the last `renew`. Lives on the event loop."""

    def __init__(self, poll_interval_s: float, limits: LiveLimits, publisher: Publisher) -> None:
        self.health = Health("poll", root_present=False, delay_s=0.0, watched_folders=0)
        self._poll_interval_s = poll_interval_s
        self._limits = limits
        self._publisher = publisher
        self._renewed_at = float("-inf")
        self._told_at = float("-inf")

    def renew_if_due(
        self,
        now: float,
        watcher: Watcher,
        rows: AllRows,
        on_show: Callable[[], Iterable[KnownExperiment]],
    ) -> None:
        """Look at it anew after a while, or because the root came or went."""
        is_other = [each.reason for each in rows.roots()] != [each.reason for each in self.health.roots]
        if is_other or now - self._renewed_at > self._limits.health_s:
            self.renew(now, watcher, rows, on_show())

    def renew(self, now: float, watcher: Watcher, rows: AllRows, on_show: Iterable[KnownExperiment]) -> None:
        """Look at it anew, and tell the browsers if it is another one, or if they have not been told for a while."""
        self._renewed_at = now
        health = self._now(now, watcher, rows, on_show)
        if health != self.health or now - self._told_at > self._limits.still_there_s:
            self.health, self._told_at = health, now
            self._publisher.publish(HealthChanged(self._publisher.next_sequence(), health))

    def _now(self, now: float, watcher: Watcher, rows: AllRows, on_show: Iterable[KnownExperiment]) -> Health:
        health = Health(watcher.mode, not rows.failure, delay_s=0.0, watched_folders=watcher.watched_count)
        health.roots = rows.roots()
        delays_s = [0.0]
        has_failed = False
        reasons = [rows.failure]
        is_looking = not rows.is_read
        for store in filter(None, (each.store for each in health.roots)):
            delays_s.append(store.interval_s + self._limits.tick_s)
            has_failed |= store.unreachable_since > 0
            reasons.append(_unreachable(store))
        if not rows.are_roots_watched:
            delays_s.append(self._poll_interval_s + self._limits.tick_s)
        health.unwatched_rows = rows.unwatched_count
        if health.unwatched_rows:
            delays_s.append(rows.delay_s(now))
        if rows.failure_to_read is not None:
            has_failed = True
            reasons.append(f"the overview cannot be kept up to date now: {rows.failure_to_read}")
        for known in on_show:
            unreported = len(known.tracker.unreported())
            links = sum(map(len, known.tracker.tree.linked().values()))
            health.unwatched_folders += unreported
            health.links += links
            if unreported or links:
                delays_s.append(known.delay_s(now))
            is_looking |= known.tracker.is_checking or not known.tracker.is_loaded
            if known.failure is not None:
                has_failed = True
                name = layout.shown(known.name)
                reasons.append(f"{name} cannot be kept up to date now: {known.failure}")
        if health.unwatched_folders or health.unwatched_rows or (watcher.mode == "poll" and watcher.reason):
            reasons += [watcher.reason, _STILL_LOOKING if is_looking else _NOT_ALLOWED]
        health.reason = next(filter(None, reasons), "")
        health.delay_s = None if has_failed else _rounded_up(max(delays_s))
        health.row_delay_s = _rounded_up(rows.status_delay_s(now))
        return health


def _unreachable(store: StoreHealth) -> str:
    """What is said of a store that does not answer; "" of one that does."""
    if not store.unreachable_since:
        return ""
    since = time.strftime("%H:%M:%S", time.localtime(store.unreachable_since))
    return f"the store has been unreachable since {since}: {store.reason}. What is shown is as it was listed last"


def _rounded_up(seconds: float) -> float:
    """So that it does not change with every look."""
    return math.ceil(seconds) if seconds > 1 else math.ceil(seconds * 100) / 100
