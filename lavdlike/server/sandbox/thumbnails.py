"""Pictures that a browser can show, in the size it needs: made by child processes (`picture_child`), kept in memory.

A file is known by its identity (`os.stat_result`: device, inode, size, times), so that a changed one is made anew.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from lavdlike.disk.filling import fill
from lavdlike.disk.root import OpenedFile
from lavdlike.errors import PictureError
from lavdlike.messages import PictureInfo
from lavdlike.server.sandbox import picture_program
from lavdlike.server.sandbox.pool import Limits, SandboxError, SandboxPool

# Longest sides of thumbnails.
SIZES = (64, 128, 256, 512, 1024)
DEFAULT_BUDGET_BYTES = 64 * 2**20
_CHILDREN = 2
# What an entry takes beside its picture; about.
_ENTRY_BYTES = 1000

_PNG_BEGIN = b"\x89PNG\r\n\x1a\n"
_BEGINS = (
    (_PNG_BEGIN, "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
)
BEGIN_BYTES = 26
# Bit depth and type of colour of a PNG.
_PNG_DEPTH = slice(24, 26)
_GREY_OF_16_BITS = b"\x10\x00"


# Steps, as JSON has them.
Transform = Sequence[Mapping[str, Any]]


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
    if begin.startswith(_PNG_BEGIN) and begin[_PNG_DEPTH] == _GREY_OF_16_BITS:
        return None  # depths in millimetres are black in a browser, which shows the upper half
    for known, media_type in _BEGINS:
        if begin.startswith(known):
            return media_type
    if begin[:4] == b"RIFF" and begin[8:12] == b"WEBP":
        return "image/webp"
    if begin[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    return None


class Thumbnails:
    """Makes pictures, two at a time, and reads the heads of others meanwhile. Thread-safe; `close` it in the end."""

    def __init__(self, *, budget_bytes: int = DEFAULT_BUDGET_BYTES, limits: Limits | None = None) -> None:
        self._cache = _Cache(budget_bytes)
        self._pool = SandboxPool(Path(picture_program.__file__), limits)
        self._threads = ThreadPoolExecutor(_CHILDREN, thread_name_prefix="lavdlike-pictures")
        # Of its own, so that a page's boxes do not wait for its pictures.
        self._head_thread = ThreadPoolExecutor(1, thread_name_prefix="lavdlike-heads")

    def cached(self, status: os.stat_result, size: int | None, transform: Transform = ()) -> Picture | None:
        """The picture if it has been made before.

        Raises:
            PictureError: it could not be made before.
        """
        return _found(self._cache.get(_key(status, _task(size), transform)))

    def make(
        self,
        open_file: Callable[[], AbstractContextManager[OpenedFile]],
        size: int | None,
        transform: Transform = (),
    ) -> Future[Picture]:
        """The picture in one of the `SIZES`, or in full for `size` None; cancel what nobody waits for any more.

        A thumbnail is the first frame, at most `size` pixels long, upright; a picture that is not longer keeps its own
        pixels. In full it is for what `browser_media_type` does not know.

        Args:
            open_file: called when it is this picture's turn.
            transform: what is done to it before: steps that were checked (`kinds.transforms`).

        Returns:
            The future; its errors are those of `open_file`, and `PictureError`.
        """
        return self._threads.submit(self._make, open_file, _task(size), transform)

    def info(self, open_file: Callable[[], AbstractContextManager[OpenedFile]]) -> Future[Picture]:
        """What the head of the file says, without data; otherwise like `make`."""
        return self._head_thread.submit(self._make, open_file, picture_program.HEAD)

    def close(self) -> None:
        for threads in (self._threads, self._head_thread):
            threads.shutdown(wait=False, cancel_futures=True)
        self._pool.close()
        for threads in (self._threads, self._head_thread):
            threads.shutdown()

    def _make(
        self,
        open_file: Callable[[], AbstractContextManager[OpenedFile]],
        task: int,
        transform: Transform = (),
    ) -> Picture:
        with open_file() as opened:
            key = _key(opened.status, task, transform)
            found = _found(self._cache.get(key))
            if found is not None:
                return found
            made: Picture | PictureError
            try:
                head, data = self._pool.ask(
                    {"size": task, "transform": list(transform)}, descriptor=fill(opened.fd)
                )
                made = Picture(msgspec.convert(head["info"], PictureInfo), data, head.get("media_type", ""))
            except SandboxError as error:
                made = PictureError(str(error))
            self._cache.put(key, made)
        if isinstance(made, PictureError):
            raise made
        return made


def _task(size: int | None) -> int:
    if size is None:
        return picture_program.FULL
    if size not in SIZES:
        raise ValueError(f"size must be one of {', '.join(map(str, SIZES))}, not {size}")
    return size


_Key = tuple[int | bytes, ...]


def _key(status: os.stat_result, task: int, transform: Transform) -> _Key:
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
        task,
        msgspec.json.encode(transform),
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
