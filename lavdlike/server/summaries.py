"""The rows of the overview, read in the background in small slices: none of them may delay the first page."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

from lavdlike import experiment, layout
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.server import files, glance
from lavdlike.server.messages import ExperimentSummary, Problem, Session

# Written by the Logger all the time: their times say when the experiment last changed, without listing the folder.
_TELLING_FILES = (layout.EXPERIMENT_FILE, layout.SCALARS_FILE, "events.log", "stdout.log", "stderr.log")
_MAX_FILE_BYTES = 4 * 2**20


class ReadSummary(NamedTuple):
    """One row as it is now. `problem`: with `experiment.json`."""

    summary: ExperimentSummary
    problem: Problem | None


# Told of each experiment's folder: its name, its descriptor, when it last changed.
Watch = Callable[[str, int, float], None]


def read_summaries(
    root: files.Root, names: Iterable[str], watch: Watch, *, budget_s: float
) -> list[ReadSummary | None]:
    """The rows of as many of these experiments as the time allows, at least one; None: it is gone."""
    until = time.monotonic() + budget_s
    rows = []
    for name in names:
        rows.append(_read_summary(root, name, watch))
        if time.monotonic() > until:
            break
    return rows


def without_details(name: str) -> ExperimentSummary:
    """The row of an experiment of which only the name is known."""
    return ExperimentSummary(layout.to_id(name), layout.shown(name), changed=0.0)


def _read_summary(root: files.Root, name: str, watch: Watch) -> ReadSummary | None:
    row = without_details(name)
    row.details = True
    try:
        with root.folder(name) as fd:
            row.changed = _last_change(fd)
            watch(name, fd, row.changed)
            row.kinds = glance.kinds_in(fd)
            problem = _read_file(fd, name, row)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except NotServedError as error:
        problem = Problem(layout.shown(name), error.reason)
    return ReadSummary(row, problem)


def _last_change(folder_fd: int) -> float:
    newest = os.fstat(folder_fd).st_mtime
    for name in _TELLING_FILES:
        with suppress(OSError):  # most experiments lack some
            newest = max(newest, os.stat(name, dir_fd=folder_fd, follow_symlinks=False).st_mtime)
    return newest


def _read_file(folder_fd: int, name: str, row: ExperimentSummary) -> Problem | None:
    path = f"{name}/{layout.EXPERIMENT_FILE}"
    try:
        with files.file_in(folder_fd, layout.EXPERIMENT_FILE, path) as opened:
            heartbeat = opened.status.st_mtime
            content = experiment.read(opened.read(_MAX_FILE_BYTES), path)
    except FileNotFoundError:
        return None
    except (NotServedError, LogFormatError) as error:
        return Problem(layout.shown(path), error.reason, getattr(error, "position", ""))
    sessions = content.sessions
    alive = [None if session.ended is not None else experiment.process_alive(session) for session in sessions]
    row.status = experiment.status_of(sessions, heartbeat=heartbeat, now=time.time(), alive=alive)
    row.created = content.created
    row.tags = content.tags
    row.config = content.config
    row.git_commit = content.git.commit
    row.sessions = [Session(each.started, each.ended, each.outcome, each.host, each.pid) for each in sessions]
    return None
