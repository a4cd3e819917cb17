"""Keeps a process small that runs for weeks: when freed memory goes back to the system, when to look for garbage."""

from __future__ import annotations

import ctypes
import gc
import threading
import time
from contextlib import suppress

# mallopt's name for it in glibc.
_ARENA_MAX = -8
_ARENAS = 2
TRIM_S = 5.0
# After so many new objects Python looks at them; after so many looks at those before them, too; so often, at all.
_YOUNG, _LESS_YOUNG, _ALL = 2_000, 5, 1_000


def give_back_freed_memory() -> None:
    """Let what lies free between used blocks go back from time to time; there are few heaps to have gaps.

    Other C libraries than glibc need none of this.
    """
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_ARENA_MAX, _ARENAS)
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
