"""Spinner (halo) and progress bar (tqdm) that write when they began and ended; loaded when one is asked for."""

from __future__ import annotations

import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from halo import Halo
from tqdm import tqdm

from lavdlike.writing.progress_report import ProgressReport, counts_of
from lavdlike.writing.terminal import Output, duration_text

_DOTS = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"  # halo's default


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
    """A tqdm bar of which begin and end are logged, however it ends, and how far it is.

    One that is disabled counts as well: it is what no terminal shows that others want to see.

    Its lock is one of threads. tqdm's own is one for all processes that were forked, and stays taken if one of them is
    killed while it draws.
    """

    _lock = threading.RLock()

    def __init__(
        self, event: Event, report: ProgressReport | None, name: str, *args: Any, **kwargs: Any
    ) -> None:
        self._event = event
        self._report = report
        self._name = name
        kwargs["file"] = Output(kwargs.get("file") or sys.stderr)
        super().__init__(*args, **kwargs)
        event.begin()
        if report is not None:
            report.follow(name, self, counts_of)

    @staticmethod
    def status_printer(file: Any) -> Callable[[str], None]:
        try:
            return tqdm.status_printer(file)
        except Exception:  # noqa: BLE001 - it flushes both standard streams, whatever they are
            return lambda _status: None

    def __iter__(self) -> Iterator[Any]:
        try:
            if self.disable:
                for each in self.iterable:
                    yield each
                    self.n += 1
            else:
                yield from super().__iter__()
        finally:
            self.close()

    def update(self, n: float | None = 1) -> bool | None:
        if self.disable:
            self.n += n or 0
            return None
        return super().update(n)

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._event.end()
            if self._report is not None:
                self._report.end(self._name)


class Spinner(Halo):  # type: ignore[misc] # published without types
    """A halo spinner of which begin and end are logged, however it ends. It turns on terminals only."""

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        self._event = event
        output = Output(kwargs.get("stream") or sys.stdout)  # halo's own default is the stream at its import
        kwargs["stream"] = output
        kwargs.setdefault("enabled", output.isatty())
        if not output.can_show(_DOTS):
            kwargs.setdefault("spinner", "line")
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


def _after_fork_in_child() -> None:
    ProgressBar.set_lock(threading.RLock())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
