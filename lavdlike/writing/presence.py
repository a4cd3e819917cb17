"""This process's session in `experiment.json`: begun, kept alive by a thread, ended."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from lavdlike import layout
from lavdlike.experiment import HEARTBEAT_S, Git, this_process
from lavdlike.storage import LOCK_FILE, update_json


class Presence:
    """Writes that this process is there, every 30 s that it still is, and how it ended.

    Args:
        folder: the experiment's.
        writer: the suffix of the session's files, "" without.
        on_beat: called by the thread at each heartbeat.
    """

    def __init__(self, folder: Path, writer: str, on_beat: Callable[[], None]) -> None:
        self.file = folder / layout.EXPERIMENT_FILE
        self._lock = folder / LOCK_FILE
        self._session = this_process(writer)
        self._on_beat = on_beat
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="lavdlike-heartbeat", daemon=True)

    @property
    def is_ours(self) -> bool:
        """Whether this process began it; a forked child did not."""
        return self._session.pid == os.getpid()

    def begin(self, git: Git, tags: Sequence[str], config: Mapping[str, Any]) -> None:
        """Write the session down, and what is known of the experiment."""

        def change(document: dict[str, Any]) -> None:
            document.setdefault("created", self._session.started)
            if git.commit:
                document["git"] = msgspec.to_builtins(git)
            if tags:
                known = _list_at(document, "tags")
                known.extend(tag for tag in tags if tag not in known)
            if config:
                _object_at(document, "config").update(config)
            self._put_session(document)

        update_json(self.file, change, lock=self._lock)

    def keep_alive(self) -> None:
        """Start the heartbeat."""
        with contextlib.suppress(
            RuntimeError
        ):  # at interpreter exit no thread can be started: nothing to keep alive
            self._thread.start()

    def add_config(self, config: Mapping[str, Any]) -> None:
        update_json(
            self.file, lambda document: _object_at(document, "config").update(config), lock=self._lock
        )

    def stop(self) -> None:
        """End the heartbeat."""
        self._stop.set()

    def end(self, outcome: str) -> None:
        """Write how the session ended: "finished", or the error. An experiment that was deleted is not made again."""
        self._session.ended = round(time.time(), 3)
        self._session.outcome = outcome
        if self.file.parent.is_dir():
            update_json(self.file, self._put_session, lock=self._lock)

    def _put_session(self, document: dict[str, Any]) -> None:
        sessions = _list_at(document, "sessions")
        mine = msgspec.to_builtins(self._session)
        for index, session in enumerate(sessions):
            if isinstance(session, dict) and session.get("id") == self._session.id:
                sessions[index] = mine
                return
        sessions.append(mine)

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT_S):
            with contextlib.suppress(OSError):
                if self.file.exists():
                    os.utime(self.file)
                elif self.file.parent.is_dir():  # if the folder was deleted, that was wanted
                    update_json(self.file, self._put_session, lock=self._lock)
            self._on_beat()


def _list_at(document: dict[str, Any], key: str) -> list[Any]:
    if not isinstance(document.get(key), list):
        document[key] = []
    return document[key]  # type: ignore[no-any-return] # checked in the line above


def _object_at(document: dict[str, Any], key: str) -> dict[str, Any]:
    if not isinstance(document.get(key), dict):
        document[key] = {}
    return document[key]  # type: ignore[no-any-return] # checked in the line above
