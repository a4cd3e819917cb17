"""Where arrays that stay get their memory."""

from __future__ import annotations

import math
import mmap
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Arrays that are kept and at least as large get a mapping of their own; a process may have some 65,000.
_LARGE_BYTES = 16 * 1024
_LEAST_BUDGET_BYTES, _MOST_BUDGET_BYTES = 256 * 2**20, 4 * 2**30
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def points_budget_bytes() -> int:
    """What points in memory may take: a quarter of the machine's memory, or of what this process may have of it."""
    return max(_LEAST_BUDGET_BYTES, min(_machine_bytes() // 4, _MOST_BUDGET_BYTES))


def _machine_bytes() -> int:
    found = [_LEAST_BUDGET_BYTES]
    with suppress(AttributeError, ValueError, OSError):  # not on Windows
        found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    with suppress(OSError, ValueError):  # "max" is no number
        found.append(int(_CGROUP_LIMIT.read_text()))
    with suppress(ImportError):
        import resource

        most, _ = resource.getrlimit(resource.RLIMIT_AS)
        if most != resource.RLIM_INFINITY:
            found.append(most)
    return min(found)


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
