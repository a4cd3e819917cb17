"""Records: values with named fields (structured types of numpy), as a table shows them. Pure, on numpy alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_COLUMNS = 2000
MAX_RECORD_BYTES = 2**20
_MAX_DEPTH = 50
# Types of values, by numpy's letters: what `numpy.save` writes without pickling.
_KINDS = "biufcSUmM"
_MAX_ENTRIES = 20
_MAX_LETTERS = 10_000


class RecordsError(ValueError):
    """A type of record that is not shown."""


class Column(NamedTuple):
    """`name`: of the field, with a dot between fields in fields. `shape`: of what is in a cell, values of `dtype`."""

    name: str
    offset: int
    dtype: np.dtype[Any]
    shape: tuple[int, ...]


def columns_of(dtype: np.dtype[Any]) -> list[Column]:
    """The columns of a table of such records; none of a type that has no fields.

    Raises:
        RecordsError: too many, too large, or of values that are not shown.
    """
    if dtype.fields is not None and dtype.itemsize > MAX_RECORD_BYTES:
        raise RecordsError(f"each has {dtype.itemsize:,} bytes, more than 1 MiB")
    columns: list[Column] = []
    for column in _columns(dtype, "", 0):
        if column.dtype.kind not in _KINDS:
            raise RecordsError(f"the field {column.name[:40]!r} is of {str(column.dtype)[:40]}")
        columns.append(column)
        if len(columns) > MAX_COLUMNS:
            raise RecordsError(f"more than {MAX_COLUMNS:,} fields")
    return columns


def row_of(record: bytes, columns: list[Column]) -> list[str]:
    """The cells of one record, given as its bytes."""
    import numpy as np

    return [
        _cell(np.ndarray(column.shape, column.dtype, record, column.offset), column) for column in columns
    ]


def _columns(dtype: np.dtype[Any], name: str, offset: int) -> Iterator[Column]:
    if dtype.fields is None:
        base, shape = (dtype.base, dtype.shape) if dtype.subdtype is not None else (dtype, ())
        if base.fields is not None:
            raise RecordsError(f"the field {name[:40]!r} holds several records")
        if name:
            yield Column(name, offset, base, shape)
        return
    if name.count(".") > _MAX_DEPTH:
        raise RecordsError(f"fields in fields, more than {_MAX_DEPTH} deep")
    for field in dtype.names or ():
        inner, at = dtype.fields[field][:2]
        yield from _columns(inner, f"{name}.{field}" if name else field, offset + at)


def _cell(values: NDArray[Any], column: Column) -> str:
    if not column.shape:
        return _text(values[()])
    entries = [_text(value) for value in values.ravel()[:_MAX_ENTRIES]]
    more = ["…"] if values.size > _MAX_ENTRIES else []
    return f"[{', '.join([*entries, *more])}]"


def _text(value: Any) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text[:_MAX_LETTERS]
