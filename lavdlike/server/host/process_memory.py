"""Keeps a process small that runs for weeks: where memory comes from, when it goes back, when to look for garbage."""

from __future__ import annotations

import ctypes
import gc
import math
import mmap
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# mallopt's name for it in glibc.
_ARENA_MAX = -8
_ARENAS = 2
TRIM_S = 5.0
# Arrays that are kept and at least as large get a mapping of their own; a process may have some 65,000.
_LARGE_BYTES = 16 * 1024
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


def lasting_doubles(*shape: int) -> NDArray[np.float64]:
    """An array of any content that is meant to stay. Its memory goes back to the system as soon as nobody has it.

    Arrays that grow come and go, each a little larger than the one before: in a heap shared with what is needed for
    a moment only, they leave gaps that fit nothing, more every hour.
    """
    import numpy as np

    size_bytes = 8 * math.prod(shape)
    if size_bytes >= _LARGE_BYTES:
        with suppress(OSError):  # there are too many mappings
            return np.frombuffer(_mapping(size_bytes), dtype=np.float64).reshape(shape)
    return np.empty(shape)


def _mapping(size_bytes: int) -> mmap.mmap:
    if hasattr(mmap, "MAP_ANONYMOUS"):
        return mmap.mmap(-1, size_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return mmap.mmap(-1, size_bytes)


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
