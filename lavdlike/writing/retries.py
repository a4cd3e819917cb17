"""What happens when the disk refuses: the training goes on, what was refused is tried again, and it is said."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Literal

from lavdlike.disk.append import AppendFile, UnwrittenError
from lavdlike.disk.shared_folders import why_refused
from lavdlike.errors import WriteError

OnError = Literal["warn", "raise"]

WARN_EVERY_S = 60.0
RETRY_EVERY_S = 1.0
# At the end: pauses between tries that wrote nothing, and how many of them in a row.
_LAST_PAUSE_S = 0.1
_LAST_TRIES = 5
MAX_WAITING_BYTES = 64 * 2**20
_OVERHEAD_BYTES = 256  # of one waiting write, beside its content
_MAX_NAMED = 5

_log = logging.getLogger("lavdlike")


@dataclass(frozen=True)
class Write:
    """One write that can be repeated.

    `path`: what a warning names. `size_bytes`: memory that it holds while it waits. `is_kept`: whether it waits however
    much waits already, as the end of a session does. `to_keep`: makes what waits in its place, of a write that holds
    what the caller may change until then.
    """

    path: Path
    size_bytes: int
    do: Callable[[], None]
    is_kept: bool = False
    to_keep: Callable[[], Callable[[], None]] | None = None

    @property
    def count(self) -> int:
        return 1

    def kept(self) -> Write:
        """The same for later."""
        return self if self.to_keep is None else replace(self, do=self.to_keep(), to_keep=None)


class Retries:
    """Does writes; those that the disk refuses wait in memory, at most 64 MiB of them, or raise.

    What goes to one file is written in its order; what the disk refuses of one file does not hold up the others. They
    are tried again about once a second when something else is written there, before one would be given up, and by
    `retry`. The newest are given up. One warning a minute says the path, the reason, how many wait and how many were
    given up, and so does one at the end.
    """

    def __init__(self, on_error: OnError) -> None:
        self.raises = on_error == "raise"
        self._waiting: dict[Path, deque[Write | _Lines]] = {}
        self._waiting_bytes = 0
        self._lost: Counter[Path] = Counter()
        self._said: Counter[Path] = Counter()
        self._retry_at = 0.0
        self._warn_at = 0.0
        self._is_retrying = False
        self._lock = threading.RLock()

    def forget(self) -> None:
        """For a forked child: what waits is its parent's to write, and another thread may have held the lock."""
        self._lock = threading.RLock()
        self._waiting = {}
        self._waiting_bytes = 0
        self._is_retrying = False

    @property
    def unwritten(self) -> int:
        """How many lines and files wait or were given up."""
        with self._lock:
            return sum(self._counts().values())

    def waits(self, path: Path) -> bool:
        """Whether something for this file waits."""
        return path in self._waiting

    def append(self, file: AppendFile, lines: bytes, now: float) -> None:
        """Append lines, now or, if the disk refuses, later.

        Raises:
            WriteError: the disk refused, under "raise".
        """
        if self._waiting and self._is_behind(_Lines(file, lines)):
            return
        try:
            file.append(lines, now)
        except UnwrittenError as error:
            self._refused(_Lines(file, error.rest), error)

    def write(self, write: Write) -> None:
        """Do a write, now or, if the disk refuses, later.

        Raises:
            WriteError: the disk refused, under "raise".
        """
        if self._waiting and self._is_behind(write):
            return
        try:
            write.do()
        except OSError as error:
            self._refused(write, error)

    def once(self, path: Path, do: Callable[[], None]) -> None:
        """Do a write that cannot be repeated.

        Raises:
            WriteError: the disk refused, under "raise".
        """
        try:
            do()
        except OSError as error:
            if self.raises:
                raise _write_error(path, error) from error
            self.give_up(path, error)

    def retry(self) -> None:
        """Try what waits."""
        with self._lock:
            if self._is_retrying:  # a signal handler interrupted its own thread in here
                return
            self._is_retrying = True
            try:
                for path in list(self._waiting):
                    self._retry_path(path)
            finally:
                self._is_retrying = False
                self._retry_at = monotonic() + RETRY_EVERY_S

    def finish(self) -> None:
        """At the end: try what waits while any of it can be written; what then still waits is lost, and said."""
        tries = 0
        while self._waiting and tries < _LAST_TRIES:
            if tries:
                time.sleep(_LAST_PAUSE_S)
            before = self._waiting_bytes
            self.retry()
            tries = 0 if self._waiting_bytes < before else tries + 1
        self._say_what_is_unwritten()

    def give_up(self, path: Path, error: BaseException) -> None:
        """Count a write that cannot be repeated as lost, and say so."""
        with self._lock:
            self._lost[path] += 1
            self._warn(path, error)

    def _is_behind(self, write: Write | _Lines) -> bool:
        """Whether something for this file waits, and this behind it; both are tried when it is time."""
        with self._lock:
            if not self.waits(write.path):
                return False
            if not self._has_room(write):
                self.retry()  # the disk is asked again before something is given up
                if not self.waits(write.path):
                    return False
            self._keep(write)
            if monotonic() >= self._retry_at:
                self.retry()
            return True

    def _refused(self, write: Write | _Lines, error: OSError) -> None:
        if self.raises:
            raise _write_error(write.path, error) from error
        with self._lock:
            if not self._has_room(write):
                self.retry()
            self._keep(write)
            self._retry_at = monotonic() + RETRY_EVERY_S
            self._warn(write.path, error)

    def _has_room(self, write: Write | _Lines) -> bool:
        size_bytes = self._waiting_bytes + write.size_bytes + _OVERHEAD_BYTES
        return write.is_kept or not self._waiting or size_bytes <= MAX_WAITING_BYTES

    def _keep(self, write: Write | _Lines) -> None:
        """Let it wait if there is room, else give it up."""
        if not self._has_room(write):
            if not self._lost:
                self._warn_at = 0.0  # said at once
            self._lost[write.path] += write.count
            self._warn(write.path, MemoryError(f"{MAX_WAITING_BYTES // 2**20} MiB wait already"))
            return
        queue = self._waiting.setdefault(write.path, deque())
        last = queue[-1] if queue else None
        self._waiting_bytes += write.size_bytes
        if isinstance(last, _Lines) and isinstance(write, _Lines):
            last.rest += write.rest
        else:
            queue.append(write.kept() if isinstance(write, Write) else write)
            self._waiting_bytes += _OVERHEAD_BYTES

    def _retry_path(self, path: Path) -> None:
        queue = self._waiting[path]
        # One is taken out when it is done: while something waits, what else comes for the file goes behind it.
        while queue:
            write = queue[0]
            before = write.size_bytes
            error = self._refusal_of(write)
            if error is not None:
                self._waiting_bytes -= before - write.size_bytes
                self._warn(path, error)
                return
            queue.popleft()
            self._waiting_bytes -= before + _OVERHEAD_BYTES
            if isinstance(write, _Lines) and write.rest:  # a signal handler put more behind them
                queue.appendleft(write)
                self._waiting_bytes += _OVERHEAD_BYTES
            if not queue:
                del self._waiting[path]
                if queue:  # as above
                    self._waiting[path] = queue

    def _refusal_of(self, write: Write | _Lines) -> OSError | None:
        try:
            write.do()
        except OSError as error:
            return error
        except Exception as error:  # noqa: BLE001 - not the caller's, who wrote something else
            self.give_up(write.path, error)
        return None

    def _counts(self) -> Counter[Path]:
        """How many lines and files of each path wait or were given up."""
        counts = Counter(self._lost)
        for path, queue in self._waiting.items():
            counts[path] += sum(write.count for write in queue)
        return counts

    def _say_what_is_unwritten(self) -> None:
        with self._lock:
            counts = self._counts()
            if counts != self._said:
                self._said = counts
                named = [f"{path} ({count})" for path, count in counts.most_common(_MAX_NAMED)]
                _log.warning("%d writes were not done: %s", sum(counts.values()), ", ".join(named))

    def _warn(self, path: Path, error: BaseException) -> None:
        now = monotonic()
        if now < self._warn_at:
            return
        self._warn_at = now + WARN_EVERY_S
        lost = sum(self._lost.values())
        _log.warning(
            "cannot write %s: %s. The script goes on; %d writes wait to be tried again, %d were given up.",
            path,
            why_refused(path, error),
            sum(self._counts().values()) - lost,
            lost,
        )


class _Lines:
    """Lines of one file that wait, put together; more may come behind them at any time."""

    is_kept = False

    def __init__(self, file: AppendFile, lines: bytes) -> None:
        self._file = file
        self.rest = bytearray(lines)

    @property
    def path(self) -> Path:
        return self._file.asked_for  # one place for all that waits, whichever file it goes to in the end

    @property
    def size_bytes(self) -> int:
        return len(self.rest)

    @property
    def count(self) -> int:
        return self.rest.count(b"\n")

    def do(self) -> None:
        lines = bytes(self.rest)
        try:
            self._file.append(lines, time.time())
        except UnwrittenError as error:
            del self.rest[: len(lines) - len(error.rest)]
            raise
        del self.rest[: len(lines)]


def _write_error(path: Path, error: OSError) -> WriteError:
    return WriteError(f"cannot write {path}: {error.strerror or error}")
