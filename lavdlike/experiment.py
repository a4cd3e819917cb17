"""`experiment.json`: who wrote an experiment and when, and whether somebody still does (docs/format.md, "Experiment").

Every process that makes a Logger is a session. While it runs, it touches the file every 30 s; when it ends, it writes
how. So a reader on the same host can ask whether the process lives, and one on any host sees when it was last heard of.
"""

from __future__ import annotations

import functools
import hashlib
import os
import secrets
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from lavdlike import json_file
from lavdlike.messages import LabelDefinition, Status

HEARTBEAT_S = 30.0
# Three heartbeats missed: it is stopped, its host is gone, or the file system is slow.
QUIET_AFTER_S = 100.0
FINISHED = "finished"
_ENDED = ("Z", "X")  # states of a process that only waits to be forgotten


class Session(msgspec.Struct, rename="camel", omit_defaults=True):
    """One process that wrote the experiment. Times are Unix seconds.

    `ended` None: it runs, or had no chance to say how it ended. `outcome`: "finished", or the error's name and text.
    `host`, `boot_id`, `pid_namespace`, `pid`, `process_started` (clock ticks since boot) tell one process from all
    others; they are empty where the system does not say. `writer`: the suffix of its files, "" without. `machine`: made
    of the machine's id, which it does not tell. `resumed_from`: what earlier sessions logged at later steps
    than this one counts as replaced. `listens`: labels of items of which keys, clicks and selections are told, "" for
    all.
    """

    started: float
    id: str = ""
    ended: float | None = None
    outcome: str = ""
    host: str = ""
    boot_id: str = ""
    pid_namespace: str = ""
    pid: int | None = None
    process_started: int | None = None
    writer: str = ""
    machine: str = ""
    resumed_from: int | None = None
    listens: list[str] = []


class Git(msgspec.Struct, rename="camel", omit_defaults=True):
    """The commit a session began with."""

    branch: str = ""
    commit: str = ""


class ExperimentFile(msgspec.Struct, rename="camel", omit_defaults=True):
    """The whole of `experiment.json`; unknown keys are left alone. `labels`: what the script said of them.

    `title`: what the program called the run that this was converted from; that of `marks.json` stands before it.
    """

    created: float | None = None
    tags: list[str] = []
    config: dict[str, Any] = {}
    git: Git = msgspec.field(default_factory=Git)
    sessions: list[Session] = []
    labels: list[LabelDefinition] = []
    title: str = ""


class HeardOf(NamedTuple):
    """A file with sessions. `heartbeat`: its mtime, Unix seconds."""

    content: ExperimentFile
    heartbeat: float


def read(data: bytes, path: str) -> ExperimentFile:
    """The content of an `experiment.json`, or of a user's own.

    Raises:
        LogFormatError: it is something else.
    """
    return json_file.convert(json_file.read_object(data, path), ExperimentFile, path, "")


def together(main: HeardOf, of_users: Sequence[HeardOf]) -> tuple[ExperimentFile, list[float]]:
    """What `experiment.json` and the files of users say together, and for each session its heartbeat.

    A user's file without a session is somebody else's JSON. Where two say different things, `experiment.json` holds.
    """
    files = [main, *(file for file in of_users if file.content.sessions)]
    sessions: dict[str | int, tuple[Session, float]] = {}
    for file in files:
        for session in file.content.sessions:
            sessions[session.id or len(sessions)] = session, file.heartbeat
    contents = [file.content for file in files]
    newest = max(contents, key=lambda content: max((each.started for each in content.sessions), default=0.0))
    created = [content.created for content in contents if content.created is not None]
    whole = ExperimentFile(
        created=min(created, default=None),
        tags=list(dict.fromkeys(tag for content in contents for tag in content.tags)),
        config=_together([content.config for content in contents]),
        git=newest.git,
        sessions=[session for session, _ in sessions.values()],
        labels=[definition for content in contents for definition in content.labels],
        title=next((content.title for content in contents if content.title), ""),
    )
    return whole, [heartbeat for _, heartbeat in sessions.values()]


def _together(configs: Sequence[dict[str, Any] | msgspec.Raw]) -> Any:
    """One alone stays as it is: a large one is JSON that nobody has parsed (`reading.json_documents`)."""
    if len(configs) == 1:
        return configs[0]
    parsed = [msgspec.json.decode(each) if isinstance(each, msgspec.Raw) else each for each in configs]
    return {key: value for config in reversed(parsed) for key, value in config.items()}


def status_of(
    sessions: Sequence[Session], *, heartbeats: Sequence[float], now: float, alive: Sequence[bool | None]
) -> Status:
    """What an experiment is doing.

    Args:
        heartbeats: for each session the mtime of the file that it is in, Unix seconds.
        now: Unix seconds by the same clock as far as possible.
        alive: for each session whether its process runs (`process_alive`); None if that cannot be seen from here.

    Returns:
        "running" if any session does; else "quiet" if one may run but has not been heard of for 100 s; else how the
        newest session ended: "finished", or "crashed" (an error, or the process is gone without a word). "unknown"
        without sessions.
    """
    if not sessions:
        return "unknown"
    each = [
        _status_of(session, age_s=now - heartbeat, alive=lives)
        for session, heartbeat, lives in zip(sessions, heartbeats, alive, strict=True)
    ]
    for status in ("running", "quiet"):
        if status in each:
            return status
    newest = max(range(len(sessions)), key=lambda index: sessions[index].started)
    return each[newest]


def process_alive(session: Session) -> bool | None:
    """Whether the session's process runs; None if that cannot be known from here.

    It ran on another host or in another container, or the system hides the processes of other users. A host is known by
    its name and its machine's id: several may have one name.
    """
    host = _this_host()
    if not session.host or session.host != host.name or session.pid is None:
        return None
    if session.boot_id != host.boot_id:
        # The host was started anew since, if it is this one.
        return False if session.machine and session.machine == host.machine else None
    if not session.boot_id or not session.pid_namespace or session.pid_namespace != host.pid_namespace:
        return None
    if session.process_started is None:
        return None
    fields = _stat_of(session.pid)
    if fields is None:
        return False if _is_gone(session.pid) else None
    return fields[0] not in _ENDED and int(fields[19]) == session.process_started


def this_process(writer: str) -> Session:
    """A session of the running process that starts now."""
    host, pid = _this_host(), os.getpid()
    return Session(
        started=round(time.time(), 3),
        id=secrets.token_hex(4),
        host=host.name,
        boot_id=host.boot_id,
        pid_namespace=host.pid_namespace,
        pid=pid,
        process_started=_process_started(pid),
        machine=host.machine,
        writer=writer,
    )


class _Host(NamedTuple):
    name: str
    boot_id: str
    pid_namespace: str
    machine: str


@functools.cache
def _this_host() -> _Host:
    boot_id = _text_of("/proc/sys/kernel/random/boot_id")
    machine_id = _text_of("/etc/machine-id")
    machine = hashlib.sha256(f"lavdlike {machine_id}".encode()).hexdigest()[:16] if machine_id else ""
    return _Host(socket.gethostname(), boot_id, _link_of("/proc/self/ns/pid"), machine)


def _status_of(session: Session, *, age_s: float, alive: bool | None) -> Status:
    if session.ended is not None:
        return "finished" if session.outcome == FINISHED else "crashed"
    if alive is False:
        return "crashed"
    return "running" if age_s < QUIET_AFTER_S else "quiet"


def _process_started(pid: int) -> int | None:
    """When a process was started, in clock ticks since boot; None if the system does not say."""
    fields = _stat_of(pid)
    return None if fields is None else int(fields[19])


def _stat_of(pid: int) -> list[str] | None:
    """What the system says of a process, its state first; None if it says nothing."""
    stat = _text_of(f"/proc/{pid}/stat")
    fields = stat.rpartition(")")[2].split()  # its name, in parentheses, may hold spaces
    return fields if len(fields) >= 20 else None


def _is_gone(pid: int) -> bool:
    """Whether there is no process of this number: also known where /proc hides those of other users (hidepid)."""
    try:
        os.kill(pid, 0)  # sends nothing; only reached where there is a /proc
    except ProcessLookupError:
        return True
    except OSError:
        pass
    return False


def _text_of(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def _link_of(path: str) -> str:
    try:
        return str(Path(path).readlink())
    except OSError:
        return ""
