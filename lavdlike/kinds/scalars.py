"""Scalars: numbers at steps, in one append-only TSV per experiment (docs/format.md, "Scalars").

One line a value: step, wall time (Unix seconds), label and value between tabs. A value is the shortest text that reads
back to the same float; integers stay integers; `nan`, `inf` and `-inf` are values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from lavdlike import json_file
from lavdlike.kinds.kind import Kind
from lavdlike.layout import MAX_STEP, SCALARS_FILE

HEADER = "step\twall_time\tlabel\tvalue\n"
# What a writer appends to a line that was cut short, so that nobody takes `0.12` for a cut `0.1234`.
CUT = "\t!cut\n"
# The label of a line that is no value: values of its step and later ones that stand before it in the file are replaced.
REWIND = "!rewind"
# A write that was killed ends where a page of the file ends (`parse_line`).
PAGE_BYTES = 4096
_ENDING = {ord(character): f"%{ord(character):02X}" for character in "\t\n\r\0"}
_HEADER_LINE = HEADER.rstrip("\n").encode()

# No part may be matched in several ways, and none is longer than numbers are (Python converts 4,300 digits): a line of
# 16 MiB would take seconds otherwise, or for ever, in which nobody else is answered.
_STEP = rb"0{0,256}[0-9]{1,16}"
_EXPONENT = rb"(?:[eE][+-]?[0-9]{1,5000})?"
_DIGITS = rb"[0-9]{1,5000}(?:\.[0-9]{0,5000})?" + _EXPONENT
_NUMBER = rb"[+-]?(?:" + _DIGITS + rb"|\.[0-9]{1,5000}" + _EXPONENT + rb"|(?i:nan|inf|infinity))"
_LINE = re.compile(
    rb"(?P<step>" + _STEP + rb")\t(?P<wall_time>[+-]?" + _DIGITS + rb")"
    rb"\t(?P<label>[^\t]+)\t(?P<value>" + _NUMBER + rb")\Z"
)
_INTEGER = re.compile(rb"[+-]?[0-9]+\Z")


class ScalarPoint(NamedTuple):
    """One value. `wall_time`: Unix seconds. `value`: an int if it was logged as one."""

    step: int
    wall_time: float
    label: str
    value: float | int


class BadLine(NamedTuple):
    """A line that is not a value. `refusal`: why one that looks like a value is none; else "".

    Why, and its text, are made up when they are asked for: of very many bad lines hardly any is.
    """

    line: bytes
    refusal: str = ""

    @property
    def reason(self) -> str:
        """Why it is none."""
        return self.refusal or _reason(self.line)

    @property
    def text(self) -> str:
        """The line, shortened."""
        text = self.line[:80].decode(errors="replace")
        return text + "..." if len(self.line) > 80 else text


class ScalarContent(msgspec.Struct):
    """`{"scalars": {"value": 0.8}}`, one file a value, as Lavd writes it."""

    value: int | float | bool


def format_line(step: int, wall_time: float, label: str, value: float | int) -> str:
    """The line of one value, with its newline; `label` is one that `layout.check_label` takes."""
    return f"{step}\t{wall_time:.3f}\t{label}\t{value!r}\n"


def format_lines(step: int, wall_time: float, values: Mapping[str, float | int]) -> str:
    """The lines of several values of one step, as `format_line` writes them."""
    start = f"{step}\t{wall_time:.3f}\t"
    return "".join([f"{start}{label}\t{value!r}\n" for label, value in values.items()])


def exact_lines(
    label: str,
    steps: Sequence[float],
    wall_times: Sequence[float],
    values: Sequence[float],
    exact: Mapping[int, int],
) -> str:
    """The lines of many points of a label, which is one that may stand there, with times as exact as they are.

    Args:
        exact: index -> the value instead, for integers that a double does not hold.
    """
    shown = [repr(value) for value in values]
    for index, value in exact.items():
        shown[index] = repr(value)
    return "".join(
        [
            f"{step:.0f}\t{wall_time!r}\t{label}\t{value}\n"
            for step, wall_time, value in zip(steps, wall_times, shown, strict=True)
        ]
    )


def label_in_lines(label: str) -> str:
    r"""A label as it can stand in a line: what would end it, or is no text, is escaped.

    >>> label_in_lines("a\tb"), label_in_lines("!rewind"), label_in_lines("val/loss")
    ('a%09b', '%21rewind', 'val/loss')
    """
    if label == REWIND:
        return f"%21{REWIND[1:]}"
    escaped = label.translate(_ENDING).encode(errors="backslashreplace").decode()
    return escaped or "(no label)"


def parse_line(line: bytes, offset: int | None = None) -> ScalarPoint | BadLine | None:
    """The value of one finished line, or why it is none; None for a blank line.

    Args:
        line: without its newline; a carriage return at the end is ignored.
        offset: where the line begins in its file, in bytes. Given, the value is saved that another process appended
            right behind one whose write was killed: a write that is killed ends at a page's end, so what follows
            such a place and is a whole line is a value. What stands before it was never reported written.
    """
    found = _LINE.match(line)
    if found:
        return _point(found, line)
    if line.endswith(b"\r"):
        line = line.rstrip(b"\r")
        found = _LINE.match(line)
        if found:
            return _point(found, line)
    if not line or line == _HEADER_LINE:  # a repeated header: files that were put together with `cat`
        return None
    if offset is not None:
        for place in range(-offset % PAGE_BYTES, len(line), PAGE_BYTES):
            found = _LINE.match(line, place) if place else None
            if found:
                return _point(found, line)
    return BadLine(line)


def from_json(value: object, path: str) -> ScalarContent:
    """What a JSON file holds at the key `scalars`. Booleans are 1 and 0."""
    content = json_file.convert(value, ScalarContent, path, "scalars")
    if isinstance(content.value, bool):
        content.value = int(content.value)
    return content


def to_json(value: float | int) -> dict[str, Any]:
    """What stands in the JSON file of one value, as Lavd writes it."""
    return {"scalars": {"value": value}}


KIND = Kind(
    "scalars",
    json_key="scalars",
    content=ScalarContent,
    read_json=from_json,
    number_of=lambda content: content.value,
    growing_files=(SCALARS_FILE,),
)


def _point(found: re.Match[bytes], line: bytes) -> ScalarPoint | BadLine:
    step, wall_time, label, value = found.groups()
    number = int(step)
    if number > MAX_STEP:
        return BadLine(line, "the step is larger than 2**53 - 1")
    try:
        text = label.decode()
    except UnicodeDecodeError:
        return BadLine(line, "the label is not UTF-8")
    try:
        parsed = int(value) if _INTEGER.match(value) else float(value)
    except ValueError:  # more digits than Python converts
        return BadLine(line, "the value has too many digits")
    seconds = float(wall_time)
    if math.isinf(seconds):
        return BadLine(line, "the wall time is not a number of seconds")
    return ScalarPoint(number, seconds, text, parsed)


def _reason(line: bytes) -> str:
    if line.endswith(CUT.strip("\n").encode()):
        return "cut short while it was written (the process was killed or the disk was full)"
    fields = line.count(b"\t") + 1
    if fields != 4:
        return f"{fields} fields where step, wall_time, label and value are expected between tabs"
    step, _, label, value = line.split(b"\t")
    if not re.fullmatch(_STEP, step):
        return "the step is not a whole number from 0 to 2**53 - 1"
    if not label:
        return "the label is empty"
    if not re.fullmatch(_NUMBER, value):
        return "the value is not a number"
    return "the wall time is not a number of seconds"
