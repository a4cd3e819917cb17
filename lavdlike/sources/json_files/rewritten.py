"""JSON files that a program writes anew as a whole -> points by label (docs/formats.md, "Rewritten JSON").

Hugging Face's `trainer_state.json` and `all_results.json`, Sacred's and DVCLive's `metrics.json`. What was read is
compared with what is there now: of a history that has only grown, only its end is new.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lavdlike import json_file, layout
from lavdlike.disk.filling import pread
from lavdlike.disk.made import status_of
from lavdlike.errors import LogFormatError
from lavdlike.kinds import table_text
from lavdlike.kinds.scalars import REWIND
from lavdlike.messages import Problem
from lavdlike.sources.columns import Columns, to_columns, valid_label
from lavdlike.sources.json_files import json_records
from lavdlike.sources.source import Form, Role

MAX_BYTES = 64 * 2**20
# Read as whole steps, this many values of one name.
_MAX_VALUES = 2_000_000
_TRAINER_STATE = re.compile(rb'\A\s*\{.*?"(?:best_metric|epoch|global_step|log_history)"\s*:', re.DOTALL)
_GLOBAL_STEP = re.compile(rb'"global_step"\s*:\s*([0-9]{1,16})\b')
_SACRED = re.compile(rb'"(?:steps|timestamps|values)"\s*:\s*\[')
_DVCLIVE = re.compile(rb'\A\s*\{\s*\n.*"step"\s*:\s*[0-9]+', re.DOTALL)
_CHECKPOINT = re.compile(r"(?:(.*)/)?checkpoint-[0-9]+\Z")

History = dict[str, Columns]
Read = Callable[[Mapping[str, Any], float], History]


class _Format(NamedTuple):
    name: str
    begins: re.Pattern[bytes]
    read: Read


class RewrittenJson:
    """See `source.Source`."""

    title = "JSON that is written anew"
    form = Form.JSON
    told_by_name = False

    def names(self, path: str) -> bool:
        return path.rpartition("/")[2] in _FORMATS and layout.split_step(path)[0] is None

    def claims(self, path: str, begin: bytes) -> Role | None:
        return Role.ITEM_WITH_POINTS if self.names(path) and format_of(path, begin) else None

    def points(self, path: str, shown: str, run: str = "") -> RewrittenFile:  # noqa: ARG002 - one file, one run
        return RewrittenFile(shown, path)


class RewrittenFile:
    """One such file and what it held when it was read last (`source.PointsFile`)."""

    def __init__(self, path: str, in_experiment: str) -> None:
        self.writer = layout.shown(in_experiment)
        self._path = path
        self._in_experiment = in_experiment
        self._prefix = prefix_of(in_experiment)
        self._history: History = {}
        self._stamp: tuple[int, ...] | None = None
        self._problem: Problem | None = None

    def is_unchanged(self, descriptor: int) -> bool:
        return stamp_of(status_of(descriptor)) == self._stamp

    def continues(self, descriptor: int) -> bool:  # noqa: ARG002 - `read_new` compares
        return True

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        """What is new since the last time; all of it behind `REWIND` if something else stood there then."""
        status = status_of(descriptor)
        self._stamp = stamp_of(status)
        try:
            history = self._read(pread(descriptor, MAX_BYTES + 1, 0), status.st_mtime)
        except LogFormatError as error:
            # Perhaps half written: what was there before is shown until it can be read.
            self._problem = Problem(self._path, error.reason, error.position)
            return
        self._problem = None
        before, self._history = self._history, history
        if all(label in history and begins_as(history[label], known) for label, known in before.items()):
            counts = {label: len(known.steps) for label, known in before.items()}
            new = {
                label: columns.since(counts.get(label, 0))
                for label, columns in history.items()
                if len(columns.steps) > counts.get(label, 0)
            }
        else:
            yield {REWIND: to_columns([0], [0.0], [0.0])}
            new = history
        if new:
            yield {f"{self._prefix}{label}": columns for label, columns in new.items()}

    def problems(self) -> list[Problem]:
        return [] if self._problem is None else [self._problem]

    def _read(self, data: bytes, modified: float) -> History:
        json_file.check_size(len(data), self._path)
        if not data.strip():
            return {}
        found = format_of(self._in_experiment, data)
        document = json_file.parse(data, self._path)
        return {} if found is None else found.read(document, modified)


def format_of(path: str, begin: bytes) -> _Format | None:
    """Which of the formats a file of this name is in that begins so."""
    formats = _FORMATS.get(path.rpartition("/")[2], ())
    return next((each for each in formats if each.begins.search(begin)), None)


def prefix_of(path: str) -> str:
    """What stands before its labels: the folder, but for checkpoints (whose history is the run's) and `dvclive`.

    >>> prefix_of("out/checkpoint-500/trainer_state.json"), prefix_of("checkpoint-500/trainer_state.json")
    ('out/', '')
    """
    folder = layout.shown(path).rpartition("/")[0]
    found = _CHECKPOINT.match(folder)
    folder = (found[1] or "") if found else folder
    folder = "" if folder == "dvclive" else folder
    return f"{folder}/" if folder else ""


def global_step(begin: bytes) -> int:
    """How far a `trainer_state.json` is that begins so; -1 if it does not say."""
    found = _GLOBAL_STEP.search(begin)
    return int(found[1]) if found else -1


def _trainer_state(document: Mapping[str, Any], modified: float) -> History:
    """`log_history`: of each entry step, epoch and values. Its own `total_flos` and so on say nothing over time."""
    history = document.get("log_history")
    return _of_records(history if isinstance(history, list) else [], modified)


def _all_results(document: Mapping[str, Any], modified: float) -> History:
    """One value each, when the training had ended: at step 0, since none is said."""
    step = document.get("step", document.get("global_step", 0))
    return _of_records([{**document, "step": step if type(step) is int else 0}], modified)


def _dvclive(document: Mapping[str, Any], modified: float) -> History:
    """The last values, at `step`."""
    return {label.replace(".", "/"): columns for label, columns in _of_records([document], modified).items()}


def _of_records(history: Sequence[object], modified: float) -> History:
    entries = [entry for entry in history if isinstance(entry, dict)]
    flat = json_records.flatten(entries, set())

    def points_of(counted_from: int | None) -> json_records.Points:
        return json_records.points_of(
            flat,
            len(entries),
            counted_from=counted_from,
            last_step=float("nan"),
            may_be_decimal=not json_records.has_whole_step(flat),
            modified=modified,
        )

    points = points_of(None if json_records.has_step(flat) else 0)
    return points_of(0).columns if points.is_decimal else points.columns


def _sacred(document: Mapping[str, Any], modified: float) -> History:
    """By name: `steps`, `timestamps` (ISO 8601, UTC) and `values`, equally long; a step may be null."""
    found: History = {}
    for name, metric in document.items():
        if not isinstance(metric, dict):
            continue
        values, steps, times = (_list(metric.get(key)) for key in ("values", "steps", "timestamps"))
        points = []
        for index, value in enumerate(values[:_MAX_VALUES]):
            number = json_records.number_of(value)
            step = steps[index] if index < len(steps) else None
            step = index if step is None else step
            if number is None or not json_records.is_step(step):
                continue
            time = _utc(times[index]) if index < len(times) else None
            points.append((int(step), modified if time is None else time, number))
        if points:
            found[valid_label(name)] = to_columns(*zip(*points, strict=True))
    return found


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _utc(text: object) -> float | None:
    """Sacred says times without a zone, in UTC."""
    if not isinstance(text, str):
        return None
    found = table_text.time_of(f"{text}Z")
    return table_text.time_of(text) if found is None else found


def begins_as(now: Columns, before: Columns) -> bool:
    """Whether the steps and values of before are still there, and maybe more behind them."""
    import numpy as np

    count = len(before.steps)
    return (
        len(now.steps) >= count
        and np.array_equal(now.steps[:count], before.steps)
        and np.array_equal(now.values[:count], before.values, equal_nan=True)
    )


def stamp_of(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


_FORMATS: dict[str, tuple[_Format, ...]] = {
    "trainer_state.json": (_Format("trainer_state.json", _TRAINER_STATE, _trainer_state),),
    "all_results.json": (_Format("all_results.json", re.compile(rb"\A\s*\{"), _all_results),),
    "metrics.json": (
        _Format("Sacred's metrics.json", _SACRED, _sacred),
        _Format("DVCLive's metrics.json", _DVCLIVE, _dvclive),
    ),
}
