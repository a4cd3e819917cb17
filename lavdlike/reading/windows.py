"""What is known of the windows of an environment beside their items: the last line about each in `windows.jsonl`."""

from __future__ import annotations

import math
from typing import Any

from lavdlike import window_records
from lavdlike.disk.filling import pread
from lavdlike.disk.root import OpenedFile
from lavdlike.window_messages import WindowInfo
from lavdlike.window_records import WindowRecord

# Of a larger file the end counts: each window says all of itself whenever something of it changes.
MAX_BYTES = 64 * 2**20
_MAX_TITLE = 500


def read(opened: OpenedFile) -> tuple[str, list[WindowInfo]]:
    """The environment's name, "" if the file does not say it, and its windows in the order in which they were made.

    A line that is not finished is left for the next time.

    Raises:
        OSError: the file cannot be read.
    """
    size = opened.status.st_size  # what comes later is for the next time
    data = pread(opened.fd, MAX_BYTES, max(0, size - MAX_BYTES))
    lines = data[: data.rfind(b"\n") + 1]
    env = window_records.env_of(lines.partition(b"\n")[0]) or ""
    last: dict[str, WindowRecord] = {}
    for record in window_records.records_of(lines):
        last[record.id] = record
    there = sorted((each for each in last.values() if not each.closed), key=lambda each: each.i)
    return env, [_info(each) for each in there]


def _info(record: WindowRecord) -> WindowInfo:
    title = record.opts.get("title")
    return WindowInfo(
        label=record.label,
        id=record.id,
        type=record.type,
        title="" if title is None else str(title)[:_MAX_TITLE],
        width=_pixels(record.opts.get("width")),
        height=_pixels(record.opts.get("height")),
        selected=record.selected,
    )


def _pixels(given: Any) -> float | None:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    return float(given) if is_number and math.isfinite(given) and given > 0 else None
