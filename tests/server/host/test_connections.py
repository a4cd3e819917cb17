from __future__ import annotations

import asyncio
import gc
import json
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, suppress

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.exceptions import ConnectionClosed
from websockets.server import ServerProtocol
from websockets.sync.client import ClientConnection, connect

from lavdlike.server.host import connections
from lavdlike.server.web.responses import BASE_HEADERS
from tests.limits import LIMIT_S
from tests.serving import (
    HANDSHAKE,
    KEY,
    RawAnswer,
    Served,
    app_of,
    read_answer,
    read_to_end,
    served,
    wait_until,
)

LIVE_BODIES: set[int] = set()


async def _small(request: Request) -> Response:
    return PlainTextResponse(f"{len(await request.body())}")


async def _endless(_request: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        LIVE_BODIES.add(id(pieces))
        try:
            while True:
                yield b"x" * 65536
                await asyncio.sleep(0)
        finally:
            LIVE_BODIES.discard(id(pieces))

    return StreamingResponse(pieces())


async def _echo(websocket: WebSocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(f"{len(text)}")


async def _flood(websocket: WebSocket) -> None:
    await websocket.accept()
    LIVE_BODIES.add(id(websocket))
    try:
        while True:
            await websocket.send_text("x" * 65536)
    finally:
        LIVE_BODIES.discard(id(websocket))


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    app = app_of(
        Route("/", _small),
        Route("/api/small", _small, methods=["GET", "POST"]),
        Route("/api/endless", _endless),
        WebSocketRoute("/api/feed", _echo),
        WebSocketRoute("/api/flood", _flood),
    )
    with served(app) as served_:
        yield served_


def assert_refused(answer: RawAnswer, *statuses: int) -> None:
    """Refused in our form, with all headers, also where no application was asked."""
    assert answer.status in statuses, answer.content[:200]
    assert all(answer.headers.get(name) for name in BASE_HEADERS)
    assert set(json.loads(answer.body)) == {"error", "hint"}


# --- heads --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: a\r\n" * 20_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X" * 100_000,  # and never ended
        b"GET /" + b"a" * 10_000_000,
        HANDSHAKE[:-2] + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
    ],
)
def test_a_huge_head_is_refused_and_the_connection_closed(server: Served, head: bytes) -> None:
    with server.raw() as connection:
        with suppress(ConnectionResetError, BrokenPipeError):  # nobody has to read 10 MB to refuse them
            connection.sendall(head)
        assert_refused(RawAnswer(read_to_end(connection)), 431, 400)


def test_a_head_that_never_ends_holds_little_memory(server: Served) -> None:
    """The part that is kept is bounded: the server hangs up soon, however much is sent."""
    with server.raw() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ")
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            connection.sendall(b"a" * 64 * 2**20)


@pytest.mark.parametrize("trailers", [b"X: " + b"a" * 1000 + b"\r\n", b"X" * 1000], ids=["many", "one"])
def test_trailers_behind_a_body_count_as_head(server: Served, trailers: bytes) -> None:
    """Whoever may connect could fill the memory with them, signed in or not."""
    head = b"POST /api/small HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    with server.raw() as connection:
        connection.sendall(head + b"1\r\na\r\n0\r\n")
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            connection.sendall(trailers * 64 * 2**10)


def test_a_few_trailers_are_ignored(server: Served) -> None:
    head = b"POST /api/small HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    answer = server.exchange(head + b"3\r\nabc\r\n0\r\nX: y\r\n\r\n")
    assert (answer.status, answer.body) == (200, b"3")


def test_large_heads_below_the_limit_pass(server: Served) -> None:
    with server.client() as client:
        assert client.get("/api/small", headers={"X-Large": "a" * 60_000}).status_code == 200


def test_a_body_does_not_count_as_head(server: Served) -> None:
    with server.client() as client:
        for _ in range(2):  # and the next request on the same connection begins anew
            assert client.post("/api/small", content=b"x" * 200_000).text == "200000"


def test_a_slow_head_is_ended(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_TIMEOUT_S", 0.2)
    for begun in (b"", b"GET / HTTP/1.1\r\nHost: loc"):
        with server.raw() as connection:
            connection.sendall(begun)
            assert_refused(RawAnswer(read_to_end(connection)), 408)


def test_a_kept_connection_waits_for_the_next_request(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_TIMEOUT_S", 0.1)
    with server.raw() as connection:
        connection.sendall(b"GET /api/small HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert read_answer(connection).status == 200
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(LIMIT_S)
        connection.sendall(b"GET /api/small HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert read_answer(connection).status == 200


@pytest.mark.parametrize(
    ("head", "rest"),
    [
        (b"GET /api/small HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\r\n"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    ],
    ids=["empty lines", "a body that goes on"],
)
def test_what_comes_after_an_answer_does_not_hold_the_connection(
    server: Served, monkeypatch: pytest.MonkeyPatch, head: bytes, rest: bytes
) -> None:
    monkeypatch.setattr(connections, "HEAD_TIMEOUT_S", 0.2)
    with server.raw() as connection:
        connection.sendall(head)
        assert read_answer(connection).status in (200, 405)
        connection.sendall(rest)
        assert_refused(RawAnswer(read_to_end(connection)), 408)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03",  # a TLS hello
        b"\x00" * 100,
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX\x00Y: 1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n X: folded\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET http://localhost HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused(server: Served, sent: bytes) -> None:
    with server.raw() as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = RawAnswer(read_to_end(connection))
    assert_refused(answer, 400, 404, 405)
    with server.client() as client:
        assert client.get("/api/small").status_code == 200


def test_refusing_what_follows_a_request_does_not_spoil_its_answer(server: Served) -> None:
    answer = server.exchange(b"GET /api/small HTTP/1.1\r\nHost: localhost\r\n\r\nnonsense\r\n\r\n")
    assert answer.status in (200, 400)
    assert answer.content.count(b"HTTP/1.1 ") <= 2


def test_a_few_requests_at_once_are_answered_and_very_many_are_cut_off(server: Served) -> None:
    """Each that waits takes some kilobytes, and a piece of what is received holds thousands."""
    request = b"GET /api/small HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = b"GET /api/small HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert server.exchange(request * 9 + last).content.count(b"HTTP/1.1 200") == 10
    assert server.exchange(request * 1000).content.count(b"HTTP/1.1 200") <= connections.MAX_PIPELINED


# --- WebSocket handshakes and messages ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"Version: 13", b"Version: 12"),
        (b"Sec-WebSocket-Version: 13\r\n", b""),
        (KEY, b"short"),
        (KEY, b"\xff" * 24),
        (b"Sec-WebSocket-Key: " + KEY + b"\r\n", b""),
        (b"GET", b"POST"),
    ],
)
def test_a_wrong_handshake_is_refused_in_our_form(server: Served, right: bytes, wrong: bytes) -> None:
    assert_refused(server.exchange(HANDSHAKE.replace(right, wrong)), 400)


_REST = HANDSHAKE[:-2]


@pytest.mark.parametrize(
    "sent",
    [
        _REST + b"".join(b"X%d: a\r\n" % number for number in range(300)) + b"\r\n",
        _REST + b"X: " + b"a" * 20_000 + b"\r\n\r\n",
        HANDSHAKE.replace(b"feed", b"feed?" + b"a" * 20_000),
        _REST + b"Sec-WebSocket-Key: " + KEY + b"\r\n\r\n",
        _REST + b"Sec-WebSocket-Protocol: @@\r\n\r\n",
        _REST + b"Sec-WebSocket-Protocol: \xff\r\n\r\n",
        _REST + b"Origin: a\r\nOrigin: b\r\n\r\n",
        _REST + b"Upgrade: h2c\r\nUpgrade: websocket\r\n\r\n",
        _REST + b"Content-Length: 5\r\n\r\nhello",
        _REST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ids=["headers", "header", "path", "keys", "protocol", "bytes", "origins", "upgrades", "body", "chunks"],
)
def test_a_handshake_that_cannot_be_read_is_refused_and_holds_no_connection(
    server: Served, sent: bytes
) -> None:
    assert_refused(server.exchange(sent), 400)
    wait_until(lambda: not server.server.server_state.connections)


def test_what_is_sent_before_the_handshake_is_answered_is_thrown_away(server: Served) -> None:
    with server.raw() as connection:
        connection.sendall(HANDSHAKE + b"x" * 100_000)
        assert RawAnswer(connection.recv(65536)).status == 101


def test_an_unknown_upgrade_is_ignored(server: Served) -> None:
    head = b"GET /api/small HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n"
    assert server.exchange(head).status == 200


@pytest.mark.parametrize("path", ["/", "/api/nothing", "/api/small"])
def test_there_is_no_stream_elsewhere(server: Served, path: str) -> None:
    answer = server.exchange(HANDSHAKE.replace(b"/api/feed", path.encode()))
    assert answer.status in (403, 404)
    assert all(answer.headers.get(name) for name in BASE_HEADERS)


def test_a_message_beyond_the_limit_ends_the_stream(server: Served) -> None:
    with connect(f"{server.stream_url}/api/feed", proxy=None, compression="deflate", max_size=None) as stream:
        assert not stream.protocol.extensions  # no compression: nothing can be inflated
        stream.send("x" * 262_144)
        assert stream.recv() == "262144"
        stream.send("x" * 262_145)
        with pytest.raises(ConnectionClosed) as closed:
            stream.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


# --- browsers that do not read, and too many ----------------------------------------------------------------


def test_a_browser_that_stops_reading_is_cut_off(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "STALLED_WRITE_TIMEOUT_S", 0.3)
    for request in (
        b"GET /api/endless HTTP/1.1\r\nHost: localhost\r\n\r\n",
        HANDSHAKE.replace(b"feed", b"flood"),
    ):
        with server.raw() as connection:
            connection.sendall(request)
            wait_until(lambda: bool(LIVE_BODIES))
            wait_until(lambda: not LIVE_BODIES)  # although the connection is still open on this side


def test_a_browser_that_answers_no_ping_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PING_S", 0.5)  # within which the other one has to answer, too
    with (
        served(app_of(WebSocketRoute("/api/feed", _echo))) as server,
        connect(f"{server.stream_url}/api/feed", proxy=None) as answers,
        server.raw() as silent,
    ):
        silent.sendall(HANDSHAKE)
        assert b" 101 " in read_to_end(silent)  # it ends, although nothing was closed on this side
        answers.send("still there")
        assert answers.recv() == "11"


def test_an_idle_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "KEEP_ALIVE_S", 0.1)
    with served(app_of(Route("/api/small", _small))) as server:
        answer = server.exchange(b"GET /api/small HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer.status == 200


@pytest.mark.parametrize(("descriptors", "most"), [(100, 75), (65_536, 4096), (resource.RLIM_INFINITY, 4096)])
def test_connections_leave_a_quarter_of_the_descriptors_to_files(
    monkeypatch: pytest.MonkeyPatch, descriptors: int, most: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (descriptors, descriptors))
    assert connections._has_room(20, most - 1)
    assert not connections._has_room(20, most)


@pytest.mark.parametrize(("descriptors", "free"), [(100, 16), (65_536, 4096)])
def test_connections_leave_some_descriptors_free_whatever_is_open(
    monkeypatch: pytest.MonkeyPatch, descriptors: int, free: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (descriptors, descriptors))
    assert connections._has_room(descriptors - free - 1, 1)
    assert not connections._has_room(descriptors - free, 1)


@pytest.mark.parametrize(
    "ending",
    [lambda stream: stream.close(), lambda stream: stream.socket.shutdown(socket.SHUT_RDWR)],
    ids=["closed", "cut"],
)
def test_nothing_of_a_stream_stays_in_memory_until_python_looks_for_circles(
    server: Served, ending: Callable[[ClientConnection], None]
) -> None:
    def kept() -> int:
        kinds = (connections.GuardedHttp, connections.GuardedWebSocket, ServerProtocol)
        return sum(type(one) in kinds for one in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        before = kept()
        for _ in range(3):
            with connect(f"{server.stream_url}/api/feed", proxy=None) as stream:
                stream.send("x")
                assert stream.recv() == "1"
                ending(stream)
        wait_until(lambda: kept() <= before)
    finally:
        gc.enable()


def test_connections_beyond_the_limit_are_refused_and_later_ones_served(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_has_room", lambda _, connections: connections < 3)
    wait_until(lambda: not server.server.server_state.connections)
    with ExitStack() as held:
        for count in (1, 2, 3):  # one that is being made may count twice, so that none too many is taken
            held.enter_context(server.raw())
            wait_until(lambda count=count: len(server.server.server_state.connections) == count)  # type: ignore[misc]
        with server.raw() as connection:
            assert_refused(RawAnswer(read_to_end(connection)), 503)
    wait_until(lambda: not server.server.server_state.connections)
    with server.client() as client:
        assert client.get("/api/small").status_code == 200


def test_stopping_does_not_wait_for_open_streams_and_half_requests() -> None:
    app = app_of(WebSocketRoute("/api/feed", _echo), Route("/api/endless", _endless))
    with ExitStack() as held:
        with served(app) as server:
            for begun in (
                HANDSHAKE,
                b"GET / HT",
                b"",
                b"GET /api/endless HTTP/1.1\r\nHost: localhost\r\n\r\n",
            ):
                held.enter_context(server.raw()).sendall(begun)
            wait_until(lambda: len(server.server.server_state.connections) == 4 and bool(LIVE_BODIES))
        # `served` fails if it takes longer than its own limit; the endless answer is cancelled.
        assert not LIVE_BODIES


_HANGS = {
    "a thread that reads": "threading.Thread(target=threading.Event().wait).start()",
    "a blocked loop": "asyncio.get_running_loop().call_soon(time.sleep, 1000)",
    "a loop that waits for a thread": "asyncio.get_running_loop().call_soon(threading.Event().wait)",
    "no thread can be started": "threading.Thread(target=threading.Event().wait).start()\n"
    "    threading.Thread.start = no_more",
}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("hangs", _HANGS.values(), ids=_HANGS)
def test_a_stop_is_forced_where_something_hangs(hangs: str, number: signal.Signals) -> None:
    script = f"""
import asyncio, threading, time
from starlette.routing import Router
from lavdlike.server.host import connections
from lavdlike.server.host.listening import listen_at_port

def no_more(_thread):
    raise RuntimeError("can't start new thread")

def started():
    connections.STOP_S = 0.2
    {hangs}
    print("started", flush=True)

connections.Server(Router([]), on_started=started).run(listen_at_port("127.0.0.1", 0).listeners)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        try:
            assert ended_by(process, number) == -signal.SIGALRM
        finally:
            process.kill()


def ended_by(process: subprocess.Popen[str], number: signal.Signals) -> int:
    """What it ends with when it is asked as often as it takes, as a person does.

    Python runs handlers between its own instructions: a signal between the last of them and the call that sleeps
    waits as long as the sleep, or until the next signal.
    """
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            return process.wait(1)
    return process.wait(0)
