"""What waits to be sent to one client: bounded, so that who does not read delays nobody. For the event loop alone."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Callable

# Messages and characters that wait for one client; beyond them it is let go.
MAX_WAITING = 10_000
MAX_CHARACTERS = 64 * 2**20
# A client that polls is gone when it has not asked for so long.
POLLED_S = 60.0
MAX_POLLED = 1024


class Outbox:
    """Texts for one client, in their order."""

    def __init__(self) -> None:
        self._waiting: deque[str] = deque()
        self._characters = 0
        self._changed = asyncio.Event()
        self.is_closed = False

    def put(self, text: str) -> None:
        """Have it sent; closes the box if too much waits already."""
        if self.is_closed:
            return
        self._waiting.append(text)
        self._characters += len(text)
        if len(self._waiting) > MAX_WAITING or self._characters > MAX_CHARACTERS:
            self.close()
        self._changed.set()

    def close(self) -> None:
        self.is_closed = True
        self._waiting.clear()
        self._characters = 0
        self._changed.set()

    def taken(self) -> list[str]:
        """All that waits, without waiting for any."""
        texts = list(self._waiting)
        self._waiting.clear()
        self._characters = 0
        self._changed.clear()
        return texts

    async def next(self) -> list[str]:
        """What waits, once there is something; nothing when the box was closed."""
        while not self._waiting and not self.is_closed:
            self._changed.clear()
            await self._changed.wait()
        return self.taken()


class Clients:
    """The scripts that hear of events: by a socket, or by asking again and again under a number that they were given.

    Args:
        now: monotonic seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._boxes: set[Outbox] = set()
        self._polled: dict[str, tuple[Outbox, float]] = {}  # who asked last is last

    def __len__(self) -> int:
        return len(self._boxes)

    def tell(self, text: str) -> None:
        for box in list(self._boxes):
            box.put(text)

    def add(self) -> Outbox:
        box = Outbox()
        self._boxes.add(box)
        return box

    def remove(self, box: Outbox) -> None:
        box.close()
        self._boxes.discard(box)

    def add_polled(self) -> tuple[str, Outbox]:
        """One that asks, and its number. Of too many, the one that asked longest ago is gone."""
        if len(self._polled) >= MAX_POLLED:
            self.remove(self._polled.pop(next(iter(self._polled)))[0])
        number = secrets.token_hex(16)
        box = self.add()
        self._polled[number] = box, self._now()
        return number, box

    def polled(self, number: str) -> Outbox | None:
        """The box of one that asks again; None if it is gone."""
        found = self._polled.pop(number, None)
        if found is None:
            return None
        if found[0].is_closed:  # too much waited for it
            self.remove(found[0])
            return None
        self._polled[number] = found[0], self._now()
        return found[0]

    def forget_silent(self) -> list[Outbox]:
        """Those that have not asked for long are known by no number any more; they are still to be removed."""
        before = self._now() - POLLED_S
        silent = [number for number, (_, asked) in self._polled.items() if asked < before]
        return [self._polled.pop(number)[0] for number in silent]
