"""The server's log: one line an event, safe to show in a terminal, and never a flood."""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from lavdlike.shell.output import say
from lavdlike.shell.text import escaped

LINES_PER_MINUTE = 10
MAX_CHARACTERS = 1000
_WINDOW_S = 60.0


def set_up_logging(*, verbose: bool, stream: TextIO | None = None) -> None:
    """Send what the server, uvicorn, the event loop and every library log to `stream` (standard error)."""
    handler = _AnyStream(stream or sys.stderr)
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
    logging.lastResort = handler  # for libraries; it would write what they say as it is


class _AnyStream(logging.Handler):
    """Writes what it can: a stream that is closed, gone, full or in another encoding stops nothing and nobody."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        try:
            say(self.format(record), self._stream)
        except TypeError:  # arguments that do not fit the text
            self.handleError(record)


class OneLine(logging.Formatter):
    """Time, level and text in one line, control characters escaped: names in the tree and requests may hold any.

    Of a text beyond `MAX_CHARACTERS` the middle is left out: at its end stands the reason.
    """

    def __init__(self, *, verbose: bool) -> None:
        super().__init__()
        self._verbose = verbose

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage().strip()
        if record.exc_info and record.exc_info[1] is not None:
            text += f": {_described(record.exc_info[1])}"
        when = time.strftime("%H:%M:%S", time.localtime(record.created))
        line = f"{when} {record.levelname.lower()}: {escaped(_cut(text))}"
        if self._verbose and record.exc_info:
            rows = self.formatException(record.exc_info).splitlines()
            line += "".join(f"\n{escaped(_cut(row))}" for row in rows)
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


def _cut(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return text
    half = MAX_CHARACTERS // 2
    return f"{text[:half]} ({len(text) - 2 * half} characters) {text[-half:]}"


def _described(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"
