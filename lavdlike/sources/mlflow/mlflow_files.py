"""Metrics in MLflow's file store: `metrics/<key>` in the folder of a run, a line for each value.

A line is a time in milliseconds, the value as Python writes it, and the step, if the version has it; newer ones may add
the data set. Keys with slashes are folders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lavdlike import layout
from lavdlike.layout import MAX_STEP
from lavdlike.messages import Problem
from lavdlike.sources.columns import Columns, to_columns
from lavdlike.sources.line_problems import LineProblems, quoted, reason_of
from lavdlike.sources.source import Form, Role, TailedPoints

_FOLDER = "metrics/"
_NUMBER = rb"[-+]?(?:[0-9]+\.?[0-9]*(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?|nan|inf)"
_LINE = re.compile(rb"([0-9]{9,16}) (" + _NUMBER + rb")(?: (-?[0-9]{1,19}))?(?: .*)?\r?\Z")


class MlflowFiles:
    """See `source.Source`."""

    title = "metrics of MLflow's file store"
    form = Form.RUN_LOG
    told_by_name = False

    def names(self, path: str) -> bool:
        return path.startswith(_FOLDER)

    def claims(self, path: str, begin: bytes) -> Role | None:
        first = begin.partition(b"\n")[0]
        return Role.POINTS if self.names(path) and _LINE.match(first) else None

    def points(self, path: str, shown: str, run: str = "") -> MlflowFile:  # noqa: ARG002 - one file, one run
        return MlflowFile(shown, path)


class MlflowFile(TailedPoints):
    """One such file, and how far it was read. `path`: relative to the root, for people."""

    def __init__(self, path: str, in_run: str) -> None:
        super().__init__()
        self.writer = layout.shown(in_run)
        self._label = self.writer.removeprefix(_FOLDER)
        self._problems = LineProblems(path, "values")
        self._lines = 0

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        """The values of the lines that were added, block by block."""
        for offset, data in self.tail.new_lines(descriptor):
            columns = self._columns(offset, data)
            if len(columns.steps):
                yield {self._label: columns}
        self._problems.take_skipped(self.tail)

    def problems(self) -> list[Problem]:
        return self._problems.all()

    def _columns(self, offset: int, data: bytes) -> Columns:
        steps: list[int] = []
        times: list[float] = []
        values: list[float] = []
        for line in data.split(b"\n")[:-1]:
            self._lines += 1
            found = _LINE.match(line)
            step = int(found[3] or 0) if found else 0
            if found is None:
                if line.strip():
                    what = reason_of(line, lambda line=line: f"no time, value and step: {quoted(line)}")  # type: ignore[misc]
                    self._problems.add(self._lines, offset, what)
            elif not 0 <= step <= MAX_STEP:
                self._problems.add(self._lines, offset, f"step {step} is none: steps are from 0 to 2**53 - 1")
            else:
                steps.append(step)
                times.append(int(found[1]) / 1000)
                values.append(float(found[2]))
            offset += len(line) + 1
        return to_columns(steps, times, values)
