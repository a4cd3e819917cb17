"""A small bounded pool of threads that encode pictures, so that the training script does not wait for it."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

MAX_THREADS = 4
MAX_JOBS = 64
MAX_BYTES = 256 * 2**20
_IDLE_S = 5.0


class _Job(NamedTuple):
    number: int
    path: Path
    size_bytes: int
    do: Callable[[], None]


class Workers:
    """Runs jobs on at most four threads; who gives a job to a full pool waits, nothing is dropped.

    Full is 64 jobs or 256 MiB that they hold (one job is always taken). Jobs for the same path run one after the
    other, in the order given. Threads are daemons and end after five idle seconds; whoever ends the process calls
    `drain` before.
    """

    def __init__(self, failed: Callable[[Path, Exception], None]) -> None:
        self._failed = failed
        self._max_threads = min(MAX_THREADS, os.cpu_count() or 1)
        self.forget()

    def forget(self) -> None:
        """For a forked child: the jobs are its parent's, and its threads do not exist here."""
        self._changed = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._busy: dict[Path, _Job] = {}  # those in work
        self._callers: dict[Path, int] = {}  # threads that do a job themselves (`run`)
        self._given = 0
        self._held_bytes = 0
        self._threads = 0

    def submit(self, path: Path, size_bytes: int, do: Callable[[], None]) -> None:
        """Have `do` done, which writes `path` and holds `size_bytes` until then."""
        with self._changed:
            while self._is_full(size_bytes):
                self._changed.wait()
            job = self._numbered(path, size_bytes, do)
            self._jobs.append(job)
            self._held_bytes += size_bytes
            self._changed.notify_all()
            if (
                self._threads >= min(self._max_threads, len(self._jobs) + len(self._busy))
                or self._started_thread()
            ):
                return
            self._jobs.remove(job)
            self._busy[path] = job
        self._run(job)

    def run(self, path: Path, size_bytes: int, do: Callable[[], None]) -> None:
        """Do it now, in the caller's thread; behind the others if there are jobs for the same path."""
        with self._changed:
            if path in self._busy or any(job.path == path for job in self._jobs):
                job = None
            else:
                job = self._busy[path] = self._numbered(path, size_bytes, do)
                self._callers[path] = threading.get_ident()
                self._held_bytes += size_bytes
        if job is None:
            self.submit(path, size_bytes, do)
        else:
            self._run(job)

    def drain(self) -> None:
        """Wait until all jobs are done that were given until now.

        A signal handler does not wait for what it interrupted, nor for what waits for that.
        """
        me = threading.get_ident()
        with self._changed:
            last = self._given
            while any(
                job.number <= last and self._callers.get(job.path) != me
                for job in (*self._jobs, *self._busy.values())
            ):
                self._changed.wait()

    def _numbered(self, path: Path, size_bytes: int, do: Callable[[], None]) -> _Job:
        self._given += 1
        return _Job(self._given, path, size_bytes, do)

    def _is_full(self, size_bytes: int) -> bool:
        count = len(self._jobs) + len(self._busy)
        return count >= MAX_JOBS or (count > 0 and self._held_bytes + size_bytes > MAX_BYTES)

    def _started_thread(self) -> bool:
        """Whether a thread will take the jobs; at interpreter exit none can be started any more."""
        thread = threading.Thread(target=self._work, name="lavdlike-pictures", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            return self._threads > 0
        self._threads += 1
        return True

    def _work(self) -> None:
        while True:
            with self._changed:
                job = self._next_job()
                while job is None:
                    if not self._changed.wait(_IDLE_S) and not self._jobs:
                        self._threads -= 1
                        return
                    job = self._next_job()
            self._run(job)

    def _next_job(self) -> _Job | None:
        for index, job in enumerate(self._jobs):
            if job.path not in self._busy:
                del self._jobs[index]
                self._busy[job.path] = job
                return job
        return None

    def _run(self, job: _Job) -> None:
        try:
            job.do()
        except Exception as error:  # noqa: BLE001 - a picture that cannot be written must not end the thread
            self._failed(job.path, error)
        finally:
            with self._changed:
                del self._busy[job.path]
                self._callers.pop(job.path, None)
                self._held_bytes -= job.size_bytes
                self._changed.notify_all()
