"""What is known of all lines of a file, as columns that grow. No file is touched."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lavdlike.kinds.rollout_records.rollout_fields import REWARD, STEP
from lavdlike.reading.rollout_pages.line_facts import MESSAGES, LineFacts

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_COLUMNS = 64
# Of one file, numbers that are kept: 256 MiB.
MAX_CELLS = 32 * 2**20
MAX_ROWS = 10_000_000


class Row(NamedTuple):
    """A line: where it begins, how long it is, and what is known of it."""

    offset: int
    length: int
    facts: LineFacts


class RolloutColumns:
    """Columns of so many rows.

    `numbers`: by name, in the order in which they came; NaN where a line has none. `left_out`: names of numbers
    without a column, because there are too many.
    """

    def __init__(self) -> None:
        self.count = 0
        self.numbers: dict[str, NDArray[np.float64]] = {}
        self.left_out: set[str] = set()
        self._offsets = np.zeros(0, np.int64)
        self._lengths = np.zeros(0, np.uint32)
        self._groups = np.zeros(0, np.uint64)
        self._roles = np.zeros(0, np.uint8)

    @property
    def offsets(self) -> NDArray[np.int64]:
        return self._offsets[: self.count]

    @property
    def lengths(self) -> NDArray[np.uint32]:
        return self._lengths[: self.count]

    @property
    def groups(self) -> NDArray[np.uint64]:
        return self._groups[: self.count]

    @property
    def roles(self) -> NDArray[np.uint8]:
        return self._roles[: self.count]

    def column(self, name: str) -> NDArray[np.float64] | None:
        found = self.numbers.get(name)
        return None if found is None else found[: self.count]

    @property
    def names(self) -> list[str]:
        """Step and reward first, how many messages there are last."""
        order = {STEP: -2, REWARD: -1, MESSAGES: 1}
        return sorted(self.numbers, key=lambda name: order.get(name, 0))

    @property
    def memory_bytes(self) -> int:
        fixed = (self._offsets.nbytes, self._lengths.nbytes, self._groups.nbytes, self._roles.nbytes)
        return sum(fixed) + sum(each.nbytes for each in self.numbers.values())

    def add(self, rows: Iterable[Row]) -> None:
        """Further rows, behind the others."""
        rows = list(rows)
        begin, self.count = self.count, self.count + len(rows)
        self._reserve(self.count)
        self._offsets[begin : self.count] = [row.offset for row in rows]
        self._lengths[begin : self.count] = [row.length for row in rows]
        self._groups[begin : self.count] = [row.facts.group for row in rows]
        self._roles[begin : self.count] = [row.facts.role for row in rows]
        every = [row.facts.numbers for row in rows]
        for name in dict.fromkeys(name for numbers in every for name in numbers):
            column = self._column_for(name)
            if column is not None:
                values = [numbers.get(name, math.nan) for numbers in every]
                try:
                    column[begin : self.count] = values
                except OverflowError:  # an integer of 400 digits
                    column[begin : self.count] = [_double(value) for value in values]

    def cut(self, count: int) -> None:
        """Only so many rows are left."""
        for column in self.numbers.values():
            column[count : self.count] = math.nan
        self.count = count

    def state(self) -> dict[str, Any]:
        """Everything, for `restore`."""
        return {
            "count": self.count,
            "left_out": sorted(self.left_out),
            "numbers": {name: column[: self.count].tobytes() for name, column in self.numbers.items()},
            **{name: getattr(self, name).tobytes() for name in ("offsets", "lengths", "groups", "roles")},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Raises ValueError, KeyError, TypeError: it is no such state."""
        count = int(state["count"])
        self._offsets = np.frombuffer(state["offsets"], np.int64).copy()
        self._lengths = np.frombuffer(state["lengths"], np.uint32).copy()
        self._groups = np.frombuffer(state["groups"], np.uint64).copy()
        self._roles = np.frombuffer(state["roles"], np.uint8).copy()
        self.numbers = {
            name: np.frombuffer(data, np.float64).copy() for name, data in state["numbers"].items()
        }
        fixed = {len(self._offsets), len(self._lengths), len(self._groups), len(self._roles)}
        if fixed | {len(each) for each in self.numbers.values()} != {count}:
            raise ValueError("columns of other lengths")
        self.left_out = set(state["left_out"])
        self.count = count

    def _column_for(self, name: str) -> NDArray[np.float64] | None:
        found = self.numbers.get(name)
        if found is None and name not in self.left_out:
            size = len(self._offsets)
            if len(self.numbers) >= MAX_COLUMNS or size * (len(self.numbers) + 1) > MAX_CELLS:
                self.left_out.add(name)
                return None
            found = self.numbers[name] = np.full(size, math.nan)
        return found

    def _reserve(self, count: int) -> None:
        size = len(self._offsets)
        if count <= size:
            return
        size = max(count, size + size // 2, 64)
        self._offsets = _longer(self._offsets, size, 0)
        self._lengths = _longer(self._lengths, size, 0)
        self._groups = _longer(self._groups, size, 0)
        self._roles = _longer(self._roles, size, 0)
        self.numbers = {name: _longer(column, size, math.nan) for name, column in self.numbers.items()}


def _longer(column: Any, size: int, fill: float) -> Any:
    grown = np.full(size, fill, column.dtype)
    grown[: len(column)] = column
    return grown


def _double(value: float | int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
