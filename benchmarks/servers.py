"""Servers as a person starts them: a process, a port of the loopback, and the time until an answer."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import measure, peers
from benchmarks.ports import free_port

# Since the start of a process, on a busy machine too.
_LOADED_AFTER_S = 2.0
_LAVD = """
import sys, tornado.httpserver, tornado.ioloop, tornado.netutil
from lavd.server import Application
server = tornado.httpserver.HTTPServer(Application(sys.argv[1]))
server.add_sockets(tornado.netutil.bind_sockets(int(sys.argv[2]), "127.0.0.1"))
tornado.ioloop.IOLoop.current().start()
"""


class Server:
    """A running server. `started`: when its process was started, by `time.perf_counter`."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, started: float) -> None:
        self.process = process
        self.port = port
        self.started = started

    def get(self, path: str, body: object = None, accept: str = "*/*", encoding: str = "identity") -> bytes:
        """The body of an answer, as it comes over the wire; waits for a server that does not listen yet.

        Raises:
            RuntimeError: the answer is not 200, or the server has ended.
        """
        while (content := self._try_to_get(path, body, accept, encoding)) is None:
            if self.process.poll() is not None:
                raise RuntimeError("the server has ended")
            time.sleep(0.005)
        return content

    def _try_to_get(self, path: str, body: object, accept: str, encoding: str) -> bytes | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Content-Type": "application/json", "Accept": accept, "Accept-Encoding": encoding}
        data = None if body is None else json.dumps(body)
        with contextlib.closing(connection):
            try:
                connection.request("GET" if body is None else "POST", path, data, headers)
            except ConnectionRefusedError:
                return None
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path}: {answer.status} {content[:200]!r}")
            return content

    def json(self, path: str, body: object = None) -> Any:
        return json.loads(self.get(path, body))

    def is_listening(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def until(self, holds: Callable[[], bool], limit_s: float = 120) -> None:
        limit = time.perf_counter() + limit_s
        while not holds():
            if time.perf_counter() > limit:
                raise RuntimeError(f"not within {limit_s} s")
            time.sleep(0.02)

    def rest(self) -> None:
        """Wait until it does nothing any more. What it loads a second after its start is then loaded."""
        cpu_s = -1.0
        while self.elapsed_s() < _LOADED_AFTER_S or self.cpu_s() - cpu_s > 0.02:
            cpu_s = self.cpu_s()
            time.sleep(1.0)

    def elapsed_s(self) -> float:
        return time.perf_counter() - self.started

    def memory_mib(self) -> float:
        """Resident memory of the process and its children."""
        own = [self.process.pid, *_children(self.process.pid)]
        return sum(_resident_kib(pid) for pid in own) / 1024

    def reads(self) -> tuple[int, int]:
        """Calls that read, and the bytes they have read so far."""
        fields = dict(
            line.split(": ") for line in Path(f"/proc/{self.process.pid}/io").read_text().splitlines()
        )
        return int(fields["syscr"]), int(fields["rchar"])

    def cpu_s(self) -> float:
        """CPU seconds of the process so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100


@contextlib.contextmanager
def lavdlike(root: Path, *options: str, cache: Path | None = None) -> Iterator[Server]:
    """`cache`: what servers before it have kept; else it finds nothing."""
    command = [sys.executable, "-m", "lavdlike.server", str(root), "--no-token", "--no-browser", *options]
    with (
        tempfile.TemporaryDirectory() as empty,
        _running(lambda port: [*command, "--port", str(port)], XDG_CACHE_HOME=str(cache or empty)) as server,
    ):
        yield server


@contextlib.contextmanager
def visdom(root: Path) -> Iterator[Server]:
    """`lavdlike visdom`, for clients of Visdom."""
    command = [sys.executable, "-m", "lavdlike", "visdom", str(root)]
    with (
        tempfile.TemporaryDirectory() as empty,
        _running(lambda port: [*command, "-port", str(port)], XDG_CACHE_HOME=empty) as server,
    ):
        yield server


@contextlib.contextmanager
def bare_feed(interval_s: float) -> Iterator[Server]:
    command = [sys.executable, "-m", "benchmarks.bare_feed"]
    with _running(lambda port: [*command, str(port), str(interval_s)]) as server:
        yield server


@contextlib.contextmanager
def bare_posts() -> Iterator[Server]:
    with _running(lambda port: [sys.executable, "-m", "benchmarks.bare_posts", str(port)]) as server:
        yield server


@contextlib.contextmanager
def tensorboard(root: Path) -> Iterator[Server]:
    python = str(peers.python_of("tensorboard"))
    command = [python, "-m", "tensorboard.main", "--logdir", str(root), "--host", "127.0.0.1"]
    with _running(lambda port: [*command, "--port", str(port)]) as server:
        yield server


@contextlib.contextmanager
def lavd(root: Path) -> Iterator[Server]:
    """Lavd's own command binds every address of the machine; this binds the loopback only."""
    with _running(lambda port: [str(peers.python_of("lavd")), "-c", _LAVD, str(root), str(port)]) as server:
        yield server


@contextlib.contextmanager
def _running(command: Callable[[int], list[str]], **environment: str) -> Iterator[Server]:
    port = free_port()
    started = time.perf_counter()
    # Programs that are installed have been compiled.
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        command(port),
        cwd=measure.checkout(),
        env=compiled | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    try:
        yield Server(process, port, started)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()]


def _resident_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
