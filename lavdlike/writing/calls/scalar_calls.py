"""The methods of `Logger` for numbers at steps."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from lavdlike.kinds import numbers, scalars
from lavdlike.layout import MAX_STEP, check_label
from lavdlike.writing.calls.family import Family
from lavdlike.writing.checks import check_mapping, check_name, checked_scalar_step, finite

_MAX_CHECKED_NAMES = 10_000


class ScalarCalls(Family):
    """Numbers at steps."""

    _scalars_as_json: bool
    _checked_names: set[str]

    def log_scalar(self, scalar: Any, name: str, step: Any, *, wall_time: float | None = None) -> None:
        """Log a number at a step; or many, of equally long arrays of values and steps.

        Written to `scalars.tsv`, one line each, with the time (docs/format.md, "Scalars").

        Args:
            scalar: a Python, numpy or torch number; NaN and infinities are values, integers stay integers.
            wall_time: Unix seconds, of a value that was not measured just now.

        >>> with Logger("example") as logger:
        ...     logger.log_scalar(0.25, "loss", step=1)
        ...     logger.log_scalar([0.125, 0.0625], "loss", step=[2, 3])
        """
        writer = self._active
        if writer is None:
            return
        kind = type(scalar)
        if (kind is float or kind is int) and type(step) is int and 0 <= step <= MAX_STEP:
            try:
                is_checked = name in self._checked_names
            except TypeError:  # an array, a list
                is_checked = False
            if not is_checked:
                self._check_scalar_name(name, scalar)
            if not self._scalars_as_json:
                now = time.time()
                line = scalars.format_line(step, now if wall_time is None else _time(wall_time), name, scalar)
                writer.retries.append(writer.scalars, line.encode(), now)
                return
        if type(name) is not str:
            self._check_scalar_name(name, scalar)
        self.log_scalars({name: scalar}, step, wall_time=wall_time)

    def log_scalars(self, values: Mapping[str, Any], step: Any, *, wall_time: float | None = None) -> None:
        """Log several numbers at a step in one go: {name: value}; or many steps, of equally long arrays.

        >>> with Logger("example") as logger:
        ...     logger.log_scalars({"loss": 0.25, "accuracy": 0.9}, step=1)
        """
        writer = self._active
        if writer is None:
            return
        check_mapping(values, "values")
        rows = self._checked_rows(values, step)
        if self._scalars_as_json:
            files = [(self._checked_path(name, at, ".json"), row[name]) for at, row in rows for name in row]
            for path, value in files:
                writer.merge(path, scalars.to_json(value))
            return
        now = time.time()
        at_time = now if wall_time is None else _time(wall_time)
        lines = "".join([scalars.format_lines(at, at_time, row) for at, row in rows])
        writer.retries.append(writer.scalars, lines.encode(), now)

    def _check_scalar_name(self, name: str, scalar: object = None) -> None:
        if isinstance(scalar, str) and not isinstance(name, str):
            raise ValueError(f"scalar and name are exchanged: log_scalar({name!r}, {scalar!r}, step)")
        check_name(name)
        check_label(name, step=0)
        if len(self._checked_names) >= _MAX_CHECKED_NAMES:
            self._checked_names.clear()
        self._checked_names.add(name)

    def _checked_rows(self, values: Mapping[str, Any], step: Any) -> list[tuple[int, dict[str, float | int]]]:
        """Step and {name: number} of each step, in order."""
        for name in values:
            if name not in self._checked_names:
                self._check_scalar_name(name)
        steps = numbers.entries_of(step, argument="step")
        if steps is None:
            row = {
                name: value if type(value) is float else numbers.to_number(value, argument="scalar")
                for name, value in values.items()
            }
            return [(checked_scalar_step(step), row)]
        columns = {}
        for name, value in values.items():
            column = numbers.entries_of(value, argument="scalar")
            if column is None and len(steps) == 1:
                column = [value]
            if column is None or len(column) != len(steps):
                raise ValueError(
                    f"scalar and step must be equally long arrays, not {value!r} at {len(steps)} steps"
                )
            columns[name] = [numbers.to_number(entry, argument="scalar") for entry in column]
        checked = [checked_scalar_step(entry) for entry in steps]
        return [(entry, {name: columns[name][row] for name in columns}) for row, entry in enumerate(checked)]


def _time(wall_time: Any) -> float:
    return float(finite(wall_time, "wall_time"))
