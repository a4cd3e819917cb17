"""Where a log ended at a time, as its own lines say. The file is given as an open descriptor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lavdlike.kinds import logs
from lavdlike.reading import log_pages

# Below this, all lines are looked at one after the other.
_STRETCH_BYTES = 2**16
# So far behind a place, a line with a time is looked for.
_REACH_BYTES = 2**20


def end_at(descriptor: int, size_bytes: int, time: float) -> int | None:
    """The end of what was logged by a time: the offset of the first line that is later; None: no line has a time.

    Lines without a time belong to what stands before them. Times are taken to grow.

    Args:
        time: Unix seconds.
    """
    log = _Log(descriptor, size_bytes)
    low, high, known_later = 0, size_bytes, size_bytes
    first = log.time_from(0, size_bytes)
    if first is None:
        return None
    if first[1] > time:
        return first[0]
    while high - low > _STRETCH_BYTES:
        middle = (low + high) // 2
        found = log.time_from(middle, high)
        if found is None:
            high = middle
        elif found[1] > time:
            high, known_later = middle, found[0]
        else:
            low = found[0]
    for begin, of_line in log.times(low):
        if begin >= known_later:
            break
        if of_line is not None and of_line > time:
            return begin
    return known_later


def is_log(path: str) -> bool:
    return path.lower().endswith(tuple(logs.KIND.suffixes))


def begin_of(descriptor: int, size_bytes: int) -> float | None:
    """The time of the first line that has one; None if that is not near the begin."""
    first = _Log(descriptor, size_bytes).time_from(0, size_bytes)
    return None if first is None else first[1]


class _Log:
    def __init__(self, descriptor: int, size_bytes: int) -> None:
        self._descriptor = descriptor
        self._encoding = log_pages.encoding_of(descriptor)
        self._size_bytes = size_bytes

    def time_from(self, offset: int, end: int) -> tuple[int, float] | None:
        """The first line with a time that begins from `offset` on and before `end`: where, and its time."""
        for begin, time in self.times(offset):
            if begin >= min(end, offset + _REACH_BYTES):
                break
            if time is not None:
                return begin, time
        return None

    def times(self, offset: int) -> Iterator[tuple[int, float | None]]:
        """Each line from there on: where it begins, and its time if it has one."""
        begin = log_pages.line_near(self._descriptor, min(offset, self._size_bytes), self._encoding)
        for line in log_pages.lines_forwards(self._descriptor, begin, self._encoding, self._size_bytes):
            yield begin, _time_of(line.decode(self._encoding or "utf-8", errors="replace"))
            begin += len(line)


def _time_of(line: str) -> float | None:
    """Unix seconds; times without an offset are in the server's zone."""
    text = logs.parse_line(line.rstrip("\n").removeprefix("\ufeff")).time
    try:
        return datetime.fromisoformat(text).timestamp() if text else None
    except (ValueError, OverflowError):
        return None
