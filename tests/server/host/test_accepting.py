from __future__ import annotations

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.limits import LIMIT_S
from tests.running import Running
from tests.serving import RawAnswer, Reached, read_to_end, wait_until

HEAD = b"GET /api/root HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    (tmp_path / "log" / "one").mkdir(parents=True)
    server = Running(tmp_path / "log", "--no-token")
    yield server
    server.stop()


def leave_descriptors(server: Running, count: int) -> None:
    """Let the server open so many more than it has open."""
    _, most = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (server.descriptors() + count, most))


def is_answered(connection: socket.socket) -> bool:
    """Refused with a 503; False for one that is served."""
    connection.setblocking(False)
    try:
        answer = RawAnswer(connection.recv(65536))
    except BlockingIOError:
        return False
    assert answer.status == 503, answer.content
    assert b"Too many connections." in answer.body
    return True


@pytest.mark.parametrize("begun", [b"", HEAD], ids=["silent", "half a request"])
@pytest.mark.parametrize("left", [20, 40, 100])
def test_of_a_flood_each_is_served_or_told_why_not(running: Running, left: int, begun: bytes) -> None:
    leave_descriptors(running, left)
    server = Reached(running.port)
    with ExitStack() as stack:
        flood = [stack.enter_context(server.raw()) for _ in range(300)]
        for connection in flood:
            with suppress(ConnectionError):  # refused, and closed by now
                connection.sendall(begun)
        refused: set[socket.socket] = set()

        def are_told() -> bool:
            refused.update(one for one in flood if one not in refused and is_answered(one))
            return len(refused) >= 300 - left

        wait_until(are_told)
        assert len(refused) < 300
    wait_until(lambda: server.exchange(HEAD + b"\r\n").status == 200)


@pytest.mark.parametrize("left", [0, 1])
def test_with_no_descriptor_left_one_in_reserve_says_so(running: Running, left: int) -> None:
    leave_descriptors(running, left)
    for _ in range(20):
        with Reached(running.port).raw() as connection:
            assert RawAnswer(read_to_end(connection)).status == 503
    leave_descriptors(running, 100)
    assert Reached(running.port).exchange(HEAD + b"\r\n").status == 200


def test_a_flood_that_hangs_up_at_once_does_no_harm(running: Running) -> None:
    leave_descriptors(running, 30)
    for _ in range(500):
        socket.create_connection(("127.0.0.1", running.port), timeout=LIMIT_S).close()
    wait_until(lambda: Reached(running.port).exchange(HEAD + b"\r\n").status == 200)
