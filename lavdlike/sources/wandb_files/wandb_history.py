"""What wandb's records say of steps: history and system statistics (`wandb/proto/wandb_internal.proto`). Pure.

Items of a history are walked through without `protobuf.fields`, which takes several times as long: names are the same
in most records, and are taken apart once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from lavdlike.sources import protobuf
from lavdlike.sources.protobuf import BYTES, VARINT, BadMessageError, Field

HISTORY, STATS = 2, 7
# Of one file: each takes memory whether it has one point or many.
MAX_LABELS = 20_000
_MAX_LABEL_BYTES = 2000
_ITEM, _STEP = 0x0A, 0x12
_KEY, _NESTED_KEY, _VALUE_JSON = 1, 2, 16
# The tag of a value: its length and text follow.
_VALUE_TAG = b"\x82\x01"
_MEDIA = b"_type"
_OWN = frozenset({"_step", "_timestamp", "_runtime", "_wandb"})
_MAX_EXACT_LETTERS = 15


class Entry(NamedTuple):
    """One record's numbers by label. `step` None: it does not say. `timestamp`: Unix seconds, NaN if it does not."""

    step: int | None
    timestamp: float
    values: list[tuple[str, float | int]]


class HistoryReader:
    """Reads the records of one file. `is_full`: there are more labels than are shown."""

    def __init__(self) -> None:
        self.is_full = False
        self._names: dict[bytes, tuple[str, ...]] = {}
        self._media: set[tuple[str, ...]] = set()  # objects that are no numbers: pictures, histograms, tables

    def entry(self, data: bytes) -> Entry:
        """Of a `HistoryRecord`.

        Raises:
            BadMessageError: it is none.
        """
        step: int | None = None
        timestamp = math.nan
        items: list[tuple[tuple[str, ...], bytes]] = []
        place, size = 0, len(data)
        while place < size:
            tag = data[place]
            if tag not in (_ITEM, _STEP):
                break
            length, begin = protobuf.varint(data, place + 1, size)
            place = begin + length
            if place > size:
                raise BadMessageError("a field that is longer than its message")
            if tag == _ITEM:
                items.append(self._item(data[begin:place]))
            else:
                step = _number_of_step(data, begin, place)
        if _MEDIA in data:
            self._media.update(name[:-1] for name, _ in items if name[-1] == "_type" and len(name) > 1)
        values = []
        for name, text in items:
            value = number_of(text)
            if value is None or any(name[:depth] in self._media for depth in range(1, len(name))):
                continue
            if len(name) == 1 and name[0] in _OWN:
                if name[0] == "_timestamp":
                    timestamp = float(value)
                elif name[0] == "_step" and step is None:
                    step = int(value) if math.isfinite(value) else None
            elif name != ("",):
                values.append((".".join(name), value))
        return Entry(step, timestamp, values)

    def _item(self, item: bytes) -> tuple[tuple[str, ...], bytes]:
        """Its name and the text of its value."""
        cut = item.find(_VALUE_TAG)
        if cut >= 0 and cut + 2 < len(item) and item[cut + 2] == len(item) - cut - 3 < 0x80:
            name = self._names.get(item[:cut])
            if name is None:
                name = self._name(item[:cut])
            return name, item[cut + 3 :]
        value = b""
        for field in protobuf.fields(item):
            if field[:2] == (_VALUE_JSON, BYTES):
                value = item[field.begin : field.end]
        return self._name(item), value

    def _name(self, item: bytes) -> tuple[str, ...]:
        names = [
            protobuf.text(item, field)
            for field in protobuf.fields(item)
            if field.wire == BYTES and field.number in (_KEY, _NESTED_KEY)
        ]
        found = tuple(names) if sum(map(len, names)) <= _MAX_LABEL_BYTES and any(names) else ("",)
        if len(item) <= 2 * _MAX_LABEL_BYTES:
            if len(self._names) >= MAX_LABELS:
                self.is_full = True
                return ("",)
            self._names[item] = found
        return found


def stats_entry(data: bytes) -> Entry:
    """Of a `StatsRecord`: measures of the machine, which have a time and no step.

    Raises:
        BadMessageError: it is none.
    """
    timestamp = math.nan
    values = []
    for field in protobuf.fields(data):
        if field[:2] == (2, BYTES):
            timestamp = time_of(data, field)
        elif field[:2] == (3, BYTES):
            parts = {
                part.number: part
                for part in protobuf.fields(data, field.begin, field.end)
                if part.wire == BYTES
            }
            value = (
                number_of(data[parts[_VALUE_JSON].begin : parts[_VALUE_JSON].end])
                if _VALUE_JSON in parts
                else None
            )
            if value is not None and _KEY in parts:
                values.append((f"system/{protobuf.text(data, parts[_KEY])}", value))
    return Entry(None, timestamp, values)


def contents(record: bytes) -> Iterator[Field]:
    """The messages in a `Record`, by their numbers."""
    return (field for field in protobuf.fields(record) if field.wire == BYTES)


def time_of(data: bytes, message: Field) -> float:
    """Unix seconds of a `google.protobuf.Timestamp`."""
    parts = {
        part.number: part.value
        for part in protobuf.fields(data, message.begin, message.end)
        if part.wire == VARINT
    }
    return protobuf.signed(parts.get(1, 0)) + parts.get(2, 0) / 1e9


def number_of(text: bytes) -> float | int | None:
    """A number as wandb writes it in JSON (`NaN` and `Infinity` too); None of anything else."""
    if (
        not text or text[0] > 0x4E or text[0] == 0x22 or text[0] == 0x5B
    ):  # a letter but I and N, a text, a list
        return None
    try:
        if len(text) > _MAX_EXACT_LETTERS and (text.isdigit() or text[1:].isdigit()):
            return int(text) if len(text) < 400 else None
        return float(text)
    except ValueError:
        return None


def _number_of_step(data: bytes, begin: int, end: int) -> int | None:
    # proto3 leaves out a 0.
    step = 0
    for field in protobuf.fields(data, begin, end):
        if field[:2] == (1, VARINT):
            step = protobuf.signed(field.value)
    return step
