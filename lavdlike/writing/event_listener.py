"""Hears in a thread what people do in the page, from the lines that are appended to `events.jsonl`."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

from lavdlike import event_lines
from lavdlike.event_lines import Event

Handler = Callable[[Event], object]

_EVERY_S = 0.05
# A handler may wait for what whoever closes the listener holds.
_LAST_S = 1.0
# Of a file that is there when listening begins: its last lines say how far it is numbered.
_LAST_BYTES = 64 * 2**10
_MOST_BYTES = 2**20

_log = logging.getLogger("lavdlike")


class EventListener:
    """One file, and who wants to hear of it: each event is told once, in the order of the file, in one thread.

    What was there before the listener is not told. A handler that raises is logged, and the others go on.

    Args:
        path: need not be there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handlers: dict[int, tuple[Handler, str | None]] = {}
        self._next_key = 0
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._rest = b""
        self._file: tuple[int, int] | None = None
        self._offset = 0
        self._last_seq = 0
        self._begin()
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

    def _begin(self) -> None:
        try:
            with self._path.open("rb") as file:
                status = os.fstat(file.fileno())
                file.seek(max(0, status.st_size - _LAST_BYTES))
                data = file.read(status.st_size - file.tell())
        except OSError:
            return
        self._file, self._offset = (status.st_dev, status.st_ino), status.st_size
        lines = data.split(b"\n")
        self._rest = lines.pop()  # a line that is being written belongs to those that are told
        self._last_seq = max((each.seq for each in event_lines.read(lines)), default=0)

    def _listen(self) -> None:
        while not self._is_over.wait(_EVERY_S):
            for event in self._new_events():
                self._tell(event)

    def _new_events(self) -> list[Event]:
        try:
            status = self._path.stat()
            if (status.st_dev, status.st_ino) != self._file or status.st_size < self._offset:
                self._file, self._offset, self._rest = (status.st_dev, status.st_ino), 0, b""
            if status.st_size == self._offset:
                return []
            with self._path.open("rb") as file:
                file.seek(self._offset)
                data = file.read(_MOST_BYTES)
        except OSError:
            return []
        self._offset += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _MOST_BYTES:
            self._rest = b""  # no line of ours is so long; what is left of it is none either
        found = [each for each in event_lines.read(lines) if each.seq == 0 or each.seq > self._last_seq]
        self._last_seq = max((each.seq for each in found), default=self._last_seq)
        return found

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
