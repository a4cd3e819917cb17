"""How far the script has got, once a second, as a file: a thread looks at the counts, the loop never waits for it."""

from __future__ import annotations

import contextlib
import math
import os
import secrets
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from lavdlike import progress_file
from lavdlike.disk.write import replace_bytes
from lavdlike.messages import Progress

PERIOD_S = 1.0
# The rate is that of so long: it follows a loader that became slow, and does not jump with every batch.
_RATE_OVER_S = 60.0
# Another process that wrote the file so lately is still there, and goes on with it.
_TAKEN_S = 5.0


class Counts(NamedTuple):
    """How far a loop is. `total` None: nobody knows where it ends. `is_over`: this was the last."""

    done: float
    total: float | None
    unit: str = "it"
    is_over: bool = False


def counts_of(bar: Any) -> Counts:
    """How far a tqdm bar is, ours or another one."""
    return Counts(bar.n, bar.total, getattr(bar, "unit", "it"))


class _Loop:
    """One loop that is followed. `counts`: what it answers is None once it is gone."""

    def __init__(self, name: str, counts: Callable[[], Counts | None], now: float) -> None:
        self.name = name
        self.told: Counts | None = None  # of one that nobody can look into
        self.is_ended = False
        self._counts = counts
        self._started = now
        self._last = Counts(0, None)
        # When it had got how far; only where that changed.
        self._samples: deque[tuple[float, float]] = deque()

    def look(self, now: float) -> Progress:
        """Its state now."""
        if not self.is_ended:
            try:
                counts = self.told or self._counts()
            except Exception:  # noqa: BLE001 - whatever a library's bar does, the next second asks again
                counts = self._last
            if counts is None:
                self.is_ended = True
            else:
                self._take(counts, now)
        done, total, unit, self.is_ended = self._last._replace(is_over=self.is_ended or self._last.is_over)
        updated = self._samples[-1][0] if self._samples else self._started
        return Progress(
            self.name,
            done=done,
            total=total,
            rate=self._rate(),
            unit=unit,
            started=round(self._started, 3),
            updated=round(updated, 3),
            ended=self.is_ended,
        )

    def _take(self, counts: Counts, now: float) -> None:
        if self._samples and counts.done < self._samples[-1][1]:  # it begins anew
            self._samples.clear()
        if not self._samples or counts.done > self._samples[-1][1]:
            self._samples.append((now, counts.done))
        while len(self._samples) > 2 and self._samples[1][0] <= now - _RATE_OVER_S:
            self._samples.popleft()
        self._last = counts

    def _rate(self) -> float | None:
        if len(self._samples) < 2:
            return None
        (since, before), (until, done) = self._samples[0], self._samples[-1]
        return (done - before) / (until - since) if until > since else None


class ProgressReport:
    """`progress.json` of one process. Safe to use from several threads; a forked child has one of its own.

    What the disk refuses is left out: the next second says it again.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._session = secrets.token_hex(4)
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._loops: dict[str, _Loop] = {}
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._written = b""
        self._written_at: float | None = None  # the file's time after our last write

    def follow(self, name: str, subject: Any, counts: Callable[[Any], Counts]) -> None:
        """Report of a loop until `end`, or until nobody holds it any more.

        Args:
            counts: asked for by the thread, of the subject.
        """
        known = _reference(subject)

        def look() -> Counts | None:
            alive = known()
            return None if alive is None else _checked(counts(alive))

        self._begin(name, look)

    def say(self, name: str, counts: Counts) -> None:
        """Report how far a loop is that nobody can look into; it ends when it has reached its total."""
        loop = self._loops.get(name)
        if loop is None or loop.told is None or loop.is_ended:
            loop = self._begin(name, lambda: None)
        if loop is None:
            return
        loop.told = _checked(counts)
        if counts.total is not None and counts.done >= counts.total:
            self.end(name)

    def end(self, name: str) -> None:
        """The loop is over; its last state stays."""
        if os.getpid() != self._process:
            return
        with self._lock:
            loop = self._loops.get(name)
            if loop is not None and not loop.is_ended:
                loop.look(time.time())
                loop.is_ended = True

    def close(self) -> None:
        """Write the last state of all, and end the thread. Loops that go on are ended."""
        thread = self._thread
        if os.getpid() != self._process or thread is None:
            return
        for name in list(self._loops):
            self.end(name)
        self._closing.set()
        thread.join(timeout=PERIOD_S)

    def _begin(self, name: str, counts: Callable[[], Counts | None]) -> _Loop | None:
        """None in a forked child, and if so many go on already that nobody would see one more."""
        if os.getpid() != self._process:
            return None
        with self._lock:
            self._loops.pop(name, None)
            if len(self._loops) >= progress_file.MAX_BARS:
                over = next((key for key, loop in self._loops.items() if loop.is_ended), None)
                if over is None:
                    return None
                del self._loops[over]
            loop = self._loops[name] = _Loop(name, counts, time.time())
            if self._thread is None:
                self._closing.clear()
                self._thread = threading.Thread(target=self._report, name="lavdlike-progress", daemon=True)
                try:
                    self._thread.start()
                except RuntimeError:  # at interpreter exit no thread can be started
                    self._thread = None
        return loop

    def _report(self) -> None:
        is_over = False
        while not is_over:
            # Also behind the last loop: one that begins right after another costs no thread.
            is_closing = self._closing.wait(PERIOD_S)
            with self._lock:
                now = time.time()
                bars = [loop.look(now) for loop in self._loops.values()]
                is_over = is_closing or all(loop.is_ended for loop in self._loops.values())
                if is_over:
                    self._thread = None  # whoever begins from now on starts another
            with contextlib.suppress(OSError):
                self._write(bars)

    def _write(self, bars: list[Progress]) -> None:
        content = progress_file.dump(bars, self._session)
        if content == self._written or not self.file.parent.is_dir() or self._is_taken():
            return
        replace_bytes(self.file, content)
        self._written = content
        self._written_at = self.file.stat().st_mtime

    def _is_taken(self) -> bool:
        """Whether another process writes it now, or it holds something else."""
        try:
            modified = self.file.stat().st_mtime
            if modified == self._written_at:
                return False
            content = self.file.read_bytes()
        except OSError:
            return False
        is_fresh = time.time() - modified < _TAKEN_S
        is_others = is_fresh and progress_file.session_of(content) not in ("", self._session)
        return is_others or not progress_file.is_ours(content)


def _reference(subject: Any) -> Callable[[], Any]:
    """Weak, if its type allows that."""
    try:
        return weakref.ref(subject)
    except TypeError:
        return lambda: subject


def _checked(counts: Counts) -> Counts:
    """Of whatever a library counts with: numbers that a file can hold."""
    done, total, unit, is_over = counts
    known = None if total is None or not math.isfinite(total) else float(total)
    return Counts(float(done) if math.isfinite(done) else 0.0, known, str(unit), is_over)
