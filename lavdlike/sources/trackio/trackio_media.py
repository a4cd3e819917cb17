"""What trackio logs beside numbers: media, tables, histograms, Markdown and conversations, each at its step.

A record names the files, which lie in the folder `media` beside the project's database (`trackio/media/`,
`trackio/table.py`).
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from lavdlike import layout
from lavdlike.errors import LogFormatError
from lavdlike.kinds import histograms, images, markdown, tables
from lavdlike.sources import json_tables
from lavdlike.sources.columns import Columns, valid_label
from lavdlike.sources.json_files import json_records
from lavdlike.sources.members import Beside, Member, member_path
from lavdlike.sources.run_store import member_name
from lavdlike.sources.sqlite.database import BusyError, Tables, database_of
from lavdlike.sources.sqlite.pages import DamagedError
from lavdlike.sources.sqlite.row_records import Row
from lavdlike.sources.trackio import trackio_records, trackio_traces
from lavdlike.sources.trackio.trackio_database import MEDIA, TrackioDatabase, TrackioPoints
from lavdlike.sources.trackio.trackio_traces import Conversations, TraceReader

MAX_MEMBERS = 250_000
_METRICS = "metrics"
_TYPE = "_type"
_BEGIN = "trackio."
_FILES = frozenset({"image", "audio", "video", "html", "object3d"})
_MAX_DEPTH = 20
_MAX_TEXT = 10_000
_MAX_OF_TABLE = 10_000
_GLANCES = {"histogram": histograms.KIND, "markdown": markdown.KIND, "table": tables.KIND}


class TrackioMedia:
    """See `members.Members`. What is made of a record is read from it when it is shown."""

    title = "trackio"
    is_document = False

    def names(self, name: str) -> bool:
        return name == member_name(TrackioDatabase())

    def claims(self, name: str, begin: bytes) -> bool:  # noqa: ARG002 - nothing else has that name
        return self.names(name)

    def kinds_at_a_glance(self, part: bytes) -> set[str]:
        """Of all runs of the project: those of files are told by the files."""
        found = {
            kind.name for type_, kind in _GLANCES.items() if f'"_type":"trackio.{type_}"'.encode() in part
        }
        return found | ({trackio_traces.KIND.name} if b'"role":"' in part else set())

    def file(self, name: str, beside: Beside, run: str = "") -> TrackioMediaFile:  # noqa: ARG002 - found when shown
        return TrackioMediaFile(run)

    def content(self, descriptor: int, member: Member, shown: str, beside: Beside) -> bytes:  # noqa: ARG002 - all is in the record
        if isinstance(member.form, Conversations):
            return trackio_traces.made_lines(descriptor, member.form, shown)
        rowid, names = member.form
        value = _value_at(descriptor, rowid, names, shown)
        name = member.path.rpartition("/")[2]
        try:
            return _made(value, name, shown)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise LogFormatError(shown, f"not as trackio writes it: {error}") from None


class TrackioMediaFile:
    """See `members.MembersFile`. One run's, by its rows."""

    def __init__(self, run: str) -> None:
        self._rows = _Rows(run)
        self._traces = TraceReader(run)
        self._count = 0

    def is_unchanged(self, descriptor: int) -> bool:
        return self._rows.is_unchanged(descriptor)

    def continues(self, descriptor: int) -> bool:
        return self._rows.continues(descriptor)

    def find_new(self, descriptor: int) -> Iterator[list[Member]]:
        for _ in self._rows.read_new(descriptor):
            found, self._rows.found = self._rows.found, []
            yield self._within_limits(list(itertools.chain.from_iterable(map(_members_in, found))))
        for members in self._traces.find_new(descriptor):
            yield self._within_limits(members)

    def _within_limits(self, members: list[Member]) -> list[Member]:
        left = max(MAX_MEMBERS - self._count, 0)
        self._count += len(members)
        return members[:left]

    def problems(self) -> list[str]:
        return [f"more than {MAX_MEMBERS:,} items: the others are not shown"] * (self._count > MAX_MEMBERS)


class _Rows(TrackioPoints):
    """The records of a run as they are. `found`: new ones, to be taken away by who reads them."""

    def __init__(self, run: str) -> None:
        super().__init__("", run)
        self.found: list[Row] = []

    def columns(self, rows: list[Row], modified: float) -> dict[str, Columns]:  # noqa: ARG002 - no points of these
        self.found += rows
        return {}


def _members_in(row: Row) -> Iterator[Member]:
    step, timestamp, text = row.values
    data = text.encode(errors="surrogateescape") if isinstance(text, str) else text
    if type(step) is not int or not json_records.is_step(step) or not isinstance(data, bytes):
        return
    if b'"_type"' not in data:
        return
    try:
        metrics = trackio_records.load(data)
    except ValueError:
        return  # whoever reads the numbers says so
    time = trackio_records.time_of(timestamp)
    for names, value in _typed((), metrics):
        yield from _members(row.rowid, names, value, step, time)


def _typed(
    names: tuple[str, ...], value: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """The objects with a type of trackio's, and where they stand."""
    for name, each in value.items():
        if not isinstance(each, dict) or len(names) >= _MAX_DEPTH:
            continue
        if str(each.get(_TYPE, "")).startswith(_BEGIN):
            yield (*names, name), each
        else:
            yield from _typed((*names, name), each)


def _members(
    rowid: int, names: tuple[str, ...], value: dict[str, Any], step: int, time: float | None
) -> Iterator[Member]:
    label, type_ = valid_label(".".join(names)), value[_TYPE].removeprefix(_BEGIN)
    where, form = f"{rowid}/{label}".encode(errors="surrogateescape"), (rowid, names)

    def made(suffix: str, *kinds: str) -> Member:
        return Member(member_path(step, label, suffix), time, kinds, where, form)

    if type_ in _FILES and isinstance(value.get("file_path"), str):
        yield _file(value["file_path"], label, step, time)
        if isinstance(value.get("caption"), str) and value["caption"]:
            is_image = os.path.splitext(value["file_path"])[1].lower() in images.SUFFIXES
            yield made(".json", images.KIND.name) if is_image else made(".txt")
    elif type_ == "histogram":
        yield made(".json", histograms.KIND.name)
    elif type_ == "markdown":
        yield made(".md", markdown.KIND.name)
    elif type_ == "table":
        yield made(".csv")
        for path in itertools.islice(_paths_in(value.get("_value")), _MAX_OF_TABLE):
            yield _file(path, f"{label}/{_stem(path)}", step, time)


def _file(path: str, label: str, step: int, time: float | None) -> Member:
    """The path begins with the project and the run. Beside a run's folder, its media are two folders up."""
    shown = member_path(step, label, os.path.splitext(path)[1])
    below = "/".join(path.split("/")[2:])
    named = f"../../{MEDIA}/{path}"
    where = named.encode(errors="surrogateescape")
    return Member(shown, time, (), where, None, same_as=named, covers=(f"{MEDIA}/{below}",))


def _stem(path: str) -> str:
    return os.path.splitext(path.rpartition("/")[2])[0]


def _paths_in(rows: Any) -> Iterator[str]:
    """Of the media in cells of a table."""
    for row in rows if isinstance(rows, list) else ():
        for cell in row.values() if isinstance(row, dict) else ():
            for each in cell if isinstance(cell, list) else (cell,):
                if isinstance(each, dict) and isinstance(each.get("file_path"), str):
                    yield each["file_path"]


def _value_at(descriptor: int, rowid: int, names: tuple[str, ...], shown: str) -> dict[str, Any]:
    """The object in a record."""

    def read(tables: Tables) -> Row | None:
        return next(tables.rows(_METRICS, (_METRICS,), after=rowid - 1), None)

    try:
        row = database_of(descriptor).look(descriptor, read)
    except (DamagedError, BusyError) as error:
        raise LogFormatError(shown, str(error)) from None
    text = row.values[0] if row is not None and row.rowid == rowid else None
    if not isinstance(text, (str, bytes)):
        raise LogFormatError(shown, "its record is not there any more", f"row {rowid} of metrics")
    try:
        value: Any = trackio_records.load(text)
        for name in names:
            value = value[name]
    except (ValueError, KeyError, TypeError):
        value = None
    if not isinstance(value, dict):
        raise LogFormatError(shown, "its record is another one now", f"row {rowid} of metrics")
    return value


def _made(value: dict[str, Any], name: str, shown: str) -> bytes:
    type_ = value[_TYPE].removeprefix(_BEGIN)
    if type_ == "histogram":
        return msgspec.json.encode(histograms.to_json(histograms.of_counts(value["bins"], value["values"])))
    if type_ == "markdown":
        return f"{value['_value']}\n".encode(errors="replace")
    if type_ == "table":
        return _table(value["_value"], name, shown)
    caption = str(value["caption"])[:_MAX_TEXT]
    if not name.endswith(".json"):
        return f"{caption}\n".encode(errors="replace")
    source = name.removesuffix(".json") + os.path.splitext(value["file_path"])[1]
    return json.dumps(images.to_json(source, caption=caption)).encode()


def _table(rows: Any, name: str, shown: str) -> bytes:
    """Rows are objects; columns are what any of them has."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    folder = name.removesuffix(".csv")

    def picture(value: dict[str, Any]) -> str | None:
        path = value.get("file_path")
        return f"{folder}/{path.rpartition('/')[2]}" if isinstance(path, str) else None

    def cell(value: Any) -> Any:
        if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            named = [picture(each) for each in value]
            return ", ".join(each for each in named if each) if all(named) else value
        return value

    listed = ([cell(row.get(column)) for column in columns] for row in rows)
    return json_tables.csv_of([layout.shown(column) for column in columns], listed, shown, picture)
