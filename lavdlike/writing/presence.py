"""This process's session in `experiment.json`: begun, kept alive by a thread, ended."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from lavdlike import layout
from lavdlike.disk import changes
from lavdlike.disk.shared_folders import OwnFiles
from lavdlike.disk.write import LOCK_FILE, update_json
from lavdlike.errors import LimitError
from lavdlike.experiment import HEARTBEAT_S, QUIET_AFTER_S, Git, Session, process_alive, this_process
from lavdlike.messages import LabelDefinition

# Set for several processes that write one experiment together: by launchers of ranks, and by `lavdlike run`.
_RANKS = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "LAVDLIKE_RUN")

_log = logging.getLogger("lavdlike")

# The oldest are forgotten: readers take 100,000 keys of a JSON file, and a session has up to eleven.
MAX_SESSIONS = 5000
# Everybody who shows the experiment carries them: one pattern can say something of many labels.
MAX_DEFINITIONS = 200
# The same: who listens to more labels hears of all.
MAX_LISTENED = 200


class Presence:
    """Writes that this process is there, every 30 s that it still is, and how it ended.

    Args:
        folder: the experiment's.
        writer: the suffix of the session's files, "" without.
        own_files: where the session goes if `experiment.json` is another user's and may not be replaced.
        on_beat: called by the thread at each heartbeat.
        resumed_from: the step from which the session goes on, if it does.
    """

    def __init__(
        self,
        folder: Path,
        writer: str,
        own_files: OwnFiles,
        on_beat: Callable[[], None],
        resumed_from: int | None = None,
    ) -> None:
        self.file = folder / layout.EXPERIMENT_FILE
        self._lock = folder / LOCK_FILE
        self._own_files = own_files
        self._session = this_process(writer)
        self._session.resumed_from = resumed_from
        self._others: list[Session] = []
        self._on_beat = on_beat
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lavdlike-heartbeat", daemon=True)

    @property
    def is_ours(self) -> bool:
        """Whether this process began it; a forked child did not."""
        return self._session.pid == os.getpid()

    def begin(self, git: Git, tags: Sequence[str], config: Mapping[str, Any]) -> None:
        """Write the session down, and what is known of the experiment."""
        age_s = self._silent_for_s()

        def change(document: dict[str, Any]) -> None:
            # Those found are kept when the session then goes into an own file, which holds no others.
            if not self._others and not _is_rank():
                self._others = self._running(document.get("sessions"), age_s)
            document.setdefault("created", self._session.started)
            if git.commit:
                document["git"] = msgspec.to_builtins(git)
            if tags:
                known = _list_at(document, "tags")
                known.extend(tag for tag in tags if tag not in known)
            if config:
                _object_at(document, "config").update(config)
            self._put_session(document)

        self._update(change, limited=False)

    def say_if_shared(self) -> None:
        """Warn if another script was writing the experiment as this one began."""
        for other in self._others[:1]:
            _log.warning(
                "%s is being written by process %s on %s, too: both go on with it. Give each script a name of its own "
                "(or exists='new'), or each a writer=",
                self.file.parent,
                other.pid,
                other.host or "another host",
            )

    def keep_alive(self) -> None:
        """Start the heartbeat."""
        with contextlib.suppress(
            RuntimeError
        ):  # at interpreter exit no thread can be started: nothing to keep alive
            self._thread.start()

    def add_config(self, config: Mapping[str, Any]) -> None:
        self._update(lambda document: _object_at(document, "config").update(config))

    def define(self, definition: LabelDefinition) -> None:
        """Put a definition in the place of that of its pattern, behind the others if there is none."""

        def change(document: dict[str, Any]) -> None:
            known = _list_at(document, "labels")
            says = {key: value for key, value in msgspec.to_builtins(definition).items() if value}
            place = next(
                (index for index, entry in enumerate(known) if _pattern_of(entry) == definition.pattern),
                len(known),
            )
            known[place : place + 1] = [says] if len(says) > 1 else []
            if len(known) > MAX_DEFINITIONS:
                raise LimitError(self.file.name, f"more than {MAX_DEFINITIONS} definitions of labels")
            if not known:
                del document["labels"]

        self._update(change)

    def begins_to_listen(self, label: str) -> bool:
        """Whether it is new that the session hears of gestures on items of a label, "" for all; `put` writes it."""
        listens = self._session.listens
        if label in listens or "" in listens:
            return False
        self._session.listens = [*listens, label] if label and len(listens) < MAX_LISTENED else [""]
        return True

    def put(self) -> None:
        """Write what has changed of the session."""
        self._update(self._put_session, limited=False)

    def touch(self) -> None:
        """Have it looked at now by whoever shows the experiment."""
        with contextlib.suppress(OSError):
            self._touched()

    def stop(self) -> None:
        """End the heartbeat."""
        self._stop.set()

    def end(self, outcome: str) -> None:
        """Write how the session ended: "finished", or the error. An experiment that was deleted is not made again."""
        self._session.ended = round(time.time(), 3)
        self._session.outcome = outcome
        if self.file.parent.is_dir():
            self._update(self._put_session, limited=False)

    def _silent_for_s(self) -> float:
        try:
            return time.time() - self.file.stat().st_mtime
        except OSError:
            return math.inf

    def _running(self, sessions: object, age_s: float) -> list[Session]:
        """Sessions of other processes that write the same files and have not ended, as far as can be known."""
        found = []
        for session in sessions if isinstance(sessions, list) else ():
            with contextlib.suppress(msgspec.ValidationError):
                other = msgspec.convert(session, Session)
                # A process that was forked goes on with what its parent began.
                ours = other.host == self._session.host and other.pid in (os.getpid(), os.getppid())
                if other.ended is None and other.writer == self._session.writer and not ours:
                    found.append(other)
        alive = [(other, process_alive(other)) for other in found]
        return [other for other, lives in alive if lives or (lives is None and age_s < QUIET_AFTER_S)]

    def _put_session(self, document: dict[str, Any]) -> None:
        sessions = _list_at(document, "sessions")
        mine = msgspec.to_builtins(self._session)
        for index, session in enumerate(sessions):
            if isinstance(session, dict) and session.get("id") == self._session.id:
                sessions[index] = mine
                return
        sessions.append(mine)
        del sessions[:-MAX_SESSIONS]

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT_S):
            with contextlib.suppress(OSError):
                if not self._touched() and self.file.parent.is_dir():  # if it was deleted, that was wanted
                    self._update(self._put_session, limited=False)
            self._on_beat()

    def _touched(self) -> bool:
        """Whether the file says from now on that somebody is there; not if it is gone, or another user replaced it."""
        try:
            os.utime(self.file)
        except (FileNotFoundError, PermissionError):
            return False
        changes.changed(self.file)
        return True

    def _update(self, change: Callable[[dict[str, Any]], object], *, limited: bool = True) -> None:
        """Change `experiment.json`, or, from the first time that another user's is refused, an own file."""
        try:
            update_json(self.file, change, lock=self._lock, limited=limited)
        except PermissionError:
            own = self._own_files.instead_of(self.file)
            if own is None:
                raise
            update_json(own, change, lock=self._lock, limited=limited)
            self._own_files.say(self.file, own)
            self.file = own


def _is_rank() -> bool:
    """Whether this is one of several processes that were started to write one experiment together."""
    if any(name in os.environ for name in _RANKS) or os.environ.get("SLURM_NTASKS", "1") != "1":
        return True
    mine = _command_of(os.getpid())
    if mine and mine == _command_of(os.getppid()):  # forked by a script that forks its own workers
        return True
    if "multiprocessing.process" not in sys.modules:
        return False
    from multiprocessing import parent_process

    return parent_process() is not None


def _command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _pattern_of(definition: object) -> object:
    return definition.get("pattern") if isinstance(definition, dict) else None


def _list_at(document: dict[str, Any], key: str) -> list[Any]:
    if not isinstance(document.get(key), list):
        document[key] = []
    return document[key]  # type: ignore[no-any-return] # checked in the line above


def _object_at(document: dict[str, Any], key: str) -> dict[str, Any]:
    if not isinstance(document.get(key), dict):
        document[key] = {}
    return document[key]  # type: ignore[no-any-return] # checked in the line above
