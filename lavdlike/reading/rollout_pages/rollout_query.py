"""Which rollouts are asked for, and in which order. Pure: columns in, places out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lavdlike.reading.rollout_pages.line_facts import ROLES
from lavdlike.reading.rollout_pages.rollout_columns import RolloutColumns
from lavdlike.rollout_messages import RolloutColumn, RolloutsRequest
from lavdlike.sources.columns import json_number

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Place(NamedTuple):
    """A rollout: which file, and which row of it."""

    file: int
    row: int


class Together:
    """The columns of several files as if they were one, in their order."""

    def __init__(self, files: Sequence[RolloutColumns]) -> None:
        self._files = files
        self._ends = np.cumsum([each.count for each in files], dtype=np.int64)
        self._columns: dict[str, NDArray[np.float64]] = {}
        self._said: dict[str, RolloutColumn] = {}

    @property
    def count(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    @property
    def names(self) -> list[str]:
        """Of numbers, step and reward first."""
        merged = RolloutColumns()
        merged.numbers = {name: np.zeros(0) for each in self._files for name in each.names}
        return merged.names

    def column(self, name: str) -> NDArray[np.float64]:
        """The numbers of this name; NaN where there is none."""
        found = self._columns.get(name)
        if found is None:
            parts = [
                column if (column := each.column(name)) is not None else np.full(each.count, math.nan)
                for each in self._files
            ]
            found = self._columns[name] = _joined(parts, np.float64)
        return found

    def said_of(self, name: str) -> RolloutColumn:
        """How many rollouts have the number, and between which values it is."""
        found = self._said.get(name)
        if found is None:
            column = self.column(name)
            there = column[~np.isnan(column)]
            ends = (float(there.min()), float(there.max())) if len(there) else None
            least, most = (json_number(ends[0]), json_number(ends[1])) if ends else (None, None)
            found = self._said[name] = RolloutColumn(name, len(there), least, most)
        return found

    def groups(self) -> NDArray[np.uint64]:
        found: NDArray[np.uint64] = _joined([each.groups for each in self._files], np.uint64)
        return found

    def roles(self) -> NDArray[np.uint8]:
        found: NDArray[np.uint8] = _joined([each.roles for each in self._files], np.uint8)
        return found

    def place(self, index: int) -> Place:
        file = int(np.searchsorted(self._ends, index, side="right"))
        return Place(file, index - (int(self._ends[file - 1]) if file else 0))


def let_through(together: Together, asked: RolloutsRequest) -> NDArray[np.bool_]:
    """Which rollouts fit what is asked, but for its text.

    Raises:
        ValueError: no group is called so.
    """
    fits = np.ones(together.count, np.bool_)
    for each in asked.ranges:
        column = together.column(each.name)
        least = -math.inf if each.least is None else each.least
        most = math.inf if each.most is None else each.most
        fits &= (column >= least) & (column <= most)  # NaN is in no range
    if asked.role:
        fits &= together.roles() == ROLES.index(asked.role)
    if asked.group:
        fits &= together.groups() == _group_of(asked.group)
    return fits


def in_order(
    together: Together, fits: NDArray[np.bool_], sort: str, *, descending: bool
) -> NDArray[np.int64]:
    """The places of those that fit, in the order of a number; those without it last, otherwise as in the files."""
    places = np.flatnonzero(fits)
    if not sort:
        return places[::-1] if descending else places
    column = together.column(sort)[places]
    return places[np.argsort(-column if descending else column, kind="stable")]


def group_name(number: int) -> str:
    """As it stands in messages; "" for none."""
    return f"{number:x}" if number else ""


def _group_of(name: str) -> np.uint64:
    try:
        return np.uint64(int(name, 16))
    except (ValueError, OverflowError):
        raise ValueError(f"no group is called {name[:40]!r}") from None


def _joined(parts: list[Any], dtype: Any) -> Any:
    """Of one file it is its own column, and no copy."""
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.zeros(0, dtype)
