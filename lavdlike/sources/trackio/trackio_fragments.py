"""trackio's fragments: JSON lines in `inbox/<writer>/`, each a record of some run, until its database takes them.

Format: `trackio/fragments.py`. They are written where SQLite is not safe, as on disks in a network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lavdlike import layout
from lavdlike.disk.made import status_of
from lavdlike.messages import Problem
from lavdlike.sources.columns import Columns
from lavdlike.sources.json_files import json_records
from lavdlike.sources.line_problems import LineProblems, quoted, reason_of
from lavdlike.sources.source import Form, Role, TailedPoints
from lavdlike.sources.trackio import trackio_records

_NAME = re.compile(r"(?:.*/)?[0-9]{8}\.jsonl\Z")
_METRIC = "metric"
_BEGINS = re.compile(rb'\A\s*\{\s*"v"\s*:\s*[0-9]+\s*,\s*"kind"\s*:\s*"(?:metric|system_metric|alert)"')


class TrackioFragments:
    """See `source.Source`."""

    title = "trackio's fragments"
    form = Form.RUN_LOG
    told_by_name = False

    def names(self, path: str) -> bool:
        return _NAME.match(path) is not None and layout.split_step(path)[0] is None

    def claims(self, path: str, begin: bytes) -> Role | None:
        return Role.POINTS if self.names(path) and _BEGINS.match(begin) else None

    def points(self, path: str, shown: str, run: str = "") -> FragmentFile:  # noqa: ARG002 - by the records
        return FragmentFile(shown, path)


class FragmentFile(TailedPoints):
    """One fragment; those of a folder are one writer. `path`: relative to the root, for people."""

    def __init__(self, path: str, in_folder: str) -> None:
        super().__init__()
        folder, slash, _ = layout.shown(in_folder).rpartition("/")
        self.writer = f"{folder}{slash}trackio"
        self._lines = 0
        self._problems = LineProblems(path, "records of trackio")
        self._known: dict[str, set[str]] = {}
        self._steps: dict[str, int] = {}  # the next of each run

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        """What the records hold, a block for each run; labels begin with its project and its name."""
        modified = status_of(descriptor).st_mtime
        for offset, data in self.tail.new_lines(descriptor):
            runs: dict[str, tuple[list[dict[str, Any]], list[int], list[float]]] = {}
            for line in data.split(b"\n")[:-1]:
                self._lines += 1
                if line.strip():
                    self._take(line, offset, runs, modified)
                offset += len(line) + 1
            for run, (metrics, steps, times) in runs.items():
                known = self._known.setdefault(run, set())
                found, is_cut = trackio_records.columns_of(metrics, steps, times, known)
                if is_cut:
                    limit = f"more than {json_records.MAX_LABELS:,} values, or names that are too long or too deep"
                    self._problems.add_once(f"{limit}: the others are not shown")
                yield {f"{run}/{label}": columns for label, columns in found.items()}
        self._problems.take_skipped(self.tail)

    def problems(self) -> list[Problem]:
        return self._problems.all()

    def _take(
        self,
        line: bytes,
        offset: int,
        runs: dict[str, tuple[list[dict[str, Any]], list[int], list[float]]],
        modified: float,
    ) -> None:
        try:
            record = trackio_records.load(line)
        except ValueError:
            reason = reason_of(line, lambda: f"not a JSON object: {quoted(line)}")
            self._problems.add(self._lines, offset, reason)
            return
        metrics = record.get("metrics")
        if record.get("kind") != _METRIC or not isinstance(metrics, dict):
            return
        run = trackio_records.run_of(record)
        step = record.get("step")
        step = self._steps.get(run, 0) if step is None else step
        if type(step) is not int or not json_records.is_step(step):
            self._problems.add(self._lines, offset, f"a step that is none: {str(step)[:40]}")
            return
        self._steps[run] = step + 1
        of_run, steps, times = runs.setdefault(run, ([], [], []))
        time = trackio_records.time_of(record.get("timestamp"))
        of_run.append(metrics)
        steps.append(step)
        times.append(modified if time is None else time)
