"""Lines of rollouts that are made of a file of another form, by a child process: such files are nobody's to trust."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import BinaryIO, NamedTuple

from lavdlike.bounded import giving_up
from lavdlike.disk import user_cache
from lavdlike.disk.filling import fill
from lavdlike.errors import LogFormatError
from lavdlike.kinds.rollout_records.rollout_begins import Form

_TIME_S = 25.0
_TURN_S = 0.1
_CHILD = (
    "import sys; sys.path[:] = {paths!r}; "
    "from lavdlike.reading.rollout_pages import made_lines_child; made_lines_child.main()"
)
# polars starts as many threads as there are cores, and reserves memory for each.
_ENVIRONMENT = {"POLARS_MAX_THREADS": "1"}
# Each takes a core, and memory.
_turn = threading.BoundedSemaphore(2)


class RolloutFile(NamedTuple):
    """A file of rollouts, of whatever form.

    `path`: relative to the root. `in_experiment`: relative to its experiment. `step`: None for what has none.
    """

    path: str
    in_experiment: str
    step: int | None


def made(descriptor: int, form: Form, path: str) -> BinaryIO:
    """A file of lines, of no name, that is the caller's to close.

    Args:
        path: of the file, for people.

    Raises:
        LogFormatError: it cannot be read, or not in time.
        GivenUpError: nobody waits for it.
    """
    lines = user_cache.scratch()
    try:
        with _turn:
            giving_up.check()
            _make(descriptor, form, path, lines)
    except BaseException:
        lines.close()
        raise
    return lines


def _make(descriptor: int, form: Form, path: str, lines: BinaryIO) -> None:
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", _CHILD.format(paths=sys.path), form.value],
        stdin=fill(descriptor),
        stdout=lines.fileno(),
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, **_ENVIRONMENT},
    )
    try:
        said = _said_by(child)
    finally:
        child.kill()
        child.communicate()
    if said is None:
        raise LogFormatError(path, f"takes longer than {_TIME_S:g} s to be read")
    if child.returncode != 0:
        reason = said.decode(errors="replace")[:300] if child.returncode == 1 else ""
        raise LogFormatError(path, f"cannot be read: {reason or 'its reader has crashed'}")


def _said_by(child: subprocess.Popen[bytes]) -> bytes | None:
    """None if it comes to no end in time."""
    until = time.monotonic() + _TIME_S
    while time.monotonic() < until:
        giving_up.check()
        with suppress(subprocess.TimeoutExpired):
            return child.communicate(timeout=_TURN_S)[1]
    return None
