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

from lavdlike.kinds import json_file
from lavdlike.kinds.kind import Kind
from lavdlike.layout import MAX_STEP

HEADER = "step\twall_time\tlabel\tvalue\n"
# What a writer appends to a line that was cut short, so that nobody takes `0.12` for a cut `0.1234`.
CUT = "\t!cut\n"
# A write that was killed ends where a page of the file ends (`parse_line`).
PAGE_BYTES = 4096
_HEADER_LINE = HEADER.rstrip("\n").encode()

_NUMBER = rb"[+-]?(?:[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?|(?i:nan|inf|infinity))"
_LINE = re.compile(
    rb"(?P<step>0*[0-9]{1,16})\t(?P<wall_time>[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)"
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
    """A line that is not a value: why, and its text, shortened."""

    reason: str
    text: str


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


def to_number(value: object, *, argument: str = "scalar") -> float | int:
    """A Python, numpy or torch scalar (0-d, on any device) as a Python number; booleans are 1 and 0.

    Raises:
        ValueError: not one real number.
    """
    if hasattr(value, "item"):
        try:
            value = value.item()
        except (RuntimeError, ValueError, TypeError):  # torch, numpy and others, of more than one element
            raise ValueError(
                f"{argument} must be one number, not {type(value).__name__} of several"
            ) from None
    try:
        if hasattr(value, "__index__"):
            return int(value.__index__())
        if hasattr(value, "__float__"):
            return float(value)
    except (TypeError, ValueError, OverflowError):
        pass  # said below
    raise ValueError(f"{argument} must be a real number, not {value!r}")


def entries_of(values: object, *, argument: str = "scalar") -> list[object] | None:
    """The entries of a one-dimensional sequence or array, or None if `values` is not one.

    Raises:
        ValueError: it has more dimensions.
    """
    dimensions = getattr(values, "ndim", None)
    if dimensions is None:
        is_one = isinstance(values, Sequence) and not isinstance(values, (str, bytes))
        return list(values) if is_one else None  # type: ignore[call-overload] # a Sequence
    if dimensions > 1:
        raise ValueError(f"{argument} must have one dimension, not {dimensions}")
    # Arrays of numpy, torch and their like.
    return values.tolist() if dimensions == 1 else None  # type: ignore[attr-defined]


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
    line = line.rstrip(b"\r")
    if not line or line == _HEADER_LINE:  # a repeated header: files that were put together with `cat`
        return None
    found = _LINE.match(line)
    if found:
        return _point(found, line)
    if offset is not None:
        for place in range(-offset % PAGE_BYTES, len(line), PAGE_BYTES):
            found = _LINE.match(line, place) if place else None
            if found:
                return _point(found, line)
    return BadLine(_reason(line), _shortened(line))


def from_json(value: object, path: str) -> ScalarContent:
    """What a JSON file holds at the key `scalars`. Booleans are 1 and 0."""
    content = json_file.convert(value, ScalarContent, path, "scalars")
    if isinstance(content.value, bool):
        content.value = int(content.value)
    return content


def to_json(value: float | int) -> dict[str, Any]:
    """What stands in the JSON file of one value, as Lavd writes it."""
    return {"scalars": {"value": value}}


KIND = Kind("scalars", json_key="scalars", read_json=from_json)


def _point(found: re.Match[bytes], line: bytes) -> ScalarPoint | BadLine:
    step, wall_time, label, value = found.groups()
    number = int(step)
    if number > MAX_STEP:
        return BadLine("the step is larger than 2**53 - 1", _shortened(line))
    try:
        text = label.decode()
    except UnicodeDecodeError:
        return BadLine("the label is not UTF-8", _shortened(line))
    try:
        parsed = int(value) if _INTEGER.match(value) else float(value)
    except ValueError:  # more digits than Python converts
        return BadLine("the value has too many digits", _shortened(line))
    seconds = float(wall_time)
    if math.isinf(seconds):
        return BadLine("the wall time is not a number of seconds", _shortened(line))
    return ScalarPoint(number, seconds, text, parsed)


def _reason(line: bytes) -> str:
    if line.endswith(CUT.strip("\n").encode()):
        return "cut short while it was written (the process was killed or the disk was full)"
    fields = line.count(b"\t") + 1
    if fields != 4:
        return f"{fields} fields where step, wall_time, label and value are expected between tabs"
    step, _, label, value = line.split(b"\t")
    if not re.fullmatch(rb"0*[0-9]{1,16}", step):
        return "the step is not a whole number from 0 to 2**53 - 1"
    if not label:
        return "the label is empty"
    if not re.fullmatch(_NUMBER, value):
        return "the value is not a number"
    return "the wall time is not a number of seconds"


def _shortened(line: bytes) -> str:
    text = line[:80].decode(errors="replace")
    return text + "..." if len(line) > 80 else text
