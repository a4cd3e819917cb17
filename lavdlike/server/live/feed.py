"""What waits to be sent to one browser, and which changes it wants. Pure: the time is given.

A change of something whole (an item, a row of the overview) takes the place of the one before it that still waits.
Points are never merged away. What is too much for the queue becomes one `Resync`: the browser asks again for what it
shows. Changes are sent at once after a pause, and otherwise gathered, so that no browser gets more than some thirty
sends a second.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import NamedTuple

import msgspec

from lavdlike import layout
from lavdlike.kinds import scalars
from lavdlike.layout import ExperimentId
from lavdlike.messages import (
    BoardsChanged,
    ExperimentsChanged,
    ExperimentSummary,
    FeedMessage,
    FileGrew,
    Hello,
    ItemChange,
    ItemsChanged,
    Look,
    NewPoints,
    PointsAdded,
    Resync,
    ScalarsChanged,
)
from lavdlike.server.live.packed_points import packed

MAX_MESSAGES = 256
MAX_BYTES = 4 * 2**20
SEND_INTERVAL_S = 1 / 30
# What is kept to let a browser go on that was away for a moment.
HISTORY_MESSAGES = 8192
# What is sent to many is sent to all of them at nearly the same time.
_KEPT_TEXTS = 64
_KEPT_TEXT_BYTES = 4 * 2**20
HISTORY_BYTES = 4 * 2**20

_SCALARS = scalars.KIND.name
_encoder = msgspec.json.Encoder()


class View(NamedTuple):
    """What a browser shows, so that browsers that show the same share the work. See `messages.Look`."""

    experiments: frozenset[ExperimentId] = frozenset()
    kinds: frozenset[str] = frozenset()
    scalar_labels: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()

    @classmethod
    def of(cls, look: Look) -> View:
        return cls(
            frozenset(map(layout.usual_experiment_id, look.experiments)),
            frozenset(look.kinds),
            frozenset(look.scalar_labels),
            frozenset(layout.file_id(*layout.file_of_id(file)) for file in look.files),
        )

    @property
    def subjects(self) -> frozenset[ExperimentId]:
        """The experiments that anything shown belongs to."""
        return self.experiments | {experiment_of_file(file) for file in self.files}

    @property
    def shows_scalars(self) -> bool:
        return bool(self.scalar_labels) or _SCALARS in self.kinds

    def part_of(self, message: FeedMessage) -> FeedMessage | None:
        """What of a change concerns this view; None if nothing does."""
        if isinstance(message, PointsAdded):
            if message.experiment not in self.experiments:
                return None
            series = [points for points in message.series if points.label in self.scalar_labels]
            if len(series) == len(message.series):
                return message
            return PointsAdded(message.sequence, message.experiment, series) if series else None
        if isinstance(message, ItemsChanged):
            if message.experiment not in self.experiments:
                return None
            changes = [change for change in message.changes if change.kind in self.kinds]
            if len(changes) == len(message.changes):
                return message
            return ItemsChanged(message.sequence, message.experiment, changes) if changes else None
        if isinstance(message, ScalarsChanged):
            return message if self.shows_scalars and message.experiment in self.experiments else None
        if isinstance(message, FileGrew):
            return message if message.path in self.files else None
        return message


def experiment_of_file(file: str) -> ExperimentId:
    """The experiment (an id) that a file (an id) is in."""
    return file.partition("/")[0]


def size_of(part: object) -> int:
    """The length of a part of a message as it is sent, in bytes."""
    return len(_encoder.encode(part))


class Texts:
    """Messages as they are sent, each encoded once: for its size, for the history, and for all browsers that get it."""

    def __init__(self) -> None:
        self._latest: dict[int, tuple[FeedMessage, str, int]] = {}  # by identity: browsers share messages
        self._short: dict[int, tuple[PointsAdded, bytes | None]] = {}
        self._bytes = 0

    def of(self, message: FeedMessage) -> str:
        return self._encoded(message)[1]

    def short(self, message: PointsAdded) -> bytes | None:
        """As bytes (`packed_points`); None if only text says what is in it."""
        found = self._short.get(id(message))
        if found is None:
            if len(self._short) >= _KEPT_TEXTS:
                self._short.clear()
            found = self._short[id(message)] = (message, packed(message))
        return found[1]

    def size_of(self, message: FeedMessage) -> int:
        """In bytes."""
        return self._encoded(message)[2]

    def _encoded(self, message: FeedMessage) -> tuple[FeedMessage, str, int]:
        found = self._latest.get(id(message))
        if found is None:
            data = _encoder.encode(message)
            if len(self._latest) >= _KEPT_TEXTS or self._bytes > _KEPT_TEXT_BYTES:
                self._latest.clear()
                self._bytes = 0
            found = self._latest[id(message)] = (message, data.decode(), len(data))
            self._bytes += len(data)
        return found


class History:
    """The latest changes, so that a browser can go on from a version it has seen."""

    def __init__(self, *, max_messages: int = HISTORY_MESSAGES, max_bytes: int = HISTORY_BYTES) -> None:
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._changes: deque[tuple[int, FeedMessage, int]] = deque()
        self._bytes = 0
        self._complete_since = 0

    def add(self, sequence: int, message: FeedMessage, size_bytes: int) -> None:
        self._changes.append((sequence, message, size_bytes))
        self._bytes += size_bytes
        while len(self._changes) > self._max_messages or self._bytes > self._max_bytes:
            self._complete_since, _, size = self._changes.popleft()
            self._bytes -= size

    def since(self, sequence: int) -> list[FeedMessage] | None:
        """All changes after this one; None if they are no longer all there."""
        if sequence < self._complete_since:
            return None
        newer: deque[FeedMessage] = deque()
        for number, message, _ in reversed(self._changes):
            if number <= sequence:
                break
            newer.appendleft(message)
        return list(newer)


class Feed:
    """The queue of one browser. Times are seconds of any steady clock."""

    def __init__(
        self,
        *,
        max_messages: int = MAX_MESSAGES,
        max_bytes: int = MAX_BYTES,
        interval_s: float = SEND_INTERVAL_S,
    ) -> None:
        self._max_messages = max_messages
        self._max_bytes = max_bytes
        self._interval_s = interval_s
        self._waiting: dict[Hashable, _Waiting] = {}
        self._bytes = 0
        self._next_send = 0.0

    def put(self, message: FeedMessage, size_bytes: int) -> bool:
        """Queue a message; False if the queue is full and has to be replaced by a resync."""
        key = _key_of(message)
        waiting = self._waiting.get(key)
        if waiting is None:
            self._waiting[key] = _Waiting(message, size_bytes)
        else:
            self._bytes -= waiting.size_bytes
            waiting.merge(message, size_bytes)
        self._bytes += self._waiting[key].size_bytes
        return len(self._waiting) <= self._max_messages and self._bytes <= self._max_bytes

    def replace(self, resync: Resync) -> None:
        """Drop all that waits but the greeting; the browser asks for everything again."""
        hello = self._waiting.get(Hello)
        self._waiting = {Hello: hello} if hello else {}
        self._bytes = hello.size_bytes if hello else 0
        self.put(resync, size_of(resync))

    def wait_s(self, now: float) -> float | None:
        """How long until something may be sent: 0 if at once, None if nothing waits."""
        if not self._waiting:
            return None
        return max(0.0, self._next_send - now)

    def take(self, now: float) -> list[FeedMessage]:
        """All that waits, in the order in which it began to."""
        if len(self._waiting) == 1:  # most often, and for each browser
            messages = [waiting.message() for waiting in self._waiting.values()]
        else:
            messages = self._messages()
        self._waiting.clear()
        self._bytes = 0
        self._next_send = now + self._interval_s
        return messages

    def _messages(self) -> list[FeedMessage]:
        """A message says the version of a browser that has got it and all before it, so that one that is cut off in
        between asks for the rest: no message is newer than the oldest part of the next one.
        """
        messages: list[FeedMessage] = []
        version = max((waiting.newest.sequence for waiting in self._waiting.values()), default=0)
        for waiting in reversed(self._waiting.values()):
            message = waiting.message()
            is_last = not messages
            if message.sequence > version or (is_last and message.sequence < version):
                message = msgspec.structs.replace(message, sequence=version)
            version = min(version, waiting.first_sequence - 1)
            messages.append(message)
        messages.reverse()
        return messages


class _Waiting:
    """A message, or what several came to together. Messages are shared between browsers, so none is changed."""

    def __init__(self, message: FeedMessage, size_bytes: int) -> None:
        self.first_sequence = message.sequence
        self.newest = message
        self.size_bytes = size_bytes
        self._parts: dict[Hashable, _Part] = {}  # empty as long as there is but one message

    def merge(self, message: FeedMessage, size_bytes: int) -> None:
        earlier, self.newest = self.newest, message
        if isinstance(message, ItemsChanged | ExperimentsChanged | PointsAdded | BoardsChanged):
            if not self._parts:
                self._parts = {key: (part, size_of(part)) for key, part in _parts_of(earlier)}
                self.size_bytes = sum(size for _, size in self._parts.values())
            for key, part in _parts_of(message):
                self.size_bytes -= self._parts.pop(key, (None, 0))[1]
                size = size_of(part)
                self._parts[key] = (part, size)
                self.size_bytes += size
        else:
            self.size_bytes = size_bytes

    def message(self) -> FeedMessage:
        newest = self.newest
        if not self._parts:
            return newest
        parts = [part for part, _ in self._parts.values()]
        if isinstance(newest, ItemsChanged):
            changes = [part for part in parts if isinstance(part, ItemChange)]
            return ItemsChanged(newest.sequence, newest.experiment, changes)
        if isinstance(newest, PointsAdded):
            points = [part for part in parts if isinstance(part, NewPoints)]
            return PointsAdded(newest.sequence, newest.experiment, _joined(points))
        if isinstance(newest, BoardsChanged):
            return BoardsChanged(newest.sequence, [part for part in parts if isinstance(part, str)])
        changed = [part for part in parts if isinstance(part, ExperimentSummary)]
        removed = [part for part in parts if isinstance(part, str)]
        return ExperimentsChanged(newest.sequence, changed, removed)


# What newer messages take the place of, one by one; a text is the id of a removed experiment, or of a board.
_Part = tuple["ItemChange | NewPoints | ExperimentSummary | str", int]


def _key_of(message: FeedMessage) -> Hashable:
    """Messages with the same key are merged while they wait."""
    if isinstance(message, ItemsChanged | PointsAdded | ScalarsChanged):
        return type(message), message.experiment
    if isinstance(message, FileGrew):
        return FileGrew, message.path, message.rewritten
    return type(message)


def _parts_of(
    message: FeedMessage,
) -> list[tuple[Hashable, ItemChange | NewPoints | ExperimentSummary | str]]:
    if isinstance(message, ItemsChanged):
        return [((change.kind, change.label, change.step), change) for change in message.changes]
    if isinstance(message, PointsAdded):
        return [((part.label, part.writer, part.identity, part.first_index), part) for part in message.series]
    if isinstance(message, ExperimentsChanged):
        return [
            *((summary.id, summary) for summary in message.changed),
            *((id_, id_) for id_ in message.removed),
        ]
    if isinstance(message, BoardsChanged):
        return [(board, board) for board in message.changed]
    return []


def _joined(parts: list[NewPoints]) -> list[NewPoints]:
    """Points of a series that follow each other as one part."""
    joined: dict[tuple[str, str, str], NewPoints] = {}
    apart: list[NewPoints] = []
    for part in parts:
        series = (part.label, part.writer, part.identity)
        last = joined.get(series)
        if last is not None and last.first_index + len(last.steps) == part.first_index:
            joined[series] = msgspec.structs.replace(
                last,
                steps=last.steps + part.steps,
                wall_times=last.wall_times + part.wall_times,
                values=last.values + part.values,
            )
        else:
            if last is not None:
                apart.append(last)
            joined[series] = part
    return [*apart, *joined.values()]
