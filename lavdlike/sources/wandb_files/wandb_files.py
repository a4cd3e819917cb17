"""`run-<id>.wandb`: the history of a run and the measures of its machine, as wandb's offline mode logs them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lavdlike import layout
from lavdlike.disk import tail
from lavdlike.disk.filling import pread
from lavdlike.disk.made import status_of
from lavdlike.messages import Problem
from lavdlike.protobuf import BadMessageError
from lavdlike.sources.columns import Columns, to_columns
from lavdlike.sources.source import REWIND, Form, Role, TailedPoints
from lavdlike.sources.wandb_files import wandb_history
from lavdlike.sources.wandb_files.wandb_history import (
    HISTORY,
    MAX_LABELS,
    STATS,
    SUMMARY,
    Batch,
    HistoryReader,
)
from lavdlike.sources.wandb_files.wandb_records import HEADER, RecordReader, next_block

_NAME = re.compile(r"(?:.*/)?run-[^/]+\.wandb\Z")
_MAX_PROBLEMS = 100


class WandbFiles:
    """See `source.Source`."""

    title = "wandb's logs"
    form = Form.RUN_LOG
    told_by_name = True

    def names(self, path: str) -> bool:
        return _NAME.match(path) is not None

    def claims(self, path: str, begin: bytes) -> Role | None:  # noqa: ARG002 - a broken one is one, too
        return Role.POINTS if self.names(path) else None

    def points(self, path: str, shown: str, run: str = "") -> WandbFile:  # noqa: ARG002 - one file, one run
        return WandbFile(shown, path)


class WandbFile(TailedPoints):
    """One such file, and how far it was read. `path`: relative to the root, for people."""

    def __init__(self, path: str, in_run: str) -> None:
        super().__init__()
        self.writer = layout.shown(in_run).rpartition("/")[2].removesuffix(".wandb")
        self._path = path
        self._records = RecordReader()
        self._history = HistoryReader()
        self._outside = 0
        self._zeros_until = 0
        self._problems: list[Problem] = []
        self._unnamed = 0
        self._is_other = False

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        """The points of the records that were added, block by block."""
        for offset, data, size_bytes in self.tail.new_bytes(descriptor):
            if self._is_other:
                return
            begin = 0
            if offset == 0:
                if len(data) < len(HEADER):
                    return
                begin = len(HEADER)
                if not data.startswith(HEADER):
                    self._is_other = True
                    self._note("no log of wandb's, or of another version: it does not begin as one", 0)
                    return
            records, taken = self._records.split(data[begin:] if begin else data, offset + begin)
            self._note_broken()
            self.tail.take(descriptor, data[: begin + taken])
            columns = self._points(records, status_of(descriptor).st_mtime)
            if self._history.superseded:
                yield self._superseded()
            if columns:
                yield columns
            self._pass_zeros(descriptor, size_bytes)

    def problems(self) -> list[Problem]:
        found = list(self._problems)
        if self._outside:
            reason = f"{self._outside} values at steps that are none: steps are from 0 to 2**53 - 1"
            found.append(Problem(self._path, reason))
        if self._history.is_full:
            found.append(Problem(self._path, f"more than {MAX_LABELS:,} names: the others are not shown"))
        if self._unnamed:
            found.append(Problem(self._path, f"{self._unnamed} more records cannot be read"))
        return found

    def _points(self, records: Sequence[bytes], modified: float) -> dict[str, Columns]:
        batch = Batch(modified)
        for record in records:
            try:
                number, _, begin, end, _ = wandb_history.content_of(record)
                if number == HISTORY:
                    self._history.take_history(record, begin, end, batch)
                elif number == SUMMARY:
                    self._history.take_summary(record, begin, end, batch)
                elif number == STATS:
                    self._history.take_stats(record, begin, end, batch)
            except BadMessageError as error:
                self._note(f"a record that cannot be read: {error}", None)
        self._outside += batch.outside
        return {_label_of(label): columns for label, columns in batch.columns()}

    def _superseded(self) -> dict[str, Columns]:
        """That points of a summary count no more."""
        labels = dict.fromkeys(map(_label_of, sorted(self._history.superseded)), to_columns([], [], []))
        self._history.superseded.clear()
        return {REWIND: to_columns([0], [0.0], [0.0]), **labels}

    def _pass_zeros(self, descriptor: int, size_bytes: int) -> None:
        """An end of zeros is left for later; where something follows after many, reading goes on at its block."""
        place = max(self.tail.offset, self._zeros_until)
        if pread(descriptor, 1, self.tail.offset) != b"\0" or place + tail.BLOCK_BYTES > size_bytes:
            return
        data = b""
        while place < size_bytes:
            place = tail.data_begin(descriptor, place, size_bytes)
            data = pread(descriptor, tail.BLOCK_BYTES, place)
            rest = data.lstrip(b"\0")
            place += len(data) - len(rest)
            if rest or not data:
                break
        self._zeros_until = min(place, size_bytes)
        if place < size_bytes and data:
            self._note(f"{place - self.tail.offset} bytes are zero", self.tail.offset)
            self._records.start_within()
            self.tail.move_to(descriptor, min(next_block(place), size_bytes))

    def _note_broken(self) -> None:
        for broken in self._records.broken:
            self._note(f"{broken.reason}; what follows is read from the next whole record on", broken.begin)
        self._records.broken.clear()

    def _note(self, reason: str, offset: int | None) -> None:
        if len(self._problems) < _MAX_PROBLEMS:
            position = "" if offset is None else f"byte {offset}"
            self._problems.append(Problem(self._path, reason, position))
        else:
            self._unnamed += 1


def _label_of(name: str) -> str:
    return f"%21{name[1:]}" if name == REWIND else name
