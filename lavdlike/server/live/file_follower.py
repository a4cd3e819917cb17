"""A file that browsers follow: tells them its size whenever it has changed. Lives on the event loop."""

from __future__ import annotations

import time
from functools import partial

from lavdlike import layout
from lavdlike.disk.root import Root
from lavdlike.errors import NotServedError
from lavdlike.messages import FileGrew
from lavdlike.reading import log_pages
from lavdlike.server.live.coalescer import Coalescer
from lavdlike.server.live.subscriptions import Publisher
from lavdlike.server.live.workers import Workers

_LIMIT_S = 10.0
_State = tuple[int, str, tuple[int, int]]
_GONE: _State = (0, "", (0, 0))


class FileFollower:
    """`path`: relative to the root.

    Args:
        file: its id (`layout.file_id`).
    """

    def __init__(self, file: str, root: Root, workers: Workers, publisher: Publisher) -> None:
        self._file = file
        self._experiment = layout.file_of_id(file)[0]
        self.path = layout.path_of_file(file)
        self._root = root
        self._workers = workers
        self._publisher = publisher
        self._last: _State | None = None
        self._looked_at = 0.0
        self._reads = Coalescer(self._read)

    def ask(self) -> None:
        """It may have changed."""
        self._reads.ask()

    def ask_if_old(self, now: float, age_s: float) -> None:
        """Look again at what may have changed without a hint."""
        if now - self._looked_at > age_s:
            self._reads.ask()

    async def close(self) -> None:
        await self._reads.close()

    async def _read(self) -> None:
        self._looked_at = time.monotonic()
        look = partial(_state, self._root, self.path)
        now = await self._workers.run(self._experiment, look, limit_s=_LIMIT_S)
        if now != self._last:
            is_rewritten = self._last is not None and self._last[:2] == now[:2]
            self._last = now
            sequence = self._publisher.next_sequence()
            size_bytes, identity, _ = now
            self._publisher.publish(FileGrew(sequence, self._file, size_bytes, identity, is_rewritten))


def _state(root: Root, path: str) -> _State:
    """Size, identity and times of the last change: a file that was edited in place may differ by one of these alone."""
    try:
        with root.file(path) as opened:
            status = opened.status
            times = (status.st_mtime_ns, status.st_ctime_ns)
            return status.st_size, log_pages.identity(opened.fd), times
    except (FileNotFoundError, NotADirectoryError, NotServedError):
        return _GONE
