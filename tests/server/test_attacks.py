"""Clients that mean harm, against the whole server with a token: it goes on, and says nothing it should not.

What each rule refuses, route by route, is in test_access.py, test_app.py, test_connections.py and test_routes.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.limits import LIMIT_S
from tests.running import Running
from tests.serving import RawAnswer, Reached, read_to_end, wait_until

SECRET = "nobody may read this"  # noqa: S105


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("attacks") / "server.log"


@pytest.fixture(scope="module")
def running(log: Path) -> Iterator[Running]:
    root = log.with_name("root")
    (root / "exp").mkdir(parents=True)
    (root / "exp" / "secret.txt").write_text(SECRET)
    (root / "exp" / "large.bin").write_bytes(bytes(2**20))
    (root.parent / "outside.txt").write_text(SECRET)
    running = Running(root, log=log)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def token(running: Running) -> str:
    return running.link.partition("#token=")[2]


def exchange(running: Running, request: bytes) -> RawAnswer:
    return Reached(running.port).exchange(request)


def assert_it_goes_on(running: Running, token: str) -> None:
    request = (
        f"GET /api/files/exp/secret.txt HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    )
    answer = exchange(running, (request + "Connection: close\r\n\r\n").encode())
    assert (answer.status, answer.body) == (200, SECRET.encode())


# {} is the right token, in a place where it must not be taken, or with something that must not help.
_WITH_TOKEN = [
    "GET /api/root?token={} HTTP/1.1",
    "GET /api/root?key={} HTTP/1.1",
    "GET /api/files/exp/secret.txt?key={} HTTP/1.1",
    "GET /api/files/exp/secret.txt?token={} HTTP/1.1",
    "GET /{}/api/root HTTP/1.1",
    "GET /api/root HTTP/1.1\r\nCookie: token={}",
    "GET /api/root HTTP/1.1\r\nX-Lavdlike-Page: {}",
    "GET /api/root HTTP/1.1\r\nReferer: http://localhost/#token={}",
    "GET /api/root HTTP/1.1\r\nProxy-Authorization: Bearer {}",
    "GET /api/root HTTP/1.1\r\nX-Authorization: Bearer {}",
    "GET /api/root HTTP/1.1\r\nAuthorization: Token {}",
    "GET /api/root HTTP/1.1\r\nAuthorization: Bearer {}x",
    "GET /api/root HTTP/1.1\r\nAuthorization: Bearer x{}",
    "GET /api/root HTTP/1.1\r\nAuthorization: Bearer {},{}",
    "GET /api/root HTTP/1.1\r\nAuthorization: Bearer {}\r\nOrigin: https://evil.example",
    "GET /api/root HTTP/1.1\r\nAuthorization: Bearer {}\r\nOrigin: null",
    "GET /api/root HTTP/1.1\r\nAuthorization: Bearer {}\r\nSec-Fetch-Site: cross-site",
    "GET /api/root HTTP/1.1\r\nAuthorization: Bearer {}\r\nX-Forwarded-Host: localhost\r\nHost: evil.example",
    "GET /api/files/exp/..%2f..%2foutside.txt HTTP/1.1\r\nAuthorization: Bearer {}",
    "GET /api/files/..%2foutside.txt HTTP/1.1\r\nAuthorization: Bearer {}",
    "GET /api/files/exp/%252e%252e/outside.txt HTTP/1.1\r\nAuthorization: Bearer {}",
    "CONNECT evil.example:443 HTTP/1.1\r\nAuthorization: Bearer {}",
    "TRACE /api/root HTTP/1.1\r\nAuthorization: Bearer {}",
    "DELETE /api/files/exp/secret.txt HTTP/1.1\r\nAuthorization: Bearer {}",
    "PUT /api/files/exp/secret.txt HTTP/1.1\r\nAuthorization: Bearer {}\r\nContent-Length: 0",
    "POST /api/files/exp/secret.txt HTTP/1.1\r\nAuthorization: Bearer {}\r\nContent-Length: 0",
    "GET /api/root HTTP/1.1\r\nAuthorization: Bearer {}\r\nX-HTTP-Method-Override: DELETE\r\nHost: evil.example",
]


@pytest.mark.parametrize("head", _WITH_TOKEN, ids=range(len(_WITH_TOKEN)))
def test_the_token_in_a_wrong_place_opens_nothing_and_is_told_nobody(
    running: Running, token: str, log: Path, head: str
) -> None:
    head = head.replace("{}", token)
    host = "" if "Host:" in head else "\r\nHost: localhost"
    answer = exchange(running, f"{head}{host}\r\nConnection: close\r\n\r\n".encode())
    assert answer.status in (400, 401, 403, 404, 405, 429)
    assert SECRET.encode() not in answer.content
    assert token.encode() not in answer.content
    assert token not in log.read_text()
    assert_it_goes_on(running, token)


_RANGES = [
    "bytes=" + ",".join(["0-"] * 5000),
    "bytes=" + ",".join(f"{begin}-{begin}" for begin in range(0, 5000, 2)),
    "bytes=0-" + "9" * 5000,
    "bytes=-" + "9" * 400,
    "bytes=" + "-" * 5000,
    "bytes=5-4",
    "bytes=\x00",
    "lines=0-",
]


@pytest.mark.parametrize("asked", _RANGES, ids=range(len(_RANGES)))
def test_no_range_gets_more_than_the_file_once(running: Running, token: str, asked: str) -> None:
    head = f"GET /api/files/exp/large.bin HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    answer = exchange(running, f"{head}Range: {asked}\r\nConnection: close\r\n\r\n".encode("latin-1"))
    assert answer.status in (200, 206, 400, 416)
    assert len(answer.body) <= 2**20


_NONSENSE = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500,  # somebody speaks TLS
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /x",
    b"POST /api/poll HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
    b"POST /api/poll HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"POST /api/poll HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n",
    b"GET / HTTP/1.1\nHost: localhost\nX: \0\n\n",
    b"GET " + b"/" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"A: b\r\n" * 20_000 + b"\r\n",
    b"GET /\x1b[2J HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"\r\n" * 40_000,
    b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    bytes(range(256)) * 300,
]


@pytest.mark.parametrize("sent", _NONSENSE, ids=range(len(_NONSENSE)))
def test_nonsense_does_no_harm(running: Running, token: str, log: Path, sent: bytes) -> None:
    with Reached(running.port).raw() as connection:
        connection.sendall(sent)
        connection.shutdown(1)
        content = read_to_end(connection)
    assert b"Traceback" not in content
    assert SECRET.encode() not in content
    assert all(line.isprintable() for line in log.read_text().splitlines())
    assert_it_goes_on(running, token)


def test_half_open_sockets_and_half_requests_do_not_stop_others(running: Running, token: str) -> None:
    server = Reached(running.port)
    before = running.descriptors()
    with ExitStack() as stack:
        for number in range(300):
            connection = stack.enter_context(server.raw())
            connection.sendall(
                (b"", b"GET / HT", b"POST /api/poll HTTP/1.1\r\nContent-Length: 9\r\n\r\n")[number % 3]
            )
        assert_it_goes_on(running, token)
    wait_until(lambda: running.descriptors() <= before + 2)


def test_floods_of_requests_and_messages_are_answered_or_cut(running: Running, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    look = json.dumps({"type": "look", "experiments": ["exp"] * 500, "kinds": ["texts"] * 100})
    with connect(running.stream_url, additional_headers=headers, proxy=None) as stream:
        stream.recv(LIMIT_S)
        try:
            for _ in range(500):
                stream.send(look)
        except ConnectionClosed:
            pass
    request = b"GET /api/session HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with Reached(running.port).raw() as connection:
        connection.sendall(request * 500)
        with suppress(OSError):  # it may have been cut off by now
            connection.shutdown(1)
        assert read_to_end(connection).count(b"HTTP/1.1 200") <= 500
    assert_it_goes_on(running, token)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Cookie": "lavdlike-x=a.b.c"},
        {"Sec-WebSocket-Protocol": "lavdlike.feed, lavdlike.page.x"},
    ],
    ids=str,
)
def test_no_stream_without_a_sign_in(running: Running, headers: dict[str, str]) -> None:
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(running.stream_url, additional_headers=headers, proxy=None),
    ):
        pass
    assert refused.value.response.status_code in (401, 403, 429)


def test_guessing_is_slowed_and_does_not_lock_the_owner_out(running: Running, token: str) -> None:
    head = (
        "GET /api/root HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n"
    )
    statuses = [exchange(running, head.format(f"guess{number}").encode()).status for number in range(30)]
    assert statuses[-1] == 429
    assert_it_goes_on(running, token)
