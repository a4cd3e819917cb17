"""One environment of Visdom: an experiment, and the windows in it. What was written by others is seen at each call."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from lavdlike import layout
from lavdlike.compat.visdom import plot_updates, window_files
from lavdlike.compat.visdom.plot_updates import Outline, UpdateRefusedError
from lavdlike.compat.visdom.window_files import HISTORY, PLOT, TEXT
from lavdlike.disk.write import remove_file
from lavdlike.errors import LogFormatError
from lavdlike.event_lines import Event
from lavdlike.kinds import html, plain, plot_lines, plots
from lavdlike.logger import Logger
from lavdlike.window_records import (
    FILE,
    FILE_STEM,
    FILE_SUFFIX,
    EnvironmentHead,
    WindowRecord,
    records_of,
    to_line,
)
from lavdlike.writing.launched import Place
from lavdlike.writing.retries import OnError
from lavdlike.writing.thrown_away import throw_away

Pane = dict[str, Any]
# The type of an update that chooses a picture of a history.
SELECTED = "image_update_selected"
# What an update of a window that is not there is answered with.
NO_WINDOW = "win does not exist"


class _KnownPlot(NamedTuple):
    """What a growing file came to when it had this number and so many bytes."""

    outline: Outline
    inode: int
    size_bytes: int


class Environment:
    """The windows of an environment.

    Args:
        name: as scripts call it.
        place: of its experiment. Nothing is made before the first window.
        on_error: as of `Logger`.
    """

    def __init__(self, name: str, place: Place, on_error: OnError) -> None:
        self.name = name
        self.folder = place.log_dir / layout.native(place.name)
        self._place, self._on_error = place, on_error
        self._file = self.folder / FILE
        self._logger: Logger | None = None
        self._records: dict[str, WindowRecord] = {}
        self._read_to = (0, 0)  # of the file of records: its number, and how far
        self._unseen: set[str] = set()  # windows of ours whose file the disk may still refuse
        self._plots: dict[str, _KnownPlot] = {}
        self._paths: dict[str, tuple[WindowRecord, Path]] = {}  # asked for at each call
        self._listener: Callable[[Event], None] | None = None

    @property
    def logger(self) -> Logger:
        """Of its experiment, which is made now if it is not there."""
        if self._logger is None:
            self._logger = Logger(self._place.name, self._place.log_dir, on_error=self._on_error)
            if not (self.folder / FILE).exists():
                self._append_record(to_line(EnvironmentHead(self.name)))
            if self._listener is not None:
                self._logger.on_event(self._listener)
        return self._logger

    def hear(self, listener: Callable[[Event], None]) -> None:
        """Have it called, in a thread of its own, with what people do in the windows from now on."""
        self._listener = listener
        if self._logger is not None:
            self._logger.on_event(listener)

    def ask_for_gestures(self, id_: str) -> None:
        """Have the page tell of keys, clicks and selections in a window, which the listener then hears of."""
        self._look()
        if self._listener is not None and (record := self._record(id_)) is not None:
            self.logger.ask_for_gestures(record.label)

    def window_at(self, label: str) -> str | None:
        """The id of the window that is there under a label."""
        self._look()
        found = [each.id for each in self._records.values() if each.label == label and not each.closed]
        return found[0] if found else None

    def is_there(self) -> bool:
        return self._logger is not None or (self.folder / FILE).exists()

    def windows(self) -> list[str]:
        """The ids of those that are there, in the order in which they were made."""
        self._look()
        there = [record for id_ in list(self._records) if (record := self._record(id_)) is not None]
        return [record.id for record in sorted(there, key=lambda record: record.i)]

    def has(self, id_: str) -> bool:
        self._look()
        return self._record(id_) is not None

    def put(self, pane: Mapping[str, Any], opts: Mapping[str, Any]) -> None:
        """Write a window, in place of one of its id.

        Args:
            pane: as Visdom's server has it: `id`, `type`, `content`.
            opts: what is kept with it.

        Raises:
            ValueError: it cannot be shown, and why; what was there stays.
        """
        self._look()
        id_, type_, content = str(pane["id"]), str(pane["type"]), pane.get("content")
        before = self._records.get(id_)
        label = before.label if before else window_files.label_for(id_)
        place = before.i if before and not before.closed else self._next_place()
        record = WindowRecord(id_, label, type_, i=place, opts=plain.ready(dict(opts)))
        if type_ == HISTORY:
            for step, picture in enumerate(content or []):
                record.suffix, record.parts = window_files.write_picture(self.logger, label, picture, step)
                record.steps = step + 1
        else:
            written = window_files.write(self.logger, label, type_, content, pane)
            record.suffix, record.parts = written
            record.content = plain.ready(window_files.kept_content(type_, content))
        if before is not None:
            self._remove_rest(before, record)
        self._note(record)
        self._unseen.add(id_)
        self._plots.pop(id_, None)
        if record.suffix == plots.GROWING:
            self._note_plot(record, content)

    def update(self, id_: str, message: Mapping[str, Any]) -> str:
        """Change a window as a message of Visdom's client says; the id, or why nothing was changed."""
        self._look()
        record = self._record(id_)
        if record is None:
            return NO_WINDOW
        try:
            return self._updated(record, message)
        except UpdateRefusedError as refusal:
            return str(refusal)

    def close(self, id_: str | None = None) -> None:
        """Move a window, or all, to the trash; the environment stays."""
        self._look()
        known = [each for each in self._records.values() if not each.closed and id_ in (None, each.id)]
        if not known:
            return
        self.logger.flush()
        files = [file for record in known for file in window_files.files_of(record, self.folder)]
        what = (
            f"window {known[0].opts.get('title') or known[0].id}"
            if len(known) == 1
            else f"{len(known)} windows"
        )
        throw_away(self._place.log_dir, self._place.name, files, what=what)
        for record in known:
            self._plots.pop(record.id, None)
            self._note(WindowRecord(record.id, record.label, closed=True))

    def pane(self, id_: str) -> Pane | None:
        """A window as Visdom's server has it; None if there is none.

        Raises:
            OSError, LogFormatError: its files cannot be read.
        """
        self._look()
        record = self._record(id_)
        if record is None:
            return None
        if self._logger is not None:  # who only reads begins no session
            self._logger.flush()
        return self._pane(record, window_files.content_of(record, self.folder))

    def pane_without_content(self, id_: str) -> Pane:
        """What is still known of a window whose files are gone.

        Raises:
            KeyError: there was no such window.
        """
        record = self._records[id_]
        return self._pane(record, [] if record.type == HISTORY else record.content)

    def _pane(self, record: WindowRecord, content: Any) -> Pane:
        opts = record.opts
        pane = {
            **opts,
            "command": "window",
            "id": record.id,
            "title": opts.get("title", ""),
            "inflate": opts.get("inflate", True),
            "width": opts.get("width"),
            "height": opts.get("height"),
            "content": content,
            "type": record.type,
            "i": record.i,
        }
        if record.type == HISTORY:
            pane["selected"] = len(content) - 1 if record.selected is None else record.selected
            pane["show_slider"] = opts.get("show_slider", True)
        digest = hashlib.md5(msgspec.json.encode(pane, order="deterministic"), usedforsecurity=False)
        return {**pane, "contentID": digest.hexdigest()}

    def end(self) -> None:
        """End the session; a later window begins another one."""
        if self._logger is not None:
            self._logger.close()
            self._logger = None
        self._records, self._plots, self._read_to = {}, {}, (0, 0)
        self._unseen.clear()

    def _updated(self, record: WindowRecord, message: Mapping[str, Any]) -> str:
        data, opts = message.get("data"), message.get("opts") or {}
        first = data[0] if isinstance(data, list) and data else {}
        if record.type == HISTORY and first.get("type") == HISTORY:
            self._append_picture(record, first["content"], opts)
            return record.id
        if record.type == HISTORY and first.get("type") == SELECTED:
            selected = min(max(int(message.get("selected", 0)), 0), record.steps - 1)
            self._note(msgspec.structs.replace(record, selected=selected))
        elif record.type == TEXT and data:
            self._append_text(record, str(first.get("content", "")))
        elif record.type == "embeddings":
            self._update_embeddings(record, data or {})
        elif record.type == PLOT:
            self._update_plot(record, message)
        elif data:
            raise UpdateRefusedError(f"a window of the type {record.type} cannot be updated")
        self._note_opts(record.id, opts)
        return record.id

    def _append_text(self, record: WindowRecord, text: str) -> None:
        if record.suffix == html.SUFFIX:
            window_files.append_text(self.logger, record.label, text)
            return
        before = window_files.content_of(record, self.folder)  # a drawing or a sound, which becomes a page
        content = f"{before}{window_files.BREAK}{text}"
        window_files.append_text(self.logger, record.label, content)
        written = msgspec.structs.replace(record, suffix=html.SUFFIX, parts=[])
        self._remove_rest(record, written)
        self._note(written)

    def _append_picture(self, record: WindowRecord, picture: Any, opts: Mapping[str, Any]) -> None:
        step = record.steps
        while window_files.path_of(record, self.folder, step).exists():  # of another process
            step += 1
        suffix, parts = window_files.write_picture(self.logger, record.label, picture, step)
        changed = {
            **record.opts,
            **plain.ready({key: value for key, value in opts.items() if value is not None}),
        }
        every = [*dict.fromkeys([*record.parts, *parts, *([suffix] if suffix != record.suffix else [])])]
        self._note(msgspec.structs.replace(record, steps=step + 1, parts=every, selected=None, opts=changed))

    def _update_embeddings(self, record: WindowRecord, data: Mapping[str, Any]) -> None:
        content = {**(record.content or {})}
        if data.get("update_type") != "RegionSelected":
            has_preview = "selected" in content
            content["selected"] = plain.ready(data.get("selected"))
            if has_preview:  # a file of its own, so that the vectors stay what they are
                window_files.write_preview(self.logger, record.label, content)
            else:
                self._note(msgspec.structs.replace(record, content=content))
            return
        content |= {"data": plain.ready(data["points"]), "has_previous": bool(data.get("has_previous", True))}
        if "selected" in content:
            content["selected"] = None
        window_files.write(self.logger, record.label, record.type, content, {})
        self._note(msgspec.structs.replace(record, content=content))

    def _update_plot(self, record: WindowRecord, message: Mapping[str, Any]) -> None:
        if record.suffix != plots.GROWING:
            self._update_whole_plot(record, message)
            return
        known = self._known_plot(record)
        changes = plot_updates.lines_of(known.outline, message)
        if not changes:
            return
        lines = b"".join(plots.encode_line(change) for change in changes)
        self.logger.log_file(lines, record.label, extension=plots.GROWING, append=True)
        plot_updates.noted(known.outline, changes)
        self._plots[record.id] = known._replace(size_bytes=known.size_bytes + len(lines))

    def _update_whole_plot(self, record: WindowRecord, message: Mapping[str, Any]) -> None:
        file = window_files.path_of(record, self.folder)
        figure = window_files.figure_of(file.read_bytes(), file)
        if message.get("data") is not None:
            type_ = plot_updates.type_of(figure["data"][0])
            raise UpdateRefusedError(f"a plot of the type {type_} cannot be updated, only made anew")
        for line in plot_updates.lines_of(figure, message):
            plot_lines.apply(figure, line)
        self.logger.log_plot(figure, record.label)

    def _known_plot(self, record: WindowRecord) -> _KnownPlot:
        """What is there now: of a file that nobody else has written to, what is known of it."""
        known = self._plots.get(record.id)
        try:
            status = self._path(record).stat()
        except FileNotFoundError:
            if known is not None:
                return known  # still to be written
            raise UpdateRefusedError(NO_WINDOW) from None
        if known is not None and known.inode == status.st_ino and status.st_size <= known.size_bytes:
            return known
        file = self._path(record)
        data = file.read_bytes()
        try:
            outline = plot_updates.outline_of(plot_lines.folded(data, file.name).figure)
        except LogFormatError as error:
            raise UpdateRefusedError(str(error)) from None
        return _KnownPlot(outline, status.st_ino, len(data))

    def _note_plot(self, record: WindowRecord, figure: Any) -> None:
        """Know a plot that was just written without reading it."""
        try:
            status = self._path(record).stat()
            inode, size_bytes = status.st_ino, status.st_size
        except FileNotFoundError:  # the disk refused it: it is written later
            inode = size_bytes = 0
        self._plots[record.id] = _KnownPlot(
            plot_updates.outline_of(plots.figure_of(figure)), inode, size_bytes
        )

    def _note_opts(self, id_: str, opts: Mapping[str, Any]) -> None:
        record = self._records[id_]
        given = plain.ready({key: value for key, value in opts.items() if value is not None})
        if any(key not in record.opts or record.opts[key] != value for key, value in given.items()):
            self._note(msgspec.structs.replace(record, opts={**record.opts, **given}))

    def _remove_rest(self, before: WindowRecord, after: WindowRecord) -> None:
        """What belonged to a window that is another one now."""
        kept = set(window_files.files_of(after, self.folder))
        for file in window_files.files_of(before, self.folder):
            if file not in kept:
                remove_file(file)

    def _record(self, id_: str) -> WindowRecord | None:
        """The window of an id; None if it is closed, or somebody has removed its file."""
        record = self._records.get(id_)
        if record is None or record.closed:
            return None
        if not record.suffix or self._path(record).exists():
            self._unseen.discard(id_)
            return record
        return record if id_ in self._unseen else None

    def _path(self, record: WindowRecord) -> Path:
        known = self._paths.get(record.id)
        if known is None or known[0] is not record:
            known = self._paths[record.id] = record, window_files.path_of(record, self.folder)
        return known[1]

    def _next_place(self) -> int:
        return max((record.i for record in self._records.values() if not record.closed), default=-1) + 1

    def _note(self, record: WindowRecord) -> None:
        self._records[record.id] = record
        self._append_record(to_line(record))

    def _append_record(self, line: bytes) -> None:
        self.logger.log_file(line, FILE_STEM, extension=FILE_SUFFIX, append=True)

    def _look(self) -> None:
        """Take in what stands in the file of records since it was read last."""
        try:
            status = self._file.stat()
            if self._read_to == (status.st_ino, status.st_size):
                return
            opened = self._file.open("rb")
        except FileNotFoundError:
            if self._read_to != (0, 0):  # the environment was deleted by somebody
                self.end()
            return
        with opened as file:
            status = os.fstat(file.fileno())
            inode, offset = self._read_to
            if inode != status.st_ino or offset > status.st_size:
                offset = 0
                self._records = {id_: self._records[id_] for id_ in self._unseen if id_ in self._records}
            file.seek(offset)
            data = file.read()
        whole = data.rfind(b"\n") + 1
        self._read_to = (status.st_ino, offset + whole)
        for record in records_of(data[:whole]):
            self._records[record.id] = record
