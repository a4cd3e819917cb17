"""What the C library does with memory that is free again."""

from __future__ import annotations

import ctypes
from contextlib import suppress

# mallopt's names for them in glibc.
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
_ARENAS = 2
_LARGE_BYTES = 64 * 1024


def give_back_freed_memory() -> None:
    """Let glibc return large freed blocks to the system, and not keep a heap of its own for each thread.

    Columns of scalars come and go in all threads, each time a little larger; otherwise what lies free in a heap per
    thread grows for hours. Other C libraries have no such heaps.
    """
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_ARENA_MAX, _ARENAS)
        library.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
