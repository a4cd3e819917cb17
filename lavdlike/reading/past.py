"""What of an experiment was there at a time (docs/protocol.md, "The past"), as far as its files still say.

Decided from the times of files and the step at which the experiment was. Of a file that was written again, only the
last time is known: of an earlier step, it must have been there before.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Literal, NamedTuple

import msgspec

from lavdlike.bounded import giving_up
from lavdlike.disk.root import Root
from lavdlike.errors import NotServedError
from lavdlike.layout import ExperimentName
from lavdlike.messages import Cursor, ExperimentSummary, LabelEntry, Moment, Session
from lavdlike.reading import log_past
from lavdlike.reading.origins import join_path
from lavdlike.reading.step_runs import steps_as_runs
from lavdlike.reading.tree import SCALARS, ExperimentTree, File

# "rewritten": it was there, and is now as it was written later.
State = Literal["there", "rewritten", "absent"]


# Some milliseconds.
_ITEMS_A_PART = 1000


class FileTimes(NamedTuple):
    """When each file was last written, by its path in the experiment.

    `log_begins`: of each log the time of its first line; None: its lines have no times.
    """

    written: Mapping[str, float]
    log_begins: Mapping[str, float | None]


class PastLabels(NamedTuple):
    """As of `messages.Catalogue`."""

    labels: list[LabelEntry]
    rewritten: list[LabelEntry]


def read_times(root: Root, experiment: ExperimentName, files: Mapping[str, Sequence[str]]) -> FileTimes:
    """The times of files of a tree; those that cannot be had now are left out.

    Args:
        files: names by folder, both as in the tree.
    """
    written: dict[str, float] = {}
    begins: dict[str, float | None] = {}
    for folder, names in files.items():
        giving_up.check()
        with (
            suppress(OSError, NotServedError),
            root.folder(f"{experiment}/{folder}" if folder else experiment) as opened,
        ):
            for name in names:
                with suppress(OSError):
                    written[join_path(folder, name)] = opened.status_of(name, follow_links=True).st_mtime
    for path in filter(log_past.is_log, written):
        with suppress(OSError, NotServedError), root.file(f"{experiment}/{path}") as file:
            begins[path] = log_past.begin_of(file.fd, file.status.st_size)
    return FileTimes(written, begins)


def files_in(tree: ExperimentTree) -> dict[str, list[str]]:
    """As `read_times` wants them."""
    return {
        path: [name for name, node in folder.nodes.items() if isinstance(node, File)]
        for path, folder in tree.folders.items()
    }


class Past(NamedTuple):
    """What is known of an experiment at a cursor."""

    until: Cursor
    moment: Moment
    times: FileTimes

    def state_of(self, step: int | None, paths: Iterable[str]) -> State:
        """Of the item of these files.

        At a step, all items of earlier steps and of this one were there. At a time, those that were written by then
        were, and those of a step that was already over. A log grows: it was there when its first line was, and if its
        lines have no times, as soon as the experiment was.
        """
        paths = list(paths)
        end = math.inf if self.moment.time is None else self.moment.time
        if step is not None and self.until.step is not None:
            was_there = step <= self.until.step
        else:
            is_over = step is not None and self.moment.step is not None and step < self.moment.step
            was_there = is_over or any(self._first_time(path) <= end for path in paths)
        if not was_there:
            return "absent"
        return "rewritten" if any(self._last_time(path) > end for path in paths) else "there"

    def _first_time(self, path: str) -> float:
        """When the file was there as far as anybody knows."""
        if path in self.times.log_begins:
            begin = self.times.log_begins[path]
            return -math.inf if begin is None else begin
        return self.times.written.get(path, -math.inf)

    def _last_time(self, path: str) -> float:
        """When something was written that is shown of the past, too."""
        begin = self.times.log_begins.get(path)
        return self.times.written.get(path, -math.inf) if begin is None else begin


def labels_at(tree: ExperimentTree, labels: Iterable[tuple[str, str]], past: Past) -> Iterator[PastLabels]:
    """What there was of these labels, in parts that are none of them much work; some are empty."""
    count = 0
    for kind, label in labels:
        if kind == SCALARS:
            continue
        by_state: dict[State, list[int | None]] = {"there": [], "rewritten": [], "absent": []}
        for step, paths in tree.steps_of(kind, label):
            by_state[past.state_of(step, paths)].append(step)
            count += 1
            if count % _ITEMS_A_PART == 0:
                yield PastLabels([], [])
        shown, rewritten = (by_state["there"] + by_state["rewritten"]), by_state["rewritten"]
        yield PastLabels(_entries(kind, label, shown), _entries(kind, label, rewritten))


def _entries(kind: str, label: str, steps: Sequence[int | None]) -> list[LabelEntry]:
    numbers = [step for step in steps if step is not None]
    return [LabelEntry(kind, label, steps_as_runs(numbers), None in steps)] if steps else []


def summary_at(row: ExperimentSummary, time: float) -> ExperimentSummary | None:
    """The row of a time; None: the experiment had not begun. What people said of it is as it is now."""
    begins = [session.started for session in row.sessions]
    begins += [] if row.created is None else [row.created]
    if begins and min(begins) > time:
        return None
    sessions = [_session_at(session, time) for session in row.sessions if session.started <= time]
    past = msgspec.structs.replace(
        row,
        changed=min(row.changed, time),
        sessions=sessions,
        alerts=[alert for alert in row.alerts if alert.time <= time],
        progress=[each for each in row.progress if each.updated <= time],
    )
    if row.changed > time and sessions:
        last = max(sessions, key=lambda session: session.started)
        if last.ended is None:
            past.status = "running"
        else:
            past.status = "finished" if last.outcome == "finished" else "crashed"
    return past


def _session_at(session: Session, time: float) -> Session:
    if session.ended is None or session.ended <= time:
        return session
    return msgspec.structs.replace(session, ended=None, outcome="")
