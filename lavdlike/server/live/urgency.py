"""What requests wait for goes before what is only looked at: first what is asked of few, then what came first.

A page asks for all that there is while somebody waits for what is in sight. Of two requests the smaller one is done
sooner, and the larger one hardly later for it.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")

# How many digits the count of subjects of the request has, in binary; the request's number, and the place in it.
Rank = tuple[float, int, int]
NOT_WAITED_FOR: Rank = (math.inf, 0, 0)


class Urgency:
    """For which subjects (experiments) requests wait. Changed on the event loop only; any thread may ask.

    `version`: another one after each further request.
    """

    def __init__(self) -> None:
        self.version = 0
        self._ranks: dict[str, tuple[Rank, ...]] = {}

    @contextmanager
    def waited_for(self, subjects: Iterable[str]) -> Iterator[None]:
        """A request waits for these meanwhile, for the first of them most."""
        self.version += 1
        each = dict.fromkeys(subjects)
        size = len(each).bit_length()
        mine: dict[str, Rank] = {subject: (size, self.version, place) for place, subject in enumerate(each)}
        for subject, rank in mine.items():
            self._ranks[subject] = (*self._ranks.get(subject, ()), rank)
        try:
            yield
        finally:
            for subject, rank in mine.items():
                left = tuple(other for other in self._ranks.pop(subject) if other != rank)
                if left:
                    self._ranks[subject] = left

    def of(self, subject: str) -> Rank:
        """Smaller is more urgent."""
        ranks = self._ranks.get(subject)
        return min(ranks) if ranks else NOT_WAITED_FOR


class UrgentFirst(Generic[T]):
    """What waits for its turn: the most urgent first, and among equals those that came first. Not thread-safe."""

    def __init__(self, urgency: Urgency) -> None:
        self._urgency = urgency
        self._numbers = itertools.count()
        self._version = urgency.version
        self._waiting: list[tuple[Rank, int, str, T]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, subject: str, item: T) -> None:
        entry = (self._urgency.of(subject), next(self._numbers), subject, item)
        heapq.heappush(self._waiting, entry)

    def take(self) -> T:
        """Raises IndexError: nothing waits."""
        version = self._urgency.version
        if version != self._version:
            self._version, of = version, self._urgency.of
            self._waiting = [
                (of(subject), number, subject, item) for _, number, subject, item in self._waiting
            ]
            heapq.heapify(self._waiting)
        return heapq.heappop(self._waiting)[-1]

    def clear(self) -> None:
        self._waiting.clear()
