"""Standard output as the commands use it: JSON or text, coloured on a terminal, in any encoding, closed at any time."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TextIO

import msgspec

from lavdlike.shell import text

BROKEN_PIPE, CANNOT_WRITE = 141, 1


class LostOutputError(Exception):
    """Standard output takes no more: its reader has left, its terminal is gone, its disk is full."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error.strerror)
        self.error = error


class Output:
    """Standard output: JSON, or text, in colours on a terminal. Its methods raise `LostOutputError`."""

    def __init__(self, stream: TextIO, *, as_json: bool) -> None:
        self.as_json = as_json
        self.encoding = stream.encoding or "ascii"
        self.is_terminal = stream.isatty()
        self._stream = stream
        self._has_colours = self.is_terminal and not os.environ.get("NO_COLOR")

    def line(self, line: str) -> None:
        with _may_be_lost():
            self._stream.write(text.encodable(line + "\n", self.encoding))

    def lines(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.line(line)

    def section(self, title: str) -> None:
        self.line("")
        self.line(self.coloured(title.upper(), "dim"))

    def json(self, document: Any) -> None:
        self.line(json_text(document))

    def flush(self) -> None:
        with _may_be_lost():
            self._stream.flush()

    def coloured(self, shown: str, colour: str) -> str:
        return text.coloured(shown, colour) if self._has_colours and colour else shown


@contextmanager
def _may_be_lost() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LostOutputError(error) from error


def write_to_stdout(write: Callable[[Output], int], *, as_json: bool) -> int:
    """The exit code of a command that writes to standard output, which may be closed at any time (`| head`)."""
    stream = sys.stdout
    out = Output(stream, as_json=as_json)
    try:
        code = write(out)
        out.flush()
    except LostOutputError as lost:
        _leave(stream)
        if isinstance(lost.error, BrokenPipeError):
            return BROKEN_PIPE
        say(f"lavdlike: cannot write: {lost}", sys.stderr)
        return CANNOT_WRITE
    return code


def say(line: str, stream: TextIO) -> None:
    """Write a line to a person. A stream that is closed, gone, full or in another encoding stops nothing."""
    try:
        stream.write(text.encodable(f"{line}\n", stream.encoding or "ascii"))
        stream.flush()
    except (OSError, ValueError):  # ValueError: closed
        _leave(stream)


def open_missing_streams() -> None:
    """Lead to nowhere what the process was started without, before a file or a socket takes its number.

    Daemons are often started with standard input, output and error closed. Python has None for them.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115 - for as long as the process lasts


def _leave(stream: TextIO) -> None:
    """Send what is still to be written to nowhere: Python flushes once more at its end, and would complain."""
    with suppress(OSError, ValueError):  # it has no number, or is closed
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def json_text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
