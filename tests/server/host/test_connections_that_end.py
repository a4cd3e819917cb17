"""How connections end on the other side: cut, half closed, stalled, in the middle of something."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.sync.client import connect

from lavdlike.server.host import connections
from lavdlike.server.web.responses import BASE_HEADERS
from tests.limits import LIMIT_S
from tests.serving import HANDSHAKE, RawAnswer, Served, app_of, read_to_end, served, wait_until

GET = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
FLOOD = HANDSHAKE.replace(b"feed", b"flood")
# What may stand in the log of it all; nobody has to look for its cause.
_HARMLESS = "Invalid HTTP request received."


class Slow:
    """An endpoint that answers when it is told to."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self._goes_on = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def answer(self, _request: Request) -> Response:
        self._loop = asyncio.get_running_loop()
        self.asked.release()
        await self._goes_on.wait()
        self._goes_on.clear()
        return PlainTextResponse("x" * 200_000)

    def go_on(self) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._goes_on.set)


async def _small(request: Request) -> Response:
    return PlainTextResponse(f"{len(await request.body())}")


async def _endless(_request: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65536
            await asyncio.sleep(0)

    return StreamingResponse(pieces())


async def _echo(websocket: WebSocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(f"{len(text)}")


async def _flood(websocket: WebSocket) -> None:
    """Many at once, as where much changes."""
    await websocket.accept()
    while True:
        for _ in range(50):
            await websocket.send_text("x" * 1000)
        await asyncio.sleep(0)


class FolderScan(logging.Handler):
    """What is logged but for what is harmless; the first words and what was raised."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() != _HARMLESS or record.exc_info:
            raised = record.exc_info[1] if record.exc_info else None
            self.lines.append(f"{record.getMessage()[:100]} {raised!r}"[:300])

    def taken(self) -> list[str]:
        lines, self.lines = self.lines, []
        return lines


@pytest.fixture(scope="module")
def log() -> Iterator[FolderScan]:
    seen = FolderScan()
    loggers = [logging.getLogger(name) for name in ("uvicorn.error", "asyncio", "lavdlike")]
    for logger in loggers:
        logger.addHandler(seen)
    yield seen
    for logger in loggers:
        logger.removeHandler(seen)


@pytest.fixture(scope="module")
def slow() -> Slow:
    return Slow()


@pytest.fixture(scope="module")
def server(slow: Slow, log: FolderScan) -> Iterator[Served]:  # noqa: ARG001 - the log is listened to all the time
    app = app_of(
        Route("/api/small", _small, methods=["GET", "POST"]),
        Route("/api/endless", _endless),
        Route("/api/slow", slow.answer, methods=["GET", "POST"]),
        WebSocketRoute("/api/feed", _echo),
        WebSocketRoute("/api/flood", _flood),
    )
    with served(app) as served_:
        yield served_


def cut(connection: socket.socket) -> None:
    """Close so that the other side is told that what it sends is lost (RST)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def assert_silent(server: Served, log: FolderScan) -> None:
    """It goes on, holds no connection, and has said nothing."""
    with server.client() as client:
        assert client.get("/api/small").status_code == 200
    wait_until(lambda: not server.server.server_state.connections)
    assert log.taken() == []


# --- cut and half closed ------------------------------------------------------------------------------------

_BEGUN = {
    "nothing": b"",
    "half a head": b"GET / HT",
    "nonsense": b"nonsense\r\n\r\n",
    "a request": GET % b"/api/small",
    "a request for nothing": GET % b"/api/nothing",
    "an endless answer": GET % b"/api/endless",
    "half a body": b"POST /api/small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc",
    "a body to come": b"POST /api/small HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
    "a huge head": b"GET /" + b"a" * 100_000,
    "a stream": HANDSHAKE,
    "a stream that floods": FLOOD,
    "a stream for nothing": HANDSHAKE.replace(b"feed", b"nothing"),
    "a wrong handshake": HANDSHAKE.replace(b"13", b"12"),
}


@pytest.mark.parametrize("begun", _BEGUN.values(), ids=_BEGUN)
@pytest.mark.parametrize("is_half_closed", [False, True], ids=["cut", "half closed, then cut"])
def test_a_client_that_hangs_up_is_no_line_in_the_log(
    server: Served, log: FolderScan, begun: bytes, *, is_half_closed: bool
) -> None:
    for number in range(20):
        connection = server.raw()
        with suppress(OSError):
            connection.sendall(begun)
            if is_half_closed:
                connection.shutdown(socket.SHUT_WR)
            if number % 2:  # hang up a little later, where there is an answer after its begin
                connection.settimeout(0.02)
                connection.recv(1)
        cut(connection)
    assert_silent(server, log)


def test_a_client_that_is_refused_for_want_of_room_and_hangs_up_is_no_line_in_the_log(
    server: Served, log: FolderScan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_has_room", lambda *_: False)
    for number in range(50):
        connection = server.raw()
        with suppress(OSError):
            connection.sendall(b"x" * number)
        cut(connection)
    monkeypatch.undo()
    assert_silent(server, log)


# --- refused in the middle of something ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    [
        GET % b"/api/slow" + b"nonsense\r\n\r\n",
        GET % b"/api/slow" + GET % b"/api/small" + b"nonsense\r\n\r\n",
        b"POST /api/slow HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["a request", "two requests", "a body"],
)
def test_nothing_is_sent_after_a_refusal(server: Served, log: FolderScan, slow: Slow, sent: bytes) -> None:
    with server.raw() as connection:
        connection.sendall(sent)
        assert slow.asked.acquire(timeout=LIMIT_S)
        slow.go_on()
        answer = read_to_end(connection)
    assert RawAnswer(answer).status == 400
    assert answer.count(b"HTTP/1.1 ") == 1
    assert_silent(server, log)


def test_no_refusal_stands_in_the_middle_of_another_answer(server: Served, log: FolderScan) -> None:
    with server.raw() as connection:
        connection.sendall(GET % b"/api/endless")
        assert RawAnswer(connection.recv(65536)).status == 200
        connection.sendall(GET % b"/api/small" + b"nonsense\r\n\r\n")
        assert b"HTTP/1.1 " not in read_to_end(connection)
    assert_silent(server, log)


_MASK = b"\0\0\0\0"
_BAD_FRAMES = {
    "of no known sort": b"\x83\x80" + _MASK,
    "not masked": b"\x81\x01x",
    "not UTF-8": b"\x81\x82" + _MASK + b"\xff\xff",
    "not UTF-8, in two parts": b"\x01\x81" + _MASK + b"\xff" + b"\x80\x81" + _MASK + b"\xff",
    "huge": b"\x81\xff" + struct.pack("!Q", 2**40) + _MASK,
    "with bits that mean nothing": b"\xf1\x80" + _MASK,
    "a close of one byte": b"\x88\x81" + _MASK + b"x",
    "a close": b"\x88\x82" + _MASK + b"\x03\xe8",
    "the rest of nothing": b"\x80\x80" + _MASK,
    "a long ping": b"\x89\xfe\x00\xff" + _MASK + b"x" * 255,
}


@pytest.mark.parametrize("frame", _BAD_FRAMES.values(), ids=_BAD_FRAMES)
@pytest.mark.parametrize("handshake", [HANDSHAKE, FLOOD], ids=["quiet", "flood"])
def test_a_bad_frame_ends_the_stream_without_a_line_in_the_log(
    server: Served, log: FolderScan, handshake: bytes, frame: bytes
) -> None:
    for _ in range(3):
        with server.raw() as connection:
            connection.sendall(handshake)
            assert RawAnswer(connection.recv(65536)).status == 101
            connection.sendall(frame)
            read_to_end(connection)  # it ends
    assert_silent(server, log)


def test_what_is_not_answered_when_the_server_stops_is_refused_in_our_form(log: FolderScan) -> None:
    slow = Slow()
    with ExitStack() as stack:
        with served(app_of(Route("/api/slow", slow.answer))) as server:
            connection = stack.enter_context(server.raw())
            connection.sendall(GET % b"/api/slow")
            assert slow.asked.acquire(timeout=LIMIT_S)
        answer = RawAnswer(read_to_end(connection))
    assert (answer.status, b"The server stops." in answer.body) == (503, True)
    assert all(answer.headers.get(name) for name in BASE_HEADERS)
    assert log.taken() == []


# --- stalled ------------------------------------------------------------------------------------------------

# Bytes that wait in the server for a browser that reads nothing: a few, and so many that nothing more is sent.
_FEW, _MANY = 1, 65_537


async def _fill(websocket: WebSocket) -> None:
    """Send until so many bytes wait; then wait for the browser."""
    await websocket.accept()
    transport = websocket.app.transports[websocket.scope["client"]]
    while transport.get_write_buffer_size() < int(websocket.query_params["waiting"]):
        await websocket.send_bytes(b"x" * 4096)
        for _ in range(3):  # what is written goes to the system at the end of the loop's turn
            await asyncio.sleep(0)
    websocket.app.filled.release()
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass


class _Transports(dict[Any, asyncio.Transport]):
    """Of the connections of a server, by the address of the client."""

    def __init__(self) -> None:
        self.served: Served | None = None

    def __missing__(self, client: Any) -> asyncio.Transport:
        assert self.served is not None
        connections_: Any = self.served.server.server_state.connections
        (found,) = (one for one in connections_ if one.client == client)
        transport: asyncio.Transport = found.transport
        return transport


def test_browsers_that_stall_are_cut_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, log: FolderScan
) -> None:
    """Whatever waits for them. With the values of the server it takes 46 s at most: two pings and some rest."""
    monkeypatch.setattr(connections, "PING_S", 0.5)
    monkeypatch.setattr(connections, "CLOSING_TIMEOUT_S", 0.5)
    app: Any = app_of(WebSocketRoute("/api/feed", _echo), WebSocketRoute("/api/fill", _fill))
    app.transports, app.filled = _Transports(), threading.Semaphore(0)
    with served(app) as server, ExitStack() as stack:
        app.transports.served = server
        for number in range(21):
            silent = stack.enter_context(server.raw())
            waiting = (0, _FEW, _MANY)[number % 3]
            silent.sendall(HANDSHAKE.replace(b"feed", b"fill?waiting=%d" % waiting))
            assert app.filled.acquire(timeout=LIMIT_S)
        lively = [stack.enter_context(connect(f"{server.stream_url}/api/feed", proxy=None)) for _ in range(3)]
        wait_until(lambda: len(server.server.server_state.connections) == len(lively))
        for stream in lively:
            stream.send("still there")
            assert stream.recv() == "11"
    assert log.taken() == []


def test_a_closed_connection_does_not_wait_for_ever_for_what_nobody_reads(
    monkeypatch: pytest.MonkeyPatch, log: FolderScan
) -> None:
    """Of an answer that is complete, some bytes may wait; too few for the limit of what nobody reads."""
    monkeypatch.setattr(connections, "CLOSING_TIMEOUT_S", 0.5)
    size = 0

    async def large(request: Request) -> Response:
        return PlainTextResponse("x" * int(request.query_params["size"]))

    with served(app_of(Route("/api/large", large))) as server, ExitStack() as stack:

        def waiting() -> int:
            buffers = [
                one.transport.get_write_buffer_size() for one in server.server.server_state.connections
            ]
            return max(buffers, default=0)

        while not waiting():  # until the system takes no more of it
            size += 256 * 1024
            silent = stack.enter_context(server.raw())
            silent.sendall(
                b"GET /api/large?size=%d HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" % size
            )
            silent.recv(1)
        wait_until(lambda: not server.server.server_state.connections)
    assert log.taken() == []
