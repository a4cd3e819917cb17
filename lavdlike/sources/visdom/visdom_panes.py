"""Visdom's environments as files in which items lie: their pictures, texts, plots, tables and embeddings.

An environment is written anew whenever its server saves it. An item is told of again only where its content is another
one; where that stands is looked up each time, since it moves with whatever stands before it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from lavdlike import json_file, pane_items
from lavdlike.disk.filling import pread
from lavdlike.disk.tail import Stamp, settled_stamp
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds import graphs, plots, registry
from lavdlike.pane_items import Make, PaneItem
from lavdlike.sources.columns import valid_label
from lavdlike.sources.json_files.json_cursor import JsonCursor
from lavdlike.sources.line_problems import MAX_NAMED
from lavdlike.sources.members import MAX_BYTES, Beside, Member, member_path, path_in_step
from lavdlike.sources.visdom.visdom_windows import VisdomEnvironments, is_curves, is_environment, name_of

MAX_MEMBERS = 100_000
_HISTORY = "image_history"
_NOT_THERE = "the environment was written anew"
# How the contents of windows begin, and what a plot is drawn with that is no line.
_TEXT = re.compile(r'"content": (?=")')
_IS_TEXT = ', "type": "text"'
_PICTURE = re.compile(rb'"content": \[?\{"src": "data:image/')
_NETWORK = b'"type": "network"'
_PLOT = re.compile(
    rb'"mode": "markers"|"type": "(?:bar|box|contour|heatmap|histogram|mesh3d|pie|scatter3d|sunburst|surface)"'
)


class Span(NamedTuple):
    """Where a content stands in its file, in bytes."""

    begin: int
    end: int


class Found(NamedTuple):
    """A member, and where its content stands now."""

    member: Member
    span: Span


class VisdomPanes:
    """See `members.Members`."""

    title = VisdomEnvironments.title
    is_document = False

    def names(self, name: str) -> bool:
        return VisdomEnvironments().names(name)

    def claims(self, name: str, begin: bytes) -> bool:
        return self.names(name) and is_environment(begin)

    def kinds_at_a_glance(self, part: bytes) -> set[str]:
        suffixes = {".png"} if _PICTURE.search(part) else set()
        suffixes |= {plots.SUFFIX} if _PLOT.search(part) else set()
        suffixes |= {graphs.SUFFIX} if _NETWORK in part else set()
        suffixes |= {pane_items.text_suffix(text) for text in _texts_in(part.decode("latin-1"))}
        kinds = (registry.kind_of_suffix(suffix) for suffix in suffixes)
        return {kind.name for kind in kinds if kind is not None}

    def file(self, name: str, beside: Beside, run: str = "") -> VisdomPanesFile:  # noqa: ARG002 - it names none
        return VisdomPanesFile(name)

    def content(self, descriptor: int, member: Member, shown: str, beside: Beside) -> bytes:  # noqa: ARG002 - none
        form: _Form = member.form
        span = form.file.place_of(member.path)
        data = pread(descriptor, span.end - span.begin, span.begin) if span is not None else b""
        if _digest(data) != member.where:
            raise LogFormatError(shown, _NOT_THERE)
        try:
            made = form.make(json.loads(data), member.path.rpartition("/")[2])
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise LogFormatError(shown, f"not as Visdom writes it: {error}") from None
        if len(made) > MAX_BYTES:
            raise LimitError(shown, f"more than {MAX_BYTES // 2**20} MiB, the most that is read of an item")
        return made


class VisdomPanesFile:
    """See `members.MembersFile`. `name`: the file's, with which the labels of its items begin."""

    def __init__(self, name: str) -> None:
        self._prefix = f"{name.rpartition('.')[0]}/"
        self._stamp: Stamp | None = None  # of what was told
        self._read_stamp: Stamp | None = None
        self._is_read = False  # what is to be told
        self._found: dict[str, Found] = {}
        self._told: dict[str, Member] = {}
        self._problems: list[str] = []

    def is_unchanged(self, descriptor: int) -> bool:
        return self._stamp is not None and settled_stamp(descriptor) == self._stamp

    def continues(self, descriptor: int) -> bool:
        self._read(descriptor)
        return self._told.keys() <= self._found.keys()

    def find_new(self, descriptor: int) -> Iterator[list[Member]]:
        if not self._is_read:
            self._read(descriptor)
        self._stamp, self._is_read = self._read_stamp, False
        new = [
            found.member
            for path, found in self._found.items()
            if path not in self._told or self._told[path].where != found.member.where
        ]
        self._told.update((member.path, member) for member in new)
        yield new

    def problems(self) -> list[str]:
        return self._problems

    def place_of(self, path: str) -> Span | None:
        """Where the content of a member stood when the file was read last. In any thread."""
        found = self._found.get(path)
        return None if found is None else found.span

    def _read(self, descriptor: int) -> None:
        """What the file holds now; while it is no JSON, perhaps half written, what it held before."""
        self._is_read = True
        stamp = settled_stamp(descriptor)
        if stamp is not None and stamp == self._read_stamp:
            return
        self._read_stamp = stamp
        time = os.fstat(descriptor).st_mtime
        data = pread(descriptor, json_file.MAX_BYTES + 1, 0)
        if len(data) > json_file.MAX_BYTES:
            return  # whoever reads its lines says so
        panes = _Panes(data, self._prefix, time, self)
        try:
            panes.find()
        except (ValueError, RecursionError):
            return  # so here
        self._found, self._problems = panes.found, panes.problems


def _texts_in(part: str) -> Iterator[str]:
    for found in _TEXT.finditer(part):
        cursor = JsonCursor(part, found.end())
        with suppress(json.JSONDecodeError):  # cut
            text = cursor.value()
            if part.startswith(_IS_TEXT, cursor.at):
                yield text


class _Form(NamedTuple):
    """Of a member: how its bytes are made, and who knows where its content stands now."""

    make: Make
    file: VisdomPanesFile


class _Panes:
    """A walk through an environment. Positions in its text are those of bytes, whatever it is encoded in."""

    def __init__(self, data: bytes, prefix: str, time: float, file: VisdomPanesFile) -> None:
        self.found: dict[str, Found] = {}
        self.problems: list[str] = []
        self._data = data
        self._text = data.decode("latin-1")
        self._prefix = prefix
        self._time = time
        self._file = file
        self._names: set[str] = set()

    def find(self) -> None:
        """Raises ValueError, RecursionError: it is no JSON."""
        cursor = JsonCursor(self._text)
        for name in cursor.names():
            if name == "jsons" and self._text.startswith("{", cursor.at):
                for window_id in cursor.names():
                    self._window(self._name(window_id), cursor)
            else:
                cursor.value()

    def _window(self, window_id: str, cursor: JsonCursor) -> None:
        if not self._text.startswith("{", cursor.at):
            cursor.value()
            return
        window: dict[str, Any] = {}
        first, span = cursor.at, Span(0, 0)
        for name in cursor.names():
            begin = cursor.at
            window[name] = cursor.value()
            if name == "content":
                span = Span(begin, cursor.at)
        if window.get("type") == pane_items.NETWORK:
            window, span = {**window, "content": window}, Span(first, cursor.at)
        try:
            self._items(window_id, window, span)
        except ValueError as error:
            self._say(f"window {window_id[:80]!r}: {error}")

    def _items(self, window_id: str, window: dict[str, Any], span: Span) -> None:
        """Raises ValueError: it cannot be shown, and why."""
        if is_curves(window):
            return
        if isinstance(window.get("title"), str):
            window["title"] = self._name(window["title"])
        name = name_of(window_id, window, self._names)
        self._names.add(name)
        label = f"{self._prefix}{name}"
        if window.get("type") == _HISTORY and isinstance(window.get("content"), list):
            cursor = JsonCursor(self._text, span.begin)
            for step in cursor.elements():
                begin = cursor.at
                picture = cursor.value()
                self._add(label, step, Span(begin, cursor.at), pane_items.picture_items(picture))
        else:
            self._add(label, None, span, pane_items.items_of(window.get("type"), window.get("content")))

    def _add(self, label: str, step: int | None, span: Span, items: Iterator[PaneItem]) -> None:
        where = _digest(self._data[span.begin : span.end])
        for item in items:
            if len(self.found) >= MAX_MEMBERS:
                limit = f"more than {MAX_MEMBERS:,} items: the others are not shown"
                if limit not in self.problems:
                    self.problems.append(limit)
                return
            path = _path(label, step, item.suffix)
            parts = tuple(_path(label, step, part) for part in item.parts)
            form = _Form(item.make, self._file)
            member = Member(path, self._time, item.kinds, where, form, parts)
            self.found[path] = Found(member, span)

    def _name(self, text: str) -> str:
        """A name of a text that was read as if each byte were a letter."""
        with suppress(UnicodeError):  # where it has escapes it stands there as it is
            return valid_label(text) if self._text.isascii() else text.encode("latin-1").decode()
        return valid_label(text)

    def _say(self, problem: str) -> None:
        if len(self.problems) < MAX_NAMED:
            self.problems.append(problem)


def _path(label: str, step: int | None, suffix: str) -> str:
    return path_in_step(label, suffix) if step is None else member_path(step, label, suffix)


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()
