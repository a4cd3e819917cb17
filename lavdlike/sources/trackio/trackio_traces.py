"""trackio's traces: conversations, in a table of their own; those of a step as rollouts of ours.

Tables and columns as in `trackio/sqlite_storage.py`. Rows are added and never changed.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from lavdlike.errors import LogFormatError
from lavdlike.kinds import rollouts
from lavdlike.sources.columns import valid_label
from lavdlike.sources.json_files import json_records
from lavdlike.sources.members import MAX_BYTES, Member, member_path
from lavdlike.sources.sqlite.database import BusyError, Tables, database_of
from lavdlike.sources.sqlite.pages import DamagedError
from lavdlike.sources.sqlite.row_records import Row
from lavdlike.sources.trackio import trackio_records

KIND = rollouts.KIND
_TRACES = "traces"
_COLUMNS = ("run_id", "step", "key")
_CONTENT = ("messages", "metadata", "step")
# What of what is said of a conversation would take the place of something else.
_TAKEN = frozenset({"messages", "step"})
_ROWS_AT_ONCE = 20_000


class Conversations(NamedTuple):
    """Those that were logged at a step and under a name (`Member.form`): their rows."""

    rowids: tuple[int, ...]


class _Some(NamedTuple):
    rows: list[Row]
    after: int
    is_more: bool


class TraceReader:
    """Those of one run, found row by row."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._after = -(2**63)
        self._rowids: dict[tuple[int, str], list[int]] = {}

    def find_new(self, descriptor: int) -> Iterator[list[Member]]:
        """A step's member comes again when there is more of it."""
        is_more = True
        while is_more:
            try:
                some = database_of(descriptor).look(descriptor, self._look)
            except (DamagedError, BusyError):
                return  # whoever reads the numbers says so
            self._after, is_more = some.after, some.is_more
            changed: dict[tuple[int, str], None] = {}
            for row in some.rows:
                _, step, name = row.values
                if type(step) is int and json_records.is_step(step) and isinstance(name, str):
                    self._rowids.setdefault((step, name), []).append(row.rowid)
                    changed[step, name] = None
            yield [self._member(*place) for place in changed]

    def _member(self, step: int, name: str) -> Member:
        rowids = tuple(self._rowids[step, name])
        where = f"{rowids[0]}/{rowids[-1]}/{len(rowids)}".encode()
        path = member_path(step, valid_label(name), rollouts.SUFFIX)
        return Member(path, None, (), where, Conversations(rowids))

    def _look(self, tables: Tables) -> _Some:
        if not tables.has(_TRACES, (*_COLUMNS, *_CONTENT)):
            return _Some([], self._after, is_more=False)
        after, count = self._after, 0
        found = []
        for row in itertools.islice(tables.rows(_TRACES, _COLUMNS, after=after), _ROWS_AT_ONCE):
            after, count = row.rowid, count + 1
            if row.values[0] == self._run:
                found.append(row)
        return _Some(found, after, count == _ROWS_AT_ONCE)


def made_lines(descriptor: int, form: Conversations, shown: str) -> bytes:
    """A line for each. Raises LogFormatError: they cannot be read, or are no conversations."""
    try:
        rows = database_of(descriptor).look(descriptor, lambda tables: _rows_at(tables, form.rowids))
    except (DamagedError, BusyError) as error:
        raise LogFormatError(shown, str(error)) from None
    lines = bytearray()
    for row in rows:
        lines += _line(row, shown)
        if len(lines) > MAX_BYTES:
            raise LogFormatError(shown, f"conversations of more than {MAX_BYTES // 2**20} MiB at one step")
    return bytes(lines)


def _rows_at(tables: Tables, rowids: Sequence[int]) -> list[Row]:
    import numpy as np

    return list(tables.rows_at(_TRACES, _CONTENT, np.array(rowids, np.int64)))


def _line(row: Row, shown: str) -> bytes:
    messages, metadata, step = row.values
    try:
        said = trackio_records.load(metadata) if isinstance(metadata, (str, bytes)) else {}
        given: Any = json.loads(messages) if isinstance(messages, (str, bytes)) else None
    except (ValueError, RecursionError) as error:
        raise LogFormatError(
            shown, f"not as trackio writes it: {error}", f"row {row.rowid} of traces"
        ) from None
    others = {name: value for name, value in said.items() if name not in _TAKEN}
    return json.dumps({"step": step, **others, "messages": given}).encode() + b"\n"
