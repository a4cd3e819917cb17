"""What is wrong with the lines of one file: the first are named, the others only counted."""

from __future__ import annotations

from collections.abc import Callable

from lavdlike.disk.tail import MAX_LINE_BYTES, Tail
from lavdlike.messages import Problem

# Of one file; a file of nothing but bad lines is one fact, not a million.
MAX_NAMED = 100
_MAX_QUOTED = 80


class LineProblems:
    """Of the file at `path`, relative to the root; `what`: what its lines should be, in the plural."""

    def __init__(self, path: str, what: str) -> None:
        self._path = path
        self._what = what
        self._named: list[Problem] = []
        self._count = 0
        self._once: dict[str, Problem] = {}

    def add(self, line: int, offset: int, reason: str) -> None:
        """`line`: from 1, 0 where it was not counted; `offset`: of its first byte."""
        self._count += 1
        if len(self._named) < MAX_NAMED:
            position = f"line {line}, byte {offset}" if line else f"byte {offset}"
            self._named.append(Problem(self._path, reason, position))

    def add_once(self, reason: str, position: str = "") -> None:
        """Something about the file as a whole."""
        self._once.setdefault(reason, Problem(self._path, reason, position))

    def take_skipped(self, tail: Tail) -> None:
        """Lines that are too long to be read."""
        for offset in tail.skipped:
            self.add(0, offset, f"longer than {MAX_LINE_BYTES // 2**20} MiB, the most that is read of a line")
        tail.skipped.clear()

    def all(self) -> list[Problem]:
        found = [*self._once.values(), *self._named]
        if self._count > len(self._named):
            found.append(
                Problem(self._path, f"{self._count - len(self._named)} more lines are not {self._what}")
            )
        return found


def quoted(line: bytes) -> str:
    """A line for a message: shortened, valid Unicode."""
    return repr(line[:_MAX_QUOTED].decode(errors="replace"))


def reason_of(line: bytes, otherwise: Callable[[], str]) -> str:
    """What is wrong with a line, where its bytes tell; else what is said otherwise."""
    if line.strip(b"\0\r\n ") == b"":
        return "filled with NUL: the machine may have gone down while it was written"
    try:
        line.decode()
    except UnicodeDecodeError as error:
        return f"not UTF-8 at byte {error.start} of the line: {quoted(line)}"
    return otherwise()
