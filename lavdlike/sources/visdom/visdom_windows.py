"""Visdom's environments, a JSON file each that its server writes anew: the lines of their windows (docs/formats.md).

Format: `serialize_env` of the package `visdom` (utils/server_utils.py); what a window holds is what plotly draws.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from lavdlike import json_file, layout
from lavdlike.disk.filling import pread
from lavdlike.disk.made import status_of
from lavdlike.errors import LogFormatError
from lavdlike.kinds import places
from lavdlike.messages import Problem
from lavdlike.sources.columns import Columns, to_columns, valid_label
from lavdlike.sources.json_files import json_records
from lavdlike.sources.json_files.rewritten import begins_as, stamp_of
from lavdlike.sources.line_problems import MAX_NAMED
from lavdlike.sources.source import Form, Role

_BEGINS = re.compile(rb'\A\s*\{\s*"(?:jsons|reload)"\s*:\s*\{')
# Written by lavdlike, Lavd and people.
_OURS = frozenset({layout.EXPERIMENT_FILE, layout.COMMAND_FILE, layout.PROGRESS_FILE, *layout.PEOPLE_FILES})
_LINES = ("scatter", "scattergl")
# What Visdom calls the only line of a window that was given no name.
_UNNAMED = "1"
# Of one line.
_MAX_POINTS = 2_000_000

History = dict[str, Columns]


class VisdomEnvironments:
    """See `source.Source`."""

    title = "Visdom's environments"
    form = Form.RUN_LOG
    told_by_name = False

    def names(self, path: str) -> bool:
        suffix = places.split_suffix(path)[1].lower()
        return suffix == ".json" and path not in _OURS and layout.split_step(path)[0] is None

    def claims(self, path: str, begin: bytes) -> Role | None:
        return Role.ITEM_WITH_POINTS if self.names(path) and is_environment(begin) else None

    def points(self, path: str, shown: str, run: str = "") -> VisdomFile:  # noqa: ARG002 - one file, one run
        return VisdomFile(shown, path)


def is_environment(begin: bytes) -> bool:
    """Whether a file that begins so is Visdom's."""
    return _BEGINS.match(begin) is not None


def is_curves(window: Mapping[str, Any]) -> bool:
    """Whether a window is nothing but lines over steps, so that its labels show all that it does."""
    traces = _traces_of(window)
    return bool(traces) and len(traces) == len(window["content"]["data"]) and all(map(_is_over_steps, traces))


class VisdomFile:
    """One environment and what its lines were when they were read last (`source.PointsFile`).

    `path`: relative to the root, for people. A line that does not go on as it was is another one: all is read anew.
    """

    def __init__(self, path: str, in_run: str) -> None:
        self.writer = layout.shown(in_run)
        self._path = path
        self._prefix = f"{self.writer.removesuffix('.json')}/"
        self._given: History = {}
        self._stamp: tuple[int, ...] | None = None
        self._next: _Read | None = None  # what `continues` has read
        self._problems: list[Problem] = []

    def is_unchanged(self, descriptor: int) -> bool:
        return stamp_of(status_of(descriptor)) == self._stamp

    def continues(self, descriptor: int) -> bool:
        self._next = self._read(descriptor)
        lines = self._next.lines
        return lines is None or all(
            label in lines and begins_as(lines[label], known) for label, known in self._given.items()
        )

    def read_new(self, descriptor: int) -> Iterator[History]:
        """What the lines have gained."""
        read, self._next = self._next, None
        if read is None or read.stamp != stamp_of(status_of(descriptor)):
            read = self._read(descriptor)
        self._stamp, self._problems = read.stamp, read.problems
        if read.lines is None:
            return  # perhaps half written: what was there before is shown until it can be read
        counts = {label: len(known.steps) for label, known in self._given.items()}
        self._given = read.lines
        new = {label: lines.since(counts.get(label, 0)) for label, lines in read.lines.items()}
        found = {f"{self._prefix}{label}": columns for label, columns in new.items() if len(columns.steps)}
        if found:
            yield found

    def problems(self) -> list[Problem]:
        return self._problems

    def _read(self, descriptor: int) -> _Read:
        status = status_of(descriptor)
        stamp = stamp_of(status)
        try:
            data = pread(descriptor, json_file.MAX_BYTES + 1, 0)
            json_file.check_size(len(data), self._path)
            document = json_file.parse(data, self._path) if data.strip() else {}
        except LogFormatError as error:
            return _Read(stamp, None, [Problem(self._path, error.reason, error.position)])
        lines, reasons = lines_of(document, status.st_mtime)
        return _Read(stamp, lines, [Problem(self._path, reason, position) for position, reason in reasons])


class _Read(NamedTuple):
    """`lines`: None if the file cannot be read."""

    stamp: tuple[int, ...]
    lines: History | None
    problems: list[Problem]


def lines_of(document: Mapping[str, Any], modified: float) -> tuple[History, list[tuple[str, str]]]:
    """The lines of all windows by label, and of what is no line its place and a reason.

    x is the step. Where a line has an x that is none, its points are counted, and x is a label beside: `loss.x`.

    Args:
        modified: when the file was written: the time of all points.
    """
    windows = document.get("jsons")
    found: History = {}
    names: set[str] = set()
    reasons: list[tuple[str, str]] = []
    for window_id, window in windows.items() if isinstance(windows, dict) else ():
        traces = _traces_of(window)
        name = name_of(window_id, window, names) if traces else ""
        names.add(name)
        for place, trace in enumerate(traces):
            label = valid_label(_label_of(name, trace, place, is_alone=len(traces) == 1))
            label = f"{label} ({place + 1})" if label in found else label
            if len(found) >= json_records.MAX_LABELS or len(label) > json_records.MAX_NAME_LETTERS:
                limit = f"more than {json_records.MAX_LABELS:,} lines, or names that are too long"
                return found, [*reasons, ("", f"{limit}: the others are not shown")]
            reason = _take(trace, label, modified, found)
            if reason and len(reasons) < MAX_NAMED:
                reasons.append((f"window {window_id[:80]!r}", f"line {label[:80]!r}: {reason}"))
    return found, reasons


def name_of(window_id: str, window: Mapping[str, Any], names: Collection[str]) -> str:
    """What a window is called: its title; with its id, if one of these names is that. Without one, its id."""
    title = window.get("title")
    name = title if isinstance(title, str) and title else window_id
    return f"{name} ({window_id})" if name in names else name


def _label_of(name: str, trace: Mapping[str, Any], place: int, *, is_alone: bool) -> str:
    """The window's name, and behind it the line's, unless it is the only one and was given none."""
    of_line = trace.get("name")
    if is_alone and of_line in (None, _UNNAMED):
        return name
    return f"{name}/{of_line if isinstance(of_line, str) and of_line else place + 1}"


def _traces_of(window: object) -> list[dict[str, Any]]:
    """Those of a window that are drawn as lines."""
    content = window.get("content") if isinstance(window, dict) and window.get("type") == "plot" else None
    data = content.get("data") if isinstance(content, dict) else None
    return [trace for trace in data if _is_line(trace)] if isinstance(data, list) else []


def _is_line(trace: object) -> bool:
    if not isinstance(trace, dict) or trace.get("type") not in _LINES:
        return False
    mode = trace.get("mode", "lines")
    return isinstance(mode, str) and "lines" in mode and not _is_strokes(trace.get("x"))


def _is_strokes(x: object) -> bool:
    """Whether x leads back behind a gap, as where arrows or stems are drawn."""
    if not isinstance(x, list) or None not in x:
        return False
    known = [number for across in x if (number := json_records.number_of(across)) is not None]
    return any(after <= before for before, after in pairwise(known))


def _is_over_steps(trace: Mapping[str, Any]) -> bool:
    x = trace.get("x")
    return "x" not in trace or (isinstance(x, list) and all(map(json_records.is_step, x)))


def _take(trace: Mapping[str, Any], label: str, modified: float, found: History) -> str:
    """Adds a line; returns what is wrong with it. JSON has null for the NaN that was drawn."""
    y = trace.get("y")
    x = trace.get("x", list(range(len(y))) if isinstance(y, list) else None)
    if not isinstance(x, list) or not isinstance(y, list):
        return "x and y are not lists"
    points = [
        (across, math.nan if value is None else json_records.number_of(value))
        for across, value in zip(x[:_MAX_POINTS], y[:_MAX_POINTS], strict=False)
        if across is not None
    ]
    numbers = [(across, value) for across, value in points if value is not None]
    if all(json_records.is_step(across) for across, _ in numbers):
        _put(found, label, [(int(across), value) for across, value in numbers], modified)
    else:
        _put(found, label, [(place, value) for place, (_, value) in enumerate(numbers)], modified)
        across_numbers = [
            (place, json_records.number_of(across)) for place, (across, _) in enumerate(numbers)
        ]
        known = [(place, across) for place, across in across_numbers if across is not None]
        _put(found, f"{label}.x", known, modified)
    if len(x) != len(y):
        return f"{len(x)} values of x and {len(y)} of y"
    if len(y) > _MAX_POINTS:
        return f"more than {_MAX_POINTS:,} points: the others are not shown"
    return "" if len(numbers) == len(points) else "values that are no numbers"


def _put(found: History, label: str, points: Sequence[tuple[int, float | int]], modified: float) -> None:
    if points:
        steps, values = zip(*points, strict=True)
        found[label] = to_columns(steps, [modified] * len(steps), values)
