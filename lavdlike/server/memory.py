"""Memory that is free again goes back to the system, in a process that runs for weeks; when to look for garbage."""

from __future__ import annotations

import ctypes
import gc
import threading
import time
from contextlib import suppress

# mallopt's names for them in glibc.
_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
_ARENAS = 2
_LARGE_BYTES = 64 * 1024
TRIM_S = 30.0
# After so many new objects Python looks at them; after so many looks at those before them, too; so often, at all.
_YOUNG, _LESS_YOUNG, _ALL = 2_000, 5, 1_000


def give_back_freed_memory() -> None:
    """Let large freed blocks go back at once, and what lies free between others from time to time.

    Columns of scalars come and go in all threads, each time a little larger; otherwise what lies free between them,
    in a heap per thread, grows for hours. Other C libraries than glibc have no such heaps.
    """
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_ARENA_MAX, _ARENAS)
        library.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        trimming = threading.Thread(
            target=_trim_for_ever, args=[library.malloc_trim], name="memory", daemon=True
        )
        trimming.start()


def collect_garbage_seldom() -> None:
    """Have Python look through all objects seldom: it takes 0.2 s for a million, while nothing else can be done.

    What is known of trees holds no cycles, so it is freed without. `Live` has all looked through when nobody waits.
    """
    gc.collect()
    gc.freeze()  # what has been imported stays
    gc.set_threshold(_YOUNG, _LESS_YOUNG, _ALL)


def _trim_for_ever(trim: ctypes._NamedFuncPointer) -> None:
    while True:
        time.sleep(TRIM_S)
        trim(0)
