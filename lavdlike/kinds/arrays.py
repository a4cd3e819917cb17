"""Arrays: `.npy` files of numpy (docs/format.md, "Arrays"). Of a file of any size only what is shown is read."""

from __future__ import annotations

import io
import math
import os
import re
import tokenize
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import msgspec

from lavdlike.errors import LogFormatError
from lavdlike.kinds import records
from lavdlike.kinds.kind import Kind
from lavdlike.kinds.numbers import to_array

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_DIMENSIONS = 32
# Along each side of an answer, and of one that is a single line.
MAX_SIDE = 256
MAX_LINE = 2000
# Records in an answer, and their cells.
MAX_RECORDS = 1000
MAX_CELLS = 100_000
# What statistics are made of at most: the whole array, or values evenly chosen from it.
MAX_STATISTICS_BYTES = 64 * 2**20
MAX_CHOSEN = 20_000
# What numpy raises for headers that are none.
_BROKEN_HEADER = (
    ValueError,
    TypeError,
    EOFError,
    OverflowError,
    MemoryError,
    RecursionError,
    SyntaxError,
    tokenize.TokenError,
)
# Of records, unless something else is asked for.
_RANGE = (("first", "0"), ("count", "100"))
# A row of which all values are read to choose some; of longer ones each is read by itself.
_MAX_ROW_BYTES = 2**20


class ArrayContent(msgspec.Struct):
    """`dtype`: as numpy names it. `shape`: () for a single value. `fields`: of records, as `RecordPart` has them."""

    dtype: str
    shape: list[int]
    fields: list[str] = []


class ArrayStatistics(msgspec.Struct):
    """Of the finite values; None if there are none. `looked_at`: how many values that was made of, NaN included."""

    nan_count: int
    infinite_count: int
    looked_at: int
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    deviation: float | None = None


class ArrayPart(msgspec.Struct):
    """A line or a rectangle of an array.

    `rows`, `columns`: the places along the two axes that were read, all of the range asked for or evenly chosen ones;
    `rows` is [0] if only one axis is shown. `values`: row after row; "nan", "inf", "-inf" for what JSON has not.
    """

    rows: list[int]
    columns: list[int]
    values: list[float | str]
    statistics: ArrayStatistics | None


class RecordPart(msgspec.Struct):
    """Some records, one behind the other, `first` being the place of the first of them.

    `rows`: a cell for each of the content's `fields`, as numpy writes it.
    """

    first: int
    rows: list[list[str]]


def encode(array: Any) -> bytes:
    """An array as numpy's `.npy`; raises as `checked` does."""
    file = io.BytesIO()
    write(checked(array), file)
    return file.getvalue()


def write(array: NDArray[Any], file: BinaryIO) -> None:
    """What `checked` gave, as numpy's `.npy`."""
    import numpy as np

    np.save(file, array, allow_pickle=False)


def checked(array: Any) -> NDArray[Any]:
    """What is logged as an array, as numpy's; it may share memory with what is given.

    Raises:
        ValueError: no array of numbers, nor of records that hold numbers, texts and times.
    """
    found = _records_of(array)
    if found is None:
        found = to_array(array, argument="array")
        if found.dtype.kind not in "biufc":
            raise ValueError(f"array must be of numbers or of records, not {found.dtype}")
    if found.ndim > MAX_DIMENSIONS:
        raise ValueError(f"array must have at most {MAX_DIMENSIONS} dimensions, not {found.ndim}")
    return found


def read_head(head: bytes, size_bytes: int, path: str) -> ArrayContent:
    """What the first bytes of a file say.

    Raises:
        LogFormatError: no array, or one that is not read: of Python objects, cut short.
    """
    layout = _layout_of(io.BytesIO(head), size_bytes, path)
    fields = [column.name for column in layout.columns]
    return ArrayContent("record" if fields else layout.dtype.name, list(layout.shape), fields)


def read_part(file: BinaryIO, asked: Mapping[str, str], path: str) -> ArrayPart | RecordPart:
    """A line (one axis) or a rectangle (two axes) of an array; of records, `count` of them from `first` on.

    Args:
        asked: `axes`: which are shown, as `1` or `0,1`: the last one to the right; by default the last two. `at`: the
            place along each axis, as `0,3,0`; those of the shown ones do not count. `rows` and `columns`: what is shown
            of the two, as `10:20`. `statistics`: `1` if they are wanted. Of records only `first` and `count`.

    Raises:
        ValueError: an axis or a place that is not there.
        LogFormatError: it cannot be read.
    """
    size_bytes = os.fstat(file.fileno()).st_size
    layout = _layout_of(file, size_bytes, path)
    if layout.columns:
        return _record_part(file, layout, asked, path)
    return _array_part(file, layout, asked, path)


KIND = Kind("arrays", frozenset({".npy"}), content=ArrayContent, read_head=read_head, read_part=read_part)


def _array_part(file: BinaryIO, layout: _Layout, asked: Mapping[str, str], path: str) -> ArrayPart:
    dimensions = len(layout.shape)
    axes = _numbers(asked.get("axes", ""), "axes") or list(range(dimensions))[-2:]
    at = _numbers(asked.get("at", ""), "at") or [0] * dimensions
    if len(set(axes)) != len(axes) or len(axes) > 2 or any(axis >= dimensions for axis in axes):
        raise ValueError(f"axes must be one or two of {dimensions}")
    if len(at) != dimensions or any(
        place >= length
        for axis, (place, length) in enumerate(zip(at, layout.shape, strict=True))
        if axis not in axes
    ):
        raise ValueError(f"at must name a place in {layout.shape}")
    start = sum(
        place * stride
        for axis, (place, stride) in enumerate(zip(at, layout.strides, strict=True))
        if axis not in axes
    )
    is_line = len(axes) < 2
    column_axis = axes[-1] if axes else None
    columns = _chosen(layout, column_axis, asked.get("columns", ""), MAX_LINE if is_line else MAX_SIDE)
    rows = range(1) if is_line else _chosen(layout, axes[0], asked.get("rows", ""), MAX_SIDE)
    row_stride = 0 if is_line else layout.strides[axes[0]]
    column_stride = 0 if column_axis is None else layout.strides[column_axis]
    values: list[float | str] = []
    for row in rows:
        found = _row(file, layout, start + row * row_stride, columns, column_stride)
        values += [value if math.isfinite(value) else str(value) for value in found.tolist()]
    if len(values) != len(rows) * len(columns):
        raise LogFormatError(path, "cut short while it was read")
    statistics = _statistics(file, layout) if asked.get("statistics") else None
    return ArrayPart(list(rows), list(columns), values, statistics)


class _Layout(NamedTuple):
    """Where the values stand in the file. `strides`: bytes from one place to the next along each axis.

    `columns`: the fields of records.
    """

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int
    columns: list[records.Column]

    @property
    def size(self) -> int:
        return math.prod(self.shape)


def _layout_of(file: BinaryIO, size_bytes: int, path: str) -> _Layout:
    from numpy.lib import format as npy

    try:
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, is_fortran, dtype = read(file)
    except _BROKEN_HEADER as error:
        reason = re.sub(" at 0x[0-9a-f]+", "", " ".join(str(error).split()))[:200]
        raise LogFormatError(path, f"no array of numpy: {reason}") from None
    if dtype.hasobject:
        raise LogFormatError(path, "an array of Python objects, which are never read: they could run code")
    try:
        columns = records.columns_of(dtype)
    except records.RecordsError as error:
        raise LogFormatError(path, f"an array of records that is not shown: {error}") from None
    if not columns and (dtype.kind not in "biufc" or dtype.subdtype is not None):
        what = f"an array of {str(dtype)[:100]}, shape {shape}"
        raise LogFormatError(path, f"{what}: only numbers and records are shown")
    if len(shape) > MAX_DIMENSIONS or any(length < 0 for length in shape):
        raise LogFormatError(path, f"an array of {len(shape)} dimensions: at most {MAX_DIMENSIONS} are shown")
    offset = file.tell()
    if math.prod(shape) * dtype.itemsize > size_bytes - offset:
        raise LogFormatError(path, f"cut short: {size_bytes:,} bytes, too few for {dtype} of shape {shape}")
    strides = [dtype.itemsize] * len(shape)
    order = range(1, len(shape)) if is_fortran else range(len(shape) - 2, -1, -1)
    for axis in order:
        before = axis - 1 if is_fortran else axis + 1
        strides[axis] = strides[before] * shape[before]
    return _Layout(dtype, shape, tuple(strides), offset, columns)


def _records_of(array: Any) -> NDArray[Any] | None:
    """An array of records as it is; None if it is another one.

    Raises:
        ValueError: names the field that cannot be kept.
    """
    import numpy as np

    if not getattr(getattr(array, "dtype", None), "names", None):
        return None
    found = np.asarray(array)
    try:
        records.columns_of(found.dtype)
    except records.RecordsError as error:
        raise ValueError(
            f"array must be of numbers, or of records of numbers, texts and times: {error}"
        ) from None
    return found


def _record_part(file: BinaryIO, layout: _Layout, asked: Mapping[str, str], path: str) -> RecordPart:
    first, count = (_numbers(asked.get(name, "") or otherwise, name) for name, otherwise in _RANGE)
    most = min(MAX_RECORDS, max(1, MAX_CELLS // len(layout.columns)))
    places = range(first[0], min(first[0] + min(count[0], most), layout.size))
    item, rows = layout.dtype.itemsize, []
    for place in places:
        record = os.pread(file.fileno(), item, layout.offset + _place_of_record(place, layout))
        if len(record) != item:
            raise LogFormatError(path, "cut short while it was read")
        rows.append(records.row_of(record, layout.columns))
    return RecordPart(min(first[0], layout.size), rows)


def _place_of_record(place: int, layout: _Layout) -> int:
    """Where the record of this place begins, the last axis counting fastest."""
    at = 0
    for length, stride in zip(reversed(layout.shape), reversed(layout.strides), strict=True):
        place, along = divmod(place, length)
        at += along * stride
    return at


def _chosen(layout: _Layout, axis: int | None, asked: str, most: int) -> Sequence[int]:
    """The places along an axis that are read: of the range asked for all, or so many, its ends among them."""
    length = 1 if axis is None else layout.shape[axis]
    begin, end = 0, length
    if asked:
        ends = _numbers(asked.replace(":", ","), "rows and columns")
        if len(ends) != 2 or ends[0] >= min(ends[1], length):
            raise ValueError(f"{asked[:40]!r} is no range of {length} places")
        begin, end = ends[0], min(ends[1], length)
    count = end - begin
    if count <= most:
        return range(begin, end)
    return [begin + place * (count - 1) // (most - 1) for place in range(most)]


def _row(file: BinaryIO, layout: _Layout, start: int, columns: Sequence[int], stride: int) -> NDArray[Any]:
    import numpy as np

    item = layout.dtype.itemsize
    if not columns:
        return np.empty(0)
    first, last = columns[0], columns[-1]
    length = (last - first) * stride + item
    if length <= _MAX_ROW_BYTES:
        data = os.pread(file.fileno(), length, layout.offset + start + first * stride)
        offsets = [(column - first) * stride for column in columns]
        data = b"".join([data[offset : offset + item] for offset in offsets])
    else:
        places = [layout.offset + start + column * stride for column in columns]
        data = b"".join([os.pread(file.fileno(), item, place) for place in places])
    return _as_floats(data[: len(data) - len(data) % item], layout.dtype)


def _as_floats(data: bytes, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Values as 64-bit floats; of complex ones the absolute value."""
    import numpy as np

    values = np.frombuffer(data, dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        return (np.abs(values) if dtype.kind == "c" else values).astype(np.float64)


def _statistics(file: BinaryIO, layout: _Layout) -> ArrayStatistics:
    import numpy as np

    item = layout.dtype.itemsize
    if layout.size * item <= MAX_STATISTICS_BYTES:
        values = _as_floats(os.pread(file.fileno(), layout.size * item, layout.offset), layout.dtype)
    else:
        places = (
            layout.offset + place * (layout.size - 1) // (MAX_CHOSEN - 1) * item
            for place in range(MAX_CHOSEN)
        )
        values = _as_floats(
            b"".join([os.pread(file.fileno(), item, place) for place in places]), layout.dtype
        )
    finite = values[np.isfinite(values)]
    nan_count = int(np.isnan(values).sum())
    statistics = ArrayStatistics(
        nan_count=nan_count,
        infinite_count=values.size - finite.size - nan_count,
        looked_at=values.size,
    )
    if finite.size:
        statistics.minimum, statistics.maximum = float(finite.min()), float(finite.max())
        with np.errstate(over="ignore", invalid="ignore"):
            mean, deviation = float(finite.mean()), float(finite.std())
        statistics.mean = mean if math.isfinite(mean) else None
        statistics.deviation = deviation if math.isfinite(deviation) else None
    return statistics


def _numbers(text: str, name: str) -> list[int]:
    parts = text.split(",") if text else []
    if len(parts) > MAX_DIMENSIONS or not all(
        part.isascii() and part.isdecimal() and len(part) <= 15 for part in parts
    ):
        raise ValueError(f"{name} must be whole numbers with commas between them")
    return [int(part) for part in parts]
