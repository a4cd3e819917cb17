"""The method of `Logger` for what somebody should look at."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lavdlike import alerts
from lavdlike.writing.calls.family import Family
from lavdlike.writing.checks import check_choice, check_text

if TYPE_CHECKING:
    from lavdlike.messages import AlertLevel


class AlertCalls(Family):
    """Alerts."""

    def alert(self, title: str, text: str = "", level: AlertLevel = "info") -> None:
        """Point something out to whoever has the page open, or opens it later: the bell in its bar.

        Written to `events.log` as a record (docs/format.md, "Alerts").

        Args:
            title: what happened, in a few words.
            text: more of it.
            level: "info", "warn" or "error".

        >>> with Logger("example") as logger:
        ...     logger.alert("Loss is NaN", "at step 340", level="error")
        """
        writer = self._active
        if writer is None:
            return
        check_text(title, "title")
        check_text(text, "text")
        check_choice(level, alerts.LEVELS, "level")
        if not title.strip():
            raise ValueError("title must not be empty")
        # Between tabs whatever the delimiter of other records is: readers look for these.
        writer.append(writer.events, alerts.format_alert(datetime.now().astimezone(), title, text, level))
        writer.heard_of()
