"""Real servers for tests: an ASGI application behind uvicorn on a loopback port, and ways to talk to it."""

from __future__ import annotations

import base64
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp

from lavdlike.server.host.connections import Server
from lavdlike.server.host.listening import listen_at_port
from lavdlike.server.web.access import Access, AccessRules, TokenGate
from lavdlike.server.web.credentials import Credentials
from tests.limits import LIMIT_S

KEY = base64.b64encode(b"0" * 16)
HANDSHAKE = (
    b"GET /api/feed HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + b"\r\n\r\n"
)


@dataclass(frozen=True)
class Reached:
    """A server at a loopback port, perhaps in another process."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def stream_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def client(self, **options: object) -> httpx.Client:
        """An HTTP client that remembers cookies and asks no proxy."""
        # To verify, it would read all certificates of the machine at first, for 20 ms.
        settings = {"timeout": LIMIT_S, "trust_env": False, "verify": False, **options}
        return httpx.Client(base_url=self.url, **settings)  # type: ignore[arg-type]

    def raw(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=LIMIT_S)

    def exchange(self, request: bytes) -> RawAnswer:
        """Send bytes as they are and read until the server hangs up."""
        with self.raw() as connection:
            connection.sendall(request)
            return RawAnswer(read_to_end(connection))


@dataclass(frozen=True)
class Served(Reached):
    server: Server


@dataclass(frozen=True)
class RawAnswer:
    content: bytes

    @property
    def status(self) -> int:
        found = re.match(rb"HTTP/1\.1 (\d{3}) ", self.content)
        return int(found[1]) if found else 0

    @property
    def headers(self) -> httpx.Headers:
        lines = self.content.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        return httpx.Headers(
            [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        )

    @property
    def body(self) -> bytes:
        return self.content.partition(b"\r\n\r\n")[2]


def read_to_end(connection: socket.socket) -> bytes:
    received = bytearray()
    try:
        while piece := connection.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return bytes(received)


def read_answer(connection: socket.socket) -> RawAnswer:
    """One answer with its whole body, of a connection that goes on; it may come in several pieces."""
    received = RawAnswer(connection.recv(65536))
    while b"\r\n\r\n" not in received.content or len(received.body) < int(received.headers["Content-Length"]):
        piece = connection.recv(65536)
        assert piece, received.content
        received = RawAnswer(received.content + piece)
    return received


def app_of(*routes: BaseRoute) -> Access:
    """Open to everybody of this machine."""
    credentials = Credentials(b"k" * 32, None)
    data = Router(routes)
    return Access(data, data, credentials=credentials, gate=TokenGate(credentials), rules=AccessRules())


@contextmanager
def served(app: ASGIApp, host: str | None = None) -> Iterator[Served]:
    """Serve `app` at a free loopback port until the block ends."""
    place = listen_at_port(host, 0)
    started = threading.Event()
    server = Server(app, on_started=started.set)
    thread = threading.Thread(target=server.run, args=(place.listeners,), daemon=True)
    thread.start()
    try:
        assert started.wait(LIMIT_S), "the server did not start"
        assert place.port is not None
        yield Served(place.port, server)
    finally:
        server.should_exit = True
        thread.join(LIMIT_S)
        place.close()
    assert not thread.is_alive(), "the server did not stop"
    assert not server.lifespan.shutdown_failed, "the application did not stop cleanly"


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for what another thread or process does; for less than a test's time limit.

    It looks the more rarely the longer it waits, as a look may cost much: ten times a second in the end.
    """
    waiting = threading.Event()
    deadline = time.monotonic() + LIMIT_S
    pause_s = 0.01
    while not happened():
        assert time.monotonic() < deadline, f"did not happen within {LIMIT_S:g} s"
        waiting.wait(pause_s)
        pause_s = min(pause_s * 1.2, 0.1)
