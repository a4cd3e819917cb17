"""What the person at the terminal sees: lines, tables, spinner, progress bar. None of it can stop the script."""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import string
import sys
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from lavdlike.kinds import numbers

# How long a lock of tqdm may be held by somebody else: one that is left by a process that was killed is held for ever.
_LOCK_WAIT_S = 1.0
# A bar, and what would escape its escape.
_BAR = re.compile(r"(\\*)\|")
_ANSI_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


class Output:
    """A stream on which nothing raises: not there (`>&-`, pythonw), closed, its reader gone, without the characters.

    A signal handler that writes while its own thread is writing (Python's "reentrant call") writes nothing.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream.stream if isinstance(stream, Output) else stream

    @property
    def stream(self) -> Any:
        return self._stream

    @property
    def closed(self) -> bool:
        return bool(getattr(self._stream, "closed", self._stream is None))

    def write(self, text: Any) -> int:
        try:
            self._stream.write(text)
        except UnicodeEncodeError:
            encoding = getattr(self._stream, "encoding", None) or "ascii"
            with contextlib.suppress(Exception):
                self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        except Exception:  # noqa: BLE001 - whatever a stream is, nothing printed may stop a training
            return 0
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(Exception):
            self._stream.flush()

    def isatty(self) -> bool:
        try:
            return bool(self._stream.isatty())
        except Exception:  # noqa: BLE001 - as above
            return False

    def can_show(self, text: str) -> bool:
        """Whether the stream's encoding has all the characters."""
        try:
            text.encode(getattr(self._stream, "encoding", None) or "utf-8")
        except (LookupError, TypeError, UnicodeEncodeError):
            return False
        return True

    # tqdm asks whether it writes to the stream above which a line is to be printed.
    def __eq__(self, other: object) -> bool:
        return self._stream is (other.stream if isinstance(other, Output) else other)

    def __hash__(self) -> int:
        return id(self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def print_line(text: str, stream: TextIO | None) -> None:
    """Print a line, above the progress bars if there are some."""
    if stream is None:
        return
    _flush_at_exit_once()
    output, line = Output(stream), text + "\n"
    # Imported only in part if a signal handler interrupts its import.
    bars = getattr(sys.modules.get("tqdm"), "tqdm", None)
    if bars is None:
        output.write(line)
        return
    written = False
    try:
        with _bars_held(bars), bars.external_write_mode(file=stream, nolock=True):
            output.write(line)
            written = True
    except Exception:  # noqa: BLE001 - a bar of somebody else's that cannot be drawn
        if not written:
            output.write(line)


def formatted(msg: object, args: Sequence[object], kwargs: Mapping[str, object]) -> str:
    """`msg` formatted with the arguments; those that it has no place for stand behind it.

    >>> formatted("{}: {value:.2f}", ("loss",), {"value": 0.25})
    'loss: 0.25'
    >>> formatted("accuracy", (0.93,), {})
    'accuracy 0.93'
    """
    text = str(msg)
    if not args and not kwargs:
        return text
    formatter = _Formatter()
    try:
        return " ".join([formatter.vformat(text, args, kwargs), *formatter.left])
    except Exception:  # noqa: BLE001 - a place without an argument, a format that the argument has not
        return " ".join([text, *map(str, args), *(f"{name}={value}" for name, value in kwargs.items())])


class _Formatter(string.Formatter):
    """Remembers in `left` the arguments that were not used."""

    def __init__(self) -> None:
        self.left: list[str] = []

    def check_unused_args(self, used_args: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        self.left = [str(value) for index, value in enumerate(args) if index not in used_args]
        self.left += [f"{name}={value}" for name, value in kwargs.items() if name not in used_args]


def duration_text(seconds: float) -> str:
    """Hours, minutes and seconds: `00:01:30`, `49:00:00`."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def table_lines(
    header: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    indent: str = "",
    placeholder: str = "-",
    precision: int = 5,
) -> list[str]:
    r"""A Markdown table whose columns line up, where characters of the Far East are two columns of the terminal wide.

    Floats have `precision` digits after the point; None becomes `placeholder`; `|` is written as `\|`, and a backslash
    before it is doubled, which would take its place otherwise; newlines and tabs are spaces.

    Raises:
        ValueError: a row has not as many fields as the header.
    """
    for index, row in enumerate(rows):
        if len(row) != len(header):
            raise ValueError(
                f"rows[{index}] must have {len(header)} fields as the header has, not {len(row)}"
            )
    names = [_escaped(str(name)) for name in header]
    cells = [[_cell(field, placeholder, precision) for field in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(names, *cells, strict=True)]
    separator = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    lines = [_table_row(names, widths), separator, *(_table_row(row, widths) for row in cells)]
    return [indent + line for line in lines]


@contextlib.contextmanager
def _bars_held(bars: Any) -> Iterator[None]:
    """Hold the locks of tqdm, and of our bars, that can be had."""
    progress = sys.modules.get("lavdlike.writing.progress")
    owners = [bars, getattr(progress, "ProgressBar", None)]
    locks = [vars(owner).get("_lock") for owner in owners if owner is not None]
    held: list[Any] = []
    try:
        for lock in locks:
            # tqdm's own is a pair: one for all processes that were forked, one for threads.
            parts = getattr(lock, "locks", [lock])
            held.extend(part for part in parts if part is not None and _acquired(part))
        yield
    finally:
        for part in reversed(held):
            part.release()


_stuck: set[int] = set()


def _acquired(lock: Any) -> bool:
    wait_s = 0.0 if id(lock) in _stuck else _LOCK_WAIT_S
    if lock.acquire(True, wait_s):
        _stuck.discard(id(lock))
        return True
    _stuck.add(id(lock))
    return False


_at_exit = threading.Event()


def _flush_at_exit_once() -> None:
    if not _at_exit.is_set():
        _at_exit.set()
        atexit.register(_flush_at_exit)


def _flush_at_exit() -> None:
    """What a reader that is gone did not take is dropped: Python would end with exit code 120 for it."""
    for stream in (sys.stdout, sys.stderr):
        _flush_or_drop(stream)


def _flush_or_drop(stream: TextIO) -> None:
    try:
        stream.flush()
    except Exception:  # noqa: BLE001 - closed, not there, broken
        with contextlib.suppress(Exception):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _table_row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def _cell(field: object, placeholder: str, precision: int) -> str:
    if field is None or numbers.is_masked(field):
        return placeholder
    if hasattr(field, "item") and getattr(field, "ndim", 1) == 0:  # numpy and torch scalars
        field = field.item()
    if isinstance(field, float):
        return f"{field:.{precision}f}"
    return _escaped(str(field))


def _escaped(text: str) -> str:
    return _BAR.sub(r"\1\1\|", " ".join(text.splitlines()).replace("\t", " "))


def _width(text: str) -> int:
    """How many columns of a terminal a text takes; colours (ANSI escapes) take none."""
    plain = _ANSI_ESCAPE.sub("", text)
    if plain.isascii():
        return len(plain)
    return sum(
        0
        if unicodedata.category(character) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(character) in "WF"
        else 1
        for character in plain
    )
