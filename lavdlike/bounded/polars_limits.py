"""Whether polars can be used in this process, and what is said where it cannot.

polars ends or hangs a process whose memory is limited below what its threads reserve, and gives up for good where no
thread can be started. So this is looked at before polars is imported, and a reader that can do without it does.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lavdlike.errors import LavdlikeError

# What polars, its threads' stacks and a table of 64 MiB reserve of address space.
_NEEDED_BYTES = 3 * 2**30
_NEEDED_BYTES_PER_CORE = 16 * 2**20
# Beside those that polars starts for each core.
_OTHER_THREADS = 4


class NoPolarsError(LavdlikeError):
    """polars cannot be used in this process; says why."""


class _Use:
    """What is known of polars in this process. `refusal`: why it has failed, for good."""

    works = False
    refusal = ""
    lock = threading.Lock()


def refusal() -> str:
    """Why polars cannot be used now; "" if it can."""
    with _Use.lock:
        if _Use.works or _Use.refusal:
            return _Use.refusal
        why = _lack_of_memory() or _lack_of_threads()
        _Use.works = not why
        return why


@contextmanager
def using() -> Iterator[None]:
    """Around every use of polars.

    Raises:
        NoPolarsError: it cannot be used here, or has crashed, after which it is not used any more.
    """
    why = refusal()
    if why:
        raise NoPolarsError(why)
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # polars' own, which is no Exception
            raise
        with _Use.lock:
            _Use.works, _Use.refusal = False, f"polars has crashed: {' '.join(str(error).split())[:200]}"
            why = _Use.refusal
        raise NoPolarsError(why) from None


def _lack_of_memory() -> str:
    try:
        import resource
    except ImportError:  # not on Windows
        return ""
    needed_bytes = _NEEDED_BYTES + _NEEDED_BYTES_PER_CORE * (os.cpu_count() or 1)
    for limit, name in ((resource.RLIMIT_AS, "address space"), (resource.RLIMIT_DATA, "data segment")):
        most, _ = resource.getrlimit(limit)
        if most != resource.RLIM_INFINITY and most < needed_bytes:
            return (
                f"the {name} of this process is limited to {most // 2**20:,} MiB; "
                f"polars needs {needed_bytes // 2**20:,}"
            )
    return ""


def _lack_of_threads() -> str:
    """Starts as many threads as polars does, and ends them again."""
    wanted = (os.cpu_count() or 1) + _OTHER_THREADS
    end = threading.Event()
    started: list[threading.Thread] = []
    try:
        for _ in range(wanted):
            thread = threading.Thread(target=end.wait, name="lavdlike-probe", daemon=True)
            thread.start()
            started.append(thread)
    except RuntimeError:
        return f"this process may start no more than {len(started)} threads; polars needs {wanted}"
    finally:
        end.set()
        for thread in started:
            thread.join()
    return ""
