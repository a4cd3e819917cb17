"""The thread that writes how busy host and script are: in one of the processes of an experiment on a host."""

from __future__ import annotations

import contextlib
import logging
import os
import platform
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from lavdlike import layout
from lavdlike.disk.append import AppendFile
from lavdlike.disk.shared_folders import OwnFiles
from lavdlike.disk.turn import Turn
from lavdlike.errors import WriteError
from lavdlike.experiment import Session, process_alive
from lavdlike.kinds import scalars
from lavdlike.writing.system.counters import Counters
from lavdlike.writing.system.measures import values_between

PERIOD_S = 10.0
# The first comes sooner, so that a page shows something; less is not worth a value at the end.
_FIRST_S = 2.0
_LEAST_S = 1.0
_END_WAIT_S = 5.0

_log = logging.getLogger("lavdlike")


class Host(Protocol):
    """What can be looked at."""

    def look(self, roots: set[int]) -> Counters:
        """What is counted until now; of the run, whose processes begin with these."""


class SystemSampler:
    """Writes `system.<host>.tsv`, every ten seconds while it is this process's turn.

    Args:
        folder: the experiment's.
        session_file: says which processes on this host are of the run.
        append: writes lines to a file, now or, if the disk refuses, later.
        own_files: where to write instead of what is another user's.
    """

    def __init__(
        self,
        folder: Path,
        session_file: Path,
        append: Callable[[AppendFile, str], None],
        own_files: OwnFiles,
    ) -> None:
        name = layout.system_file(socket.gethostname())
        self.file = AppendFile(
            folder / name,
            header=scalars.HEADER.encode(),
            cut_mark=scalars.CUT.encode(),
            alternative=folder / f"{name.removesuffix('.tsv')}.lavdlike.tsv",
            own_files=own_files,
        )
        self._append = append
        self._runs = _Roots(session_file)
        self._turn = Turn(folder / f".lavdlike.{name.removesuffix('.tsv')}.lock")
        self._host: Host | None = None
        self._before: Counters | None = None
        self._begun: float | None = None  # the time of step 0, Unix seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lavdlike-system", daemon=True)

    def start(self) -> None:
        """Begin; nothing where this system cannot be looked at, which is said once."""
        self._host = this_host()
        if self._host is not None:
            with contextlib.suppress(RuntimeError):  # at interpreter exit no thread can be started
                self._thread.start()

    def stop(self) -> None:
        """Write what came since the last time, and let another process have the turn."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_END_WAIT_S)
        self._turn.leave()
        self.file.close()

    def forget(self) -> None:
        """In a forked child, which has neither the thread nor the turn."""
        self._turn.forget()

    def _run(self) -> None:
        pause_s = _FIRST_S
        while True:
            if self._turn.take():
                self._sample()
            if self._stop.wait(pause_s):
                break
            pause_s = PERIOD_S if self._before is not None and pause_s == _FIRST_S else pause_s
        if self._before is not None:
            self._sample()

    def _sample(self) -> None:
        """Look, and write what came between this look and the one before."""
        if self._host is None:
            return
        try:
            now = self._host.look(self._runs.pids())
        except Exception as error:  # noqa: BLE001 - whatever a kernel or driver answers, the script goes on
            _log.warning("system metrics are not written any more: %s: %s", type(error).__name__, error)
            self._stop.set()
            self._before = None
            return
        before, self._before = self._before, now
        if before is None or now.at_s - before.at_s < _LEAST_S:
            return
        values = values_between(before, now, _disk_used(self.file.path.parent))
        wall_time = time.time()
        if self._begun is None:
            self._begun = _first_time(self.file.path) or wall_time
        step = max(0, round(wall_time - self._begun))
        with contextlib.suppress(WriteError):  # under on_error="raise"; there is nobody to raise it to
            self._append(self.file, scalars.format_lines(step, wall_time, values))


class _Sessions(msgspec.Struct):
    sessions: list[Session] = []


class _Roots:
    """The processes on this host that write the experiment; the file is read again when it is another one."""

    def __init__(self, session_file: Path) -> None:
        self._file = session_file
        self._modified_ns = 0
        self._sessions: list[Session] = []

    def pids(self) -> set[int]:
        with contextlib.suppress(OSError, msgspec.DecodeError, msgspec.ValidationError):
            modified_ns = self._file.stat().st_mtime_ns
            if modified_ns != self._modified_ns:
                found = msgspec.json.decode(self._file.read_bytes(), type=_Sessions).sessions
                self._sessions = [each for each in found if each.ended is None and process_alive(each)]
                self._modified_ns = modified_ns
        return {os.getpid(), *(each.pid for each in self._sessions if each.pid is not None)}


def this_host() -> Host | None:
    """Who looks at it; None where nobody can, which is said."""
    if platform.system() == "Linux":
        from lavdlike.writing.system.linux import LinuxHost

        return LinuxHost()
    try:
        from lavdlike.writing.system.with_psutil import PsutilHost

        return PsutilHost()
    except ImportError:
        _log.warning("system metrics need psutil on this system: pip install 'lavdlike[system]'")
        return None


def _disk_used(folder: Path) -> float | None:
    """How much of the file system that a folder is on is used, 0 to 1."""
    try:
        found = os.statvfs(folder)
    except (OSError, AttributeError):  # Windows has none
        return None
    used = found.f_blocks - found.f_bfree
    available = used + found.f_bavail
    return used / available if available else None


def _first_time(file: Path) -> float | None:
    """When the first value of a file was written: what came before this session counts on from there."""
    try:
        with file.open("rb") as opened:
            lines = opened.read(4096).splitlines()
        return float(lines[1].split(b"\t")[1]) - int(lines[1].split(b"\t")[0])
    except (OSError, IndexError, ValueError):
        return None
