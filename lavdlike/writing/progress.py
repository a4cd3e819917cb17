"""Spinner (halo) and progress bar (tqdm) that write when they began and ended; loaded when one is asked for."""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from halo import Halo
from tqdm import tqdm

from lavdlike.terminal import duration_text


class Event:
    """`<tag>_START` when it begins and `<tag>_END` when it ends, each once, in the process that began it.

    Args:
        log: takes tag and message.
        message: what to write, asked for when it is written.
    """

    def __init__(self, log: Callable[[str, str], None], tag: str, message: Callable[[], str]) -> None:
        self._log = log
        self._tag = tag
        self._message = message
        self._began_in: int | None = None
        self._started = 0.0

    def begin(self) -> None:
        if self._began_in is None:
            self._began_in = os.getpid()
            self._started = time.monotonic()
            self._log(f"{self._tag}_START", self._message())

    def end(self) -> None:
        # A forked child holds a copy of its parent's bar, and closes it when it exits.
        if self._began_in == os.getpid():
            self._began_in = None
            duration = duration_text(time.monotonic() - self._started)
            self._log(f"{self._tag}_END", f"{self._message()} - Duration: {duration}")


class ProgressBar(tqdm):  # type: ignore[type-arg] # not generic at run time
    """A tqdm bar of which begin and end are logged, however it ends."""

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        self._event = event
        super().__init__(*args, **kwargs)
        event.begin()

    def __iter__(self) -> Iterator[Any]:
        try:
            yield from super().__iter__()
        finally:
            self.close()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._event.end()


class Spinner(Halo):  # type: ignore[misc] # published without types
    """A halo spinner of which begin and end are logged, however it ends. It turns on terminals only."""

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        self._event = event
        kwargs.setdefault("stream", sys.stdout)  # halo's own default is the stream at its import
        kwargs.setdefault("enabled", _is_terminal(kwargs["stream"]))
        super().__init__(*args, **kwargs)

    def start(self, text: str | None = None) -> Spinner:
        self._event.begin()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # halo calls Thread.setDaemon
            super().start(text)
        return self

    def stop(self) -> Spinner:
        try:
            if self.enabled:  # halo would show the cursor of a disabled one
                super().stop()
        finally:
            self._event.end()
        return self

    def stop_and_persist(self, symbol: str = " ", text: str | None = None) -> Spinner:
        try:
            super().stop_and_persist(symbol, text)
        finally:
            self._event.end()
        return self


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # no stream, or closed
        return False
