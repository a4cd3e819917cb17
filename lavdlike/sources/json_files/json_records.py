"""Records of names and values, as JSON lines hold them -> columns of points for each label. Pure.

Records that have the same names are taken as columns at once, which is several times faster than value by value.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from lavdlike.kinds import table_text, tables
from lavdlike.layout import MAX_STEP
from lavdlike.sources.columns import MAX_EXACT, Columns, doubles, valid_label

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lavdlike.sources.columns import FloatArray

# Of one file: each takes memory whether it has one point or many.
MAX_LABELS = 5000
# Objects in objects; what lies deeper is no metric.
MAX_DEPTH = 8
MAX_NAME_LETTERS = 500
# Whose values need not be whole: then records are counted, and the value is a label beside (docs/formats.md).
DECIMAL_STEPS = frozenset({"epoch", "epochs", "t"})
_TIMES = frozenset(
    {"wall_time", "timestamp", "ts", "time", "datetime", "date", "created_at", "logged_at", "time_unix"}
)
# Unix seconds of 1973: what is smaller is a duration.
_MIN_TIME_S = 1e8
_NOT_FINITE = {
    "nan": math.nan,
    "inf": math.inf,
    "infinity": math.inf,
    "+inf": math.inf,
    "-inf": -math.inf,
    "-infinity": -math.inf,
}
_NUMBERS = frozenset({int, float})


class Cells(NamedTuple):
    """What some records have at one name: `rows`, their places, growing; `values` in them; `exact` as in `Columns`."""

    rows: NDArray[np.int64]
    values: FloatArray
    exact: dict[int, int]


class Flat(NamedTuple):
    """The numbers of records by dotted name; `texts`: of names of times, the place of a record and what it has."""

    cells: dict[str, Cells]
    texts: dict[str, list[tuple[int, str]]]
    is_cut: bool  # whether names were left out, being too many, too long or too deep


class Points(NamedTuple):
    """What a block of records comes to.

    `last_step`: of its last record with one. `is_decimal`: its steps are not whole, so that records have to be counted.
    """

    columns: dict[str, Columns]
    last_step: float
    is_decimal: bool


def has_steps(record: Mapping[str, Any]) -> bool:
    """Whether a record says its step, and has another number beside it."""
    flat = flatten([record], set())
    return has_step(flat) and len(flat.cells) > 1


def has_step(flat: Flat) -> bool:
    """Whether any of these records says its step."""
    return any(tables.step_rank(name) is not None for name in flat.cells)


def has_whole_step(flat: Flat) -> bool:
    """Whether any of these records has a name of steps that are whole numbers."""
    return any(
        tables.step_rank(name) is not None and _plain(name) not in DECIMAL_STEPS for name in flat.cells
    )


def has_numbers(record: Mapping[str, Any]) -> bool:
    return bool(flatten([record], set()).cells)


def flatten(records: Sequence[Mapping[str, Any]], known: set[str]) -> Flat:
    """The numbers of records.

    Args:
        known: the names that the file has had; those that are met are added, up to `MAX_LABELS`.
    """
    import numpy as np

    found: dict[str, list[Cells]] = {}
    texts: dict[str, list[tuple[int, str]]] = {}
    is_cut = False
    waiting: list[tuple[str, int, NDArray[np.int64], Sequence[Mapping[str, Any]]]] = [
        ("", 0, np.arange(len(records)), records)
    ]
    while waiting:
        prefix, depth, places, level = waiting.pop()
        for rows, names, columns in _alike(places, level):
            for name, column in zip(names, columns, strict=True):
                label = valid_label(f"{prefix}{name}")
                types = set(map(type, column))
                if dict in types:
                    is_cut |= depth + 1 >= MAX_DEPTH
                    if depth + 1 < MAX_DEPTH:
                        inner = [index for index, value in enumerate(column) if type(value) is dict]
                        waiting.append(
                            (f"{label}.", depth + 1, rows[inner], [column[index] for index in inner])
                        )
                if label not in known and (len(known) >= MAX_LABELS or len(label) > MAX_NAME_LETTERS):
                    is_cut |= bool(types & _NUMBERS)
                    continue
                if str in types and _plain(label) in _TIMES:
                    texts.setdefault(label, []).extend(
                        (int(row), value)
                        for row, value in zip(rows, column, strict=True)
                        if type(value) is str
                    )
                cells = _cells(rows, column, types)
                if cells is not None:
                    known.add(label)
                    found.setdefault(label, []).append(cells)
    return Flat({label: _merged(parts) for label, parts in found.items()}, texts, is_cut)


def points_of(
    flat: Flat,
    count: int,
    *,
    counted_from: int | None,
    last_step: float,
    may_be_decimal: bool,
    modified: float,
) -> Points:
    """The points of a block of `count` records.

    Args:
        counted_from: the number of the block's first record, if steps are counted; None: the records say them.
        last_step: as the block before returned it, NaN if none has come: a record without a step belongs to it.
        may_be_decimal: whether the file has had no names of steps that are whole numbers.
        modified: when the file was written, for records without a time.
    """
    import numpy as np

    times, of_time = _times(flat, count, modified)
    of_steps: dict[str, NDArray[np.bool_]] = {}
    is_decimal = False
    if counted_from is not None:
        steps = np.arange(counted_from, counted_from + count, dtype=np.float64)
    else:
        steps, of_steps, is_decimal = _steps(flat.cells, count)
        is_decimal &= may_be_decimal
        steps = _filled(steps, last_step)
    columns: dict[str, Columns] = {}
    for label, cells in flat.cells.items():
        taken = np.isfinite(steps[cells.rows])
        for used in (of_steps.get(label), of_time.get(label)):
            if used is not None:
                taken &= ~used
        if not taken.all():
            cells = _chosen(cells, taken)
        if len(cells.rows):
            columns[label] = Columns(steps[cells.rows], times[cells.rows], cells.values, cells.exact)
    last = float(steps[-1]) if count else last_step
    return Points(columns, last, is_decimal)


def _alike(
    places: NDArray[np.int64], records: Sequence[Mapping[str, Any]]
) -> Iterable[tuple[NDArray[np.int64], tuple[str, ...], Sequence[Sequence[Any]]]]:
    """Records that have the same names, as columns: their places, the names, the values of each name."""
    import numpy as np

    groups: dict[tuple[str, ...], tuple[list[int], list[Mapping[str, Any]]]] = {}
    for index, record in enumerate(records):
        group = groups.get(names := tuple(record))
        if group is None:
            group = groups[names] = ([], [])
        group[0].append(index)
        group[1].append(record)
    for names, (indices, alike) in groups.items():
        yield places[np.array(indices)], names, list(zip(*(record.values() for record in alike), strict=True))


def _cells(rows: NDArray[np.int64], column: Sequence[Any], types: set[type]) -> Cells | None:
    """The numbers of a column; None if it has none."""
    import numpy as np

    if not types <= _NUMBERS:
        numbers = [number_of(value) for value in column]
        rows = rows[[index for index, number in enumerate(numbers) if number is not None]]
        column = [number for number in numbers if number is not None]
        if not column:
            return None
    exact: dict[int, int] = {}
    if int in types and max(map(abs, column)) > MAX_EXACT:
        exact = {
            index: value
            for index, value in enumerate(column)
            if type(value) is int and abs(value) > MAX_EXACT
        }
        column = [_as_double(value) for value in column]
    return Cells(rows, np.array(column, dtype=np.float64), exact)


def number_of(value: Any) -> float | int | None:
    """The number that a value is, or a text for what JSON has no numbers for; None if it is none."""
    if type(value) in _NUMBERS:
        number: float | int = value
        return number
    if type(value) is str and len(value) <= len("-infinity"):
        return _NOT_FINITE.get(value.lower())
    return None


def is_step(value: Any) -> bool:
    return type(value) in _NUMBERS and 0 <= value <= MAX_STEP and value == value // 1


def _as_double(value: float | int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _merged(parts: list[Cells]) -> Cells:
    """In the order of the records."""
    import numpy as np

    if len(parts) == 1:
        return parts[0]
    rows = np.concatenate([part.rows for part in parts])
    order = np.argsort(rows, kind="stable")
    values = np.concatenate([part.values for part in parts])
    exact, first = {}, 0
    for part in parts:
        exact.update({first + index: value for index, value in part.exact.items()})
        first += len(part.rows)
    if exact:
        exact = {index: exact[place] for index, place in enumerate(order.tolist()) if place in exact}
    return Cells(rows[order], values[order], exact)


def _chosen(cells: Cells, taken: NDArray[np.bool_]) -> Cells:
    import numpy as np

    places = np.flatnonzero(taken)
    exact = cells.exact
    if exact:
        exact = {index: exact[place] for index, place in enumerate(places.tolist()) if place in exact}
    return Cells(cells.rows[places], cells.values[places], exact)


def _steps(cells: Mapping[str, Cells], count: int) -> tuple[FloatArray, dict[str, NDArray[np.bool_]], bool]:
    """The step of each record, NaN without one; of each name, which of its cells were taken as such.

    And whether what would be the step is decimal.
    """
    import numpy as np

    steps = np.full(count, math.nan)
    taken: dict[str, NDArray[np.bool_]] = {}
    is_decimal = False
    ranked = {label: rank for label in cells if (rank := tables.step_rank(label)) is not None}
    for label in sorted(ranked, key=lambda label: ranked[label]):
        rows, values = cells[label].rows, cells[label].values
        is_new = np.isnan(steps[rows])
        with np.errstate(invalid="ignore"):
            whole = (values >= 0) & (values <= MAX_STEP) & (np.floor(values) == values)
        if _plain(label) in DECIMAL_STEPS and (is_new & ~whole & np.isfinite(values) & (values >= 0)).any():
            is_decimal = True
        steps[rows[is_new & whole]] = values[is_new & whole]
        taken[label] = is_new & whole
    return steps, taken, is_decimal


def _filled(steps: FloatArray, last_step: float) -> FloatArray:
    """Where a record says none, it is that of the one before."""
    import numpy as np

    if not np.isnan(steps).any():
        return steps
    every = np.concatenate([[last_step], steps])
    places = np.maximum.accumulate(np.where(np.isnan(every), 0, np.arange(len(every))))
    filled: FloatArray = every[places][1:]
    return filled


def _times(flat: Flat, count: int, modified: float) -> tuple[FloatArray, dict[str, NDArray[np.bool_]]]:
    """The time of each record, and of each name which of its cells were taken as such."""
    import numpy as np

    times = np.full(count, math.nan)
    taken: dict[str, NDArray[np.bool_]] = {}
    for label, (rows, values, _) in flat.cells.items():
        if _plain(label) not in _TIMES:
            continue
        with np.errstate(invalid="ignore"):
            is_time = values >= _MIN_TIME_S
        seconds = doubles([table_text.unix_seconds(value) for value in values[is_time].tolist()])
        is_new = np.isnan(times[rows[is_time]])
        times[rows[is_time][is_new]] = seconds[is_new]
        taken[label] = is_time
    for texts in flat.texts.values():
        for row, text in texts:
            moment = table_text.time_of(text) if math.isnan(times[row]) else None
            if moment is not None:
                times[row] = moment
    times[~np.isfinite(times)] = modified
    return times, taken


def _plain(label: str) -> str:
    return tables.plain_name(label.rpartition(".")[2])
