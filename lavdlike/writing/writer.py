"""Everything that one process writes to one experiment; `Logger` checks what it is given and hands it on."""

from __future__ import annotations

import contextlib
import glob
import io
import logging
import os
import sys
import time
import traceback
import weakref
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from lavdlike import json_file, layout
from lavdlike.disk.append import AppendFile
from lavdlike.disk.shared_folders import OwnFiles
from lavdlike.disk.write import LOCK_FILE, remove_file, replace_bytes, replace_file, update_json
from lavdlike.errors import LimitError, LogFormatError, WriteError
from lavdlike.experiment import FINISHED, Git
from lavdlike.kinds import images, logs, places, scalars
from lavdlike.messages import LabelDefinition
from lavdlike.writing import older_pictures, pictures
from lavdlike.writing.encoders import Workers
from lavdlike.writing.presence import Presence
from lavdlike.writing.progress_report import ProgressReport
from lavdlike.writing.retries import OnError, Retries, Write

if TYPE_CHECKING:
    from lavdlike.mirror.mirroring import Mirror
    from lavdlike.writing.system.sampler import SystemSampler

_MAX_OUTCOME = 500
# Files that calls append to: each step has its own.
_MAX_OPEN = 8
_MAX_TRACEBACK = 20_000

_log = logging.getLogger("lavdlike")


class Writer:
    """The files of one experiment, as one process writes them; safe to use from several threads.

    Args:
        folder: the experiment's, absolute. It is made at once.
        suffix: tells the append-only files of this writer from others' ("" for none).
        on_error: "warn" or "raise" (`Retries`).
        resumed_from: the step from which this session goes on, if it does: what stands in the scalars file behind it
            counts as replaced from now on (docs/format.md, "Scalars").
        mirror: brings the folder into a store, where it stands for one.
    """

    def __init__(
        self,
        folder: Path,
        suffix: str,
        on_error: OnError,
        resumed_from: int | None = None,
        mirror: Mirror | None = None,
    ) -> None:
        dotted = f".{suffix}" if suffix else ""
        self.folder = folder
        self.retries = Retries(on_error)
        own_files = OwnFiles()
        self.scalars = AppendFile(
            folder / f"scalars{dotted}.tsv",
            header=scalars.HEADER.encode(),
            cut_mark=scalars.CUT.encode(),
            alternative=folder / f"scalars{dotted}.lavdlike.tsv",
            own_files=own_files,
        )
        self.events = AppendFile(
            folder / f"events{dotted}.log", cut_mark=logs.CUT.encode(), own_files=own_files
        )
        self.stdout = AppendFile(folder / f"stdout{dotted}.log", own_files=own_files)
        self.stderr = AppendFile(folder / f"stderr{dotted}.log", own_files=own_files)
        self.progress = ProgressReport(folder / f"progress{dotted}.json")
        self._lines: dict[Path, AppendFile] = {}
        self._mirror = mirror
        self._own_files = own_files
        self._system: SystemSampler | None = None
        self._resumed_from = resumed_from
        self._presence = Presence(folder, suffix, own_files, self.retries.retry, resumed_from)
        self._workers = Workers(self._picture_failed)
        self._picture_errors: list[Exception] = []
        self._grids: dict[Path, int] = {}
        self._said_clipped = False
        self._closed = False
        self._process = os.getpid()
        _writers.add(self)

    def begin(self, git: Git, tags: Sequence[str], config: Mapping[str, Any]) -> None:
        """Write down that this process is there."""
        file = self._presence.file
        begin = Write(file, 1000, lambda: self._presence.begin(git, tags, config), is_kept=True)
        self.retries.write(begin)
        if self._resumed_from is not None and self.scalars.path.exists():
            first = self._resumed_from + 1
            self.append(self.scalars, scalars.format_line(first, time.time(), scalars.REWIND, first))
        self._presence.say_if_shared()
        self._presence.keep_alive()
        self._close_with_child_process()

    def append(self, file: AppendFile, line: str) -> None:
        """Append a line of text to one of the log files."""
        self.retries.append(file, line.encode(errors="backslashreplace"), time.time())

    def append_to(self, path: Path, lines: bytes, header: bytes = b"") -> None:
        """Append whole lines to a file of the experiment that is made with the first of them.

        Raises:
            ValueError: it begins with another header.
        """
        file = self._lines.pop(path, None)
        if file is None or file.header != header:
            if file is not None:
                file.close()
            file = AppendFile(path, header=header, own_files=self._own_files)
        if header and not file.is_ours:
            names = header.decode(errors="replace").strip()[:200]
            raise ValueError(
                f"{path} has other columns than {names}: give it another name, or log the whole table"
            )
        self._lines[path] = file  # used last
        if len(self._lines) > _MAX_OPEN:
            self._lines.pop(next(iter(self._lines))).close()
        self.retries.append(file, lines, time.time())

    def heard_of(self) -> None:
        """Touch the session's file now: whoever shows the experiment looks at it at once."""
        self._presence.touch()

    def sample_system(self) -> None:
        """Write how busy the host is, every ten seconds from now on, unless another process of the experiment does."""
        from lavdlike.writing.system.sampler import SystemSampler

        if self._system is None:
            self._system = SystemSampler(self.folder, self._presence.file, self.append, self._own_files)
            self._system.start()

    def add_config(self, config: Mapping[str, Any]) -> None:
        size_bytes = len(json_file.dump(config))
        self._update(Write(self._presence.file, size_bytes, lambda: self._presence.add_config(config)))

    def define(self, definition: LabelDefinition) -> None:
        """Write down what labels are.

        Raises:
            ValueError: `experiment.json` would be one that readers refuse; it stays as it was.
        """
        size_bytes = len(json_file.dump(msgspec.to_builtins(definition)))
        self._update(Write(self._presence.file, size_bytes, lambda: self._presence.define(definition)))

    def listen(self, label: str) -> None:
        """Say that gestures on items of a label are listened to, "" for all; see `Session.listens`."""
        if self._presence.begins_to_listen(label):
            self._update(Write(self._presence.file, 1000, self._presence.put))

    def replace(self, path: Path, content: bytes) -> None:
        """Put a whole file into the experiment; lines that are appended to it later go behind its content."""
        if path in self._lines:
            self._lines[path].close()
        self.retries.write(Write(path, len(content), lambda: replace_bytes(path, content)))

    def replace_streamed(self, path: Path, size_bytes: int, write: Callable[[BinaryIO], object]) -> None:
        """`replace` for bytes that `write` writes: they are never in memory, unless they have to wait for the disk."""

        def copied() -> Callable[[], None]:
            buffer = io.BytesIO()
            write(buffer)
            return lambda: replace_bytes(path, buffer.getvalue())

        def written(temporary: Path) -> None:
            with temporary.open("wb") as file:
                write(file)

        self.retries.write(Write(path, size_bytes, lambda: replace_file(path, written), to_keep=copied))

    def remove(self, path: Path) -> None:
        self.retries.write(Write(path, 0, lambda: remove_file(path)))

    def replace_with(self, path: Path, write: Callable[[Path], object]) -> None:
        """Put a whole file into the experiment that `write` writes at the path given to it.

        It is not tried again: what it writes may have changed until then.
        """
        self.retries.once(path, lambda: replace_file(path, write))

    def merge(self, path: Path, keys: Mapping[str, Any]) -> None:
        """Set keys of a JSON file and keep its others.

        Raises:
            ValueError: the file would be one that readers refuse; it stays as it was.
        """
        self._update_file(path, lambda document: document.update(keys), len(json_file.dump(keys)))

    def remove_key(self, path: Path, key: str) -> None:
        """Remove a key of a JSON file, and the file if it has no other."""
        if self.retries.waits(path) or path.exists():
            self._update_file(path, lambda document: document.pop(key, None), 0)

    def picture(
        self,
        path: Path,
        picture: pictures.Snapshot,
        keys: Mapping[str, Any] | None,
        masks: Mapping[Path, pictures.Snapshot] | None = None,
    ) -> None:
        """Have a picture and its masks written, then what lies on it: `keys` of the JSON file beside it.

        A small one is written before this returns, others are encoded by the pool. What lay on an older picture of this
        label is removed.

        Raises:
            WriteError: an earlier picture could not be written, under "raise".
        """
        every = {**(masks or {}), path: picture}
        self._submit(
            path,
            sum(each.size_bytes for each in every.values()),
            lambda: self._write_pictures(path, every, keys),
            at_once=all(each.is_small for each in every.values()),
        )

    def grid(self, first: Path, count: int) -> int:
        """Note how many pictures a grid has from now on, `first` being its first one; how many it had before."""
        older = self._grids.get(first.parent, 0)
        with contextlib.suppress(OSError, LogFormatError):
            document = json_file.parse(first.with_suffix(".json").read_bytes(), first.name)
            older = max(older, images.count_of_grid(document.get("images")))
        self._grids[first.parent] = count
        return older

    def remove_picture(self, path: Path) -> None:
        """Have a picture removed, with what lies on it, once those are written that were given before."""
        self._submit(path, 0, lambda: self._remove_picture(path), at_once=True)

    def flush(self) -> None:
        """Wait until every picture is written, and try again what the disk refused.

        Raises:
            WriteError: a picture could not be written, under "raise".
        """
        self._workers.drain()
        self.retries.retry()
        self._raise_picture_errors()
        self._wait_until_stored(is_last=False)

    def close(self, error: BaseException | None = None, outcome: str = "") -> None:
        """Write what waits and how the session ended; afterwards lines are still taken, their files opened again.

        Args:
            error: what ended the script, if it is one; its traceback is a record of `events.log`.
            outcome: how the session ended, if neither by an error nor well.
        """
        self.progress.close()
        if self._system is not None and self._presence.is_ours:
            self._system.stop()
        self._workers.drain()
        self._presence.stop()
        try:
            if not self._closed and self._presence.is_ours:
                self._closed = True
                self._note_traceback(error)
                outcome = " ".join(outcome.split())[:_MAX_OUTCOME] or outcome_of(error)
                end = Write(self._presence.file, 1000, lambda: self._presence.end(outcome), is_kept=True)
                self.retries.write(end)
            self.retries.finish()
            self._raise_picture_errors()
        finally:
            for file in self._append_files():
                file.close()
            self._wait_until_stored(is_last=self._presence.is_ours)

    def close_at_exit(self) -> None:
        """`close` when the interpreter ends or nobody holds the Logger any more."""
        interactive = hasattr(sys, "ps1") or "ipykernel" in sys.modules  # errors there do not end the process
        self.close(None if interactive else getattr(sys, "last_value", None))

    def after_fork_in_child(self) -> None:
        """The parent's pictures and refused writes stay the parent's; its locks may be held for ever here."""
        self.progress = ProgressReport(self.progress.file)
        if self._system is not None:
            self._system.forget()
        self.retries.forget()
        self._workers.forget()
        self._picture_errors = []
        for file in self._append_files():
            file.renew_lock()

    def _wait_until_stored(self, *, is_last: bool) -> None:
        if self._mirror is None or self._mirror.flush(self.folder if is_last else None):
            return
        if self.retries.raises:
            raise WriteError(f"not all of {self.folder} is stored in {self._mirror.address} yet")

    def _close_with_child_process(self) -> None:
        """Pools of multiprocessing end without what others do at exit, but with their own finalizers."""
        if "multiprocessing.process" in sys.modules:
            from multiprocessing import parent_process, util

            if parent_process() is not None:
                util.Finalize(None, lambda: self.close(sys.exc_info()[1]), exitpriority=10)

    def _note_traceback(self, error: BaseException | None) -> None:
        if error is None or isinstance(error, SystemExit):
            return
        text = traceback_of(error)
        self.append(self.events, logs.format_record(datetime.now().astimezone(), "TRACEBACK", text))

    def _update_file(self, path: Path, change: Callable[[dict[str, Any]], object], size_bytes: int) -> None:
        lock = self.folder / LOCK_FILE
        self._update(Write(path, size_bytes, lambda: update_json(path, change, lock=lock)))

    def _update(self, write: Write) -> None:
        try:
            self.retries.write(write)
        except LimitError as error:
            raise ValueError(f"{write.path} would have {error.reason}; it stays as it was") from None

    def _append_files(self) -> tuple[AppendFile, ...]:
        return self.scalars, self.events, self.stdout, self.stderr, *self._lines.values()

    def _submit(self, path: Path, size_bytes: int, do: Callable[[], None], *, at_once: bool) -> None:
        self._raise_picture_errors()
        if os.getpid() != self._process:
            self._process = os.getpid()
            self._close_with_child_process()
        if at_once:
            self._workers.run(path, size_bytes, do)
            self._raise_picture_errors()
        else:
            self._workers.submit(path, size_bytes, do)

    def _write_pictures(
        self, path: Path, every: Mapping[Path, pictures.Snapshot], keys: Mapping[str, Any] | None
    ) -> None:
        """`path`: of the one that the others and the keys belong to."""
        for file, picture in every.items():
            self._write_picture(file, picture)
        self._annotate(path, keys, every)

    def _write_picture(self, path: Path, picture: pictures.Snapshot) -> None:
        content, was_clipped = pictures.encode(picture)
        if was_clipped and not self._said_clipped:
            self._said_clipped = True
            _log.warning("%s: values outside [0, 1] or NaN were clipped (said once)", path)
        self.replace(path, content)

    def _remove_picture(self, path: Path) -> None:
        for file in path.parent.glob(f"{glob.escape(path.stem)}.*"):
            if older_pictures.is_picture(places.split_label(file.name), path.stem):
                self.remove(file)
        self._annotate(path, None, ())

    def _annotate(self, path: Path, keys: Mapping[str, Any] | None, masks: Container[Path]) -> None:
        """Put what lies on a picture into the JSON file beside it, in place of what is there of an older one."""
        file = path.with_suffix(".json")
        if keys is None and not (self.retries.waits(file) or file.exists()):
            return
        gone: list[Path] = []

        def change(document: dict[str, Any]) -> None:
            older = document.get("images")
            if isinstance(older, dict) and older_pictures.is_of(older, layout.shown(path.stem)):
                names = older_pictures.masks_of(older)
                gone.extend(path.with_name(os.fsdecode(name.encode())) for name in names)
                del document["images"]
            document.update(keys or {})

        self._update_file(file, change, len(json_file.dump(keys or {})))
        for mask in gone:
            if mask not in masks:
                self.remove(mask)

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
    try:
        text = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 - an error whose own text cannot be made
        text = ""
    return f"{type(error).__name__}: {text[:_MAX_OUTCOME]}" if text else type(error).__name__


def traceback_of(error: BaseException) -> str:
    """As Python prints it, without the colours of a terminal; of a very long one the end, which says the most."""
    try:
        text = "".join(traceback.format_exception(error)).rstrip("\n")
    except Exception as failure:  # noqa: BLE001 - an error whose own text cannot be made
        text = f"{type(error).__name__}, whose traceback cannot be shown: {type(failure).__name__}"
    return text if len(text) <= _MAX_TRACEBACK else f"...\n{text[-_MAX_TRACEBACK:]}"


_writers: weakref.WeakSet[Writer] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for writer in list(_writers):
        writer.after_fork_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
