"""A store is listed from time to time, and what is another one since then becomes hints (`watcher.Watcher`)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from lavdlike.disk.stores.bucket import Bucket
from lavdlike.errors import NotServedError
from lavdlike.layout import EXPERIMENT_FILE
from lavdlike.messages import WatchMode
from lavdlike.server.live.hints import Hint, Hints, Name, Pending, Priority

# Of one list; beyond that everything is looked at again.
_MAX_HINTS = 10_000
# A list costs money, too: while nobody has the page open, and while the store does not answer, they are rarer.
_IDLE_INTERVAL_S = 60.0
_TICK_S = 0.5
# Experiments whose rows are read ahead when the page is opened first.
_MAX_AHEAD = 1000


class ObjectWatcher:
    """Reports all changes in a root that is in a store, each with the list that shows it.

    Args:
        bucket: the objects of the root.
        outer: the name of its one folder that is shown, which is what was listed; "" if all are.
        notify: as of `hints.Pending`.
        interval_s: between two lists.
        is_looked_at: whether anybody has the page open. Called in the watcher's thread.
    """

    mode: WatchMode = "poll"
    reason = ""  # nothing goes unseen
    watched_count = 0
    has_room = False

    def __init__(
        self,
        bucket: Bucket,
        outer: str,
        notify: Callable[[], object],
        *,
        interval_s: float,
        is_looked_at: Callable[[], bool] = lambda: True,
    ) -> None:
        self._bucket = bucket
        self._outer = outer
        self._pending = Pending(notify)
        self._interval_s = interval_s
        self._is_looked_at = is_looked_at
        self._failed = 0
        self._closing = threading.Event()
        bucket.follow(1)
        self._thread = threading.Thread(target=self._list_for_ever, name="lavdlike-lists", daemon=True)
        self._thread.start()

    def watch(self, folder: str, descriptor: int, priority: Priority) -> None:
        pass

    def rank(self, priorities: Mapping[str, Priority]) -> None:
        pass

    def unwatch(self, folders: Iterable[str]) -> None:
        pass

    def is_watched(self, folder: str) -> bool:  # noqa: ARG002 - the next list shows all
        return True

    def unwatched(self, folders: Iterable[Name]) -> list[Name]:  # noqa: ARG002
        return []

    def take(self) -> Hints:
        return self._pending.take()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        self._bucket.follow(-1)

    def _list_for_ever(self) -> None:
        listed_at, has_read_ahead = time.monotonic(), False
        while not self._closing.wait(min(_TICK_S, self._interval_s)):
            if not has_read_ahead and self._is_looked_at():
                has_read_ahead = True
                self._read_ahead()
            if time.monotonic() - listed_at >= self._current_interval_s():
                self._list()
                listed_at = time.monotonic()

    def _read_ahead(self) -> None:
        """What the rows of the overview are made of."""
        with suppress(OSError, NotServedError):
            self._bucket.read_ahead(EXPERIMENT_FILE, most=_MAX_AHEAD)

    def _current_interval_s(self) -> float:
        if not self._is_looked_at():
            return max(self._interval_s, _IDLE_INTERVAL_S)
        return min(self._interval_s * 2.0**self._failed, max(self._interval_s, _IDLE_INTERVAL_S))

    def _list(self) -> None:
        try:
            changes = self._bucket.look()
        except (OSError, NotServedError):
            self._failed = min(self._failed + 1, 10)
            self._pending.add(Hint(self._outer, None))  # what is said of the root is another one
            return
        self._failed = 0
        for count, (folder, name) in enumerate(changes):
            if count >= _MAX_HINTS:
                self._pending.lose()
                return
            self._pending.add(Hint("/".join(filter(None, (self._outer, folder))), name))
