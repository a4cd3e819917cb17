"""What is new in an `events.jsonl` since it was looked at last."""

from __future__ import annotations

import os
from pathlib import Path

from lavdlike import event_lines
from lavdlike.event_lines import Event

# Of a file that is there at first: its last lines say how far it is numbered.
_LAST_BYTES = 64 * 2**10
_MOST_BYTES = 2**20


class EventTail:
    """The events that are appended to a file from now on, each once. Not for several threads at once.

    Args:
        path: need not be there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rest = b""
        self._file: tuple[int, int] | None = None
        self._offset = 0
        self._last_seq = 0
        self._begin()

    def new_events(self) -> list[Event]:
        """In the order of the file; of much at once the first MiB."""
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
