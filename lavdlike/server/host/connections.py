"""What a connection may cost beside its requests: huge and slow heads, browsers that stop reading, too many of them.

uvicorn runs the application; its parsers have no such limits of their own, so its two protocols are extended here.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import logging
import os
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from types import FrameType
from typing import Any

import msgspec
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from lavdlike.server.answers import BASE_HEADERS
from lavdlike.server.messages import Refusal

MAX_HEAD_BYTES = 64 * 1024
HEAD_TIMEOUT_S = 20.0
# Requests that wait for the answer to another on their connection. Browsers send none.
MAX_PIPELINED = 16
# After a refusal this much is read and thrown away before the connection is cut, so that the refusal arrives.
MAX_DISCARDED_BYTES = 16 * 1024 * 1024
LINGER_S = 1.0
STALLED_WRITE_TIMEOUT_S = 60.0
KEEP_ALIVE_S = 30
MAX_MESSAGE_BYTES = 256 * 1024
PING_S = 20.0
STOP_S = 5.0
MAX_CONNECTIONS = 4096
# Of what the process may open, this part is for files, watches and threads, not for connections.
_DESCRIPTORS_KEPT = 0.25


class Server(uvicorn.Server):
    """Serves until SIGINT or SIGTERM and then ends within `STOP_S`; a second SIGINT waits for nothing."""

    def __init__(self, app: ASGIApp, *, on_started: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=GuardedHttp,
                ws=GuardedWebSocket,
                ws_max_size=MAX_MESSAGE_BYTES,
                ws_ping_interval=PING_S,
                ws_ping_timeout=PING_S,
                ws_per_message_deflate=False,
                lifespan="on",
                interface="asgi3",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=int(STOP_S) - 2,
            )
        )
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        log = logging.getLogger("uvicorn.error")
        log.addFilter(_is_no_cut_answer)
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):  # whose other side reads nothing
            connection.transport.abort()
        if self.force_exit:  # then uvicorn leaves out what closes watches and children
            await self.lifespan.shutdown()
        log.removeFilter(_is_no_cut_answer)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn does, but the signal is not raised again at the end: to be stopped is how a server ends."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        handled = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(getattr(signal, "SIGHUP", signal.SIGINT)) is signal.SIG_DFL:  # not under nohup
            handled.append(signal.SIGHUP)
        previous = {number: signal.signal(number, self.handle_exit) for number in handled}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if not self.should_exit:
            # A read that hangs in the kernel (a dead network file system) would hold the process at its end.
            watchdog = threading.Timer(STOP_S, os._exit, [1])
            watchdog.daemon = True
            watchdog.start()
        super().handle_exit(sig, frame)


def _is_no_cut_answer(record: logging.LogRecord) -> bool:
    """False for what uvicorn logs of answers that were cut off when it stopped: they are no errors."""
    is_cancelled = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not is_cancelled and not record.getMessage().startswith("Cancel ")


class _AbortsStalled(asyncio.Protocol):
    """Ends a connection whose other side has not read for `STALLED_WRITE_TIMEOUT_S`: it would hold files and memory."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    _stalled: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(STALLED_WRITE_TIMEOUT_S, self.transport.abort)

    def resume_writing(self) -> None:
        self._forget_stalled()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_stalled()
        super().connection_lost(exc)

    def _forget_stalled(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


class GuardedWebSocket(_AbortsStalled, WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol with a limit for browsers that stop reading."""

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # It refers to itself through this; circles are seldom looked for (`memory.collect_garbage_seldom`).
        self.conn.parser.close()

    def send(self, message: Any) -> Coroutine[Any, Any, None]:
        sending = super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            return self._refuse(sending)
        return sending

    async def _refuse(self, sending: Awaitable[None]) -> None:
        await sending
        self.handshake_complete = True  # by a refusal; without this, uvicorn logs each as an error


class GuardedHttp(_AbortsStalled, HttpToolsProtocol):
    """uvicorn's HTTP protocol with limits for heads and connections; what it refuses looks like our refusals."""

    _head_bytes = 0  # of a head, or of what stands behind a body: trailers are kept like it
    _is_in_body = False
    _head_timer: asyncio.TimerHandle | None = None
    _refused = False
    _discarded_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]  # uvicorn narrows it
        if len(self.connections) > _connection_limit():
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "Too many connections.", "Close some pages.")
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            self._discarded_bytes += len(data)
            if self._discarded_bytes > MAX_DISCARDED_BYTES:
                self.transport.abort()
            return
        self._is_in_body = False
        super().data_received(data)
        if self.transport.get_protocol() is not self or self._refused:  # it has become a WebSocket
            return
        if self._head_timer is None and self._is_answered():
            self._await_head()  # the rest of what was answered early, or empty lines: nothing that may take for ever
        if not self._is_in_body:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse_large_head()

    # --- called by the parser ---

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._await_head()

    def on_headers_complete(self) -> None:
        self._forget_head()
        head_bytes = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if head_bytes > MAX_HEAD_BYTES:  # it came in one piece
            self._refuse_large_head()
            raise ValueError("head too large")  # ends the parser's work on this piece
        self._head_bytes = 0
        super().on_headers_complete()
        if len(self.pipeline) > MAX_PIPELINED:
            self.pipeline.clear()
            self.transport.abort()
            raise ValueError("too many requests at once")

    def on_body(self, body: bytes) -> None:
        self._head_bytes, self._is_in_body = 0, True
        super().on_body(body)

    def handle_websocket_upgrade(self) -> None:
        fault = _handshake_fault(self.scope["method"], dict(self.headers))
        if fault:
            self._refuse(HTTPStatus.BAD_REQUEST, f"This is no WebSocket handshake: {fault}.")
        else:
            super().handle_websocket_upgrade()
            self.parser = None  # type: ignore[assignment]  # uvicorn does so when a connection ends: a circle

    def send_400_response(self, msg: str) -> None:
        self._refuse(HTTPStatus.BAD_REQUEST, msg)

    # --- limits ---

    def _is_answered(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        return cycle is not None and cycle.response_complete

    def _await_head(self) -> None:
        self._forget_head()
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(HEAD_TIMEOUT_S, self._refuse_slow_head)

    def _forget_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _refuse_slow_head(self) -> None:
        self._refuse(
            HTTPStatus.REQUEST_TIMEOUT, f"The request's head did not arrive within {HEAD_TIMEOUT_S:g} s."
        )

    def _refuse_large_head(self) -> None:
        self._refuse(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            f"The request's head is larger than {MAX_HEAD_BYTES} bytes.",
            "Remove cookies of this host.",
        )

    def _refuse(self, status: HTTPStatus, error: str, hint: str = "") -> None:
        """Answer once, read no more, hang up a little later: at once would lose the answer with what was unread."""
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        self._forget_head()
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        if cycle is not None and cycle.response_started and not cycle.response_complete:
            self.transport.close()  # in the middle of another answer
            return
        body = msgspec.json.encode(Refusal(error, hint))
        head = {
            **BASE_HEADERS,
            "Cache-Control": "no-store",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        lines = [
            f"HTTP/1.1 {status.value} {status.phrase}",
            *(f"{name}: {value}" for name, value in head.items()),
        ]
        self.transport.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        self.transport.write_eof()
        self.loop.call_later(LINGER_S, self.transport.abort)


def _handshake_fault(method: str, headers: dict[bytes, bytes]) -> str:
    """What is wrong with a request to become a WebSocket, "" if nothing is (RFC 6455, section 4.2.1)."""
    if method != "GET":
        return "its method is not GET"
    if headers.get(b"sec-websocket-version") != b"13":
        return "its version is not 13"
    try:
        key = base64.b64decode(headers.get(b"sec-websocket-key", b""), validate=True)
    except ValueError:
        key = b""
    return "" if len(key) == 16 else "its key is not 16 bytes in base64"


@functools.cache
def _connection_limit() -> int:
    try:
        import resource
    except ImportError:  # not on Windows
        return MAX_CONNECTIONS
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors == resource.RLIM_INFINITY:
        return MAX_CONNECTIONS
    return min(MAX_CONNECTIONS, int(descriptors * (1 - _DESCRIPTORS_KEPT)))


def raise_descriptor_limit() -> None:
    """Take what the system allows this process: each page holds a connection, each watched root files."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
