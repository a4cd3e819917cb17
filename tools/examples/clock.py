"""The clock of the examples: the logger's, while they are written."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from unittest import mock

START = 1_763_600_000.0  # Unix seconds, 2025-11-20: when the first experiment "began"


class Clock:
    """Stands in for `time.time` while the examples are written: it moves only when told to."""

    def __init__(self, now_s: float) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s

    def advance(self, seconds: float) -> None:
        self.now_s += seconds


@contextlib.contextmanager
def running_at(now_s: float) -> Iterator[Clock]:
    """Within the block, the logger's clock is the returned one."""
    clock = Clock(now_s)

    class ClockedDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> ClockedDatetime:
            return cls.fromtimestamp(clock(), tz or UTC)

        def astimezone(self, tz: tzinfo | None = None) -> ClockedDatetime:
            return super().astimezone(tz or UTC)

    with (
        mock.patch("time.time", clock),
        mock.patch("time.monotonic", clock),
        mock.patch("lavdlike.logger.datetime", ClockedDatetime),
        mock.patch("lavdlike.writing.calls.console_calls.datetime", ClockedDatetime),
        mock.patch("sys.stdout", io.StringIO()),
        mock.patch("sys.stderr", io.StringIO()),
    ):
        yield clock
