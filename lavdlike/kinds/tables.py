"""Tables: CSV files whose first line names the columns (docs/format.md, "Tables"). Read in parts: they can be long."""

from __future__ import annotations

import csv
import functools
import io
import math
import operator
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import msgspec

from lavdlike.bounded import polars_limits
from lavdlike.bounded.patterns import Pattern, PatternError
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds import given_tables, table_text, text_file
from lavdlike.kinds.kind import TEXT_TYPE, Kind

if TYPE_CHECKING:
    import polars as pl

MAX_BYTES = 64 * 2**20
MAX_COLUMNS = 2000
# Each takes some 16 bytes of memory beside its text.
MAX_CELLS = 8_000_000
# Of one answer.
MAX_ROWS = 10_000
MAX_ANSWER_CELLS = 100_000
MAX_CELL_LETTERS = 10_000

MAX_HEADER_BYTES = 2**20
# Of a longer header only what stands in its first part is read as series.
MAX_LONG_HEADER_BYTES = 16 * 2**20

_SUFFIXES = frozenset({".csv", ".tsv"})
# So much is counted at once: others wait for one call at most.
_COUNTED_BYTES = 2**20
# How long one answer may look for a filter.
_FILTER_S = 10.0
# The column with the places of rows in the file.
_NUMBERS = "#"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# Columns that say the steps of the rows (docs/format.md, "Tables as scalars"); the first that is there is taken.
_STEP_COLUMNS = (
    # LLaMA-Factory's `total_steps` beside `current_steps` is where it ends.
    *("step", "steps", "global_step", "train_step", "current_steps", "total_steps"),
    *("iteration", "iterations", "iter", "training_iteration"),
    *("timestep", "timesteps", "total_timesteps", "timesteps_total"),
    *("num_updates", "it", "epoch", "epochs"),
)
# In JSON lines, as they stand.
_FURTHER_STEPS = frozenset({"progress/batch", "t"})
_TIME_COLUMNS = ("wall_time", "timestamp")


class TablePart(msgspec.Struct):
    """Some rows of a table. Cells are text as it stands in the file; None: there is nothing.

    `numbers`: of each row of `rows`, which one of the file it is, from 0. `first`: the place of the first of them among
    those that the filter and the slice let through, of which there are `count`. `total`: rows of the file.
    """

    columns: list[str]
    rows: list[list[str | None]]
    numbers: list[int]
    first: int
    count: int
    total: int


def encode(table: Any, header: Sequence[str] | None = None) -> bytes:
    """A table as CSV: UTF-8, commas, quotes where they are needed, one line a row.

    Args:
        table: rows, each a sequence of cells or a mapping {column: cell}; a mapping {column: cells}; or a data frame
            of pandas (an index with a name is a column), polars or with their methods.
        header: the columns' names; by default those of the table, or else `0`, `1`, ...

    Raises:
        ValueError: no table; rows longer than the header; larger than what is read.
    """
    return b"".join(encode_parts(table, header))


def encode_parts(table: Any, header: Sequence[str] | None = None) -> tuple[bytes, bytes]:
    """The line with the names of the columns, and the lines of the rows, of what `encode` takes and refuses."""
    columns, rows = given_tables.cells_of(table, header)
    names_line, content = _lines([columns]), _lines(rows)
    _check_is_read(columns, names_line, content)
    return names_line, content


def read_part(file: BinaryIO, asked: Mapping[str, str], path: str) -> TablePart:
    """Some rows of a CSV file.

    Args:
        asked: `sort` (the place of a column, from 0) and `descending` (`1`); `filter`, which some cell of a row has to
            contain, a regular expression with `regex`, rows without it with `negate`, upper and lower case told apart
            with `exact`; `slice`, as Python's `10:20:2`, of the rows that are left; `first` and `count` of those.

    Raises:
        ValueError: a column that is not there, no slice, no regular expression.
        LogFormatError: no table; too large.
        GivenUpError: nobody waits for the answer.
    """
    try:
        with polars_limits.using():
            return _read_part(file, asked, path)
    except polars_limits.NoPolarsError as error:
        raise LogFormatError(path, f"cannot be read by this process: {error}") from None


def _read_part(file: BinaryIO, asked: Mapping[str, str], path: str) -> TablePart:
    import polars as pl

    table = read_table(file, path)
    rows = table.rows.with_row_index(_NUMBERS)
    cells = pl.col(table.rows.columns)
    if asked.get("filter"):
        rows = _filtered(rows, asked)
    if asked.get("sort"):
        rows = _sorted(rows, table, asked)
    if asked.get("slice"):
        rows = rows[list(slice_of(asked["slice"], rows.height))]
    first = min(_whole(asked, "first", 0), rows.height)
    most = max(1, MAX_ANSWER_CELLS // len(table.columns))
    shown = rows.slice(first, min(_whole(asked, "count", 100), MAX_ROWS, most))
    return TablePart(
        table.columns,
        [list(row) for row in shown.select(cells.str.slice(0, MAX_CELL_LETTERS)).iter_rows()],
        shown[_NUMBERS].to_list(),
        first,
        rows.height,
        table.rows.height,
    )


class Table(NamedTuple):
    """The names of the columns, and the rows: as text, in columns named `0`, `1`, ...; null where there is nothing."""

    columns: list[str]
    rows: pl.DataFrame
    separator: str


def read_table(file: BinaryIO, path: str) -> Table:
    """A whole CSV file. Rows that are too short are filled with nulls, what is beyond the last column is left out.

    Raises:
        LogFormatError: no table; too large.
    """
    import polars as pl

    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise LimitError(path, f"larger than {MAX_BYTES // 2**20} MiB, the most that is read of a table")
    data = text_file.as_utf8(data).lstrip(b"\r\n")
    separator = table_text.separator_of(path, data[:MAX_HEADER_BYTES])
    if _count(data, separator.encode()) + _count(data, b"\n") > MAX_CELLS:
        raise LimitError(path, f"more than {MAX_CELLS:,} cells, the most that are read of a table")
    columns = _header_of(data, separator, path)
    try:
        rows = pl.read_csv(
            data,
            separator=separator,
            has_header=False,
            schema={str(index): pl.String for index in range(len(columns))},
            truncate_ragged_lines=True,
            encoding="utf8-lossy",
        )
    except pl.exceptions.PolarsError as error:
        raise LogFormatError(path, f"no table: {' '.join(str(error).split())[:200]}") from None
    return Table(columns, rows[1:].filter(~pl.all_horizontal(pl.all().is_null())), separator)


class StepColumns(NamedTuple):
    """What the columns of a table are, whose rows are steps. All are places of columns, from 0.

    `wall_time`: of Unix seconds; None if there is none. `values`: the names of all others, blank ones left out.
    `begin`: of the first row, in bytes. `separator`: as in `table_text`. `step_name`: as it stands in the header.
    `is_cut`: whether there are columns beyond the last that is read.
    """

    step: int
    wall_time: int | None
    values: dict[int, str]
    begin: int
    separator: str
    step_name: str = ""
    is_cut: bool = False


def step_columns(begin_of_file: bytes, path: str) -> StepColumns | None:
    """The columns of a table if one says the step of each row; None if none does, or the first line has no end yet.

    Comments (lines that begin with `#`) may stand before it; the last of them may be the line with the names.
    """
    begin_of_file = text_file.as_utf8(begin_of_file) if text_file.utf16_of(begin_of_file) else begin_of_file
    place = len(begin_of_file) - len(begin_of_file.removeprefix(_BYTE_ORDER_MARK))
    comment: StepColumns | None = None
    while (end := begin_of_file.find(b"\n", place) + 1) and end - place <= MAX_LONG_HEADER_BYTES:
        line = begin_of_file[place:end]
        if line.startswith(b"#"):
            comment = _columns_of_header(line.lstrip(b"# "), end, path)
        elif line.strip(b"\r\n"):
            return _columns_of_header(line, end, path) or comment
        place = end
    return comment


def begins_with_steps(begin_of_file: bytes, path: str) -> bool:
    """Whether a first line, whose end is not among what is given, names a column of steps."""
    return b"\n" not in begin_of_file and _columns_of_header(begin_of_file, 0, path) is not None


def _columns_of_header(header: bytes, end: int, path: str) -> StepColumns | None:
    """`end`: of the line in its file."""
    is_cut = len(header) > MAX_HEADER_BYTES
    if is_cut:  # what stands behind the last separator is the begin of a name
        header = header[:MAX_HEADER_BYTES]
    separator = table_text.separator_of(path, header)
    try:
        names = _names_in(header, separator, path)
    except LogFormatError:
        return None
    if is_cut or len(names) > MAX_COLUMNS:
        is_cut, names = True, names[: min(len(names) - 1, MAX_COLUMNS)]
    plain = [plain_name(name) for name in names]
    step, wall_time = _first_of(_STEP_COLUMNS, plain), _first_of(_TIME_COLUMNS, plain)
    if step is None:
        return None
    values = {
        place: name.strip()
        for place, name in enumerate(names)
        if place not in (step, wall_time) and name.strip()
    }
    return StepColumns(step, wall_time, values, end, separator, names[step].strip(), is_cut)


def step_rank(name: str) -> int | None:
    """How early a name is asked for the step of a row or record, the smallest first; None if it is none of steps."""
    plain = plain_name(name.rpartition(".")[2])
    if plain in _STEP_COLUMNS:
        return _STEP_COLUMNS.index(plain)
    return len(_STEP_COLUMNS) if name in _FURTHER_STEPS else None


def slice_of(text: str, length: int) -> range:
    """The places that a slice of Python means, of so many: `[10:20:2]`, or without brackets; `-1` is one place.

    Raises:
        ValueError: it is none.
    """
    parts = text.strip().removeprefix("[").removesuffix("]").split(":")
    try:
        numbers = [int(part) if part.strip() else None for part in parts]
        if len(parts) == 1 and numbers[0] is not None:
            index = numbers[0]
            return range(*slice(index, index + 1 or None).indices(length))
        if len(parts) in (2, 3):
            return range(*slice(*numbers).indices(length))
    except ValueError:  # no number, or a step of 0
        pass
    raise ValueError(f"{text[:40]!r} is no slice such as 10:20:2")


KIND = Kind(
    "tables",
    _SUFFIXES,
    read_part=read_part,
    media_types=dict.fromkeys(_SUFFIXES, TEXT_TYPE),
)


def _count(data: bytes, of: bytes) -> int:
    begins = range(0, len(data), _COUNTED_BYTES)
    return sum(data.count(of, begin, begin + _COUNTED_BYTES) for begin in begins)


def _header_of(data: bytes, separator: str, path: str) -> list[str]:
    """The first line that is not empty, which may be several lines in quotes."""
    names = _names_in(data, separator, path)
    if len(names) > MAX_COLUMNS:
        raise LimitError(path, f"more than {MAX_COLUMNS:,} columns, the most that are read of a table")
    return names


def _names_in(data: bytes, separator: str, path: str) -> list[str]:
    begin = data[:MAX_HEADER_BYTES].decode(errors="replace")
    try:
        first = next(filter(None, csv.reader(io.StringIO(begin, newline=""), delimiter=separator)), None)
    except csv.Error as error:
        raise LogFormatError(path, f"no table: {error}", "line 1") from None
    if first is None:
        raise LogFormatError(path, "empty: there is no line with the names of columns")
    return first


@functools.lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """`trainer/Global Step` -> `global_step`."""
    return re.sub(r"[ -]", "_", name.rpartition("/")[2].strip().lower()).strip("_")


def _first_of(wanted: Iterable[str], names: list[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


def _filtered(rows: pl.DataFrame, asked: Mapping[str, str]) -> pl.DataFrame:
    """Raises ValueError: no regular expression, or one that is too large or takes too long."""
    wanted = asked["filter"]
    until = time.monotonic() + _FILTER_S
    names = [name for name in rows.columns if name != _NUMBERS]
    try:
        pattern = Pattern(wanted, is_literal=not asked.get("regex"), ignore_case=not asked.get("exact"))
        found = functools.reduce(operator.or_, (pattern.found_in(rows[name], until=until) for name in names))
    except PatternError as error:
        what = "regular expression" if asked.get("regex") else "filter"
        raise ValueError(f"the {what} {wanted[:40]!r}: {error}") from None
    return rows.filter(~found if asked.get("negate") else found)


def _sorted(rows: pl.DataFrame, table: Table, asked: Mapping[str, str]) -> pl.DataFrame:
    """By number if all cells of the column are numbers, else by text. Empty cells come last, NaN before them."""
    column = _whole(asked, "sort", 0)
    if column >= len(table.columns):
        raise ValueError(f"there is no column {column}")
    texts = rows[str(column)].replace("", None)
    numbers = table_text.numbers_of(texts, table.separator)
    is_numeric = numbers.null_count() == texts.null_count()
    key = numbers.replace(math.nan, None) if is_numeric else texts.str.to_lowercase()
    return (
        rows.with_columns(key.alias("key"))
        .sort("key", descending=bool(asked.get("descending")), nulls_last=True, maintain_order=True)
        .drop("key")
    )


def _whole(asked: Mapping[str, str], name: str, otherwise: int) -> int:
    text = asked.get(name, "")
    if not text:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise ValueError(f"{name} must be a whole number")
    return int(text)


def _lines(rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode(errors="replace")


def _check_is_read(columns: list[str], names_line: bytes, content: bytes) -> None:
    cells = sum(part.count(b",") + part.count(b"\n") for part in (names_line, content))
    size_bytes = len(names_line) + len(content)
    reason = ""
    if len(columns) > MAX_COLUMNS:
        reason = f"{len(columns):,} columns: at most {MAX_COLUMNS:,} are read"
    elif cells > MAX_CELLS:
        reason = f"{cells:,} cells: at most {MAX_CELLS:,} are read"
    elif size_bytes > MAX_BYTES or names_line.find(b"\n") > MAX_HEADER_BYTES:
        reason = f"{size_bytes:,} bytes: at most {MAX_BYTES // 2**20} MiB are read, 1 MiB of the header"
    if reason:
        raise ValueError(f"table has {reason}; split it, or keep it with log_file")
