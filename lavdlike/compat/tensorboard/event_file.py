"""Event files beside ours, so that TensorBoard still works (`SummaryWriter(event_files=True)`)."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import struct
import threading
import time
from pathlib import Path

from lavdlike import crc32c, layout
from lavdlike.compat.tensorboard import written_events
from lavdlike.disk import changes

_log = logging.getLogger("lavdlike")


class EventFile:
    """Appends records to an event file that is made with the first one; safe to use from several threads.

    It is a copy of what our files hold: what the disk refuses is left out, which is said once.

    Args:
        folder: the experiment's.
        suffix: what the file's name ends with.
        purge_step: what was logged at this step and later ones is replaced; None: nothing is.
    """

    def __init__(self, folder: Path, suffix: str = "", purge_step: int | None = None) -> None:
        self._folder = folder
        self._suffix = suffix
        self._purge_step = purge_step
        self._lock = threading.RLock()
        self._descriptor = -1
        self._path = folder
        self._process = 0
        self._said = False

    def add(self, value: bytes, step: int, wall_time: float | None) -> None:
        """Append a value of a summary. `wall_time`: None for now."""
        now = time.time() if wall_time is None else wall_time
        self._append(written_events.event(now, step, value=value))

    def add_graph(self, graph: bytes) -> None:
        """Append a graph, a `GraphDef`. TensorBoard shows the last one of a run."""
        self._append(written_events.event(time.time(), 0, graph=graph))

    def _append(self, event: bytes) -> None:
        try:
            with self._lock:
                self._open_once()
                self._write(event)
        except OSError as error:
            if not self._said:
                self._said = True
                _log.warning("%s gets no event file: %s (said once)", self._folder, error.strerror or error)

    def close(self) -> None:
        with self._lock:
            if self._descriptor >= 0:
                descriptor, self._descriptor = self._descriptor, -1
                with contextlib.suppress(OSError):
                    os.close(descriptor)

    def _open_once(self) -> None:
        if self._descriptor >= 0 and self._process == os.getpid():  # a forked child writes a file of its own
            return
        now = time.time()
        self._process = os.getpid()
        which = f"{socket.gethostname()}.{self._process}.{time.monotonic_ns() % 10**6}"
        name = f"events.out.tfevents.{int(now):010d}.{which}"
        path = self._folder / layout.native(name + self._suffix)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._descriptor = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666
        )
        purged, self._purge_step = self._purge_step, None
        self._write(written_events.event(now, purged or 0, version=written_events.VERSION))
        if purged is not None:
            self._write(written_events.event(now, purged, is_restart=True))

    def _write(self, content: bytes) -> None:
        """Append a record, or nothing: behind half a one nothing can be read."""
        length = struct.pack("<Q", len(content))
        record = b"".join(
            (
                length,
                struct.pack("<I", crc32c.masked(length)),
                content,
                struct.pack("<I", crc32c.masked(content)),
            )
        )
        begin = os.fstat(self._descriptor).st_size
        changes.changed(self._path)
        written = os.write(self._descriptor, record)
        if written != len(record):
            os.ftruncate(self._descriptor, begin)
            raise OSError("no space left for a whole record")
