"""The rows of the overview, read in the background in small slices: none of them may delay the first page."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

import msgspec

from lavdlike import layout
from lavdlike.disk.root import OpenedFolder, Root, identity_of
from lavdlike.errors import NotServedError
from lavdlike.kinds import registry
from lavdlike.layout import ExperimentName
from lavdlike.marks import Marks, tags_of
from lavdlike.messages import ExperimentSummary, Problem, Session
from lavdlike.reading import described, probe
from lavdlike.reading.foreign import is_foreign
from lavdlike.reading.getting_on import is_stalled, read_progress
from lavdlike.reading.laid_out_charts import read_charts
from lavdlike.reading.newest_alerts import read_alerts
from lavdlike.reading.said import read_said
from lavdlike.reading.sessions import read_sessions
from lavdlike.root_settings import RootFile

# Written by the Logger all the time: their times say when the experiment last changed, without listing the folder.
_TELLING_FILES = (layout.EXPERIMENT_FILE, *registry.GROWING_FILES)
_NOTHING_SAID = Marks()


class ReadSummary(NamedTuple):
    """One row as it is now. `problems`: with the folder, with `experiment.json`, with what people wrote."""

    summary: ExperimentSummary
    problems: tuple[Problem, ...] = ()


# Told of each experiment's folder: its name, its descriptor, when it last changed.
Watch = Callable[[ExperimentName, int, float], None]


def read_summaries(
    root: Root, names: Iterable[ExperimentName], watch: Watch, *, budget_s: float
) -> list[ReadSummary | None]:
    """The rows of as many of these experiments as the time allows, at least one; None: it is gone."""
    until = time.monotonic() + budget_s
    rows = []
    for name in names:
        rows.append(_read_summary(root, name, watch))
        if time.monotonic() > until:
            break
    return rows


def without_details(name: ExperimentName) -> ExperimentSummary:
    """The row of an experiment of which only the name is known."""
    return ExperimentSummary(layout.experiment_id(name), layout.shown(name), changed=0.0)


def config_of(summary: ExperimentSummary) -> dict[str, Any]:
    """The configuration, which is still JSON in the row of an experiment that has a large one."""
    config: Any = summary.config
    if isinstance(config, msgspec.Raw):
        config = msgspec.json.decode(config)
    shown: dict[str, Any] = config
    return shown


def _read_summary(root: Root, name: ExperimentName, watch: Watch) -> ReadSummary | None:
    row = without_details(name)
    row.details = True
    try:
        with root.folder(name) as opened:
            status = opened.status()
            row.identity = identity_of(status)
            row.changed = max(status.st_mtime, _last_change(opened))
            watch(name, opened.descriptor, row.changed)
            row.kinds, files = probe.glance_at(opened)
            problem = _read_file(opened, name, row, files)
            said = read_said(opened, name, files)
            row.progress, unread = read_progress(opened, name, files)
            row.alerts = read_alerts(opened, name, files)
            if row.status == "running" and is_stalled(opened, row.progress, files):
                row.status = "stalled"
            has_ours = said.is_something or (files is not None and layout.EXPERIMENT_FILE in files)
            row.is_foreign = not has_ours and is_foreign(opened, name)
            if not row.sessions and not described.has_experiment_file(opened, files):
                described.watch_folders(opened, files, partial(_watch_in, watch, name, row.changed))
                unread = [*unread, *described.take_in(row, opened, files)]
            else:
                row.charts, wrong = read_charts(opened, name, files)
                unread = [*unread, *wrong]
    except (FileNotFoundError, NotADirectoryError):
        return None
    except NotServedError as error:
        return ReadSummary(row, (Problem(layout.shown(name), error.reason),))
    _say(row, said.marks)
    row.marks, row.notes, row.annotations = said.match, said.notes, said.annotations
    problems = [*said.problems, *unread]
    return ReadSummary(row, tuple(problems if problem is None else (problem, *problems)))


def _watch_in(watch: Watch, name: ExperimentName, changed: float, folder: str, descriptor: int) -> None:
    watch(ExperimentName(f"{name}/{folder}"), descriptor, changed)


def with_root_file(row: ExperimentSummary, root_file: RootFile) -> ExperimentSummary:
    """The row, as it was read, with what `lavdlike.yaml` says of it, where that is for it to say: of foreign ones."""
    if not row.is_foreign:
        return row
    match = root_file.settings.match
    told = msgspec.structs.replace(
        row,
        marks=match,
        notes=match if row.name in root_file.notes else "",
        annotations=match if row.name in root_file.annotations else "",
    )
    _say(told, root_file.marks.get(row.name, _NOTHING_SAID))
    return told


def _say(row: ExperimentSummary, marks: Marks) -> None:
    row.title, row.starred, row.archived = marks.title or row.title, marks.starred, marks.archived
    row.colour = marks.colour
    row.read_files = list(marks.read_files)
    row.tags = tags_of(row.tags, marks)


def _last_change(opened: OpenedFolder) -> float:
    """Of the files that tell."""
    newest = 0.0
    for name in _TELLING_FILES:
        with suppress(OSError):  # most experiments lack some
            newest = max(newest, opened.status_of(name).st_mtime)
    return newest


def _read_file(
    opened: OpenedFolder, name: str, row: ExperimentSummary, files: Collection[str] | None
) -> Problem | None:
    read = read_sessions(opened, name, files)
    content, sessions = read.content, read.content.sessions
    row.changed = max(row.changed, read.heartbeat)
    row.status = read.status
    row.created = content.created
    row.title = content.title
    row.tags = content.tags
    row.config = content.config
    row.source = described.OURS
    row.git_commit = content.git.commit
    row.labels = content.labels
    row.hears = read.hears
    row.sessions = [Session(each.started, each.ended, each.outcome, each.host, each.pid) for each in sessions]
    if read.fault is None:
        return None
    path = layout.shown(f"{name}/{layout.EXPERIMENT_FILE}")
    return Problem(path, read.fault.reason, getattr(read.fault, "position", ""))
