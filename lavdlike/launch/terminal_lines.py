"""What a program prints -> the lines that would be left on a terminal."""

from __future__ import annotations

import re

# A line that does not end by then is cut.
MAX_BYTES = 2**20
# What goes back in the line, or up to another one: what stands there is written over.
_BACK = re.compile(rb"\r|\x1b\[[0-9]*A")
_UP = b"\x1b["


class Lines:
    """Cuts bytes into lines. Of a line that is written over and over, as a progress bar is, the last state counts.

    A state that is left upwards (bars below each other) is drawn anew, and counts as nothing.
    """

    def __init__(self) -> None:
        self._shown = b""  # of the present line
        self._written = b""  # since the last way back

    def feed(self, data: bytes) -> list[str]:
        """The lines that end in what was added."""
        first, *others = data.split(b"\n")
        self._add(first)
        ended = []
        for other in others:
            ended.append(self._end())
            self._add(other)
        if len(self._written) > MAX_BYTES:
            ended.append(self._end())
        return [line for line in ended if line is not None]

    def rest(self) -> list[str]:
        """The last line, if it has no end."""
        has_one = bool(self._written or self._shown)
        line = self._end()
        return [line] if has_one and line is not None else []

    def _add(self, part: bytes) -> None:
        begin = 0
        for back in _BACK.finditer(part):
            self._written += part[begin : back.start()]
            begin = back.end()
            if back[0].startswith(_UP):
                self._shown, self._written = _UP, b""
            elif self._written:
                self._shown, self._written = self._written, b""
        self._written += part[begin:]

    def _end(self) -> str | None:
        line = self._written or self._shown
        was_left_upwards = line == _UP
        self._shown = self._written = b""
        return None if was_left_upwards else line.decode("utf-8", "replace")
