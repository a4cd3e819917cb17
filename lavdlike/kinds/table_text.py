"""What stands in the text of a table: how its columns are divided, its numbers and times (docs/format.md, "Tables")."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

# By suffix: what may divide the columns; of these, what does so most often in the header.
_SEPARATORS = {".csv": (",", ";", "\t"), ".tsv": ("\t",)}
_OF_LOGS = (",", ";", "\t")
# Where there is none of those.
_RARE_SEPARATOR = "|"
# Of tables with one column, which have none: a comma in a line is then a part of it.
NO_SEPARATOR = "\x1f"
# With these between columns a comma is a decimal mark.
_BESIDE_DECIMAL_COMMAS = (";", NO_SEPARATOR)

_DECIMAL_COMMA = r"^([+-]?[0-9]*),([0-9]+(?:[eE][+-]?[0-9]+)?)$"
_decimal_comma = re.compile(_DECIMAL_COMMA)
_ISO_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9})[0-9]*)?)?)?"
    r" ?(?:(Z)|([+-])([0-9]{2}):?([0-9]{2}))?\Z",
    re.ASCII,
)
# Unix seconds are below this until the year 5138, and milliseconds above it since 1973; then micro- and nanoseconds.
MILLISECONDS_FROM = 1e11


def separator_of(path: str, begin: bytes) -> str:
    """What divides the columns of a table; `NO_SEPARATOR` if it has but one.

    Args:
        begin: of the file, its first line that is not empty at least.
    """
    usual = _SEPARATORS.get(path[path.rfind(".") :].lower(), _OF_LOGS)
    header = next(filter(None, io.StringIO(begin.decode(errors="replace").lstrip("\r\n"), newline="")), "")
    counts = [_count_outside_quotes(header, separator) for separator in usual]
    if any(counts):
        return usual[counts.index(max(counts))]
    return _RARE_SEPARATOR if _count_outside_quotes(header, _RARE_SEPARATOR) else NO_SEPARATOR


def _count_outside_quotes(line: str, separator: str) -> int:
    with suppress(csv.Error):
        return max(0, len(next(csv.reader([line], delimiter=separator), [])) - 1)
    return 0


def numbers_of(texts: pl.Series, separator: str) -> pl.Series:
    """The cells of a column as numbers; null where there is none."""
    import polars as pl

    texts = texts.str.strip_chars()
    if separator in _BESIDE_DECIMAL_COMMAS:
        texts = texts.str.replace(_DECIMAL_COMMA, "$1.$2")
    return texts.cast(pl.Float64, strict=False)


def number_of(text: str, separator: str) -> float | None:
    """The number that a cell is; None if it is none."""
    if separator in _BESIDE_DECIMAL_COMMAS:
        text = _decimal_comma.sub(r"\1.\2", text.strip())
    if "_" in text:  # which Python takes between digits
        return None
    with suppress(ValueError):
        return float(text)
    return None


def unix_seconds(number: float) -> float:
    """A time given in seconds, milli-, micro- or nanoseconds since 1970, in seconds."""
    for divisor in (1.0, 1e3, 1e6):
        if number < MILLISECONDS_FROM * divisor:
            return number / divisor
    return number / 1e9


def time_of(text: str) -> float | None:
    """The Unix seconds that a time in ISO 8601 means, of this machine's zone if it names none; None if it is none."""
    found = _ISO_TIME.match(text.strip())
    if found is None:
        return None
    *parts, fraction, utc, sign, hours, minutes = found.groups()
    zone = UTC if utc else None
    try:
        if sign:
            offset = timedelta(hours=int(hours), minutes=int(minutes))
            zone = timezone(-offset if sign == "-" else offset)
        moment = datetime(*(int(part or 0) for part in parts), tzinfo=zone)  # type: ignore[arg-type,misc]
        return moment.timestamp() + float(f"0.{fraction or 0}")
    except (ValueError, OverflowError, OSError):  # the 31st of February, a year beyond what the system knows
        return None


def rows_of(data: bytes, separator: str) -> list[Sequence[str]]:
    """The rows of a text as lists of cells, without polars. Raises csv.Error."""
    text = io.StringIO(data.decode(errors="replace").replace("\0", "\ufffd"), newline="")
    return [row for row in csv.reader(text, delimiter=separator) if row]
