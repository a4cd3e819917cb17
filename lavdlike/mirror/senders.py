"""Threads that store files; they end with the process, whatever the network does."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import NamedTuple


class Sent(NamedTuple):
    """How storing a file ended. `error`: None if it is stored."""

    path: str
    is_last: bool
    error: Exception | None


class Senders:
    """Up to so many files at once, each by `send(path, is_last)`.

    Unlike those of `concurrent.futures`, its threads are not waited for when the interpreter ends: a store that does
    not answer must not hold the script up.

    Args:
        on_sent: called by a thread after each file.
    """

    def __init__(self, count: int, send: Callable[[str, bool], None], on_sent: Callable[[], None]) -> None:
        self._count = count
        self._send = send
        self._on_sent = on_sent
        self._queue: SimpleQueue[tuple[str, bool]] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._sent: deque[Sent] = deque()

    def start(self, path: str, *, is_last: bool) -> None:
        """Raises RuntimeError: no thread can be started any more, as the interpreter ends."""
        if len(self._threads) < self._count:
            thread = threading.Thread(
                target=self._work, name=f"lavdlike-send-{len(self._threads)}", daemon=True
            )
            thread.start()
            self._threads.append(thread)
        self._queue.put((path, is_last))

    def take_sent(self) -> list[Sent]:
        found = []
        while self._sent:
            found.append(self._sent.popleft())
        return found

    def _work(self) -> None:
        while True:
            path, is_last = self._queue.get()
            error: Exception | None = None
            try:
                self._send(path, is_last)
            except Exception as failure:  # noqa: BLE001 - said by who asked
                error = failure
            self._sent.append(Sent(path, is_last, error))
            self._on_sent()
