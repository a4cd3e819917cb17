"""The child process that reads a Parquet file of Neptune's exporter, given as its standard input.

What it writes is `ERROR` with a reason, `OTHER` if it is another program's file, or `ANSWER` with `Series`, each its
length (8 bytes) and content (`msgpack`).
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import polars as pl

ANSWER, ERROR, OTHER = b"a", b"e", b"o"
# The exporter begins another file at 50 MiB.
MAX_BYTES = 256 * 2**20
MAX_ROWS = 5_000_000
MAX_LABELS = 5000
MEMORY_BYTES = 6 * 2**30
COLUMNS = ("run_id", "attribute_path", "attribute_type", "step", "timestamp", "float_value")
_SERIES = "float_series"


class Series(msgspec.Struct, array_like=True):
    """Points of one attribute in the order of the file, as arrays of doubles.

    `times`: Unix seconds, NaN where none is said. `is_counted`: steps that are not whole; the points are counted then.
    """

    run: str
    attribute: str
    steps: bytes
    times: bytes
    values: bytes
    is_counted: bool


def main() -> None:
    _limit_memory()
    try:
        answer = ANSWER + b"".join(len(each).to_bytes(8, "little") + each for each in _encoded(_read()))
    except _OtherError:
        answer = OTHER
    except BaseException as error:  # noqa: BLE001 - polars panics with one that is no Exception
        answer = ERROR + (" ".join(str(error).split())[:300] or type(error).__name__).encode(errors="replace")
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    os._exit(0)


class _OtherError(Exception):
    """It is no file of Neptune's exporter."""


def _encoded(data: bytes) -> Iterator[bytes]:
    for series in series_in(data):
        yield msgspec.msgpack.encode(series)


def series_in(data: bytes) -> Iterator[Series]:
    """The series of numbers in a file, at most `MAX_LABELS`.

    Raises what polars raises, and ValueError for a file that is too large.
    """
    import polars as pl

    if len(data) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES // 2**20} MiB, the most that is read of it")
    if not set(COLUMNS) <= pl.read_parquet_schema(io.BytesIO(data)).keys():
        raise _OtherError
    table = pl.read_parquet(io.BytesIO(data), columns=list(COLUMNS), n_rows=MAX_ROWS + 1)
    if table.height > MAX_ROWS:
        raise ValueError(f"more than {MAX_ROWS:,} rows, the most that are read of it")
    rows = table.filter((pl.col("attribute_type") == _SERIES) & pl.col("float_value").is_not_null())
    parts = rows.partition_by("run_id", "attribute_path", maintain_order=True)
    for part in parts[:MAX_LABELS]:
        yield _series_of(part)


def _series_of(rows: pl.DataFrame) -> Series:
    import polars as pl

    # Of decimals with six places: whole ones are so to the last digit before they become doubles.
    whole = rows["step"].cast(pl.Int64, strict=False)
    is_whole = whole.is_not_null().all() and bool(((rows["step"] == whole) & (whole >= 0)).all())
    steps = whole.cast(pl.Float64) if is_whole else rows["step"].cast(pl.Float64)
    times = rows["timestamp"].dt.epoch("ms").cast(pl.Float64) / 1000
    attribute = str(rows["attribute_path"][0])
    arrays = _bytes_of(steps), _bytes_of(times), _bytes_of(rows["float_value"])
    return Series(str(rows["run_id"][0]), attribute, arrays[0], arrays[1], arrays[2], not is_whole)


def _bytes_of(column: pl.Series) -> bytes:
    return column.fill_null(float("nan")).to_numpy().astype("f8").tobytes()


def _read() -> bytes:
    """One byte more than is taken at most: it says that there is more."""
    data = bytearray()
    while (chunk := os.pread(0, 2**20, len(data))) and len(data) <= MAX_BYTES:
        data += chunk
    return bytes(data)


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # not on Windows; a lower limit stays
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
