"""Who writes an experiment, and whether they still do: `experiment.json` and the files of users beside it."""

from __future__ import annotations

import stat
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from lavdlike import experiment, layout
from lavdlike.disk.root import OpenedFolder
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.experiment import ExperimentFile, HeardOf, Session
from lavdlike.messages import Status
from lavdlike.reading import json_documents

_MAX_FILE_BYTES = 4 * 2**20
_WRITABLE_FOR_OTHERS = stat.S_IWGRP | stat.S_IWOTH
# Names of an experiment's folder among which files of other users are looked for: listing more delays other rows.
_MAX_NAMES = 10_000


class ReadSessions(NamedTuple):
    """What the files say together.

    `heartbeat`: when the experiment was last heard of, Unix seconds; 0 if never. `fault`: why `experiment.json` could
    not be read; the others are in the answer nevertheless. `hears`: see `ExperimentSummary`.
    """

    content: ExperimentFile
    status: Status
    heartbeat: float
    fault: NotServedError | LogFormatError | None
    hears: list[str]


def read_sessions(opened: OpenedFolder, name: str, files: Collection[str] | None = None) -> ReadSessions:
    """What an experiment's folder says of it. `files`: the names of its files, if all are known."""
    main, fault = HeardOf(ExperimentFile(), 0.0), None
    try:
        main = _read(opened, layout.EXPERIMENT_FILE, name)
    except FileNotFoundError:
        pass
    except (NotServedError, LogFormatError) as error:
        fault = error
    of_users = []
    for file in _users_files(opened, files):
        with suppress(FileNotFoundError, NotServedError, LogFormatError):  # it need not be one of ours
            of_users.append(_read(opened, file, name))
    content, heartbeats = experiment.together(main, of_users)
    alive = [None if each.ended is not None else experiment.process_alive(each) for each in content.sessions]
    status = experiment.status_of(content.sessions, heartbeats=heartbeats, now=time.time(), alive=alive)
    hears = _heard_labels(content.sessions, alive)
    return ReadSessions(content, status, max(heartbeats, default=0.0), fault, hears)


def _heard_labels(sessions: Sequence[Session], alive: Sequence[bool | None]) -> list[str]:
    """What those that may run listen to; if none does, what the newest one did."""
    there = [
        each for each, lives in zip(sessions, alive, strict=True) if each.ended is None and lives is not False
    ]
    meant = there or sorted(sessions, key=lambda each: each.started)[-1:]
    return list(dict.fromkeys(label for each in meant for label in each.listens))


def _read(opened: OpenedFolder, file: str, name: str) -> HeardOf:
    path = f"{name}/{file}"
    with opened.file(file, path) as found:
        content = json_documents.experiment_of(found, path, _MAX_FILE_BYTES)
        return HeardOf(content, found.status.st_mtime)


def _users_files(opened: OpenedFolder, files: Collection[str] | None) -> list[str]:
    """The files beside `experiment.json` that may hold sessions of other users, where several can write at all."""
    if not opened.status().st_mode & _WRITABLE_FOR_OTHERS:
        return []
    names = files if files is not None else [entry.name for entry in islice(opened.entries(), _MAX_NAMES)]
    return sorted(filter(layout.is_users_experiment_file, names))
