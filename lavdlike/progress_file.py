"""`progress.json`: how far a script has got (docs/format.md, "Progress"). Pure: bytes in, values out.

A file of its own, since it is written anew every second: `experiment.json` has a lock, and its time is the heartbeat.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import msgspec

from lavdlike import json_file
from lavdlike.errors import LogFormatError
from lavdlike.messages import Progress

MAX_BYTES = 2**16
# Nested loops have a few; who makes hundreds at once shows none of them to anybody.
MAX_BARS = 20
_MAX_NAME = 200


class ProgressFile(msgspec.Struct, omit_defaults=True):
    """The whole file. `session`: of which process it is, so that two that write it do not take turns."""

    progress: list[Progress]
    session: str = ""


_KEYS = frozenset(ProgressFile.__struct_fields__)


def read(data: bytes, path: str) -> list[Progress]:
    """What the file says, outermost loops first.

    Raises:
        LogFormatError: it is something else.
    """
    document = json_file.read_object(data, path)
    bars = json_file.convert(document, ProgressFile, path, "").progress[:MAX_BARS]
    if not all(math.isfinite(number) for bar in bars for number in _numbers_of(bar)):
        raise LogFormatError(path, "a number of its progress is not finite")
    return bars


def session_of(data: bytes) -> str:
    """Which process wrote it, "" if it is no such file."""
    try:
        return msgspec.json.decode(data, type=ProgressFile).session
    except msgspec.DecodeError:
        return ""


def is_ours(data: bytes) -> bool:
    """Whether a file of this name can be what the name says: a list of objects at the key `progress`, and no item."""
    try:
        document = json_file.parse(data, "")
    except LogFormatError:
        return False
    found: Any = document.get("progress")
    return (
        document.keys() <= _KEYS and isinstance(found, list) and all(isinstance(bar, dict) for bar in found)
    )


def dump(bars: Sequence[Progress], session: str) -> bytes:
    """The file, a bar a line, for people who look into it."""
    lines = [json.dumps(_shown(bar), ensure_ascii=False) for bar in bars[:MAX_BARS]]
    listed = ",\n  ".join(lines)
    return f'{{"session": {json.dumps(session)}, "progress": [\n  {listed}]}}\n'.encode(
        errors="backslashreplace"
    )


def _shown(bar: Progress) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(bar)
    return {**found, "name": bar.name[:_MAX_NAME], "unit": bar.unit[:_MAX_NAME]}


def _numbers_of(bar: Progress) -> list[float]:
    numbers = (bar.done, bar.total, bar.rate, bar.started, bar.updated)
    return [number for number in numbers if number is not None]


def current(bars: Sequence[Progress]) -> Progress | None:
    """The one that says how long it will take: the outermost loop that goes on, one with an end before others."""
    under_way = [bar for bar in bars if not bar.ended]
    return next((bar for bar in under_way if bar.total), under_way[0] if under_way else None)


def left_s(bar: Progress, now: float) -> float | None:
    """Seconds that it will still take at its rate; None if nobody can say."""
    if not bar.total or not bar.rate or bar.ended:
        return None
    return max(0.0, (bar.total - bar.done) / bar.rate - max(0.0, now - bar.updated))
