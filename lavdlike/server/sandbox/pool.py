"""Child processes (`child`) asked by threads: started when needed, kept for a while, ended if they fail."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from lavdlike.errors import LavdlikeError
from lavdlike.server.sandbox import child

# Python and libraries may have to come from a slow disk.
_START_S = 30.0


class Limits(NamedTuple):
    """For each child. `time_s`: for one answer. An idle child ends after `idle_s`; it costs memory."""

    time_s: float = 5.0
    memory_bytes: int = 512 * 2**20
    idle_s: float = 60.0


class SandboxError(LavdlikeError):
    """A child has no answer; says why."""


class Answer(NamedTuple):
    head: dict[str, Any]
    body: bytes


class SandboxPool:
    """The children of one program. As many run as threads ask at the same time. Thread-safe; `close` it in the end.

    Args:
        program: the Python file whose `prepare` and `answer` are called (`child`).
    """

    def __init__(self, program: Path, limits: Limits | None = None) -> None:
        self._program = program
        self._limits = limits or Limits()
        self._waiting: list[_Child] = []
        self._asked: set[_Child] = set()
        self._lock = threading.Lock()
        self._is_closed = False

    def ask(self, head: dict[str, Any], body: bytes = b"", descriptor: int | None = None) -> Answer:
        """The answer to a question.

        Raises:
            SandboxError: beyond the limits, or the child crashed, or its answer is an error.
        """
        while True:
            asked = self._take()
            try:
                answer = asked.ask(head, body, descriptor)
            except _EndedError as ended:
                if ended.is_fault:
                    raise SandboxError(str(ended)) from None
                continue  # it had been idle for too long
            finally:
                self._give_back(asked)
            if "error" in answer.head:
                raise SandboxError(answer.head["error"])
            return answer

    def close(self) -> None:
        """End all children, those too that are being asked."""
        with self._lock:
            self._is_closed = True
            for waiting in self._waiting:
                waiting.end()
            for asked in self._asked:
                asked.kill()  # and the thread that asks ends it

    def _take(self) -> _Child:
        with self._lock:
            if self._is_closed:
                raise SandboxError("the server is ending")
            taken = self._waiting.pop() if self._waiting else _Child(self._program, self._limits)
            self._asked.add(taken)
            return taken

    def _give_back(self, asked: _Child) -> None:
        with self._lock:
            self._asked.discard(asked)
            if self._is_closed:
                asked.end()
            elif not asked.has_ended:
                self._waiting.append(asked)


class _EndedError(Exception):
    """The process has ended instead of answering. No fault if it was idle."""

    def __init__(self, why: str, *, is_fault: bool) -> None:
        super().__init__(why)
        self.is_fault = is_fault


class _Child:
    """One process, asked by one thread at a time."""

    def __init__(self, program: Path, limits: Limits) -> None:
        self.has_ended = False
        self._limits = limits
        self._socket, of_child = socket.socketpair()
        self._is_ready = False
        paths = [str(Path(path).absolute()) for path in sys.path if path]
        options = {"program": str(program), "paths": paths, **limits._asdict()}
        with of_child:
            # Isolated and without `site`, which takes half of the time to start; in a session of its own, so that
            # Ctrl-C in the terminal is the server's alone.
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", child.__file__, json.dumps(options)],
                stdin=of_child.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )

    def ask(self, head: dict[str, Any], body: bytes, descriptor: int | None) -> Answer:
        try:
            if not self._is_ready:
                self._socket.settimeout(_START_S)
                child.receive(self._socket, len(child.READY))
                self._is_ready = True
            # Longer than it takes by itself: else it has been stopped, or waits for a disk.
            self._socket.settimeout(self._limits.time_s + 1)
            child.send(self._socket, head, body, descriptor)
            head_bytes, body_bytes = child.LENGTHS.unpack(child.receive(self._socket, child.LENGTHS.size))
            answer = json.loads(child.receive(self._socket, head_bytes))
            return Answer(answer, child.receive(self._socket, body_bytes))
        except (OSError, EOFError) as error:
            raise self._ended(is_late=isinstance(error, TimeoutError)) from None

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        self.has_ended = True
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def _ended(self, *, is_late: bool) -> _EndedError:
        if not is_late:  # it has closed its end: it is about to be gone by itself
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(1)
        self.end()
        code = self._process.returncode
        if not self._is_ready:
            return _EndedError(f"its reader cannot be started (exit code {code})", is_fault=True)
        if is_late or code == -signal.SIGALRM:
            return _EndedError(f"takes longer than {self._limits.time_s:g} s", is_fault=True)
        return _EndedError(f"its reader crashed (exit code {code})", is_fault=code != 0)
