"""Asks child processes what is in Parquet files (`parquet_child`): two at most, kept while there is more to be asked.

To start one costs far more than to read the usual file: it loads polars.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

from lavdlike.bounded import giving_up
from lavdlike.disk.filling import fill
from lavdlike.sources.neptune import parquet_child

_TIME_S = 60.0
# How often a child is asked whether anybody still waits.
_TURN_S = 0.1
_IDLE_S = 5.0
_CHUNK_BYTES = 2**20
_CHILD = "import sys; sys.path[:] = {paths!r}; from lavdlike.sources.neptune import parquet_child; parquet_child.main()"
# polars starts as many threads as there are cores, and reserves memory for each.
_ENVIRONMENT = {"POLARS_MAX_THREADS": "1"}
# Each takes a core, and memory.
_turn = threading.BoundedSemaphore(2)
_lock = threading.Lock()
_idle: list[_Child] = []
_timers: list[threading.Timer] = []


class NoAnswerError(Exception):
    """Says why a file cannot be read."""


def answer(descriptor: int, question: bytes) -> bytes | None:
    """What a child says of a file; None if it is another program's.

    Raises:
        NoAnswerError: it cannot be read.
        GivenUpError: nobody waits for it any more.
    """
    with _turn:
        giving_up.check()
        with _lock:
            child = _idle.pop() if _idle else None
        child = child or _Child()
        try:
            said = child.ask(descriptor, question)
        except BaseException:
            child.end()
            raise
        _keep(child)
    if said[:1] == parquet_child.OTHER:
        return None
    if said[:1] == parquet_child.ANSWER:
        return said[1:]
    raise NoAnswerError(f"cannot be read as Parquet: {said[1:].decode(errors='replace')}")


class _Child:
    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _CHILD.format(paths=sys.path)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, **_ENVIRONMENT},
            )
        self._socket.settimeout(_TURN_S)

    def ask(self, descriptor: int, question: bytes) -> bytes:
        """Raises NoAnswerError, GivenUpError: then it has to be ended."""
        until = time.monotonic() + _TIME_S
        fill(descriptor)
        with suppress(OSError):  # it has crashed before: then nothing comes
            socket.send_fds(self._socket, [question], [descriptor])
        length = int.from_bytes(self._received(8, until), "little")
        return self._received(length, until)

    def end(self) -> None:
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def _received(self, count: int, until: float) -> bytes:
        data = bytearray()
        while len(data) < count:
            giving_up.check()
            if time.monotonic() >= until:
                raise NoAnswerError(f"cannot be read as Parquet: takes longer than {_TIME_S:g} s")
            try:
                chunk = self._socket.recv(min(count - len(data), _CHUNK_BYTES))
            except TimeoutError:
                continue
            except OSError:
                chunk = b""
            if not chunk:
                raise NoAnswerError("cannot be read as Parquet: its reader has crashed")
            data += chunk
        return bytes(data)


def _keep(child: _Child) -> None:
    """For the next question, if it comes soon."""
    timer = threading.Timer(_IDLE_S, _end_idle)
    timer.daemon = True
    with _lock:
        _idle.append(child)
        for each in _timers:
            each.cancel()
        _timers[:] = [timer]
    timer.start()


def _end_idle() -> None:
    with _lock:
        children, _idle[:] = _idle[:], []
    for child in children:
        child.end()


atexit.register(_end_idle)
