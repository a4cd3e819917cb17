"""Numbers in what a program prints (`loss=0.42`, `val loss: 0.42`) -> scalars at steps."""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from lavdlike import layout
from lavdlike.compat.tags import label_of

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf)"
_WORD = r"[A-Za-z_][\w./@-]*"
# A name of up to three words, `=` or `:`, and a number that is not the beginning of something else (12:30, 1/10, 3px).
_NAME = rf"(?<![\w./@=?&-])(?P<name>{_WORD}(?: {_WORD}){{0,2}})"
PATTERN = rf"{_NAME} {{0,3}}[:=] {{0,3}}(?P<value>{_NUMBER})(?![\w:/]|\.\d)"
# Where a line says its step: the first of these words that stands in it.
_STEPS = [
    re.compile(rf"(?<![\w./@-]){word}s?\s{{0,3}}[:=#]?\s{{0,3}}[\[(]?\s{{0,3}}(\d{{1,15}})", re.IGNORECASE)
    for word in (r"global[_ ]?step", "step", "iteration", "iter", "it", "batch", "epoch")
]
_STEP_NAME = re.compile(r"(?:.*[ _])?(?:step|iteration|iter|it|batch|epoch)s?\Z", re.IGNORECASE)
_MAX_LINE = 10_000
_MAX_NUMBERS = 100
_MAX_NAMES = 1_000


class Printed(NamedTuple):
    """A number that was printed."""

    label: str
    value: float | int
    step: int


class PrintedScalars:
    """Finds numbers in lines by a pattern, and gives them steps that only grow for each name.

    A step is that of the pattern or one that the line names; where it says none, or would go back (batches of the next
    epoch), it is the one behind the last.

    Args:
        pattern: a regular expression with the groups `name` and `value`, and perhaps `step`.

    Raises:
        ValueError: it is none.
    """

    def __init__(self, pattern: str = PATTERN) -> None:
        try:
            self._pattern = re.compile(pattern, re.IGNORECASE if pattern == PATTERN else 0)
        except re.error as error:
            raise ValueError(f"the pattern {pattern!r} is no regular expression: {error}") from None
        if not {"name", "value"} <= self._pattern.groupindex.keys():
            raise ValueError(f"the pattern {pattern!r} must have the groups (?P<name>...) and (?P<value>...)")
        self._is_usual = pattern == PATTERN
        self._last: dict[str, int] = {}

    def numbers_in(self, line: str) -> list[Printed]:
        """Those of a line, in their order."""
        if len(line) > _MAX_LINE or (self._is_usual and "=" not in line and ":" not in line):
            return []
        matches = list(itertools.islice(self._pattern.finditer(line), _MAX_NUMBERS))
        said = _step_in(line) if matches else None
        found = []
        for match in matches:
            label, value = _label(match["name"]), _number(match["value"])
            if label is None or value is None:
                continue
            if "step" in self._pattern.groupindex and match["step"] is not None:
                said = _whole(match["step"])
            step = self._next(label, said)
            if step is not None:
                found.append(Printed(label, value, step))
        return found

    def _next(self, label: str, said: int | None) -> int | None:
        last = self._last.get(label, -1)
        if last < 0 and len(self._last) >= _MAX_NAMES:
            return None
        step = last + 1 if said is None or said <= last else said
        self._last[label] = step
        return step if step <= layout.MAX_STEP else None


def _label(name: str | None) -> str | None:
    if not name or _STEP_NAME.match(name):
        return None
    return label_of(name.strip())


def _number(text: str | None) -> float | int | None:
    try:
        return int(text or "")
    except ValueError:
        pass
    try:
        return float(text or "")
    except ValueError:
        return None


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _step_in(line: str) -> int | None:
    for pattern in _STEPS:
        found = pattern.search(line)
        if found:
            return int(found[1])
    return None
