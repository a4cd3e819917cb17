"""Tables that other programs keep as JSON -> CSV as ours are (docs/format.md, "Tables"). Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds import tables

# What a cell that names a file is written as; None: it names none.
MediaCell = Callable[[dict[str, Any]], str | None]


class _Table(msgspec.Struct):
    """Rows stay text until they are needed, so that a long table takes little more memory than its file."""

    columns: list[Any]
    data: list[msgspec.Raw]


def rows_of(data: bytes, shown: str) -> tuple[list[str], Iterator[list[Any]]]:
    """Columns and rows of a JSON object with `columns` and `data`, a list of lists; `NaN` as Python's json reads it.

    Raises:
        LogFormatError: it is none; rows may raise it as well.
    """
    try:
        table = msgspec.json.decode(data, type=_Table)
        rows = (_row(_decoded(row, shown), shown) for row in table.data)
        return [str(name) for name in table.columns], rows
    except (msgspec.MsgspecError, RecursionError):  # perhaps for its NaN
        return _rows_of_document(data, shown)


def csv_of(columns: Sequence[str], rows: Iterable[Sequence[Any]], shown: str, media: MediaCell) -> bytes:
    """The table as CSV: nothing for null, `true` and `false`, JSON for lists and objects.

    Args:
        media: what is written of an object.

    Raises:
        LimitError: more cells than are read of a table.
        LogFormatError: no columns.
    """
    if not columns:
        raise LogFormatError(shown, "a table without columns")
    if len(columns) > tables.MAX_COLUMNS:
        raise LimitError(
            shown, f"{len(columns):,} columns: at most {tables.MAX_COLUMNS:,} are read of a table"
        )
    most = tables.MAX_CELLS // len(columns)
    found: list[list[Any]] = []
    for row in rows:
        if len(found) >= most:
            raise LimitError(
                shown, f"more than {tables.MAX_CELLS:,} cells, the most that are read of a table"
            )
        found.append([_cell(value, media) for value in row[: len(columns)]])
    try:
        return tables.encode(found, columns)
    except ValueError:
        raise LimitError(
            shown, f"larger than {tables.MAX_BYTES // 2**20} MiB, the most that is read of a table"
        ) from None


def _rows_of_document(data: bytes, shown: str) -> tuple[list[str], Iterator[list[Any]]]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise LogFormatError(shown, f"no table in JSON: {error}") from None
    columns, rows = (document.get(key) if isinstance(document, dict) else None for key in ("columns", "data"))
    if not isinstance(columns, list) or not isinstance(rows, list):
        raise LogFormatError(shown, "no table: it has no lists 'columns' and 'data'")
    return [str(name) for name in columns], (_row(row, shown) for row in rows)


def _decoded(row: msgspec.Raw, shown: str) -> Any:
    """What was not looked at while the table was taken apart."""
    try:
        return msgspec.json.decode(row)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise LogFormatError(shown, f"not JSON: {error}") from None


def _row(row: Any, shown: str) -> list[Any]:
    if not isinstance(row, list):
        raise LogFormatError(shown, "no table: a row is no list")
    return row


def _cell(value: Any, media: MediaCell) -> Any:
    if value is None or type(value) in (str, int, float):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    named = media(value) if isinstance(value, dict) else None
    return json.dumps(value, ensure_ascii=False) if named is None else named
