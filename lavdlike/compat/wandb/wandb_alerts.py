"""`alert`, with the levels of the original and its pause between two of one title."""

from __future__ import annotations

import enum
import time
from datetime import timedelta
from typing import Any

from lavdlike.logger import Logger
from lavdlike.messages import AlertLevel as Level

_LEVELS: dict[str, Level] = {"info": "info", "warn": "warn", "warning": "warn", "error": "error"}
_PAUSE_S = 60.0


class AlertLevel(enum.Enum):
    """How bad it is."""

    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


class Alerts:
    """What a run points out."""

    def __init__(self, logger: Logger) -> None:
        self._logger = logger
        self._said: dict[str, float] = {}

    def say(self, title: Any, text: Any = "", level: Any = None, wait_duration: Any = None) -> None:
        """Say it, unless the same title was said within `wait_duration` (seconds or a `timedelta`; a minute)."""
        pause_s = wait_duration.total_seconds() if isinstance(wait_duration, timedelta) else wait_duration
        pause_s = _PAUSE_S if pause_s is None else float(pause_s)
        now = time.monotonic()
        known = self._said.get(str(title))
        if known is not None and now - known < pause_s:
            return
        self._said[str(title)] = now
        name = str(getattr(level, "value", level) or "info").lower()
        self._logger.alert(str(title).strip() or "Alert", str(text or ""), _LEVELS.get(name, "info"))
