"""What a program has printed and is not kept yet: it does not wait for our files."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from lavdlike.launch.streams import Name

# Beyond it the program waits, as it would for a slow terminal.
MAX_BYTES = 64 * 2**20


class Backlog:
    """Hands on what it is given, in order, in a thread of its own; chunks of a stream that wait become one.

    Args:
        keep: is told of a stream and its bytes; it must not raise.
    """

    def __init__(self, keep: Callable[[Name, bytes], None]) -> None:
        self._keep = keep
        self._waiting: deque[tuple[Name, bytes]] = deque()
        self._bytes = 0
        self._is_over = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._hand_on, name="lavdlike-output", daemon=True)
        self._thread.start()

    def add(self, name: Name, data: bytes) -> None:
        """Take more; waits while there is too much already."""
        with self._changed:
            self._changed.wait_for(lambda: self._bytes < MAX_BYTES)
            self._waiting.append((name, data))
            self._bytes += len(data)
            self._changed.notify_all()

    def finish(self) -> None:
        """Wait until all is handed on."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        self._thread.join()

    def _hand_on(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_over)
                if not self._waiting:
                    return
                taken = list(self._waiting)
                self._waiting.clear()
                self._bytes = 0
                self._changed.notify_all()
            for name, data in _joined(taken):
                self._keep(name, data)


def _joined(chunks: list[tuple[Name, bytes]]) -> list[tuple[Name, bytes]]:
    """Chunks of one stream behind each other as one."""
    found: list[tuple[Name, list[bytes]]] = []
    for name, data in chunks:
        if found and found[-1][0] == name:
            found[-1][1].append(data)
        else:
            found.append((name, [data]))
    return [(name, b"".join(parts)) for name, parts in found]
