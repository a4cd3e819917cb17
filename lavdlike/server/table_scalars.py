"""Rows of a table that has a column of steps -> columns for each label (docs/format.md, "Tables as scalars")."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lavdlike import layout
from lavdlike.kinds import tables
from lavdlike.layout import MAX_STEP
from lavdlike.server.messages import Problem
from lavdlike.server.scalar_lines import Columns
from lavdlike.server.tail import Tail

if TYPE_CHECKING:
    import polars as pl


class TableFile:
    """One table with a column of steps, and how far it was read."""

    def __init__(self, path: str, in_experiment: str) -> None:
        """`path`: relative to the root, for people."""
        # As a writer of its own: a scalars file may have the same labels.
        self.writer = layout.shown(in_experiment)
        self.tail = Tail()
        self._path = path
        self._label = layout.shown(layout.split_label(in_experiment)[0])
        self._columns: tables.StepColumns | None = None
        self._problem = ""

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        """The columns of the rows that were added, block by block. A row is a line."""
        for offset, data in self.tail.new_lines(descriptor):
            if offset == 0:
                self._columns = tables.step_columns(data, self._path)
                data = data[self._columns.begin :] if self._columns else b""
            if offset + len(data) > tables.MAX_BYTES:
                self._problem = f"as scalars, only the first {tables.MAX_BYTES // 2**20} MiB are shown"
            if self._columns is None or self._problem:
                return
            if data:
                yield self._parse(data, self._columns, os.fstat(descriptor).st_mtime)

    def problems(self) -> list[Problem]:
        return [Problem(self._path, self._problem)] if self._problem else []

    def _parse(self, data: bytes, columns: tables.StepColumns, modified: float) -> dict[str, Columns]:
        import numpy as np
        import polars as pl

        last = max(columns.step, columns.wall_time or 0, *columns.values)
        try:
            rows = pl.read_csv(
                data,
                separator=tables.separator_of(self._path),
                has_header=False,
                schema={str(place): pl.String for place in range(last + 1)},
                truncate_ragged_lines=True,
                encoding="utf8-lossy",
            )
        except pl.exceptions.PolarsError as error:
            self._problem = f"as scalars, not all is shown: {' '.join(str(error).split())[:200]}"
            return {}
        steps = _numbers(rows, columns.step).to_numpy()  # NaN where there is none
        is_step = (steps >= 0) & (steps <= MAX_STEP) & (np.floor(steps) == steps)
        wall_times = np.full(len(steps), modified)
        if columns.wall_time is not None:
            given = _numbers(rows, columns.wall_time).to_numpy()
            np.copyto(wall_times, given, where=np.isfinite(given) & (given > 0))
        found: dict[str, Columns] = {}
        for place, name in columns.values.items():
            values = _numbers(rows, place)
            taken = is_step & values.is_not_null().to_numpy()
            if taken.any():
                points = Columns(steps[taken], wall_times[taken], values.to_numpy()[taken], {})
                found.setdefault(f"{self._label}/{name}", points)
        return found


def _numbers(rows: pl.DataFrame, place: int) -> pl.Series:
    """The cells of a column as numbers; null where there is none."""
    import polars as pl

    return rows[str(place)].str.strip_chars().cast(pl.Float64, strict=False)
