"""Our own scalars files (docs/format.md, "Scalars"), and those of hosts (docs/format.md, "System metrics").

One for each writer, and one for each host that says how busy it was.
"""

from __future__ import annotations

from collections.abc import Iterator

from lavdlike import layout
from lavdlike.disk.tail import MAX_LINE_BYTES, Stamp
from lavdlike.kinds.scalars import HEADER
from lavdlike.messages import Problem
from lavdlike.sources import scalar_lines
from lavdlike.sources.columns import Columns
from lavdlike.sources.source import Form, ReadState, Role, TailedPoints

# Of one file; a file of nothing but bad lines is one fact, not a million.
_MAX_PROBLEMS = 100
_HEADER = HEADER.encode()


class NativeFiles:
    """See `source.Source`."""

    title = "scalars of the Logger"
    form = Form.NATIVE
    told_by_name = True

    def names(self, path: str) -> bool:
        return _writer_of(path) is not None

    def claims(self, path: str, begin: bytes) -> Role | None:
        return Role.POINTS if self.names(path) and scalar_lines.is_scalars_file(begin) else None

    def points(self, path: str, shown: str, run: str = "") -> ScalarsFile:  # noqa: ARG002 - one file, one run
        return ScalarsFile(shown, _writer_of(path) or "")


def _writer_of(path: str) -> str | None:
    """Of a host's file, what no writer is called: a writer that rewinds does not replace what a host said."""
    host = layout.system_host(path)
    return layout.scalars_writer(path) if host is None else f"host {host}"


class ScalarsFile(TailedPoints):
    """One `scalars*.tsv` and how far it was read. `path`: relative to the root, for people."""

    def __init__(self, path: str, writer: str) -> None:
        super().__init__()
        self.writer = writer
        self._path = path
        self._is_table = False  # another file of that name, without our header
        self._lines = 0
        self._problems: list[Problem] = []
        self._bad_lines = 0

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        """The columns of the lines that were added, block by block."""
        for offset, data in self.tail.new_lines(descriptor):
            if offset == 0:
                self._is_table = not data.startswith(_HEADER)
                self._lines, offset, data = 1, len(_HEADER), data[len(_HEADER) :]
            if self._is_table:
                return
            if self.tail.skipped:
                self._report_skipped()
            for block in scalar_lines.parse_in_turn(offset, data):
                self._report(block)
                yield block.columns
        if self.tail.skipped:
            self._report_skipped()

    def state(self) -> ReadState | None:
        is_plain = not self._is_table and not self._bad_lines and self.tail.offset
        return ReadState(self.tail.offset, self._lines) if is_plain else None

    def resume(self, descriptor: int, state: ReadState, stamp: Stamp) -> bool:
        is_resumed = self.tail.resume(descriptor, state.offset, stamp)
        self._lines = state.lines if is_resumed else 0
        return is_resumed

    def problems(self) -> list[Problem]:
        if self._bad_lines <= len(self._problems):
            return self._problems
        unnamed = self._bad_lines - len(self._problems)
        return [*self._problems, Problem(self._path, f"{unnamed} more lines are not values")]

    def _report(self, block: scalar_lines.Block) -> None:
        room = _MAX_PROBLEMS - len(self._problems)
        for place in block.bad[:room]:
            self._report_line(place.line, place.offset, place.reason)
        self._bad_lines += block.bad_lines - len(block.bad[:room])
        self._lines += block.lines

    def _report_skipped(self) -> None:
        for offset in self.tail.skipped:
            self._report_line(
                0, offset, f"longer than {MAX_LINE_BYTES // 2**20} MiB, the most that is read of a line"
            )
            self._lines += 1
        self.tail.skipped.clear()

    def _report_line(self, line: int, offset: int, reason: str) -> None:
        """`line`: behind those that were read before."""
        self._bad_lines += 1
        if self._bad_lines <= _MAX_PROBLEMS:
            self._problems.append(
                Problem(self._path, reason, f"line {self._lines + line + 1}, byte {offset}")
            )
