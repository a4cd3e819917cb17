"""Rows that are alike, as arrays: of each column all values at once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from lavdlike.sources.sqlite.page_cells import Cells, windows
from lavdlike.sources.sqlite.row_records import (
    BadRecordError,
    Field,
    RecordReader,
    Row,
    Value,
    fields_of,
    size_of,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column = NDArray[np.int64] | NDArray[np.float64] | list[str] | list[bytes] | None

_FLOAT = 7


class Alike(NamedTuple):
    """Rows whose columns have the same types: whole numbers, doubles, texts, bytes, or (None) nothing at all.

    `columns`: those that were asked for; each has as many values as there are `rowids`.
    """

    rowids: NDArray[np.int64]
    columns: tuple[Column, ...]


def alike_in(cells: Cells, reader: RecordReader) -> tuple[list[Alike], Cells]:
    """What stands in cells, and those that have to be taken one by one."""
    import numpy as np

    found = []
    is_odd = cells.begins < 0
    for header, which in cells.alike():
        try:
            fields = fields_of(header)
        except BadRecordError:
            is_odd[which] = True
            continue
        begins = cells.begins[which] + len(header) + 1
        is_whole = begins + size_of(fields) <= cells.ends[which]
        if not is_whole.all():
            is_odd[which[~is_whole]] = True
            which, begins = which[is_whole], begins[is_whole]
        if len(which):
            found.append(Alike(cells.rowids[which], tuple(_columns(cells.data, begins, fields, reader))))
    return found, cells.at(np.flatnonzero(is_odd))


def of_rows(rows: Iterable[Row]) -> list[Alike]:
    """Rows that were taken one by one."""
    import numpy as np

    by_types: dict[tuple[type, ...], list[Row]] = {}
    for row in rows:
        by_types.setdefault(tuple(map(type, row.values)), []).append(row)
    found = []
    for types, some in by_types.items():
        rowids = np.array([row.rowid for row in some], np.int64)
        columns = zip(*(row.values for row in some), strict=True)
        found.append(Alike(rowids, tuple(map(_column_of, types, columns))))
    return found


def last_of(rows: Sequence[Alike]) -> Row | None:
    """The one with the largest rowid."""
    if not rows:
        return None
    newest = max(rows, key=lambda each: int(each.rowids.max()))
    index = int(newest.rowids.argmax())
    return Row(int(newest.rowids[index]), tuple(_value(column, index) for column in newest.columns))


def _value(column: Column, index: int) -> Value:
    if column is None:
        return None
    value: Value = column[index] if isinstance(column, list) else column[index].item()
    return value


def _columns(
    data: NDArray[np.uint8], begins: NDArray[np.int64], fields: Sequence[Field], reader: RecordReader
) -> Iterator[Column]:
    for place in range(len(fields)) if reader.columns is None else reader.columns:
        yield _column(data, begins, fields[place], reader) if place < len(fields) else None


def _column(data: NDArray[np.uint8], begins: NDArray[np.int64], field: Field, reader: RecordReader) -> Column:
    import numpy as np

    if field.is_constant:
        return None if field.constant is None else np.full(len(begins), field.constant, np.int64)
    if field.size == 0:
        return [""] * len(begins) if field.is_text else [b""] * len(begins)
    content = windows(data, begins + field.begin, field.size)
    if field.serial == _FLOAT:
        return content.view(">f8").ravel().astype(np.float64)
    if field.serial < _FLOAT:
        words = np.zeros((len(begins), 8), np.uint8)
        words[:, : field.size] = content
        return words.view(">i8").ravel().astype(np.int64) >> (64 - 8 * field.size)
    parts: list[bytes] = content.view(f"V{field.size}").ravel().tolist()
    if not field.is_text:
        return parts
    texts = {part: reader.text(part) for part in set(parts)}  # most come many times
    return [texts[part] for part in parts]


def _column_of(type_: type, values: Sequence[Value]) -> Column:
    import numpy as np

    if type_ is int:
        return np.array(values, np.int64)
    if type_ is float:
        return np.array(values, np.float64)
    return None if type_ is type(None) else cast("list[str] | list[bytes]", list(values))
