"""ClearML's offline sessions: `metrics.jsonl`, each line a list of events (docs/formats.md).

Format: `Metrics.report_offline_session` of the package `clearml` (backend_interface/metrics/interface.py) reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from lavdlike import layout
from lavdlike.disk.made import status_of
from lavdlike.kinds.table_text import MILLISECONDS_FROM
from lavdlike.messages import Problem
from lavdlike.sources.columns import Columns, to_columns, valid_label
from lavdlike.sources.json_files import json_records, log_records
from lavdlike.sources.line_problems import LineProblems, quoted, reason_of
from lavdlike.sources.source import Form, Role, TailedPoints

_NAME = "metrics.jsonl"
_BEGINS = re.compile(rb'\A\s*\[\s*\{[^{}\[\]]{0,2000}?"type"\s*:\s*"[a-z_]+"')
_SCALAR = "training_stats_scalar"
# The iteration of what is reported once, without one (`Logger.report_single_value`).
_NO_ITERATION = -(2**31)
_MILLISECONDS = 1000
_decoder = msgspec.json.Decoder()


class ClearmlSessions:
    """See `source.Source`."""

    title = "ClearML's offline sessions"
    form = Form.RUN_LOG
    told_by_name = False

    def names(self, path: str) -> bool:
        return path.rpartition("/")[2] == _NAME and layout.split_step(path)[0] is None

    def claims(self, path: str, begin: bytes) -> Role | None:
        return Role.ITEM_WITH_POINTS if self.names(path) and _BEGINS.match(begin) else None

    def points(self, path: str, shown: str, run: str = "") -> ClearmlFile:  # noqa: ARG002 - one file, one run
        return ClearmlFile(shown, path)


class _Point(NamedTuple):
    step: int
    wall_time: float
    value: float | int


class ClearmlFile(TailedPoints):
    """One such file, and how far it was read. `path`: relative to the root, for people."""

    def __init__(self, path: str, in_run: str) -> None:
        super().__init__()
        self.writer = layout.shown(in_run)
        folder = self.writer.rpartition("/")[0]
        self._prefix = f"{folder}/" if folder else ""
        self._lines = 0
        self._problems = LineProblems(path, "lists of events")
        self._known: set[str] = set()
        self._labels: dict[tuple[str, str], str] = {}

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        """The scalars of the events that were added, block by block."""
        modified = status_of(descriptor).st_mtime
        for offset, data in self.tail.new_lines(descriptor):
            found: dict[str, list[_Point]] = {}
            for line in data.split(b"\n")[:-1]:
                self._lines += 1
                if line.strip():
                    self._take(line, offset, found, modified)
                offset += len(line) + 1
            if found:
                yield {label: to_columns(*zip(*points, strict=True)) for label, points in found.items()}
        self._problems.take_skipped(self.tail)

    def problems(self) -> list[Problem]:
        return self._problems.all()

    def _take(self, line: bytes, offset: int, found: dict[str, list[_Point]], modified: float) -> None:
        """The scalars of a line; what is wrong with it is noted."""
        try:
            events = _events_of(line)
        except ValueError:
            reason = reason_of(line, lambda: f"not a list of events: {quoted(line)}")
            self._problems.add(self._lines, offset, reason)
            return
        for event in events:
            if not isinstance(event, dict) or event.get("type") != _SCALAR:
                continue
            label, point = self._label_of(event), _point_of(event, modified)
            if point is None:
                reason = f"no iteration from 0 to 2**53 - 1, or no number, in an event of {label[:80]!r}"
                self._problems.add(self._lines, offset, reason)
            elif self._is_taken(label):
                found.setdefault(label, []).append(point)

    def _label_of(self, event: dict[str, Any]) -> str:
        """Metric and variant: a chart of ClearML, and a line in it."""
        metric, variant = event.get("metric"), event.get("variant")
        names = (metric if isinstance(metric, str) else "", variant if isinstance(variant, str) else "")
        label = self._labels.get(names)
        if label is None:
            label = f"{self._prefix}{valid_label('/'.join(filter(None, names))) or '(no name)'}"
            if len(self._labels) < json_records.MAX_LABELS:
                self._labels[names] = label
        return label

    def _is_taken(self, label: str) -> bool:
        if label in self._known:
            return True
        if len(self._known) >= json_records.MAX_LABELS or len(label) > json_records.MAX_NAME_LETTERS:
            limit = f"more than {json_records.MAX_LABELS:,} series, or names that are too long"
            self._problems.add_once(f"{limit}: the others are not shown")
            return False
        self._known.add(label)
        return True


def _events_of(line: bytes) -> list[Any]:
    """Raises ValueError."""
    try:
        events = _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        events = log_records.load(line)  # `NaN` is none to msgspec
    if not isinstance(events, list):
        raise ValueError("no list")
    return events


def _point_of(event: dict[str, Any], modified: float) -> _Point | None:
    """None if it is none. `modified`: when the file was written, for an event without a time."""
    step, value = event.get("iter"), json_records.number_of(event.get("value"))
    step = 0 if step == _NO_ITERATION else step
    if value is None or type(step) is not int or not json_records.is_step(step):
        return None
    return _Point(step, _time_of(event.get("timestamp"), modified), value)


def _time_of(milliseconds: Any, modified: float) -> float:
    is_time = type(milliseconds) in (int, float) and 0 < milliseconds < MILLISECONDS_FROM * _MILLISECONDS
    return milliseconds / _MILLISECONDS if is_time else modified
