"""Lines of a scalars file -> columns for each label (docs/format.md, "Scalars").

`kinds.scalars.parse_line` is what a line means. Texts are parsed as a whole: split into fields whose numbers msgspec
reads, which is four times faster, or, if they are long, by polars, ten times faster. But only where both must agree
with `parse_line`: a text of valid UTF-8, without fields that begin in a way that only they take, of which they read
every field of every line. All other texts are halved until what is irregular is short, and that is parsed line by line.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from lavdlike.bounded import polars_limits
from lavdlike.kinds.scalars import HEADER, PAGE_BYTES, REWIND, BadLine, ScalarPoint, parse_line
from lavdlike.layout import MAX_STEP
from lavdlike.sources.columns import MAX_EXACT, Columns, doubles, to_columns

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from lavdlike.sources.columns import FloatArray

_HEADER = HEADER.encode()
_REWIND = f"\t{REWIND}\t".encode()
# Shorter texts are parsed line by line.
_WORTH_SPLITTING_BYTES = 256
# Of a text that has something irregular in it, shorter parts are parsed line by line: what is irregular mostly has more
# of its like around it, and looking for it in halves of halves took longer than that.
_WORTH_HALVING_BYTES = 2048
# So many bad lines of a block are named, the others only counted.
_MAX_NAMED = 100
_TABS_OF_A_VALUE = 3
# Shorter ones are split into fields: calling polars costs as much as that for some 3,000 lines.
_WORTH_POLARS_BYTES = 192 * 2**10
# As long as polars is not imported. That takes as long as splitting several times this much, but blocks of files of
# that size seldom come alone.
_WORTH_IMPORT_BYTES = 2 * 2**20
# polars takes `.5` for a number everywhere, `parse_line` does not for wall times; larger ones begin with a digit.
_MIN_WALL_TIME = 1.0
_TAB, _NEWLINE = ord("\t"), ord("\n")
_INTEGER = re.compile(rb"[+-]?[0-9]+\Z")
# So many are split at once: what comes and goes then stays in the processor's cache.
_PART_BYTES = 32 * 2**10
_NOT_BETWEEN_FIELDS = bytes(set(range(256)) - {_TAB, _NEWLINE})
# Of these, Python's `float` takes no text that `parse_line` does not.
_OF_NUMBERS = b"0123456789.e+-nanif"
_integers = msgspec.json.Decoder(list[int])
_numbers = msgspec.json.Decoder(list[float])

_polars_imported = threading.Event()
# Python runs one thread at a time; several that split in turns take longer than one after the other.
_splitting = threading.Lock()


class BadPlace(NamedTuple):
    """A line that is not a value. `line`: from 0, in the text; `offset`: of its first byte, in the file.

    `is_cut`: a value stands behind it in the same line, and is read.
    """

    line: int
    offset: int
    bad: BadLine
    is_cut: bool = False

    @property
    def reason(self) -> str:
        if self.is_cut:
            return f"cut short; the value behind it is read: {self.bad.line[-80:].decode(errors='replace')!r}"
        return f"{self.bad.reason}: {self.bad.text!r}"


class Block(NamedTuple):
    """What a part of a file holds. `lines`: how many, blank and bad ones included.

    `bad`: the first bad lines; `bad_lines`: how many there are.
    """

    columns: dict[str, Columns]
    bad: list[BadPlace]
    lines: int
    bad_lines: int = 0


def is_scalars_file(begin: bytes) -> bool:
    """Whether a file that begins so is one of ours, and not somebody else's table under such a name."""
    return begin.startswith(_HEADER)


def preload_arrays() -> None:
    """Load numpy, which many readers share, before two of them load it at once; meant for a background thread."""
    with suppress(ImportError, OSError):  # said when a request needs it
        import numpy as np  # noqa: F401


def preload() -> None:
    """Load what reads files now, so that the first one need not wait for it; meant for a background thread."""
    with suppress(ImportError, OSError, polars_limits.NoPolarsError):  # said when a request needs them
        # Starts the threads of polars and loads what its functions load when they are first called.
        with polars_limits.using():
            parse_regular(b"0\t1.0\ta\t0.0\n0\t1.0\tb\t0.0\n")
        _polars_imported.set()


def parse(offset: int, data: bytes) -> Iterable[Block]:
    """The blocks of a text, in their order.

    Args:
        offset: where the text stands in its file, in bytes.
        data: whole lines, the last newline included.
    """
    return (parse_plainly(offset, data),) if len(data) < _WORTH_SPLITTING_BYTES else _split(offset, data)


def _split(offset: int, data: bytes) -> Iterator[Block]:
    """Of a text that is worth it."""
    worth_polars = _WORTH_POLARS_BYTES if _polars_imported.is_set() else _WORTH_IMPORT_BYTES
    block = _parse_by_polars(data) if len(data) >= worth_polars else parse_fields(data)
    if block is not None:
        yield block
        return
    middle = data.index(b"\n", len(data) // 2) + 1
    if len(data) >= _WORTH_HALVING_BYTES and middle < len(data):
        yield from parse(offset, data[:middle])
        yield from parse(offset + middle, data[middle:])
        return
    yield parse_plainly(offset, data)


def parse_in_turn(offset: int, data: bytes) -> Iterable[Block]:
    """The same; lines with the label `REWIND` in blocks of their own, so that it is known what stands before them."""
    # One character is searched at memory speed; most files do not have it.
    return _parse_between(offset, data) if b"!" in data else parse(offset, data)


def _parse_between(offset: int, data: bytes) -> Iterator[Block]:
    begin = 0
    while (found := data.find(_REWIND, begin)) >= 0:
        line_begin, line_end = data.rfind(b"\n", begin, found) + 1 or begin, data.find(b"\n", found) + 1
        if line_begin > begin:
            yield from parse(offset + begin, data[begin:line_begin])
        yield parse_plainly(offset + line_begin, data[line_begin:line_end])
        begin = line_end
    if begin < len(data):
        yield from parse(offset + begin, data[begin:] if begin else data)


def _parse_by_polars(data: bytes) -> Block | None:
    """By polars, or without it where a process may not use it."""
    try:
        with polars_limits.using():
            return parse_regular(data)
    except polars_limits.NoPolarsError:
        return parse_fields(data)


def parse_plainly(offset: int, data: bytes) -> Block:
    """Line by line; for any text."""
    if data.count(b"\t") < _TABS_OF_A_VALUE:
        return _without_values(offset, data)
    points: dict[str, tuple[list[int], list[float], list[float | int]]] = {}
    bad: list[BadPlace] = []
    bad_lines = 0
    lines = data.split(b"\n")
    lines.pop()  # what follows the last newline: nothing
    for number, line in enumerate(lines):
        point = parse_line(line)
        if isinstance(point, BadLine):
            bad_line = point
            if -offset % PAGE_BYTES < len(line):  # otherwise no page of the file ends in it
                point = parse_line(line, offset)
            bad_lines += 1
            if len(bad) < _MAX_NAMED:
                bad.append(BadPlace(number, offset, bad_line, is_cut=isinstance(point, ScalarPoint)))
        offset += len(line) + 1
        if isinstance(point, ScalarPoint):
            columns = points.get(point.label)
            if columns is None:
                columns = points[point.label] = ([], [], [])
            columns[0].append(point.step)
            columns[1].append(point.wall_time)
            columns[2].append(point.value)
    columns_of = {label: to_columns(*columns) for label, columns in points.items()}
    return Block(columns_of, bad, len(lines), bad_lines)


def _without_values(offset: int, data: bytes) -> Block:
    """Of a text that has too few tabs for a value: a log under a wrong name may be millions of lines."""
    lines = data.split(b"\n")
    lines.pop()
    blank = lines.count(b"")
    if b"\r" in data:
        blank += sum(1 for line in lines if line and not line.strip(b"\r"))
    bad: list[BadPlace] = []
    for number, line in enumerate(lines):
        if len(bad) == min(_MAX_NAMED, len(lines) - blank):
            break
        found = parse_line(line)
        if isinstance(found, BadLine):
            bad.append(BadPlace(number, offset, found))
        offset += len(line) + 1
    return Block({}, bad, len(lines), len(lines) - blank)


def parse_fields(data: bytes) -> Block | None:
    """The same for a text of regular lines, or None if it has anything in it that might be read in another way."""
    with _splitting:
        return _parse_fields(data)


def _parse_fields(data: bytes) -> Block | None:
    import numpy as np

    places = _Places()
    parts = []
    try:
        for part in _parts_of(data):
            if part.translate(None, _NOT_BETWEEN_FIELDS) != b"\t\t\t\n" * part.count(b"\n"):
                return None
            fields = part.replace(b"\n", b"\t").split(b"\t")
            fields.pop()  # what follows the last newline: nothing
            steps, wall_times, labels, values = (fields[place::4] for place in range(4))
            place_of_row = np.fromiter(map(places.__getitem__, labels), np.intp, len(labels))
            parts.append((place_of_row, _steps_of(steps), _json_doubles(wall_times), _values_of(values)))
        if b"" in places:
            return None
        columns = (np.concatenate(column) for column in zip(*parts, strict=True))
        return _to_block(data, [label.decode() for label in places], *columns)
    except ValueError:  # of msgspec, Python's conversions, or our own
        return None


class _Places(dict[bytes, int]):
    """Numbers labels in the order in which they are first asked for."""

    def __missing__(self, label: bytes) -> int:
        place = self[label] = len(self)
        return place


def _parts_of(data: bytes) -> Iterator[bytes]:
    begin = 0
    while begin < len(data):
        end = data.find(b"\n", begin + _PART_BYTES) + 1 or len(data)
        yield data[begin:end]
        begin = end


def _to_block(
    data: bytes,
    labels: list[str],
    place_of_row: NDArray[np.integer[Any]],
    steps: FloatArray,
    wall_times: FloatArray,
    values: FloatArray,
) -> Block:
    """`place_of_row`: in `labels`. Raises ValueError: an integer has more digits than Python converts."""
    import numpy as np

    exact = _exact_integers(data, values)
    if len(labels) == 1:
        return Block({labels[0]: Columns(steps, wall_times, values, exact)}, [], len(steps))
    # numpy sorts numbers of 16 bits several times faster.
    rows = np.argsort(place_of_row.astype(np.min_scalar_type(len(labels))), kind="stable")
    ends = np.cumsum(np.bincount(place_of_row)).tolist()
    columns = {}
    for label, begin, end in zip(labels, [0, *ends], ends, strict=False):
        own = rows[begin:end]
        moved = {place: exact[row] for place, row in enumerate(own.tolist()) if row in exact} if exact else {}
        columns[label] = Columns(steps[own], wall_times[own], values[own], moved)
    return Block(columns, [], len(steps))


def _steps_of(texts: list[bytes]) -> FloatArray:
    """Raises ValueError: not whole numbers that steps can be, or with zeros in front."""
    if not b"".join(texts).isdigit():
        raise ValueError("not digits alone")
    steps = doubles(_integers.decode(b"[" + b",".join(texts) + b"]"))
    if steps.max() > MAX_STEP:
        raise ValueError("a step that is too large")
    return steps


def _json_doubles(texts: list[bytes]) -> FloatArray:
    """Raises ValueError: not numbers as JSON has them, which `parse_line` reads in the same way."""
    joined = b",".join(texts)
    if b" " in joined or b"\r" in joined:  # which JSON takes around numbers
        raise ValueError("white space")
    numbers = _numbers.decode(b"[" + joined + b"]")
    if len(numbers) != len(texts):
        raise ValueError("a comma in a field")
    return doubles(numbers)


def _values_of(texts: list[bytes]) -> FloatArray:
    """Raises ValueError: not numbers, or such that Python might read in another way than `parse_line`."""
    try:
        return _json_doubles(texts)
    except ValueError:  # most often NaN
        if b"".join(texts).translate(None, _OF_NUMBERS):
            raise
        return doubles([float(text) for text in texts])


def parse_regular(data: bytes) -> Block | None:
    """The same by polars, or None if the text has anything in it that polars might read in another way."""
    import numpy as np

    if not _begins_of_fields_are_plain(data) or not _is_utf8(data):
        return None
    table = _read_table(data)
    if table is None or len(table) != _lines_in(data):
        return None
    steps, wall_times, values = (table[name].to_numpy() for name in ("step", "wall_time", "value"))
    if steps.max() > MAX_STEP or not np.isfinite(wall_times).all() or wall_times.min() < _MIN_WALL_TIME:
        return None
    try:
        return _to_block(data, *_labels_in(table), steps.astype(np.float64), wall_times, values)
    except ValueError:
        return None


def _lines_in(data: bytes) -> int:
    """Newlines, counted ten times faster than by `bytes.count`, without new memory for each."""
    import numpy as np

    text = np.frombuffer(data, dtype=np.uint8)
    parts = (text[begin : begin + _PART_BYTES] for begin in range(0, len(text), _PART_BYTES))
    return sum(int(np.count_nonzero(part == _NEWLINE)) for part in parts)


def _begins_of_fields_are_plain(data: bytes) -> bool:
    """Whether no field begins with a space or a sign `+`; there is no carriage return and no byte order mark.

    polars takes the first two in any number and drops the other two.
    """
    import numpy as np

    if b"\r" in data or not data[:1].isdigit():
        return False
    for character in (b" ", b"+"):
        if character in data:  # searched at memory speed; most files have neither
            text = np.frombuffer(data, dtype=np.uint8)
            before = text[np.flatnonzero(text == ord(character)) - 1]
            if ((before == _TAB) | (before == _NEWLINE)).any():
                return False
    return True


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
        "step": pl.UInt64,
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


def _exact_integers(data: bytes, values: FloatArray) -> dict[int, int]:
    """Row -> integer, for the integers that a double does not hold."""
    import numpy as np

    if values.min() > -MAX_EXACT and values.max() < MAX_EXACT:  # and none is NaN
        return {}
    large = np.flatnonzero(np.abs(values) >= MAX_EXACT).tolist()
    if not large:
        return {}
    lines = data.split(b"\n")
    texts = ((row, lines[row].rpartition(b"\t")[2]) for row in large)
    integers = ((row, int(text)) for row, text in texts if _INTEGER.match(text))
    return {row: integer for row, integer in integers if abs(integer) > MAX_EXACT}


def _labels_in(table: pl.DataFrame) -> tuple[list[str], NDArray[np.integer[Any]]]:
    """The labels in the order of their first rows, and for each row its place among them."""
    import numpy as np
    import polars as pl

    column = table["label"]
    if (column == column[0]).all():
        return [column[0]], np.zeros(len(column), dtype=np.uint8)
    labels = column.unique(maintain_order=True)
    return labels.to_list(), column.cast(pl.Enum(labels)).to_physical().to_numpy()
