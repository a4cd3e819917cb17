"""Renames that ordinary `rename` does not know: two names exchanged in one step, and never over something.

Linux has them (`renameat2`), but not for every file system; elsewhere the callers have a second-best way.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
from collections.abc import Callable

_NOREPLACE, _EXCHANGE = 1, 2
# What says that the kernel or the file system does not know it: nothing was done.
_UNKNOWN = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP})


class UnsupportedError(OSError):
    """The system does not know this rename; nothing was done."""


def exchange(first: str, second: str, *, folder: int) -> None:
    """Exchange what stands at two names in a folder, given by its descriptor.

    Raises:
        UnsupportedError: not on this system.
        OSError: one of them is not there, or the system refuses.
    """
    _rename(folder, first, folder, second, _EXCHANGE)


def rename_to_free(source: str, target: str, *, source_folder: int, target_folder: int) -> None:
    """Rename, but never over something that stands at the target.

    Raises:
        FileExistsError: something stands there.
        UnsupportedError: not on this system.
        OSError: the source is not there, or the system refuses.
    """
    _rename(source_folder, source, target_folder, target, _NOREPLACE)


def _rename(source_folder: int, source: str, target_folder: int, target: str, flags: int) -> None:
    renameat2 = _renameat2()
    if renameat2 is None:
        raise UnsupportedError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if renameat2(source_folder, os.fsencode(source), target_folder, os.fsencode(target), flags) == 0:
        return
    number = ctypes.get_errno()
    if number in _UNKNOWN:
        raise UnsupportedError(number, os.strerror(number), source)
    raise OSError(number, os.strerror(number), source, None, target)


@functools.cache
def _renameat2() -> Callable[[int, bytes, int, bytes, int], int] | None:
    """The C library's function; None where there is none."""
    try:
        function = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return None
    function.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    function.restype = ctypes.c_int
    call: Callable[[int, bytes, int, bytes, int], int] = function
    return call
