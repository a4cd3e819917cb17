"""What happens when the disk refuses: the training goes on, what was refused is tried again, and it is said."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Literal, NamedTuple

from lavdlike.errors import WriteError
from lavdlike.storage import AppendFile, UnwrittenError

OnError = Literal["warn", "raise"]

WARN_EVERY_S = 60.0
RETRY_EVERY_S = 1.0
# At the end: pauses between tries that wrote nothing, and how many of them in a row.
_LAST_PAUSE_S = 0.1
_LAST_TRIES = 5
MAX_WAITING_BYTES = 16 * 2**20
_OVERHEAD_BYTES = 256  # of one waiting write, beside its content

_log = logging.getLogger("lavdlike")


class Write(NamedTuple):
    """One write that can be repeated. `path`: what a warning names. `size_bytes`: memory it holds while it waits."""

    path: Path
    size_bytes: int
    do: Callable[[], None]


class Retries:
    """Does writes; those that the disk refuses wait in memory, at most 16 MiB of them, or raise.

    They are tried again, in order, about once a second when something else is written, and by `retry`. One warning a
    minute says the path, the reason, how many wait and how many were given up.
    """

    def __init__(self, on_error: OnError) -> None:
        self.raises = on_error == "raise"
        self._waiting: deque[Write] = deque()
        self._waiting_bytes = 0
        self._lost = 0
        self._said = 0
        self._retry_at = 0.0
        self._warn_at = 0.0
        self._lock = threading.RLock()

    def forget(self) -> None:
        """For a forked child: what waits is its parent's to write, and another thread may have held the lock."""
        self._lock = threading.RLock()
        self._waiting.clear()
        self._waiting_bytes = 0

    @property
    def unwritten(self) -> int:
        """How many writes wait or were given up."""
        return len(self._waiting) + self._lost

    def append(self, file: AppendFile, lines: bytes, now: float) -> None:
        """Append lines, now or, if the disk refuses, later.

        Raises:
            WriteError: the disk refused, under "raise".
        """
        if self._waiting:
            self._write_behind(_append(file, lines))
            return
        try:
            file.append(lines, now)
        except UnwrittenError as error:
            self._refused(_append(file, error.rest), error)

    def write(self, write: Write) -> None:
        """Do a write, now or, if the disk refuses, later.

        Raises:
            WriteError: the disk refused, under "raise".
        """
        if self._waiting:
            self._write_behind(write)
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
        """Try what waits; a file that is refused again does not hold up the others."""
        with self._lock:
            self._retry_at = monotonic() + RETRY_EVERY_S
            refused: dict[Path, OSError] = {}
            for _ in range(len(self._waiting)):
                # Taken out when it is done: while something waits, what else comes goes behind it.
                write = self._waiting[0]
                error = refused.get(write.path) or self._refusal_of(write)
                if error is None:
                    self._waiting.popleft()
                    self._waiting_bytes -= write.size_bytes + _OVERHEAD_BYTES
                else:
                    refused[write.path] = error
                    self._waiting.rotate(-1)
            for path, error in refused.items():
                self._warn(path, error)

    def finish(self) -> None:
        """At the end: try what waits while any of it can be written; what then still waits is lost, and said."""
        tries = 0
        while self._waiting and tries < _LAST_TRIES:
            if tries:
                time.sleep(_LAST_PAUSE_S)
            before = len(self._waiting)
            self.retry()
            tries = 0 if len(self._waiting) < before else tries + 1
        self._say_what_is_unwritten()

    def give_up(self, path: Path, error: BaseException) -> None:
        """Count a write that cannot be repeated as lost, and say so."""
        with self._lock:
            self._lost += 1
            self._warn(path, error)

    def _say_what_is_unwritten(self) -> None:
        with self._lock:
            if self.unwritten != self._said:
                self._said = self.unwritten
                paths = sorted({str(write.path) for write in self._waiting})
                _log.warning(
                    "%d writes were not done: %s", self.unwritten, ", ".join(paths[:5]) or "see above"
                )

    def _refusal_of(self, write: Write) -> OSError | None:
        try:
            write.do()
        except OSError as error:
            return error
        except Exception as error:  # noqa: BLE001 - not the caller's, who wrote something else
            self.give_up(write.path, error)
        return None

    def _write_behind(self, write: Write) -> None:
        with self._lock:
            self._keep(write)
            if monotonic() >= self._retry_at:
                self.retry()

    def _refused(self, write: Write, error: OSError) -> None:
        if self.raises:
            raise _write_error(write.path, error) from error
        with self._lock:
            self._keep(write)
            self._retry_at = monotonic() + RETRY_EVERY_S
            self._warn(write.path, error)

    def _keep(self, write: Write) -> None:
        size = write.size_bytes + _OVERHEAD_BYTES
        if self._waiting_bytes + size > MAX_WAITING_BYTES:
            self._lost += 1
        else:
            self._waiting.append(write)
            self._waiting_bytes += size

    def _warn(self, path: Path, error: BaseException) -> None:
        now = monotonic()
        if now < self._warn_at:
            return
        self._warn_at = now + WARN_EVERY_S
        reason = getattr(error, "strerror", None) or error
        _log.warning(
            "cannot write %s: %s. The script goes on; %d writes wait to be tried again, %d were given up.",
            path,
            reason,
            len(self._waiting),
            self._lost,
        )


def _write_error(path: Path, error: OSError) -> WriteError:
    return WriteError(f"cannot write {path}: {error.strerror or error}")


def _append(file: AppendFile, lines: bytes) -> Write:
    rest = lines

    def append() -> None:
        nonlocal rest
        try:
            file.append(rest, time.time())
        except UnwrittenError as error:
            rest = error.rest
            raise

    return Write(file.path, len(lines), append)
