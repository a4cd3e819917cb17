"""A proxy in front of a server of this machine that counts requests, makes them late, and spoils the answers."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

# A status of an error; an answer that is cut in its middle; a connection that is closed without one; none for long.
Fault = int | Literal["cut", "closed", "hangs"]


class FaultProxy:
    """`requests`: method and path of each, in order. `delay_s`: added to each. `fault`: of the next ones.

    Args:
        target: the address of the server.
    """

    def __init__(self, target: str) -> None:
        self.requests: list[tuple[str, str]] = []
        self.delay_s = 0.0
        self.fault: Callable[[str, str], Fault | None] = lambda _method, _path: None
        self.closing = threading.Event()
        # Moto looks at the condition of a put and stores it in two steps, between which another one may be stored.
        self.putting = threading.Lock()
        parts = urlsplit(target)
        self.target = (parts.hostname or "", parts.port or 80)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def fail(self, *faults: Fault | None) -> None:
        """The next requests, one each; the others are answered."""
        left = list(faults)
        lock = threading.Lock()

        def of_next(_method: str, _path: str) -> Fault | None:
            with lock:
                return left.pop(0) if left else None

        self.fault = of_next


@contextmanager
def fault_proxy(target: str) -> Iterator[FaultProxy]:
    proxy = FaultProxy(target)
    thread = threading.Thread(target=proxy.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.closing.set()
        proxy.server.shutdown()
        proxy.server.server_close()
        thread.join()


def _handler(proxy: FaultProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            proxy.requests.append((self.command, self.path))
            time.sleep(proxy.delay_s)
            fault = proxy.fault(self.command, self.path)
            if fault == "closed":
                self.close_connection = True
            elif fault == "hangs":
                proxy.closing.wait()
                self.close_connection = True
            elif isinstance(fault, int):
                self._send(fault, [], b"<Error><Code>SlowDown</Code></Error>")
            else:
                with proxy.putting if self.command == "PUT" else nullcontext():
                    status, headers, answer = self._answer(body)
                self._send(status, headers, answer, is_cut=fault == "cut")

        def _answer(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            connection = http.client.HTTPConnection(*proxy.target)
            try:
                connection.request(self.command, self.path, body, dict(self.headers))
                answer = connection.getresponse()
                return answer.status, answer.getheaders(), answer.read()
            finally:
                connection.close()

        def _send(
            self, status: int, headers: list[tuple[str, str]], answer: bytes, *, is_cut: bool = False
        ) -> None:
            self.send_response_only(status)
            length = str(len(answer))
            for name, value in headers:
                if name.lower() == "content-length" and self.command == "HEAD":
                    length = value
                elif name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", length)
            with suppress(ConnectionError):  # who asked waits no longer
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer[: len(answer) // 2] if is_cut else answer)
            self.close_connection |= is_cut

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _pass_on  # noqa: N815 - named by the library

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    return Handler
