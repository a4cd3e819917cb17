"""What is known of the lines of one file, which may grow: each line is looked at once."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from lavdlike.bounded import giving_up
from lavdlike.disk.filling import pread
from lavdlike.disk.root import is_settled
from lavdlike.disk.tail import MAX_LINE_BYTES, Stamp, Tail
from lavdlike.kinds.rollout_records.rollout_fields import STEP
from lavdlike.messages import Problem
from lavdlike.reading.rollout_pages.line_facts import LineFacts, facts_of
from lavdlike.reading.rollout_pages.rollout_columns import MAX_ROWS, RolloutColumns, Row
from lavdlike.sources.line_problems import LineProblems, quoted, reason_of

_TOO_MANY = f"more than {MAX_ROWS:,} rollouts, the most that are listed of a file"


class RolloutIndex:
    """Of the file at `path`, relative to the root, for people.

    Args:
        step: what its place says, for lines that do not say theirs.

    `version` is another one after every change; `generation` if lines that were known are not there any more.
    """

    def __init__(self, path: str, step: int | None) -> None:
        self._path = path
        self._step = step
        self.version = self.generation = 0
        self._begin()

    def _begin(self) -> None:
        self.columns = RolloutColumns()
        self._tail = Tail()
        self._lines = 0
        self._problems = LineProblems(self._path, "rollouts")
        self._has_unended = False
        self.generation += 1
        self.version += 1

    @property
    def read_bytes(self) -> int:
        return self._tail.offset

    @property
    def problems(self) -> list[Problem]:
        return self._problems.all()

    def follow(self, descriptor: int, until: float) -> bool:
        """Read on to the end of the file, or until a time (`monotonic`). Says whether all is read.

        Raises:
            GivenUpError: nobody waits for it.
        """
        if self._tail.is_unchanged(descriptor):
            return True
        if not self._tail.continues(descriptor):
            self._begin()
        if self._has_unended:
            self.columns.cut(self.columns.count - 1)
            self._has_unended = False
            self.generation += 1
        for offset, data in self._tail.new_lines(descriptor):
            self._add(offset, data)
            giving_up.check()  # a block is taken whole, or nothing of it is known
            if self.columns.count >= MAX_ROWS:
                self._problems.add_once(_TOO_MANY)
                break
            if time.monotonic() > until:
                return False
        self._problems.take_skipped(self._tail)
        self._add_unended(descriptor)
        return True

    def stamp_and_state(self) -> tuple[Stamp, int, int] | None:
        """What the file was when all was read, how far and how many lines; None if there is more to be said of it."""
        stamp = self._tail.stamp
        if stamp is None or self._has_unended or self.problems:
            return None
        return stamp, self._tail.offset, self._lines

    def resume(self, descriptor: int, stamp: Stamp, offset: int, lines: int, columns: RolloutColumns) -> bool:
        """As if the file had been read so far; not, and False, if it is not as the stamp says."""
        tail = Tail()
        if not tail.resume(descriptor, offset, stamp):
            return False
        self._begin()
        self._tail, self._lines, self.columns = tail, lines, columns
        return True

    def _add(self, offset: int, data: bytes) -> None:
        try:
            self.columns.add(self._rows(offset, data))
        except BaseException:  # its lines are passed, and not known
            self._begin()
            raise
        self.version += 1

    def _rows(self, offset: int, data: bytes) -> Iterator[Row]:
        for line in data.split(b"\n")[:-1]:
            self._lines += 1
            if line.strip():
                try:
                    yield Row(offset, len(line), self._with_step(facts_of(line)))
                except ValueError as error:
                    self._problems.add(self._lines, offset, _reason(line, str(error)))
            offset += len(line) + 1

    def _with_step(self, facts: LineFacts) -> LineFacts:
        if self._step is not None:
            facts.numbers.setdefault(STEP, self._step)
        return facts

    def _add_unended(self, descriptor: int) -> None:
        """The last line, if it has no end yet but is whole: programs may write none."""
        status = os.fstat(descriptor)
        rest = status.st_size - self._tail.offset
        if not 0 < rest <= MAX_LINE_BYTES or self.columns.count >= MAX_ROWS:
            return
        line = pread(descriptor, rest, self._tail.offset)
        if b"\n" in line or not line.strip():
            return
        try:
            facts = self._with_step(facts_of(line))
        except ValueError:
            if is_settled(status):
                self._problems.add_once("its last line is cut short", f"byte {self._tail.offset}")
            return
        self.columns.add([Row(self._tail.offset, len(line), facts)])
        self._has_unended = True
        self.version += 1


def _reason(line: bytes, why: str) -> str:
    return reason_of(line, lambda: f"not a rollout ({why}): {quoted(line)}")
