"""Bytes that come when they are read: of files that lie elsewhere and are copied piece by piece.

Whoever reads a descriptor of the tree reads it with `pread` and `read` from here, not with those of `os`: behind it may
be a copy with holes, of which nobody else knows. Who gives a descriptor away, to another process or library, has it
filled before (`fill`).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Filler(Protocol):
    """Knows which bytes of a copy are there."""

    def fill(self, begin: int, end: int) -> None:
        """Get those bytes that are not there yet, as far as the file goes. For any thread.

        Raises:
            OSError: they cannot be had now, or no longer.
            NotServedError: no permission.
        """


# By device and inode of the descriptors that are open now: who fills each, and how many of them.
_fillers: dict[tuple[int, int], tuple[Filler, int]] = {}
_lock = threading.Lock()


@contextmanager
def filled_by(descriptor: int, filler: Filler) -> Iterator[None]:
    """Within the block, what is read of a descriptor, or of another one of the same file, is filled before."""
    own = os.fstat(descriptor)
    key = own.st_dev, own.st_ino
    with _lock:
        _fillers[key] = filler, _fillers.get(key, (filler, 0))[1] + 1
    try:
        yield
    finally:
        with _lock:
            known, count = _fillers[key]
            if count > 1:
                _fillers[key] = known, count - 1
            else:
                del _fillers[key]


def pread(descriptor: int, count: int, place: int) -> bytes:
    """As `os.pread`."""
    if (filler := _filler_of(descriptor)) is not None:
        filler.fill(place, place + count)
    return os.pread(descriptor, count, place)


def read(descriptor: int, count: int) -> bytes:
    """As `os.read`."""
    if (filler := _filler_of(descriptor)) is not None:
        place = os.lseek(descriptor, 0, os.SEEK_CUR)
        filler.fill(place, place + count)
    return os.read(descriptor, count)


def fill(descriptor: int, count: int | None = None) -> int:
    """Have all of a file there, or so many bytes of its begin; returns the descriptor."""
    if (filler := _filler_of(descriptor)) is not None:
        filler.fill(0, os.fstat(descriptor).st_size if count is None else count)
    return descriptor


def is_filled_later(descriptor: int) -> bool:
    """Whether a hole of the file says nothing of what stands there."""
    return _filler_of(descriptor) is not None


def _filler_of(descriptor: int) -> Filler | None:
    if not _fillers:
        return None
    own = os.fstat(descriptor)
    found = _fillers.get((own.st_dev, own.st_ino))
    return None if found is None else found[0]
