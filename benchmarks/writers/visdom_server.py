"""Visdom's server, and a client of it, for as long as a block takes."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from visdom import Visdom

from benchmarks.ports import free_port
from benchmarks.writers.visdom_start import START

_LIMIT_S = 60


@contextlib.contextmanager
def connected(folder: Path) -> Iterator[Visdom]:
    """A client of a server that keeps its environments in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    server = subprocess.Popen(
        [
            sys.executable,
            "-c",
            START,
            "-port",
            str(port),
            "-env_path",
            str(folder),
            "--hostname",
            "127.0.0.1",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield client(port)
    finally:
        server.terminate()
        server.wait(10)


def client(port: int) -> Visdom:
    """A client of the server at a port, once it is started."""
    limit = time.monotonic() + _LIMIT_S
    while True:
        try:
            return Visdom(
                server="http://127.0.0.1", port=port, raise_exceptions=True, use_incoming_socket=False
            )
        except ConnectionError:  # not started yet
            if time.monotonic() > limit:
                raise
            time.sleep(0.2)
