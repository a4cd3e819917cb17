"""Calls that a thread makes while the script goes on, as the originals' writers hand events to one."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any

# What waits at most; then the script waits, too: nothing is dropped.
MAX_CALLS = 1000
MAX_BYTES = 64 * 2**20
_IDLE_S = 5.0

_log = logging.getLogger("lavdlike")


class LaterCalls:
    """Makes calls in the order in which they were given, by one thread; safe to use from several.

    The thread ends after five idle seconds. What waits is made before the process ends, unless that is killed. In a
    child of multiprocessing, whose end tells nobody, and in one that was forked, each call is made at once.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.Lock())
        self._calls: deque[tuple[int, Callable[..., object], tuple[Any, ...]]] = deque()
        self._held_bytes = 0
        self._is_working = False  # a call is being made
        self._is_idle = False  # the thread waits for one
        self._waiting = 0  # for the thread
        self._thread: threading.Thread | None = None
        self._process = 0 if _is_child() else os.getpid()
        itself = weakref.ref(self)
        atexit.register(_drain, itself)

    def __reduce__(self) -> tuple[type[LaterCalls], tuple[()]]:
        """Another process makes its own."""
        return LaterCalls, ()

    def put(self, size_bytes: int, call: Callable[..., object], *arguments: Any) -> None:
        """Have a call made, which holds so many bytes until then."""
        if self._process != os.getpid():
            call(*arguments)
            return
        with self._changed:
            while len(self._calls) >= MAX_CALLS or (
                self._held_bytes and self._held_bytes + size_bytes > MAX_BYTES
            ):
                self._wait()
            self._calls.append((size_bytes, call, arguments))
            self._held_bytes += size_bytes
            if self._is_idle:
                self._changed.notify_all()
            is_started = self._thread is not None or self._started()
        if not is_started:  # at interpreter exit no thread can be started
            self._work_off()

    def drain(self) -> None:
        """Wait until the calls are made that were given until now, and those behind them."""
        if self._process != os.getpid() or self._thread is None or threading.current_thread() is self._thread:
            return
        with self._changed:
            while self._calls or self._is_working:
                self._wait()

    def _wait(self) -> None:
        self._waiting += 1
        self._changed.wait()
        self._waiting -= 1

    def _started(self) -> bool:
        thread = threading.Thread(target=self._work, name="lavdlike-calls", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            return False
        self._thread = thread
        return True

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._calls:
                    self._is_idle = True
                    self._changed.wait(_IDLE_S)
                    self._is_idle = False
                if not self._calls:
                    self._thread = None  # whoever gives a call from now on starts another
                    return
            self._work_off()

    def _work_off(self) -> None:
        """Make all calls that there are."""
        while True:
            with self._changed:
                if not self._calls:
                    return
                size_bytes, call, arguments = self._calls.popleft()
                self._is_working = True
            try:
                call(*arguments)
            except Exception:  # noqa: BLE001 - one that cannot be made must not end the thread
                _log.exception("something that was to be logged is lost")
            with self._changed:
                self._is_working = False
                self._held_bytes -= size_bytes
                if self._waiting:
                    self._changed.notify_all()


def _drain(calls: weakref.ref[LaterCalls]) -> None:
    found = calls()
    if found is not None:
        found.drain()


def _is_child() -> bool:
    processes = sys.modules.get("multiprocessing.process")
    return processes is not None and processes.parent_process() is not None
