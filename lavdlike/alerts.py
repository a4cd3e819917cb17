r"""Alerts: records of `events.log` that a page points out (docs/format.md, "Alerts").

A record with the tag `ALERT-INFO`, `ALERT-WARN` or `ALERT-ERROR`, whose message is the title and, in the lines below,
a text.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lavdlike.kinds import logs
from lavdlike.messages import Alert, AlertLevel

LEVELS: tuple[AlertLevel, ...] = ("info", "warn", "error")
# How every record of one begins behind its time: what is searched for before a line is taken apart.
MARK = b"\tALERT-"
# What a page is given of one; the whole stands in the file.
MAX_TITLE, MAX_TEXT = 200, 1000

_LEVEL_OF_TAG: dict[str, AlertLevel] = {f"ALERT-{level.upper()}": level for level in LEVELS}


def format_alert(time: datetime, title: str, text: str, level: AlertLevel) -> str:
    r"""The line of one, with its newline. `time` is aware of its zone; newlines of the title become spaces.

    >>> from datetime import timezone
    >>> format_alert(datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc), "NaN", "in the loss", "error")
    '2026-03-01 09:30:00.000000+00:00\tALERT-ERROR\tNaN\\nin the loss\n'
    """
    first = " ".join(title.split())
    return logs.format_record(time, f"ALERT-{level.upper()}", f"{first}\n{text}" if text else first)


def find_alerts(lines: bytes) -> Iterator[Alert]:
    """Those in whole lines of an `events.log`, in their order. Records without a zone in their time are none."""
    at = lines.find(MARK)
    while at >= 0:
        begin, end = lines.rfind(b"\n", 0, at) + 1, lines.find(b"\n", at)
        end = len(lines) if end < 0 else end
        found = _alert(logs.parse_line(lines[begin:end].decode(errors="replace")))
        if found is not None:
            yield found
        at = lines.find(MARK, end)


def _alert(line: logs.LogLine) -> Alert | None:
    level = _LEVEL_OF_TAG.get(line.tag)
    if level is None:
        return None
    try:
        time = datetime.fromisoformat(line.time)
    except ValueError:
        return None
    if time.tzinfo is None:
        return None
    title, _, text = line.message.partition("\n")
    return Alert(time.timestamp(), level, title[:MAX_TITLE], text[:MAX_TEXT])
