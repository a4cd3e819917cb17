"""Lines of a scalars file -> columns for each label (docs/format.md, "Scalars").

`kinds.scalars.parse_line` is what a line means. Long texts are parsed by polars, some thirty times faster, but only
where both must agree: a text that is regular in every line (three tabs, no other control character, numbers that
begin as numbers do, valid UTF-8) and of which polars reads every field. All other texts are halved until what is
irregular is short, and that is parsed line by line.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lavdlike.kinds.scalars import BadLine, ScalarPoint, parse_line
from lavdlike.layout import MAX_STEP

if TYPE_CHECKING:
    import polars as pl

FloatArray = NDArray[np.float64]

# Shorter texts are parsed line by line: calling polars costs as much as some 300 lines.
_WORTH_POLARS_BYTES = 32 * 2**10
# As long as polars is not imported, which takes it about as long as parsing this much.
_WORTH_IMPORT_BYTES = 16 * 2**20
# The largest integer below which every integer is a double.
_MAX_EXACT = 2**53
_TAB, _NEWLINE, _FIRST_PRINTABLE = 9, 10, 32
_LINE_ENDS = np.array([_TAB, _TAB, _TAB, _NEWLINE], dtype=np.uint8)
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
    """Import polars now, so that the first long file need not wait for it; meant for a background thread."""
    import polars as pl  # noqa: F401

    _polars_imported.set()


def parse(data: bytes, offset: int) -> Iterator[Block]:
    """The blocks of a text of whole lines, in their order.

    Args:
        data: ends with a newline.
        offset: where it stands in its file, in bytes.
    """
    worth = _WORTH_POLARS_BYTES if _polars_imported.is_set() else _WORTH_IMPORT_BYTES
    if len(data) >= worth:
        block = parse_regular(data)
        if block is not None:
            yield block
            return
        middle = data.index(b"\n", len(data) // 2) + 1
        if middle < len(data):
            yield from parse(data[:middle], offset)
            yield from parse(data[middle:], offset + middle)
            return
    yield parse_plainly(data, offset)


def parse_plainly(data: bytes, offset: int) -> Block:
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


def _doubles(numbers: Sequence[float]) -> FloatArray:
    return np.array(numbers, dtype=np.float64)


def parse_regular(data: bytes) -> Block | None:
    """The same by polars, or None if the text has anything in it that polars might read in another way."""
    ends = _line_ends(data)
    if ends is None or not _is_utf8(data):
        return None
    table = _read_table(data)
    if table is None or len(table) != len(ends):
        return None
    steps, wall_times, values = (table[name].to_numpy() for name in ("step", "wall_time", "value"))
    if steps.max() > MAX_STEP or not np.isfinite(wall_times).all():
        return None
    try:
        exact = _exact_integers(data, ends, values)
    except ValueError:  # more digits than Python converts
        return None
    return Block(dict(_by_label(table, exact)), [], len(ends))


def _line_ends(data: bytes) -> NDArray[np.int64] | None:
    """Where the three tabs and the newline of each line are, a row for each line; None if a line is irregular."""
    text = np.frombuffer(data, dtype=np.uint8)
    controls = np.flatnonzero(text < _FIRST_PRINTABLE)
    if len(controls) % 4:
        return None
    ends = controls.reshape(-1, 4)
    if not (text[ends] == _LINE_ENDS).all():
        return None
    starts = np.concatenate(([0], ends[:-1, 3] + 1))
    if np.any(ends[:, 0] - starts > len(str(MAX_STEP))):  # polars takes any number of zeros in front
        return None
    # What polars takes beside digits at the start: a sign, a space, a point. Values may have a sign or a point.
    begin_well = (
        _are_digits(text[starts])
        and _are_digits(text[ends[:, 0] + 1])
        and (text[ends[:, 2] + 1] > _FIRST_PRINTABLE).all()
    )
    return ends if begin_well else None


def _are_digits(characters: NDArray[np.uint8]) -> bool:
    return bool((characters - np.uint8(ord("0")) < 10).all())  # unsigned: what is below "0" wraps around


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
        "step": pl.Int64,
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


def _exact_integers(data: bytes, ends: NDArray[np.int64], values: FloatArray) -> dict[int, int]:
    """Row -> integer, for the integers that a double does not hold."""
    exact: dict[int, int] = {}
    for row in np.flatnonzero(np.abs(values) >= _MAX_EXACT).tolist():
        text = data[ends[row, 2] + 1 : ends[row, 3]]
        if _INTEGER.match(text) and abs(value := int(text)) > _MAX_EXACT:
            exact[row] = value
    return exact


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
    return Columns(steps.to_numpy().astype(np.float64), wall_times.to_numpy(), values.to_numpy(), exact)


def _to_float(value: float | int) -> float:
    """The nearest double; an infinity beyond the largest."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
