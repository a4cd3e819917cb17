"""Lines of a scalars file -> columns for each label (docs/format.md, "Scalars").

`kinds.scalars.parse_line` is what a line means. Long texts are parsed by polars, some thirty times faster, but only
where both must agree: a text of valid UTF-8, without fields that begin in a way that only polars takes, of which polars
reads every field of every line. All other texts are halved until what is irregular is short, and that is parsed line
by line.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from lavdlike.kinds.scalars import BadLine, ScalarPoint, parse_line
from lavdlike.layout import MAX_STEP
from lavdlike.server.messages import JsonNumber

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

# Shorter texts are parsed line by line: calling polars costs as much as some 300 lines.
_WORTH_POLARS_BYTES = 32 * 2**10
# As long as polars is not imported. That takes as long as parsing twice this much, but files seldom come alone.
_WORTH_IMPORT_BYTES = 2**20
# The largest integer below which every integer is a double.
_MAX_EXACT = 2**53
# polars takes `.5` for a number everywhere, `parse_line` does not for wall times; larger ones begin with a digit.
_MIN_WALL_TIME = 1.0
_TAB, _NEWLINE = ord("\t"), ord("\n")
_INTEGER = re.compile(rb"[+-]?[0-9]+\Z")

_polars_imported = threading.Event()


class Columns(NamedTuple):
    """Points of one label in the order of the file. Steps are whole numbers up to 2**53 - 1, so doubles hold them.

    `exact`: index -> the value as it was logged, for integers that a double does not hold.
    """

    steps: FloatArray
    wall_times: FloatArray
    values: FloatArray
    exact: dict[int, int]

    def value(self, index: int) -> float | int:
        """The value as it was logged."""
        return self.exact.get(index, float(self.values[index]))

    def since(self, first: int) -> Columns:
        """The points from an index on."""
        exact = {index - first: value for index, value in self.exact.items() if index >= first}
        return Columns(self.steps[first:], self.wall_times[first:], self.values[first:], exact)


class BadPlace(NamedTuple):
    """A line that is not a value. `line`: from 0, in the text; `offset`: of its first byte, in the file."""

    line: int
    offset: int
    reason: str


class Block(NamedTuple):
    """What a part of a file holds. `lines`: how many, blank and bad ones included."""

    columns: dict[str, Columns]
    bad: list[BadPlace]
    lines: int


def preload() -> None:
    """Import what reads files now, so that the first one need not wait for it; meant for a background thread."""
    import numpy as np  # noqa: F401
    import polars as pl  # noqa: F401

    _polars_imported.set()


def parse(offset: int, data: bytes) -> Iterator[Block]:
    """The blocks of a text, in their order.

    Args:
        offset: where the text stands in its file, in bytes.
        data: whole lines, the last newline included.
    """
    worth = _WORTH_POLARS_BYTES if _polars_imported.is_set() else _WORTH_IMPORT_BYTES
    if len(data) >= worth:
        block = parse_regular(data)
        if block is not None:
            yield block
            return
        middle = data.index(b"\n", len(data) // 2) + 1
        if middle < len(data):
            yield from parse(offset, data[:middle])
            yield from parse(offset + middle, data[middle:])
            return
    yield parse_plainly(offset, data)


def parse_plainly(offset: int, data: bytes) -> Block:
    """Line by line; for any text."""
    points: dict[str, tuple[list[int], list[float], list[float | int]]] = {}
    bad: list[BadPlace] = []
    lines = data.split(b"\n")
    lines.pop()  # what follows the last newline: nothing
    for number, line in enumerate(lines):
        point = parse_line(line)
        if isinstance(point, BadLine):
            reason = f"{point.reason}: {point.text!r}"
            point = parse_line(line, offset)
            if isinstance(point, ScalarPoint):
                reason = f"cut short; the value behind it is read: {line[-80:].decode(errors='replace')!r}"
            bad.append(BadPlace(number, offset, reason))
        offset += len(line) + 1
        if isinstance(point, ScalarPoint):
            columns = points.get(point.label)
            if columns is None:
                columns = points[point.label] = ([], [], [])
            columns[0].append(point.step)
            columns[1].append(point.wall_time)
            columns[2].append(point.value)
    return Block({label: to_columns(*columns) for label, columns in points.items()}, bad, len(lines))


def to_columns(steps: Sequence[int], wall_times: Sequence[float], values: Sequence[float | int]) -> Columns:
    exact = {
        index: value
        for index, value in enumerate(values)
        if isinstance(value, int) and not -_MAX_EXACT <= value <= _MAX_EXACT
    }
    doubles = [_to_float(value) for value in values] if exact else values
    return Columns(_doubles(steps), _doubles(wall_times), _doubles(doubles), exact)


def json_numbers(values: FloatArray, exact: dict[int, int]) -> list[JsonNumber]:
    """Values as JSON carries them; `exact` as in `Columns`."""
    import numpy as np

    numbers: list[JsonNumber] = values.tolist()
    for index in np.flatnonzero(~np.isfinite(values)).tolist():
        numbers[index] = json_number(float(values[index]))
    for index, value in exact.items():
        numbers[index] = str(value)
    return numbers


def json_number(value: float | int) -> JsonNumber:
    """A value as JSON carries it: as a text what JSON numbers cannot be."""
    if isinstance(value, int):
        return value if abs(value) <= _MAX_EXACT else str(value)
    return value if math.isfinite(value) else str(value)


def _doubles(numbers: Sequence[float]) -> FloatArray:
    import numpy as np

    return np.array(numbers, dtype=np.float64)


def parse_regular(data: bytes) -> Block | None:
    """The same by polars, or None if the text has anything in it that polars might read in another way."""
    import numpy as np

    if not _begins_of_fields_are_plain(data) or not _is_utf8(data):
        return None
    table = _read_table(data)
    if table is None or len(table) != np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == _NEWLINE):
        return None
    steps, wall_times, values = (table[name].to_numpy() for name in ("step", "wall_time", "value"))
    if steps.max() > MAX_STEP or not np.isfinite(wall_times).all() or wall_times.min() < _MIN_WALL_TIME:
        return None
    try:
        exact = _exact_integers(data, values)
    except ValueError:  # more digits than Python converts
        return None
    return Block(dict(_by_label(table, exact)), [], len(table))


def _begins_of_fields_are_plain(data: bytes) -> bool:
    """Whether no field begins with a space or a sign `+`; there is no carriage return and no byte order mark.

    polars takes the first two in any number and drops the other two.
    """
    import numpy as np

    if b"\r" in data or not data[:1].isdigit():
        return False
    for character in (b" ", b"+"):
        if character in data:  # searched at memory speed; most files have neither
            text = np.frombuffer(data, dtype=np.uint8)
            before = text[np.flatnonzero(text == ord(character)) - 1]
            if ((before == _TAB) | (before == _NEWLINE)).any():
                return False
    return True


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _read_table(data: bytes) -> pl.DataFrame | None:
    import polars as pl

    schema = {
        "step": pl.UInt64,
        "wall_time": pl.Float64,
        "label": pl.String,
        "value": pl.Float64,
    }
    try:
        table = pl.read_csv(data, has_header=False, separator="\t", quote_char=None, schema=schema)
    except pl.exceptions.PolarsError:
        return None
    if any(column.null_count() for column in table):
        return None
    return table


def _exact_integers(data: bytes, values: FloatArray) -> dict[int, int]:
    """Row -> integer, for the integers that a double does not hold."""
    import numpy as np

    large = np.flatnonzero(np.abs(values) >= _MAX_EXACT).tolist()
    if not large:
        return {}
    lines = data.split(b"\n")
    texts = ((row, lines[row].rpartition(b"\t")[2]) for row in large)
    integers = ((row, int(text)) for row, text in texts if _INTEGER.match(text))
    return {row: integer for row, integer in integers if abs(integer) > _MAX_EXACT}


def _by_label(table: pl.DataFrame, exact: dict[int, int]) -> Iterator[tuple[str, Columns]]:
    labels = table["label"]
    first = labels[0]
    if (labels == first).all():
        yield first, _columns(table["step"], table["wall_time"], table["value"], exact)
        return
    grouped = (table.with_row_index("row") if exact else table).group_by("label", maintain_order=True).all()
    rows = grouped["row"] if exact else None
    for index, label in enumerate(grouped["label"]):
        moved = {}
        if rows is not None:
            moved = {place: exact[row] for place, row in enumerate(rows[index]) if row in exact}
        yield (
            label,
            _columns(grouped["step"][index], grouped["wall_time"][index], grouped["value"][index], moved),
        )


def _columns(steps: pl.Series, wall_times: pl.Series, values: pl.Series, exact: dict[int, int]) -> Columns:
    import numpy as np

    return Columns(steps.to_numpy().astype(np.float64), wall_times.to_numpy(), values.to_numpy(), exact)


def _to_float(value: float | int) -> float:
    """The nearest double; an infinity beyond the largest."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
