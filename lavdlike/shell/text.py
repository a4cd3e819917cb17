"""How the commands write: aligned columns, sparklines, ages, sizes; safe on any terminal and in any encoding."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lavdlike.sources.columns import FloatArray

_COLOURS = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}
_COLOUR_SEQUENCES = re.compile(r"\x1b\[[0-9;:]*m")
_BARS = "▁▂▃▄▅▆▇█"
_ASCII_BARS = "_.-=+*#@"
_SIZES = ("B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB")
_AGES = ((60.0, "s"), (60.0, "min"), (24.0, "h"), (365.0, "d"))


def escaped(text: str, keep: str = "") -> str:
    """`text` without what moves a cursor, changes colours, or cannot be printed."""
    return "".join(c if c.isprintable() or c in keep else ascii(c)[1:-1] for c in text)


def as_on_a_terminal(line: str) -> str:
    """A line of a log as a terminal would show it in the end, without colours: of a progress bar the last state."""
    last = line.rstrip("\r").rpartition("\r")[2]
    return escaped(_COLOUR_SEQUENCES.sub("", last).expandtabs())


def columns(rows: Iterable[Sequence[str]], *, right: Iterable[int] = (), gap: str = "  ") -> list[str]:
    """Lines in which the cells of each column stand below each other.

    Args:
        rows: all of the same length, of text without control characters.
        right: the columns that are aligned on the right.
    """
    cells = list(rows)
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    to_the_right = frozenset(right)
    return [
        gap.join(
            _filled(cell, widths[index], to_the_right=index in to_the_right) for index, cell in enumerate(row)
        ).rstrip()
        for row in cells
    ]


def width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(_width(char) for char in _COLOUR_SEQUENCES.sub("", text))


def coloured(text: str, colour: str) -> str:
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if text else text


def number(value: float | int | str) -> str:
    """A value in few characters; exact integers and what is no number as they are."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def age(seconds: float) -> str:
    """How long ago: `12 s`, `3 min`, `5 h`, `2 d`, `1.5 y`."""
    amount = max(0.0, seconds)
    for next_unit, unit in _AGES:
        if amount < next_unit:
            return f"{amount:.0f} {unit}" if unit != "s" else f"{int(amount)} s"
        amount /= next_unit
    return f"{amount:.1f} y"


def size(size_bytes: float) -> str:
    """What something takes on the disk, as the page writes it: `812 B`, `3.4 MB`, `27.1 GB`."""
    amount, units = float(size_bytes), iter(_SIZES)
    unit = next(units)
    while amount >= 999.5 and unit != _SIZES[-1]:
        amount, unit = amount / 1000, next(units)
    return f"{amount:.{1 if unit != 'B' and amount < 99.95 else 0}f} {unit}"


def sparkline(values: FloatArray, places: int, encoding: str) -> str:
    """The course of the values in one line; a place without a finite value is empty."""
    import numpy as np

    bars = _BARS if can_encode(_BARS, encoding) else _ASCII_BARS
    parts = np.array_split(values, min(places, len(values))) if len(values) else []
    means = [float(part[np.isfinite(part)].mean()) if np.isfinite(part).any() else math.nan for part in parts]
    finite = [mean for mean in means if math.isfinite(mean)]
    if not finite:
        return ""
    low, high = min(finite), max(finite)
    scale = (len(bars) - 1) / (high - low) if high > low and math.isfinite(high - low) else 0.0
    return "".join(bars[round((mean - low) * scale)] if math.isfinite(mean) else " " for mean in means)


def encodable(text: str, encoding: str) -> str:
    """`text` with escapes for what the encoding lacks."""
    return text if can_encode(text, encoding) else text.encode(encoding, "backslashreplace").decode(encoding)


def can_encode(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _filled(cell: str, places: int, *, to_the_right: bool) -> str:
    space = " " * (places - width(cell))
    return space + cell if to_the_right else cell + space


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
