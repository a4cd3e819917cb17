"""What a `.wandb` file says of its run: settings, title, tags, begin and end, what its labels are.

wandb writes all but the end, and settings that come later, into the first records.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any, Literal

from lavdlike import protobuf
from lavdlike.disk.filling import pread
from lavdlike.disk.made import status_of
from lavdlike.messages import LabelDefinition
from lavdlike.protobuf import BYTES, VARINT, BadMessageError, Field
from lavdlike.sources.descriptions.description import Description, Ended, json_values
from lavdlike.sources.wandb_files import wandb_history
from lavdlike.sources.wandb_files.wandb_records import BLOCK_BYTES, HEADER, RecordReader

# Enough of a file's begin and of its end, which is as long as this or a little longer.
BEGIN_BYTES = 2**20
END_BYTES = 4 * BLOCK_BYTES
SOURCE = "wandb"
_CONFIG, _METRIC, _RUN, _EXIT = 5, 12, 17, 18
_MAX_DEPTH = 20
_COMPARED_BYTES = 64
_MAX_TEXT = 500
_GOALS: dict[int, Literal["", "min", "max"]] = {1: "min", 2: "max"}


class LogDescription:
    """What one file says, and how far it was read for that. Thread-safe.

    Of a long one only the begin and what then are the last bytes are read; what is broken is left out.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._said = _Said()
        self._records = RecordReader()
        self._offset = 0
        self._recent = b""  # what stood in front of it

    def read(self, descriptor: int) -> Description:
        """With what was appended since the last call."""
        with self._lock:
            size = status_of(descriptor).st_size
            before = max(self._offset - len(self._recent), 0)
            if size < self._offset or pread(descriptor, len(self._recent), before) != self._recent:
                self._forget()
            if self._offset == 0 and pread(descriptor, len(HEADER), 0) == HEADER:
                self._offset = len(HEADER)
            if self._offset > 0:
                self._take(descriptor, min(size, BEGIN_BYTES))
                end_begin = (size - END_BYTES) // BLOCK_BYTES * BLOCK_BYTES
                if end_begin > max(self._offset, BEGIN_BYTES):
                    self._offset = end_begin
                    self._records = RecordReader()
                    self._records.start_within()
                self._take(descriptor, size)
            return self._said.description()

    def _take(self, descriptor: int, until: int) -> None:
        data = pread(descriptor, max(until - self._offset, 0), self._offset)
        records, taken = self._records.split(data, self._offset)
        self._records.broken.clear()  # said where the points are read
        for record in records:
            self._said.take(record)
        self._offset += taken
        self._recent = pread(descriptor, _COMPARED_BYTES, max(self._offset - _COMPARED_BYTES, 0))[
            : self._offset
        ]


class _Said:
    def __init__(self) -> None:
        self._labels: dict[str, LabelDefinition] = {}
        self._config: dict[str, Any] = {}
        self._title = self._host = ""
        self._tags: tuple[str, ...] = ()
        self._started: float | None = None
        self._exit_code: int | None = None
        self._runtime_s: int | None = None

    def take(self, record: bytes) -> None:
        try:
            for field in wandb_history.contents(record):
                if field.number == _RUN:
                    self._take_run(record, field)
                elif field.number == _CONFIG:
                    self._take_config(record, field)
                elif field.number == _EXIT:
                    codes = {of.number: of.value for of in _fields(record, field) if of.wire == VARINT}
                    self._exit_code, self._runtime_s = protobuf.signed(codes.get(1, 0)), codes.get(2)
                elif field.number == _METRIC:
                    self._take_metric(record, field)
        except BadMessageError:
            return

    def description(self) -> Description:
        status: Ended = "running" if self._exit_code is None else "crashed" if self._exit_code else "finished"
        ended = None
        if self._exit_code is not None and self._started is not None and self._runtime_s is not None:
            ended = self._started + self._runtime_s
        outcome = {"finished": "finished", "crashed": f"exit code {self._exit_code}"}.get(status, "")
        return Description(
            SOURCE,
            json_values(self._config),
            self._tags,
            self._title,
            status if self._started is not None or self._exit_code is not None else "",
            self._started,
            ended,
            outcome,
            self._host,
            # What is said of a name counts before what is said of many.
            tuple(sorted(self._labels.values(), key=lambda label: "*" in label.pattern)),
        )

    def _take_run(self, data: bytes, message: Field) -> None:
        tags = []
        for field in _fields(data, message):
            if field.wire != BYTES:
                continue
            if field.number == 4:
                self._take_config(data, field)
            elif field.number == 8:
                self._title = protobuf.text(data, field)[:_MAX_TEXT]
            elif field.number == 10:
                tags.append(protobuf.text(data, field)[:_MAX_TEXT])
            elif field.number == 13:
                self._host = protobuf.text(data, field)[:_MAX_TEXT]
            elif field.number == 17:
                self._started = wandb_history.time_of(data, field) or self._started
        self._tags = tuple(tags) or self._tags

    def _take_config(self, data: bytes, message: Field) -> None:
        for item in _fields(data, message):
            if item.wire != BYTES or item.number not in (1, 2):
                continue
            names: list[str] = []
            text = ""
            for part in _fields(data, item):
                if part.wire == BYTES and part.number in (1, 2):
                    names.append(protobuf.text(data, part))
                elif part[:2] == (16, BYTES):
                    text = protobuf.text(data, part)
            if names and names[0] != "_wandb" and len(names) <= _MAX_DEPTH:
                self._set(names, text, is_removed=item.number == 2)

    def _set(self, names: list[str], text: str, *, is_removed: bool) -> None:
        inner = self._config
        for name in names[:-1]:
            below = inner.setdefault(name, {})
            if not isinstance(below, dict):
                below = inner[name] = {}
            inner = below
        if is_removed:
            inner.pop(names[-1], None)
            return
        try:
            inner[names[-1]] = json.loads(text)
        except (ValueError, RecursionError):
            return

    def _take_metric(self, data: bytes, message: Field) -> None:
        texts = {of.number: protobuf.text(data, of) for of in _fields(data, message) if of.wire == BYTES}
        numbers = {of.number: of.value for of in _fields(data, message) if of.wire == VARINT}
        pattern = texts.get(1) or texts.get(2, "")
        x, goal = texts.get(4, ""), _GOALS.get(numbers.get(8, 0), "")
        if pattern and (x or goal) and len(pattern) <= _MAX_TEXT and x != "_step":
            self._labels[pattern] = LabelDefinition(pattern, goal=goal, x=x[:_MAX_TEXT])


def _fields(data: bytes, message: Field) -> Iterator[Field]:
    return protobuf.fields(data, message.begin, message.end)
