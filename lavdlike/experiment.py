"""`experiment.json`: who wrote an experiment and when, and whether somebody still does (docs/format.md, "Experiment").

Every process that makes a Logger is a session. While it runs, it touches the file every 30 s; when it ends, it writes
how. So a reader on the same host can ask whether the process lives, and one on any host sees when it was last heard of.
"""

from __future__ import annotations

import functools
import os
import secrets
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from lavdlike.kinds import json_file

Status = Literal["running", "finished", "crashed", "quiet", "unknown"]

HEARTBEAT_S = 30.0
# Three heartbeats missed: it is stopped, its host is gone, or the file system is slow.
QUIET_AFTER_S = 100.0
FINISHED = "finished"


class Session(msgspec.Struct, rename="camel", omit_defaults=True):
    """One process that wrote the experiment. Times are Unix seconds.

    `ended` None: it runs, or had no chance to say how it ended. `outcome`: "finished", or the error's name and text.
    `host`, `boot_id`, `pid_namespace`, `pid`, `process_started` (clock ticks since boot) tell one process from all
    others; they are empty where the system does not say. `writer`: the suffix of its files, "" without.
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


class Git(msgspec.Struct, rename="camel", omit_defaults=True):
    """The commit a session began with."""

    branch: str = ""
    commit: str = ""


class ExperimentFile(msgspec.Struct, rename="camel", omit_defaults=True):
    """The whole of `experiment.json`; unknown keys are left alone."""

    created: float | None = None
    tags: list[str] = []
    config: dict[str, Any] = {}
    git: Git = msgspec.field(default_factory=Git)
    sessions: list[Session] = []


def read(data: bytes, path: str) -> ExperimentFile:
    """The content of an `experiment.json`.

    Raises:
        LogFormatError: it is something else.
    """
    return json_file.convert(json_file.read_object(data, path), ExperimentFile, path, "")


def status_of(
    sessions: Sequence[Session], *, heartbeat: float, now: float, alive: Sequence[bool | None]
) -> Status:
    """What an experiment is doing.

    Args:
        heartbeat: the mtime of `experiment.json`, Unix seconds.
        now: Unix seconds by the same clock as far as possible.
        alive: for each session whether its process runs (`process_alive`); None if that cannot be seen from here.

    Returns:
        "running" if any session does; else "quiet" if one may run but has not been heard of for 100 s; else how the
        newest session ended: "finished", or "crashed" (an error, or the process is gone without a word). "unknown"
        without sessions.
    """
    if not sessions:
        return "unknown"
    age_s = now - heartbeat
    each = [
        _status_of(session, age_s=age_s, alive=lives) for session, lives in zip(sessions, alive, strict=True)
    ]
    for status in ("running", "quiet"):
        if status in each:
            return status
    newest = max(range(len(sessions)), key=lambda index: sessions[index].started)
    return each[newest]


def process_alive(session: Session) -> bool | None:
    """Whether the session's process runs; None if it ran on another host or in another container."""
    host = _this_host()
    if not session.host or session.host != host.name or session.pid is None:
        return None
    if session.boot_id != host.boot_id:
        return False  # the host was started anew since
    if session.pid_namespace != host.pid_namespace or session.process_started is None:
        return None
    return _process_started(session.pid) == session.process_started


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
        writer=writer,
    )


class _Host(NamedTuple):
    name: str
    boot_id: str
    pid_namespace: str


@functools.cache
def _this_host() -> _Host:
    boot_id = _text_of("/proc/sys/kernel/random/boot_id")
    return _Host(socket.gethostname(), boot_id, _link_of("/proc/self/ns/pid"))


def _status_of(session: Session, *, age_s: float, alive: bool | None) -> Status:
    if session.ended is not None:
        return "finished" if session.outcome == FINISHED else "crashed"
    if alive is False:
        return "crashed"
    return "running" if age_s < QUIET_AFTER_S else "quiet"


def _process_started(pid: int) -> int | None:
    """When a process was started, in clock ticks since boot; None if it does not run or the system does not say."""
    stat = _text_of(f"/proc/{pid}/stat")
    fields = stat.rpartition(")")[2].split()  # its name, in parentheses, may hold spaces
    if len(fields) < 20 or fields[0] in ("Z", "X"):
        return None
    return int(fields[19])


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
