"""The program of a child process that reads what nobody should have to trust: its time and memory are limited.

It is started by its path, isolated and with a socket as its standard input (`children`), and imports nothing of ours
but one file by path: its `prepare()` is called once, its `answer(head, body, descriptor)` for each question, one at a
time. When it is prepared it sends one byte; then, in both directions:

    int32   length of the head, little endian
    int32   length of the body
    head    JSON object; of a question, an open file may come with it
    body    bytes

Beyond its limit of time the process is ended by its own alarm, so that it stops even when its parent cannot.
"""

from __future__ import annotations

import json
import os
import resource
import runpy
import signal
import socket
import struct
import sys
from typing import Any

READY = b"r"
LENGTHS = struct.Struct("<ii")


def main() -> None:
    options = json.loads(sys.argv[1])
    sys.path[:] = options["paths"]
    _limit_resources(options["memory_bytes"])
    program = runpy.run_path(options["program"])
    program["prepare"]()
    connection = socket.socket(fileno=0)
    connection.sendall(READY)
    while True:
        connection.settimeout(options["idle_s"])
        try:
            lengths, descriptors, _, _ = socket.recv_fds(connection, LENGTHS.size, 1)
        except TimeoutError:
            return
        if len(lengths) < LENGTHS.size:
            return  # the parent is gone
        connection.settimeout(None)
        signal.setitimer(signal.ITIMER_REAL, options["time_s"])  # nothing handles the alarm
        head_bytes, body_bytes = LENGTHS.unpack(lengths)
        question = json.loads(receive(connection, head_bytes))
        body = receive(connection, body_bytes)
        try:
            head, body = program["answer"](question, body, descriptors[0] if descriptors else None)
        except MemoryError:
            head, body = {"error": f"needs more than {options['memory_bytes'] // 2**20} MiB of memory"}, b""
        signal.setitimer(signal.ITIMER_REAL, 0)
        for descriptor in descriptors:
            os.close(descriptor)
        send(connection, head, body)


def send(connection: socket.socket, head: dict[str, Any], body: bytes, descriptor: int | None = None) -> None:
    encoded = json.dumps(head).encode()
    lengths = LENGTHS.pack(len(encoded), len(body))
    socket.send_fds(connection, [lengths], [] if descriptor is None else [descriptor])
    connection.sendall(encoded)
    connection.sendall(body)


def receive(connection: socket.socket, count: int) -> bytes:
    """Just so many bytes; raises EOFError if the other end is closed before."""
    data = bytearray(count)
    view = memoryview(data)
    while view:
        received = connection.recv_into(view)
        if not received:
            raise EOFError
        view = view[received:]
    return bytes(data)


def _limit_resources(memory_bytes: int) -> None:
    for limit, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        _, hard = resource.getrlimit(limit)
        resource.setrlimit(limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    main()
