"""The server's log: one line an event, safe to show in a terminal, and never a flood."""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

LINES_PER_MINUTE = 10
_WINDOW_S = 60.0


def open_journal(*, verbose: bool, stream: TextIO | None = None) -> None:
    """Send what the server, uvicorn and the event loop log to `stream` (standard error)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(OneLine(verbose=verbose))
    handler.addFilter(RateLimit())
    for name, level in (
        ("lavdlike", logging.DEBUG if verbose else logging.INFO),
        ("uvicorn.error", logging.WARNING),
        ("asyncio", logging.WARNING),
    ):
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.handlers = [handler]
        logger.propagate = False


class OneLine(logging.Formatter):
    """Time, level and text in one line, control characters escaped: names in the tree and requests may hold any."""

    def __init__(self, *, verbose: bool) -> None:
        super().__init__()
        self._verbose = verbose

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage().strip()
        if record.exc_info and record.exc_info[1] is not None:
            text += f": {_described(record.exc_info[1])}"
        when = time.strftime("%H:%M:%S", time.localtime(record.created))
        line = f"{when} {record.levelname.lower()}: {escaped(text)}"
        if self._verbose and record.exc_info:
            line += "\n" + escaped(self.formatException(record.exc_info), keep="\n")
        return line


class RateLimit(logging.Filter):
    """At most `LINES_PER_MINUTE` of one sort (place in the code); the next line after says how many were left out."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._sorts: dict[tuple[str, int], tuple[float, int]] = {}  # begin of the window, lines in it

    def filter(self, record: logging.LogRecord) -> bool:
        sort = (record.pathname, record.lineno)
        begin, lines = self._sorts.get(sort, (self._now(), 0))
        if self._now() - begin >= _WINDOW_S:
            left_out = lines - LINES_PER_MINUTE
            if left_out > 0:
                record.msg = f"{record.msg} ({left_out} more like this were left out)"
            begin, lines = self._now(), 0
        self._sorts[sort] = (begin, lines + 1)
        return lines < LINES_PER_MINUTE


def escaped(text: str, keep: str = "") -> str:
    """`text` without what moves a cursor, changes colours, or cannot be printed."""
    return "".join(c if c.isprintable() or c in keep else ascii(c)[1:-1] for c in text)


def _described(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"
