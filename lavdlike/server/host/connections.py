"""What a connection may cost beside its requests: huge and slow heads, browsers that stop reading, too many of them.

uvicorn runs the application; its parsers have no such limits of their own, so its two protocols are extended here.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from types import FrameType
from typing import Any

import msgspec
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.server import ServerProtocol

from lavdlike.messages import Refusal
from lavdlike.server.host.accepting import Acceptor
from lavdlike.server.web.request_head import PEER_UID
from lavdlike.server.web.responses import BASE_HEADERS, printable

MAX_HEAD_BYTES = 64 * 1024
HEAD_TIMEOUT_S = 20.0
# Requests that wait for the answer to another on their connection. Browsers send none.
MAX_PIPELINED = 16
# After a refusal this much is read and thrown away before the connection is cut, so that the refusal arrives.
MAX_DISCARDED_BYTES = 16 * 1024 * 1024
LINGER_S = 1.0
STALLED_WRITE_TIMEOUT_S = 60.0
# How long what was sent before a connection was closed may take to be read.
CLOSING_TIMEOUT_S = 5.0
KEEP_ALIVE_S = 30
MAX_MESSAGE_BYTES = 256 * 1024
PING_S = 20.0
STOP_S = 5.0
MAX_CONNECTIONS = 4096
# Of what the process may open, this part is for files, watches and threads, not for connections.
_DESCRIPTORS_KEPT = 0.25
# So many, or a sixteenth, are not used for connections at all, whatever else is open.
_DESCRIPTORS_FREE = 16
# Of uvicorn's main loop.
_TICKS_A_SECOND = 10
_INVALID_DATA = 1007

# Whether the system says which user is at the other end of a unix socket.
KNOWS_PEERS = hasattr(socket, "SO_PEERCRED")
_PEER = struct.Struct("3i")  # pid, uid, gid

_silent = logging.getLogger(f"{__name__}.handshake")
_silent.disabled = True  # what is wrong is told to the client


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
        self._acceptor: Acceptor | None = None
        self._closing_since: dict[Any, float] = {}  # connections, monotonic

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if sockets is None or sys.platform == "win32":  # there is no add_reader
            await super().startup(sockets)
        else:
            await super().startup([])
            self._acceptor = self._accepting(sockets)
        if self.started:
            self._on_started()

    def _accepting(self, listeners: list[socket.socket]) -> Acceptor:
        loop = asyncio.get_running_loop()

        def protocol() -> asyncio.Protocol:
            return GuardedHttp(self.config, self.server_state, self.lifespan.state)

        def has_room(descriptor: int, being_made: int) -> bool:
            return _has_room(descriptor, len(self.server_state.connections) + being_made)

        return Acceptor(
            listeners,
            lambda connection: loop.connect_accepted_socket(protocol, connection),
            has_room,
            _refusal(HTTPStatus.SERVICE_UNAVAILABLE, "Too many connections.", "Close some pages."),
            linger_s=LINGER_S,
        )

    async def on_tick(self, counter: int) -> bool:
        if counter % _TICKS_A_SECOND == 0:
            self._cut_closing()
        return await super().on_tick(counter)

    def _cut_closing(self) -> None:
        """Cut what has been closed for long: it waits for the other side to read, which may never happen."""
        now = time.monotonic()
        closing = [each for each in self.server_state.connections if each.transport.is_closing()]
        self._closing_since = {each: self._closing_since.get(each, now) for each in closing}
        for connection, since in self._closing_since.items():
            if now - since >= CLOSING_TIMEOUT_S:
                connection.transport.abort()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        log = logging.getLogger("uvicorn.error")
        log.addFilter(_is_no_cut_answer)
        if self._acceptor is not None:
            self._acceptor.close()
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
        is_first = not self.should_exit
        super().handle_exit(sig, frame)
        if is_first:
            end_within(STOP_S)


def end_within(limit_s: float) -> None:
    """End this process after a time, whatever it is at: a read of a dead network file system holds it at its end.

    It needs no thread, since there may be none left to start, and no turn of the interpreter, since there may be
    none to come: the system ends a process whose alarm has its default action.
    """
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
        signal.setitimer(signal.ITIMER_REAL, limit_s)
    else:  # Windows
        watchdog = threading.Timer(limit_s, os._exit, [1])
        watchdog.daemon = True
        watchdog.start()


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

    async def send(self, message: Any) -> None:
        if not self.writable.is_set():  # most often it is, and waiting costs even then
            await self.writable.wait()
        # uvicorn sends on, for ever without giving others their turn, or says that the application has done wrong.
        if self.transport.is_closing() or (self.close_sent and self.initial_response is None):
            raise ClientDisconnected
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True  # by a refusal; without this, uvicorn logs each as an error

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text" and not _is_utf8(b"".join(self.frames)):
            self.frames = []
            self.conn.fail(_INVALID_DATA, "not UTF-8")
            self.handle_parser_exception()
        else:
            super().send_receive_event_to_app()


def _peer_uid(connection: Any) -> int | None:
    """The user at the other end of a unix socket; None for other sockets, and where the system does not say.

    It is who connected, at that moment; with a proxy that is the proxy's user.
    """
    if connection is None or connection.family != getattr(socket, "AF_UNIX", None) or not KNOWS_PEERS:
        return None
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    return int(_PEER.unpack(credentials)[1])


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


class GuardedHttp(_AbortsStalled, HttpToolsProtocol):
    """uvicorn's HTTP protocol with limits for heads and connections; what it refuses looks like our refusals."""

    _head_bytes = 0  # of a head, or of what stands behind a body: trailers are kept like it
    _is_in_body = False
    _head_timer: asyncio.TimerHandle | None = None
    _answering: RequestResponseCycle | None = None  # others on this connection wait for it in `pipeline`
    _refused = False
    _discarded_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]  # uvicorn narrows it
        uid = _peer_uid(transport.get_extra_info("socket"))
        if uid is not None:
            self.app_state = {**self.app_state, PEER_UID: uid}
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
        fault = _handshake_fault(self.scope["method"].encode(), self.url, self.headers)
        if fault:
            self._refuse(HTTPStatus.BAD_REQUEST, f"This is no WebSocket handshake: {fault}.")
        else:
            super().handle_websocket_upgrade()
            self.parser = None  # type: ignore[assignment]  # uvicorn does so when a connection ends: a circle

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

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
        self.pipeline.clear()
        cycle = self._answering
        if cycle is not None and not cycle.response_complete:
            # Nothing can be sent after a refusal; its request is told that nobody waits for it.
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started:
                self.transport.close()  # in the middle of another answer
                return
        self.transport.write(_refusal(status, error, hint))
        if not self.transport.is_closing():  # it is where the other side has hung up
            self.transport.write_eof()
        self.loop.call_later(LINGER_S, self.transport.abort)


def _refusal(status: HTTPStatus, error: str, hint: str) -> bytes:
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
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _handshake_fault(method: bytes, url: bytes, headers: list[tuple[bytes, bytes]]) -> str:
    """What is wrong with a request to become a WebSocket, "" if nothing is.

    Asked of the library that uvicorn hands it to, since uvicorn waits for ever for one that it cannot read.
    """
    handshake = ServerProtocol(logger=_silent)
    lines = [method + b" " + url + b" HTTP/1.1", *(name + b": " + value for name, value in headers), b"", b""]
    handshake.receive_data(b"\r\n".join(lines))
    for request in handshake.events_received():
        if isinstance(request, Request):
            handshake.accept(request)
    handshake.parser.close()
    return printable(str(handshake.handshake_exc)) if handshake.handshake_exc else ""


def _has_room(descriptor: int, connections: int) -> bool:
    """Whether one more connection may be served beside so many. `descriptor`: its number, the lowest that was free."""
    try:
        import resource
    except ImportError:  # not on Windows
        return connections < MAX_CONNECTIONS
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors == resource.RLIM_INFINITY:
        return connections < MAX_CONNECTIONS
    most = min(MAX_CONNECTIONS, int(descriptors * (1 - _DESCRIPTORS_KEPT)))
    return connections < most and descriptor < descriptors - max(_DESCRIPTORS_FREE, descriptors // 16)


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
