"""Servers for the browser tests that need no second for their imports: forked from a process that has done them.

Each is what `python -m lavdlike.server ...` is, in a process of its own. That a server starts from nothing is seen by
the tests that start one without a browser.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

_PROGRAM = "lavdlike.server"
_LARGEST_ORDER = 100_000


class Forked:
    """A server that was forked, with what `tests.running` needs of a `subprocess.Popen`."""

    def __init__(self, pid: int, stdout: int) -> None:
        self.pid = pid
        self.stdout = open(stdout, encoding="utf-8")  # noqa: SIM115  # until `communicate`
        self._ended = os.pidfd_open(pid)

    def kill(self) -> None:
        signal.pidfd_send_signal(self._ended, signal.SIGKILL)

    def communicate(self) -> None:
        """Wait for its end."""
        waiting = select.poll()
        waiting.register(self._ended, select.POLLIN)
        waiting.poll()
        os.close(self._ended)
        self.stdout.close()


def start(*arguments: str) -> Forked:
    """Start a server with the command line's arguments and the environment of now; what it says of errors is lost."""
    orders = _warm_process()
    reading, writing = os.pipe()
    try:
        order = json.dumps([arguments, dict(os.environ)]).encode()
        assert len(order) < _LARGEST_ORDER, "an environment of this size was not expected"
        socket.send_fds(orders, [order], [writing])
    finally:
        os.close(writing)
    answer = orders.recv(32)
    assert answer, "the process that servers are forked from has ended; above it says why"
    return Forked(int(answer), reading)


@functools.cache
def _warm_process() -> socket.socket:
    """The socket of a process that waits for orders, until these tests end."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with there, Path(os.devnull).open("r+") as nowhere:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm_servers", str(there.fileno())],
            cwd=Path(__file__).resolve().parent.parent,
            pass_fds=[there.fileno()],
            stdin=nowhere,
            stdout=nowhere,
        )

    def end() -> None:
        here.close()
        process.wait()

    atexit.register(end)
    return here


def _forked(orders: socket.socket) -> list[str] | None:
    """In each process that is forked: its arguments. None in this one when nobody can give an order any more."""
    while True:
        order, descriptors, _, _ = socket.recv_fds(orders, _LARGEST_ORDER, 1)
        if not order:
            return None
        pid = os.fork()
        if pid == 0:
            arguments, environment = json.loads(order)
            os.environ.clear()
            os.environ.update(environment)
            os.dup2(descriptors[0], 1)
            os.dup2(0, 2)  # nowhere
            os.close(descriptors[0])
            return list(arguments)
        os.close(descriptors[0])
        orders.send(str(pid).encode())


def main() -> None:
    orders = socket.socket(fileno=int(sys.argv[1]))
    _import_what_servers_need()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    arguments = _forked(orders)
    orders.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if arguments is not None:
        sys.argv[1:] = arguments
        runpy.run_module(_PROGRAM, run_name="__main__", alter_sys=True)


def _import_what_servers_need() -> None:
    import numpy as np  # noqa: F401

    import lavdlike.server.app
    import lavdlike.server.host.connections
    import lavdlike.server.host.desktop
    import lavdlike.server.host.logging_setup
    import lavdlike.server.host.options
    import lavdlike.server.host.process_memory
    import lavdlike.server.host.serve
    import lavdlike.server.host.user_files
    import lavdlike.server.host.ways_in  # noqa: F401


if __name__ == "__main__":
    main()
