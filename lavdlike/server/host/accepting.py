"""Takes connections as long as there is room, and answers every other one with a 503 before it is closed.

The event loop's own way is to take all that wait at once; where descriptors run out, it closes them without a word.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

# In one turn of the event loop, so that it learns of those that have ended meanwhile.
_AT_ONCE = 16
# Refused connections that are kept for `linger_s`: to close at once could lose the answer with what was unread.
_MAX_LINGERING = 8
_RETRY_S = 0.1
_NO_DESCRIPTOR = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


class Acceptor:
    """To be used from the event loop that runs.

    Args:
        serve: hands a connection on.
        has_room: whether one more can be served, by its descriptor's number and how many are being handed on.
        refusal: what the others are sent.
        linger_s: how long a refused one is kept, if there are few of them.
    """

    def __init__(
        self,
        listeners: Sequence[socket.socket],
        serve: Callable[[socket.socket], Awaitable[object]],
        has_room: Callable[[int, int], bool],
        refusal: bytes,
        *,
        linger_s: float,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._listeners = listeners
        self._serve = serve
        self._has_room = has_room
        self._refusal = refusal
        self._linger_s = linger_s
        self._handing_on: set[asyncio.Task[None]] = set()
        self._refused: deque[socket.socket] = deque()
        self._reserve = _descriptor()
        for listener in listeners:
            listener.setblocking(False)
            self._loop.add_reader(listener, self._accept, listener)

    def close(self) -> None:
        for listener in self._listeners:
            self._loop.remove_reader(listener)
        while self._refused:
            self._refused.popleft().close()
        self._let_reserve_go()
        self._listeners = ()

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(_AT_ONCE):
            try:
                connection, _ = listener.accept()
            except OSError as error:
                if error.errno in _NO_DESCRIPTOR:
                    self._refuse_with_reserve(listener)
                return  # none waits any more, or the one that did has gone
            if self._has_room(connection.fileno(), len(self._handing_on)):
                task = self._loop.create_task(self._hand_on(connection))
                self._handing_on.add(task)
                task.add_done_callback(self._handing_on.discard)
            else:
                self._refuse(connection)

    async def _hand_on(self, connection: socket.socket) -> None:
        try:
            connection.setblocking(False)
            await self._serve(connection)
        except OSError:  # it has gone
            connection.close()

    def _refuse(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        with suppress(OSError):
            connection.send(self._refusal)
            connection.shutdown(socket.SHUT_WR)
        if len(self._refused) >= _MAX_LINGERING:
            _close_read(self._refused.popleft())
        self._refused.append(connection)
        self._loop.call_later(self._linger_s, self._let_go, connection)

    def _let_go(self, connection: socket.socket) -> None:
        with suppress(ValueError):  # others took its place
            self._refused.remove(connection)
            _close_read(connection)

    def _refuse_with_reserve(self, listener: socket.socket) -> None:
        """Answer one connection although no descriptor is left: with that of one refused earlier, or the reserve."""
        if self._refused:
            _close_read(self._refused.popleft())
        else:
            self._let_reserve_go()
        with suppress(OSError):
            connection, _ = listener.accept()
            self._refuse(connection)
        if self._reserve is None:
            self._loop.remove_reader(listener)
            self._loop.call_later(_RETRY_S, self._go_on, listener)

    def _go_on(self, listener: socket.socket) -> None:
        if listener in self._listeners:
            self._reserve = self._reserve if self._reserve is not None else _descriptor()
            self._loop.add_reader(listener, self._accept, listener)

    def _let_reserve_go(self) -> None:
        if self._reserve is not None:
            os.close(self._reserve)
            self._reserve = None


def _descriptor() -> int | None:
    try:
        return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None


def _close_read(connection: socket.socket) -> None:
    """Close after reading what has come: with something unread, the answer could be lost on its way."""
    with suppress(OSError):
        connection.recv(65536)
    connection.close()
