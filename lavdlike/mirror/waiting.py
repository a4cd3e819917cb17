"""Which files of a spool wait for being stored, and which of them it is time for. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from lavdlike.mirror.file_state import grows

# A file that could not be stored so often is not waited for.
_REFUSED_AFTER = 5


class MirrorLimits(NamedTuple):
    """Times in seconds.

    Args:
        tick_s: how often the mirror looks at what was told.
        part_s: a part of a file that grows is stored when its first byte has waited so long,
        part_bytes: or there are so many; a whole file that was stored is stored again not before `part_s`.
        active_s: so long after it was told of, a file that grows is looked at.
        scan_s: how often all files are looked for that nobody told of; less often, where that takes more than a
            hundredth of the time.
        settled_s: such a file is stored when it has not changed for so long.
        longest_pause_s: of the pauses, each twice the one before, after a store could not be reached.
        urgent_pause_s: the longest one while somebody waits.
        flush_s: so long `flush` waits for a store that stores nothing.
        uploads: how many files are sent at once.
    """

    tick_s: float = 0.25
    part_s: float = 5.0
    part_bytes: int = 8 * 2**20
    active_s: float = 10.0
    scan_s: float = 30.0
    settled_s: float = 2.0
    longest_pause_s: float = 60.0
    urgent_pause_s: float = 1.0
    flush_s: float = 30.0
    uploads: int = 8


class Waiting:
    """What is to be stored. Each file was told of in a turn; turns are counted.

    Args:
        limits: how long each may wait.
    """

    def __init__(self, limits: MirrorLimits) -> None:
        self.turn = 0
        self._limits = limits
        self._since: dict[
            str, tuple[int, float]
        ] = {}  # the turn and time of the first change that is not stored
        self._stored_at: dict[str, float] = {}
        self._urgent_until = -1
        self._ended: set[str] = set()
        self._failures: dict[str, tuple[int, float]] = {}  # how many, and when it is tried again

    def __len__(self) -> int:
        return len(self._since)

    def add(self, path: str, now: float) -> None:
        self._since.setdefault(path, (self.turn, now))

    def remove(self, path: str) -> None:
        self._since.pop(path, None)
        self._ended.discard(path)
        self._failures.pop(path, None)

    def hurry(self) -> None:
        """Somebody waits for all that was told of until now."""
        self._urgent_until = self.turn

    @property
    def is_urgent(self) -> bool:
        return any(turn <= self._urgent_until for turn, _ in self._since.values())

    def end(self, path: str, now: float) -> None:
        """A file that grew is not expected to go on: it is made whole."""
        self._ended.add(path)
        self.add(path, now)

    def due(self, now: float, growth: dict[str, int], busy: Iterable[str]) -> list[tuple[str, bool]]:
        """Files that it is time for, those that wait longest first, and whether nothing follows.

        Args:
            growth: how many bytes wait of files that grow; of those that are not named it is not known.
            busy: files that are being stored.
        """
        occupied = set(busy)
        found = [
            (since, path)
            for path, since in self._since.items()
            if path not in occupied and self._is_due(path, since, now, growth.get(path, 0))
        ]
        return [(path, path in self._ended) for _, path in sorted(found)]

    def begun(self, path: str) -> tuple[int, float]:
        """A file is being stored as it is now: what is told of it from now on is a change of its own."""
        self._ended.discard(path)
        return self._since.pop(path)

    def failed(self, path: str, since: tuple[int, float], now: float, *, is_last: bool) -> None:
        """It waits on as it did, and is tried again after a pause that doubles each time."""
        self._since[path] = since
        if is_last:
            self._ended.add(path)
        failures = self._failures.get(path, (0, 0.0))[0] + 1
        longest_s = (
            self._limits.urgent_pause_s if since[0] <= self._urgent_until else self._limits.longest_pause_s
        )
        self._failures[path] = failures, now + min(self._limits.tick_s * 2.0 ** min(failures, 20), longest_s)

    def stored(self, path: str, now: float) -> None:
        self._failures.pop(path, None)
        self._stored_at[path] = now
        if len(self._stored_at) > 10_000:
            self._stored_at = {
                each: then for each, then in self._stored_at.items() if now - then < self._limits.part_s
            }

    def is_stored_until(self, turn: int, busy: Iterable[tuple[int, float]]) -> bool:
        """Whether all that was told of in a turn or before it is stored. `busy`: since when that waits that is sent."""
        return all(since > turn for since, _ in (*self._since.values(), *busy))

    def is_refused_until(self, turn: int, busy: Iterable[tuple[int, float]]) -> bool:
        """Whether of that only such files are left as could not be stored, again and again."""
        left = [path for path, (since, _) in self._since.items() if since <= turn]
        is_sending = any(since <= turn for since, _ in busy)
        return not is_sending and all(
            self._failures.get(path, (0, 0.0))[0] >= _REFUSED_AFTER for path in left
        )

    def _is_due(self, path: str, since: tuple[int, float], now: float, growth_bytes: int) -> bool:
        turn, noted_at = since
        if now < self._failures.get(path, (0, -math.inf))[1]:
            return False
        if turn <= self._urgent_until or path in self._ended:
            return True
        if grows(path):
            return growth_bytes >= self._limits.part_bytes or now - noted_at >= self._limits.part_s
        return now - self._stored_at.get(path, -self._limits.part_s) >= self._limits.part_s
