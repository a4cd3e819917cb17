"""Hears in a thread what people do in the page, from the lines that are appended to `events.jsonl`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from lavdlike.event_lines import Event
from lavdlike.writing.event_tail import EventTail

Handler = Callable[[Event], object]

# So often it is looked whether there are new ones.
EVERY_S = 0.05
# A handler may wait for what whoever closes the listener holds.
_LAST_S = 1.0

_log = logging.getLogger("lavdlike")


class EventListener:
    """One file, and who wants to hear of it: each event is told once, in the order of the file, in one thread.

    What was there before the listener is not told. A handler that raises is logged, and the others go on.

    Args:
        path: need not be there.
    """

    def __init__(self, path: Path) -> None:
        self._tail = EventTail(path)
        self._handlers: dict[int, tuple[Handler, str | None]] = {}
        self._next_key = 0
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="lavdlike-events", daemon=True)
        self._thread.start()

    def add(self, handler: Handler, label: str | None) -> Callable[[], None]:
        """Tell it of the events of a label, None: of all. Returns what ends that."""
        with self._lock:
            key, self._next_key = self._next_key, self._next_key + 1
            self._handlers[key] = handler, label

        def remove() -> None:
            with self._lock:
                self._handlers.pop(key, None)

        return remove

    def close(self) -> None:
        """Tell nothing any more. Waits a second at most for the handler that runs, unless it is what calls this."""
        self._is_over.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(_LAST_S)

    def _listen(self) -> None:
        while not self._is_over.wait(EVERY_S):
            for event in self._tail.new_events():
                self._tell(event)

    def _tell(self, event: Event) -> None:
        with self._lock:
            handlers = [handler for handler, label in self._handlers.values() if label in (None, event.label)]
        for handler in handlers:
            if self._is_over.is_set():
                return
            try:
                handler(event)
            except Exception:  # noqa: BLE001 - what a handler does is the script's
                _log.exception("a handler of events of %r failed; the others go on", event.label)
