"""What a script gives as a table (rows, columns, data frames) as rows of cells that csv writes as they read best."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lavdlike.kinds import numbers, plain

# Types of cells that csv writes as they read best.
_PLAIN = frozenset({str, int, float, bool, type(None)})


def cells_of(table: Any, header: Sequence[str] | None = None) -> tuple[list[str], Sequence[Sequence[Any]]]:
    """The names of the columns and rows as long, of what `encode` takes: numbers, texts, None, what has a text.

    Raises:
        ValueError: no table; rows longer than the header.
    """
    header = None if header is None else plain.listed(header, "header", " of names")
    names, rows = _columns_and_rows(table)
    listed = _plain_rows(list(rows))
    lengths = set(map(len, listed))
    longest = max(lengths, default=0)
    columns = [str(name) for name in (header if header is not None else names or range(longest))]
    if not columns:
        raise ValueError("table must have at least one column")
    if longest > len(columns):
        raise ValueError(f"a row has {longest} cells, but there are {len(columns)} columns: {columns!r}")
    if lengths <= {len(columns)}:
        return columns, listed
    return columns, [[*row, *[""] * (len(columns) - len(row))] for row in listed]


def _columns_and_rows(table: Any) -> tuple[list[Any], Iterable[Sequence[Any]]]:
    """The names of the columns, none if the table has none, and its rows."""
    if hasattr(table, "itertuples"):  # pandas
        levels = [name for name in table.index.names if name is not None and name not in table.columns]
        if levels:  # one that is named as a column is a copy of it
            table = table.reset_index(level=levels)
        return list(table.columns), _rows_of_pandas(table)
    if hasattr(table, "iter_rows"):  # polars
        return list(table.columns), table.iter_rows()
    if isinstance(table, Mapping):
        columns = [plain.listed(column, f"table[{name!r}]", " of cells") for name, column in table.items()]
        if len({len(column) for column in columns}) > 1:
            raise ValueError("the columns of table must be equally long")
        return list(table), zip(*columns, strict=True)
    rows = plain.listed(table, "table", " of rows, or a data frame")
    types = set(map(type, rows))  # few, of however many rows
    if types and all(issubclass(each, Mapping) for each in types):
        names = list(dict.fromkeys(name for row in rows for name in row))
        return names, ([row.get(name) for name in names] for row in rows)
    if none := {each for each in types if not _is_of_rows(each)}:
        index, row = next((index, row) for index, row in enumerate(rows) if type(row) in none)
        raise ValueError(f"table[{index}] must be a row of cells, not {row!r}")
    return [], rows


def _is_of_rows(kind: type) -> bool:
    return hasattr(kind, "__len__") and not issubclass(kind, (str, bytes, Mapping))


def _plain_rows(rows: list[Sequence[Any]]) -> list[Sequence[Any]]:
    """The rows with every cell as csv writes it; the same ones where that is so, which is found out without a loop."""
    try:
        if _PLAIN.issuperset(map(type, itertools.chain.from_iterable(rows))):
            return rows
    except TypeError:  # an own type of rows, which can be counted and indexed alone
        pass
    return [[value if type(value) in _PLAIN else _cell(value) for value in row] for row in rows]


def _rows_of_pandas(table: Any) -> Iterable[Sequence[Any]]:
    """Its rows; NaN of columns that are not of floats is how pandas says that there is nothing."""
    kinds = [getattr(dtype, "kind", "O") for dtype in getattr(table, "dtypes", ())]
    rows: Iterable[Sequence[Any]] = table.itertuples(index=False, name=None)
    if all(kind in "fiub" for kind in kinds):
        return rows
    return (
        [
            None if kind != "f" and isinstance(value, float) and math.isnan(value) else value
            for kind, value in zip(kinds, row, strict=True)
        ]
        for row in rows
    )


def _cell(value: Any) -> Any:
    """What csv writes as it reads best: plain numbers, times in ISO 8601, nothing for what is missing."""
    if type(value) in _PLAIN:
        return value
    if numbers.is_masked(value) or type(value).__name__ == "NaTType":
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if getattr(getattr(value, "dtype", None), "kind", "") in (
        "m",
        "M",
    ):  # of nanoseconds `item` gives a mere integer
        return str(value)
    if hasattr(value, "item") and not getattr(value, "ndim", 0):
        return value.item()
    return value if getattr(value, "shape", None) is None or len(value.shape) else numbers.to_python(value)
