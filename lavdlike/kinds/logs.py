r"""Logs: lines of text, some of them records with time and tag (docs/format.md, "Logs").

A record is `time TAB tag TAB message`, as Lavd writes `events.log`. Ours have the UTC offset in the time, and in
them a tab, a newline or a carriage return of a field stands as `\t`, `\n`, `\r`, so that a record is one line.
Times without offset are Lavd's or somebody else's: their fields are read as they stand.
"""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from lavdlike.kinds.kind import TEXT_TYPE, Kind

_TIME_WITH_OFFSET = re.compile(
    r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\Z"
)
# A backslash is doubled only where it would be read as the beginning of an escape.
_TO_ESCAPE = re.compile(r"[\t\n\r]|\\(?=[tnr\\\t\n\r])")
_ESCAPED = re.compile(r"\\([tnr\\])")
_ESCAPES = {"\t": r"\t", "\n": r"\n", "\r": r"\r", "\\": r"\\"}
_UNESCAPES = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}

# How a record ends that was cut short, and how that is shown.
_CUT_END = "\t!cut"
_CUT_SHOWN = " … (cut short)"


# What a writer appends to a record that was cut short: a tab stands in no whole one's message.
CUT = "\t!cut\n"
_CUT_END = CUT.rstrip("\n")
_CUT_SHOWN = " … (cut short)"


class LogLine(msgspec.Struct):
    """One line. `time` and `tag` are "" where the line has none."""

    message: str
    time: str = ""
    tag: str = ""


def format_record(time: datetime, tag: str, message: str, delimiter: str = "\t") -> str:
    r"""The line of one record, with its newline. `time` is aware of its zone.

    >>> from datetime import timezone
    >>> format_record(datetime(2026, 3, 1, 9, 30, tzinfo=timezone.utc), "STDOUT", "two\nlines")
    '2026-03-01 09:30:00.000000+00:00\tSTDOUT\ttwo\\nlines\n'
    """
    stamp = time.isoformat(" ", "microseconds")
    return f"{stamp}{delimiter}{_escaped(tag)}{delimiter}{_escaped(message)}\n"


def parse_line(line: str) -> LogLine:
    """The fields of one line, given without its newline: as Lavd takes them, but tabs of the last field are kept.

    A record that was cut short is none: its time and tag may be, too. It is a message that says so.
    """
    line = line.rstrip("\r")
    if line.endswith(_CUT_END):
        return LogLine(f"{line.removesuffix(_CUT_END)}{_CUT_SHOWN}")
    fields = line.split("\t", 2)
    if len(fields) == 1:
        return LogLine(fields[0])
    time, tag, message = fields if len(fields) == 3 else (fields[0], "", fields[1])
    if _TIME_WITH_OFFSET.match(time):
        return LogLine(_unescaped(message), time, _unescaped(tag))
    return LogLine(message, time, tag)


KIND = Kind(
    "logs",
    frozenset({".log"}),
    media_types={".log": TEXT_TYPE},
    growing_files=("events.log", "stdout.log", "stderr.log"),
)


def _escaped(field: str) -> str:
    return _TO_ESCAPE.sub(lambda found: _ESCAPES[found[0]], field)


def _unescaped(field: str) -> str:
    return _ESCAPED.sub(lambda found: _UNESCAPES[found[1]], field)
