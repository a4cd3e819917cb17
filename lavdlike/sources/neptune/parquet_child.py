"""The child process that reads Parquet files of Neptune's exporter (`parquet_reader` asks it).

Its standard input is a socket. A question is a letter, `POINTS` or `FACTS`, with the descriptor of a file. An answer is
its length (8 bytes), and `ERROR` with a reason, `OTHER` if it is another program's file, or `ANSWER` with what was
asked: `Series`, each its length (8 bytes) and content (`msgpack`), or a list of `Fact`.
"""

from __future__ import annotations

import io
import os
import resource
import socket
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import polars as pl

ANSWER, ERROR, OTHER = b"a", b"e", b"o"
POINTS, FACTS = b"p", b"f"
# The exporter begins another file at 50 MiB.
MAX_BYTES = 256 * 2**20
MAX_ROWS = 5_000_000
MAX_LABELS = 5000
MAX_LETTERS = 10_000
MEMORY_BYTES = 6 * 2**30
COLUMNS = ("run_id", "attribute_path", "attribute_type", "step", "timestamp", "float_value")
# What Neptune's own attributes begin with.
SYSTEM = "sys/"
_SERIES = "float_series"
# What is said once of a run, in a column of this name and `_value`.
FACT_TYPES = ("float", "int", "string", "bool", "datetime", "string_set")


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


class Fact(msgspec.Struct, array_like=True):
    """What is said once of a run. `type`: of `FACT_TYPES`; `value`: None if none is there; of a time, Unix seconds."""

    run: str
    attribute: str
    type: str
    value: str | int | float | bool | list[str] | None


def main() -> None:
    """Answers one question after the other, each with a file's descriptor, until nobody is there any more."""
    _limit_memory()
    with socket.socket(fileno=os.dup(0)) as asking:
        while True:
            question, descriptors, _, _ = socket.recv_fds(asking, 1, 1)
            if not question or not descriptors:
                os._exit(0)
            answer = _answer(question, descriptors[0])
            os.close(descriptors[0])
            asking.sendall(len(answer).to_bytes(8, "little") + answer)


def _answer(question: bytes, descriptor: int) -> bytes:
    try:
        data = _read(descriptor)
        if question == FACTS:
            return ANSWER + msgspec.msgpack.encode(facts_in(data))
        return ANSWER + b"".join(len(each).to_bytes(8, "little") + each for each in _encoded(data))
    except _OtherError:
        return OTHER
    except BaseException as error:  # noqa: BLE001 - polars panics with one that is no Exception
        return ERROR + (" ".join(str(error).split())[:300] or type(error).__name__).encode(errors="replace")


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

    rows = _rows(data, COLUMNS, pl.col("attribute_type") == _SERIES).filter(
        pl.col("float_value").is_not_null()
    )
    parts = rows.partition_by("run_id", "attribute_path", maintain_order=True)
    for part in parts[:MAX_LABELS]:
        yield _series_of(part)


def facts_in(data: bytes) -> list[Fact]:
    """What is said once of the runs in a file, at most `MAX_LABELS`, Neptune's own first. Raises as `series_in`."""
    import polars as pl

    columns = ("run_id", "attribute_path", "attribute_type", *(f"{each}_value" for each in FACT_TYPES))
    rows = _rows(data, columns, pl.col("attribute_type").is_in(FACT_TYPES))
    is_setting = ~pl.col("attribute_path").str.starts_with(SYSTEM)
    rows = rows.sort(is_setting, maintain_order=True).head(MAX_LABELS)
    found = []
    for row in rows.iter_rows(named=True):
        value = row.get(f"{row['attribute_type']}_value")
        if isinstance(value, datetime):
            value = value.timestamp()
        elif isinstance(value, str):
            value = value[:MAX_LETTERS]
        found.append(Fact(str(row["run_id"]), str(row["attribute_path"]), row["attribute_type"], value))
    return found


def _rows(data: bytes, columns: Collection[str], wanted: pl.Expr) -> pl.DataFrame:
    import polars as pl

    if len(data) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES // 2**20} MiB, the most that is read of it")
    there = pl.read_parquet_schema(io.BytesIO(data)).keys()
    if not set(COLUMNS) <= there:
        raise _OtherError
    table = pl.read_parquet(
        io.BytesIO(data), columns=[each for each in columns if each in there], n_rows=MAX_ROWS + 1
    )
    if table.height > MAX_ROWS:
        raise ValueError(f"more than {MAX_ROWS:,} rows, the most that are read of it")
    return table.filter(wanted)


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


def _read(descriptor: int) -> bytes:
    """One byte more than is taken at most: it says that there is more."""
    data = bytearray()
    while (chunk := os.pread(descriptor, 2**20, len(data))) and len(data) <= MAX_BYTES:
        data += chunk
    return bytes(data)


def _limit_memory() -> None:
    with suppress(ValueError, OSError):  # a lower limit stays
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
