"""Work in threads that nobody waits for any more: who works long asks now and then, and ends.

A thread cannot be ended from outside. Whoever calls a function in one says when it is given up (`when`), and what the
function does in slices calls `check` between them, without knowing who waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lavdlike.errors import LavdlikeError

_of_thread = threading.local()


class GivenUpError(LavdlikeError):
    """Nobody waits for the result."""


@contextmanager
def when(is_given_up: Callable[[], bool]) -> Iterator[None]:
    """Within the block, `check` asks this function. It is called in this thread."""
    before = getattr(_of_thread, "is_given_up", None)
    _of_thread.is_given_up = is_given_up
    try:
        yield
    finally:
        _of_thread.is_given_up = before


def check() -> None:
    """Raises GivenUpError: what this thread is at is given up."""
    is_given_up = getattr(_of_thread, "is_given_up", None)
    if is_given_up is not None and is_given_up():
        raise GivenUpError("given up")
