"""Pictures that a browser can show, in the size it needs: made by child processes (`picture_child`), kept in memory.

A file is known by its identity (`os.stat_result`: device, inode, size, times), so that a changed one is made anew.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from lavdlike.errors import PictureError
from lavdlike.server import picture_child
from lavdlike.server.messages import PictureInfo

# Longest sides of thumbnails.
SIZES = (64, 128, 256, 512, 1024)
DEFAULT_BUDGET_BYTES = 64 * 2**20
_CHILDREN = 2
# Beyond what the child takes by itself: it has been stopped, or waits for a disk.
_PATIENCE_S = picture_child.LIMIT_S + 1.0
# What an entry takes beside its picture; about.
_ENTRY_BYTES = 1000

_BEGINS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
)
BEGIN_BYTES = 12


class Opened(Protocol):
    """An open file (`files.OpenedFile`)."""

    @property
    def fd(self) -> int: ...


class Picture(NamedTuple):
    """A picture as sent to a browser, and what is known of the file it was made of."""

    info: PictureInfo
    data: bytes = b""
    media_type: str = ""


def browser_media_type(begin: bytes) -> str | None:
    """The type of a picture that browsers show as it is, animations included; None if it has to be transcoded.

    Args:
        begin: the first `BEGIN_BYTES` of the file; its name may say anything.
    """
    for known, media_type in _BEGINS:
        if begin.startswith(known):
            return media_type
    if begin[:4] == b"RIFF" and begin[8:12] == b"WEBP":
        return "image/webp"
    if begin[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    return None


class Thumbnails:
    """Makes pictures, two at a time. Thread-safe; `close` it in the end."""

    def __init__(self, *, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        self._cache = _Cache(budget_bytes)
        self._children = _Children()
        self._threads = ThreadPoolExecutor(_CHILDREN, thread_name_prefix="lavdlike-pictures")

    def cached(self, status: os.stat_result, size: int | None) -> Picture | None:
        """The picture if it has been made before.

        Raises:
            PictureError: it could not be made before.
        """
        return _found(self._cache.get(_key(status, _task(size))))

    def make(
        self, open_file: Callable[[], AbstractContextManager[Opened]], size: int | None
    ) -> Future[Picture]:
        """The picture in one of the `SIZES`, or in full for `size` None; cancel what nobody waits for any more.

        A thumbnail is the first frame, at most `size` pixels long, upright; a picture that is not longer keeps its own
        pixels. In full it is for what `browser_media_type` does not know.

        Args:
            open_file: called when it is this picture's turn.

        Returns:
            The future; its errors are those of `open_file`, and `PictureError`.
        """
        return self._threads.submit(self._make, open_file, _task(size))

    def info(self, open_file: Callable[[], AbstractContextManager[Opened]]) -> Future[Picture]:
        """What the head of the file says, without data; otherwise like `make`."""
        return self._threads.submit(self._make, open_file, picture_child.HEAD)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._children.close()
        self._threads.shutdown()

    def _make(self, open_file: Callable[[], AbstractContextManager[Opened]], task: int) -> Picture:
        with open_file() as opened:
            key = _key(os.fstat(opened.fd), task)
            found = _found(self._cache.get(key))
            if found is not None:
                return found
            made: Picture | PictureError
            try:
                made = self._children.ask(opened.fd, task)
            except PictureError as error:
                made = error
            self._cache.put(key, made)
        if isinstance(made, PictureError):
            raise made
        return made


def _task(size: int | None) -> int:
    if size is None:
        return picture_child.FULL
    if size not in SIZES:
        raise ValueError(f"size must be one of {', '.join(map(str, SIZES))}, not {size}")
    return size


_Key = tuple[int, ...]


def _key(status: os.stat_result, task: int) -> _Key:
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
        task,
    )


def _found(entry: Picture | PictureError | None) -> Picture | None:
    if isinstance(entry, PictureError):
        raise entry
    return entry


class _Cache:
    """The pictures, and failures, that were used last."""

    def __init__(self, budget_bytes: int) -> None:
        self._left_bytes = budget_bytes
        self._entries: OrderedDict[_Key, Picture | PictureError] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: _Key) -> Picture | PictureError | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
            return entry

    def put(self, key: _Key, entry: Picture | PictureError) -> None:
        with self._lock:
            if key in self._entries:
                return
            self._entries[key] = entry
            self._left_bytes -= _size_bytes(entry)
            while self._left_bytes < 0:
                _, dropped = self._entries.popitem(last=False)
                self._left_bytes += _size_bytes(dropped)


def _size_bytes(entry: Picture | PictureError) -> int:
    return _ENTRY_BYTES + (len(entry.data) if isinstance(entry, Picture) else 0)


class _Children:
    """The child processes. As many are asked at the same time as there are threads that ask."""

    def __init__(self) -> None:
        self._waiting: list[_Child] = []
        self._asked: set[_Child] = set()
        self._lock = threading.Lock()
        self._is_closed = False

    def ask(self, descriptor: int, task: int) -> Picture:
        """Raises `PictureError`."""
        while True:
            child = self._take()
            try:
                return child.ask(descriptor, task)
            except _ChildEndedError as ended:
                if ended.is_fault:
                    raise PictureError(str(ended)) from None
            finally:
                self._give_back(child)

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            for child in self._waiting:
                child.end()
            for child in self._asked:
                child.kill()  # and the thread that asks it ends it

    def _take(self) -> _Child:
        with self._lock:
            if self._is_closed:
                raise PictureError("the server is ending")
            child = self._waiting.pop() if self._waiting else _Child()
            self._asked.add(child)
            return child

    def _give_back(self, child: _Child) -> None:
        with self._lock:
            self._asked.discard(child)
            if self._is_closed:
                child.end()
            elif not child.has_ended:
                self._waiting.append(child)


class _ChildEndedError(Exception):
    """The process has ended instead of answering. No fault if it was idle for long."""

    def __init__(self, why: str, *, is_fault: bool) -> None:
        super().__init__(why)
        self.is_fault = is_fault


class _Head(msgspec.Struct):
    info: PictureInfo | None = None
    media_type: str = ""
    error: str = ""


class _Child:
    """One process of `picture_child`, asked by one thread at a time."""

    def __init__(self) -> None:
        self.has_ended = False
        self._socket, of_child = socket.socketpair()
        self._socket.settimeout(_PATIENCE_S)
        paths = [str(Path(path).absolute()) for path in sys.path if path]
        with of_child:
            # Isolated and without `site`, which takes half of the time to start; in a session of its own, so that
            # Ctrl-C in the terminal is the server's alone.
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", picture_child.__file__, json.dumps(paths)],
                stdin=of_child.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )

    def ask(self, descriptor: int, task: int) -> Picture:
        """Raises `_ChildEndedError` or, from a child that goes on, `PictureError`."""
        try:
            socket.send_fds(self._socket, [picture_child.QUESTION.pack(task)], [descriptor])
            head_bytes, picture_bytes = picture_child.ANSWER.unpack(self._receive(picture_child.ANSWER.size))
            head = msgspec.json.decode(self._receive(head_bytes), type=_Head)
            data = self._receive(picture_bytes)
        except (OSError, EOFError) as error:
            raise self._ended(is_late=isinstance(error, TimeoutError)) from None
        if head.info is None:
            raise PictureError(head.error)
        return Picture(head.info, data, head.media_type)

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        self.has_ended = True
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def _receive(self, count: int) -> bytes:
        data = bytearray(count)
        view = memoryview(data)
        while view:
            received = self._socket.recv_into(view)
            if not received:
                raise EOFError
            view = view[received:]
        return bytes(data)

    def _ended(self, *, is_late: bool) -> _ChildEndedError:
        if not is_late:  # it has closed its end: it is about to be gone by itself
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(1)
        self.end()
        code = self._process.returncode
        if is_late or code == -signal.SIGALRM:
            return _ChildEndedError(
                f"takes longer than {picture_child.LIMIT_S:.0f} s to decode", is_fault=True
            )
        return _ChildEndedError(f"its decoder crashed (exit code {code})", is_fault=code != 0)
