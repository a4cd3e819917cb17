"""Everything that one process writes to one experiment; `Logger` checks what it is given and hands it on."""

from __future__ import annotations

import logging
import os
import sys
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lavdlike import pictures
from lavdlike.errors import WriteError
from lavdlike.experiment import FINISHED, Git
from lavdlike.kinds import scalars
from lavdlike.presence import Presence
from lavdlike.retries import OnError, Retries, Write
from lavdlike.storage import LOCK_FILE, AppendFile, replace_bytes, replace_file, update_json
from lavdlike.workers import Workers

_MAX_OUTCOME = 500

_log = logging.getLogger("lavdlike")


class Writer:
    """The files of one experiment, as one process writes them; safe to use from several threads.

    Args:
        folder: the experiment's, absolute. It is made at once.
        suffix: tells the append-only files of this writer from others' ("" for none).
        on_error: "warn" or "raise" (`Retries`).
    """

    def __init__(self, folder: Path, suffix: str, on_error: OnError) -> None:
        dotted = f".{suffix}" if suffix else ""
        self.folder = folder
        self.retries = Retries(on_error)
        self.scalars = AppendFile(
            folder / f"scalars{dotted}.tsv",
            header=scalars.HEADER.encode(),
            cut_mark=scalars.CUT.encode(),
            alternative=folder / f"scalars{dotted}.lavdlike.tsv",
        )
        self.events = AppendFile(folder / f"events{dotted}.log")
        self.stdout = AppendFile(folder / f"stdout{dotted}.log")
        self.stderr = AppendFile(folder / f"stderr{dotted}.log")
        self._presence = Presence(folder, suffix, self.retries.retry)
        self._workers = Workers(self._picture_failed)
        self._picture_errors: list[Exception] = []
        self._said_clipped = False
        self._closed = False
        self._process = os.getpid()
        _writers.add(self)

    def begin(self, git: Git, tags: Sequence[str], config: Mapping[str, Any]) -> None:
        """Write down that this process is there."""
        file = self._presence.file
        self.retries.write(Write(file, 1000, lambda: self._presence.begin(git, tags, config)))
        self._presence.keep_alive()
        self._close_with_child_process()

    def append(self, file: AppendFile, line: str) -> None:
        """Append a line of text to one of the log files."""
        self.retries.append(file, line.encode(errors="backslashreplace"), time.time())

    def add_config(self, config: Mapping[str, Any]) -> None:
        self.retries.write(Write(self._presence.file, 1000, lambda: self._presence.add_config(config)))

    def replace(self, path: Path, content: bytes) -> None:
        """Put a whole file into the experiment."""
        self.retries.write(Write(path, len(content), lambda: replace_bytes(path, content)))

    def remove(self, path: Path) -> None:
        self.retries.write(Write(path, 0, lambda: path.unlink(missing_ok=True)))

    def replace_with(self, path: Path, write: Callable[[Path], object]) -> None:
        """Put a whole file into the experiment that `write` writes at the path given to it.

        It is not tried again: what it writes may have changed until then.
        """
        self.retries.once(path, lambda: replace_file(path, write))

    def merge(self, path: Path, keys: Mapping[str, Any]) -> None:
        """Set keys of a JSON file and keep its others."""
        lock = self.folder / LOCK_FILE
        self.retries.write(
            Write(path, 1000, lambda: update_json(path, lambda old: old.update(keys), lock=lock))
        )

    def picture(
        self,
        path: Path,
        picture: pictures.Snapshot,
        keys: Mapping[str, Any] | None,
        masks: Mapping[Path, pictures.Snapshot] | None = None,
    ) -> None:
        """Have a picture and its masks encoded and written by the pool, then the keys of the JSON file beside it.

        Raises:
            WriteError: an earlier picture could not be written, under "raise".
        """
        self._raise_picture_errors()
        if os.getpid() != self._process:
            self._process = os.getpid()
            self._close_with_child_process()
        every = {**(masks or {}), path: picture}
        size_bytes = sum(each.size_bytes for each in every.values())
        self._workers.submit(path, size_bytes, lambda: self._write_pictures(path, every, keys))

    def flush(self) -> None:
        """Wait until every picture is written, and try again what the disk refused.

        Raises:
            WriteError: a picture could not be written, under "raise".
        """
        self._workers.drain()
        self.retries.retry()
        self._raise_picture_errors()

    def close(self, outcome: str = FINISHED) -> None:
        """Write what waits and how the session ended; afterwards lines are still taken, their files opened again."""
        self._workers.drain()
        self._presence.stop()
        try:
            if not self._closed and self._presence.is_ours:
                self._closed = True
                self.retries.write(Write(self._presence.file, 1000, lambda: self._presence.end(outcome)))
            self.retries.finish()
            self._raise_picture_errors()
        finally:
            for file in self._append_files():
                file.close()

    def close_at_exit(self) -> None:
        """`close` when the interpreter ends or nobody holds the Logger any more."""
        interactive = hasattr(sys, "ps1") or "ipykernel" in sys.modules  # errors there do not end the process
        self.close(outcome_of(None if interactive else getattr(sys, "last_value", None)))

    def after_fork_in_child(self) -> None:
        """The parent's pictures and refused writes stay the parent's; its locks may be held for ever here."""
        self.retries.forget()
        self._workers.forget()
        self._picture_errors = []
        for file in self._append_files():
            file.renew_lock()

    def _close_with_child_process(self) -> None:
        """Children of multiprocessing end without what others do at exit, but with their own finalizers."""
        if "multiprocessing.process" in sys.modules:
            from multiprocessing import parent_process, util

            if parent_process() is not None:
                util.Finalize(None, lambda: self.close(outcome_of(sys.exc_info()[1])), exitpriority=10)

    def _append_files(self) -> tuple[AppendFile, ...]:
        return self.scalars, self.events, self.stdout, self.stderr

    def _write_pictures(
        self, path: Path, every: Mapping[Path, pictures.Snapshot], keys: Mapping[str, Any] | None
    ) -> None:
        """`path`: of the one that the others and the keys belong to."""
        for file, picture in every.items():
            self._write_picture(file, picture)
        if keys:
            self.merge(path.with_suffix(".json"), keys)

    def _write_picture(self, path: Path, picture: pictures.Snapshot) -> None:
        def encode(file: Path) -> None:
            if pictures.save(picture, file) and not self._said_clipped:
                self._said_clipped = True
                _log.warning("%s: values outside [0, 1] or NaN were clipped (said once)", path)

        self.retries.write(Write(path, picture.size_bytes, lambda: replace_file(path, encode)))

    def _picture_failed(self, path: Path, error: Exception) -> None:
        if self.retries.raises:
            self._picture_errors.append(error)
        else:
            self.retries.give_up(path, error)

    def _raise_picture_errors(self) -> None:
        if self._picture_errors:
            error = self._picture_errors.pop()
            self._picture_errors.clear()
            raise (
                error if isinstance(error, WriteError) else WriteError(f"cannot write a picture: {error}")
            ) from error


def outcome_of(error: BaseException | None) -> str:
    """How a session ended: "finished", or the error's name and text."""
    if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
        return FINISHED
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:_MAX_OUTCOME]}" if text else type(error).__name__


_writers: weakref.WeakSet[Writer] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for writer in list(_writers):
        writer.after_fork_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
