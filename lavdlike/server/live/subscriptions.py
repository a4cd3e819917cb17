"""Who looks at what: numbers every change and hands it to the browsers it concerns. Lives on the event loop."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterable

from lavdlike.layout import ExperimentId
from lavdlike.messages import (
    FeedMessage,
    FileGrew,
    ItemsChanged,
    Look,
    PointsAdded,
    Resync,
    ScalarsChanged,
)
from lavdlike.server.live.feed import Feed, History, Texts, View, experiment_of_file
from lavdlike.server.live.packed_points import SeriesNumbers

AWAY = "changes were not kept while this browser was away"
TOO_SLOW = "this browser took its changes too slowly"
FORGOTTEN = "the server has not watched what is shown all the time"


class Publisher:
    """The one source of versions: (`epoch`, `sequence`), see `messages`.

    Args:
        on_views_changed: called when browsers look at something else, with the views that came and went.
    """

    def __init__(self, on_views_changed: Callable[[View, View], None]) -> None:
        self.epoch = secrets.token_hex(8)
        self.sequence = 0
        self.texts = Texts()
        self._numbers = SeriesNumbers()
        self._history = History()
        self._on_views_changed = on_views_changed
        self._by_view: dict[View, set[Subscription]] = {}
        self._views_of: dict[ExperimentId, set[View]] = {}  # by experiment
        self._dropped_at: dict[ExperimentId, int] = {}

    def next_sequence(self) -> int:
        self.sequence += 1
        return self.sequence

    def publish(self, message: FeedMessage) -> None:
        """Hand a change that has its sequence number to whom it concerns."""
        if isinstance(message, PointsAdded):
            self._numbers.number(message)
        self._history.add(self.sequence, message, self.texts.size_of(message))
        for view in list(self._views_concerned(message)):
            part = view.part_of(message)
            if part is None:
                continue
            size_bytes = self.texts.size_of(part)
            for subscription in list(self._by_view[view]):
                subscription.put(part, size_bytes)

    def drop(self, experiment: ExperimentId) -> None:
        """From now on, changes of this experiment are no longer known to the server."""
        self._dropped_at[experiment] = self.next_sequence()

    def close(self) -> None:
        """Let every subscription end."""
        for subscription in [each for subscriptions in self._by_view.values() for each in subscriptions]:
            subscription.close()

    @property
    def has_browsers(self) -> bool:
        return bool(self._by_view)

    def is_looked_at(self, experiment: ExperimentId) -> bool:
        return experiment in self._views_of

    def is_followed(self, file: str) -> bool:
        return any(file in view.files for view in self._views_of.get(experiment_of_file(file), ()))

    def views_of(self, experiment: ExperimentId) -> Iterable[View]:
        return self._views_of.get(experiment, ())

    def since(self, version: tuple[str, int], view: View) -> list[FeedMessage] | str:
        """The changes after a version, or why they cannot be given."""
        epoch, sequence = version
        if epoch != self.epoch or sequence > self.sequence:
            return AWAY
        if any(self._dropped_at.get(experiment, -1) > sequence for experiment in view.experiments):
            return FORGOTTEN
        changes = self._history.since(sequence)
        return AWAY if changes is None else changes

    def move(self, subscription: Subscription, before: View | None, after: View | None) -> None:
        """A browser looks at something else (None: it was or is not connected)."""
        if before is not None:
            self._by_view[before].discard(subscription)
            if not self._by_view[before]:
                del self._by_view[before]
                self._index(before, lambda views: views.discard(before))
        if after is not None:
            if after not in self._by_view:
                self._by_view[after] = set()
                self._index(after, lambda views: views.add(after))
            self._by_view[after].add(subscription)
        self._on_views_changed(before or View(), after or View())

    def _index(self, view: View, change: Callable[[set[View]], None]) -> None:
        for experiment in view.subjects:
            views = self._views_of.setdefault(experiment, set())
            change(views)
            if not views:
                del self._views_of[experiment]

    def _views_concerned(self, message: FeedMessage) -> Iterable[View]:
        if isinstance(message, ItemsChanged | PointsAdded | ScalarsChanged):
            return self._views_of.get(message.experiment, ())
        if isinstance(message, FileGrew):
            return self._views_of.get(experiment_of_file(message.path), ())
        return self._by_view


class Subscription:
    """One browser that is connected. `first`: the first message it gets."""

    def __init__(self, publisher: Publisher, first: FeedMessage | None) -> None:
        self._publisher = publisher
        self._feed = Feed()
        self._waiter: asyncio.Future[None] | None = None  # for something to send
        self._view: View | None = View()
        self._has_looked = False
        self._takes_short = False
        self._told: set[int] = set()  # numbers of series that the browser knows
        publisher.move(self, None, self._view)
        if first is not None:
            self.put(first, publisher.texts.size_of(first))

    def look(self, look: Look) -> None:
        """What the browser shows from now on; with the first look it gets what it has missed since its version."""
        if self._view is None:
            return
        self._takes_short = look.short_points
        before, view = self._view, View.of(look)
        self._view = view
        self._publisher.move(self, before, view)
        is_first, self._has_looked = not self._has_looked, True
        if not is_first or look.version is None:
            return
        changes = self._publisher.since(look.version, view)
        if isinstance(changes, str):
            self._resync(changes)
            return
        for change in changes:
            part = view.part_of(change)
            if part is not None:
                self.put(part, self._publisher.texts.size_of(part))

    async def next_batch(self) -> list[FeedMessage]:
        """What there is to send, as soon as it may be sent; nothing once the subscription is closed."""
        while self._view is not None:
            wait_s = self._feed.wait_s(time.monotonic())
            if wait_s == 0:
                return self._feed.take(time.monotonic())
            if wait_s is None:
                self._waiter = asyncio.get_running_loop().create_future()
                await self._waiter
            else:
                await asyncio.sleep(wait_s)
        return []

    def encoded(self, message: FeedMessage) -> str | bytes:
        """A message of a batch as it is sent to this browser, which has got all before it."""
        texts = self._publisher.texts
        if self._takes_short and isinstance(message, PointsAdded):
            numbers = {points.number for points in message.series}
            if numbers <= self._told:
                return texts.short(message) or texts.of(message)
            self._told |= numbers
        return texts.of(message)

    def put(self, message: FeedMessage, size_bytes: int) -> None:
        if not self._feed.put(message, size_bytes):
            self._resync(TOO_SLOW)
        self._wake()

    def close(self) -> None:
        if self._view is not None:
            view, self._view = self._view, None
            self._publisher.move(self, view, None)
            self._wake()

    def _resync(self, reason: str) -> None:
        self._feed.replace(Resync(self._publisher.epoch, self._publisher.sequence, reason))
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
