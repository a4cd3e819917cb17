"""What wandb's records say of steps: history, summary, system statistics (`wandb/proto/wandb_internal.proto`). Pure.

Items of a history are walked through without `protobuf.fields`, which takes several times as long: names are the same
in most records, and are taken apart once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from lavdlike import protobuf
from lavdlike.layout import MAX_STEP
from lavdlike.protobuf import BYTES, VARINT, BadMessageError, Field
from lavdlike.sources.columns import Columns, to_columns, valid_label

HISTORY, SUMMARY, STATS = 2, 3, 7
# Of one file: each takes memory whether it has one point or many.
MAX_LABELS = 20_000
_MAX_KEY_BYTES = 4000
_ITEM, _STEP = 0x0A, 0x12
_KEY, _NESTED_KEY, _VALUE_JSON = 1, 2, 16
# The tag of a value: its length and text follow.
_VALUE_TAG = b"\x82\x01"
# Of the fields of a name.
_NAME_TAGS = (_KEY << 3 | 2, _NESTED_KEY << 3 | 2)
# What is said of the record itself: how it is to be sent, and by which run.
_ABOUT_RECORDS = frozenset({16, 200})
_MEDIA = b"_type"
# Said by the summaries that wandb itself makes.
OF_HISTORY = b"\x05_step"
_OWN = frozenset({"_step", "_timestamp", "_runtime", "_wandb"})
_MAX_EXACT_LETTERS = 15
# The field of a history's step.
_MAX_STEP_BYTES = 13
# Summaries without the history that they are made of; there is one.
_MAX_WAITING = 10


class Batch:
    """Points of some records, by label.

    `outside`: how many values are at steps that are none.
    """

    def __init__(self, modified: float) -> None:
        self.outside = 0
        self._modified = modified
        self._steps: list[int] = []
        self._times: list[float] = []
        self._labels: dict[str, tuple[list[int], list[bytes]]] = {}  # places in those, and texts

    def entry(self, step: int, time: float | None, items: Sequence[tuple[str, bytes]]) -> None:
        """A record's values, as texts. `time`: Unix seconds, None if it does not say."""
        if not 0 <= step <= MAX_STEP:
            self.outside += sum(number_of(text) is not None for _, text in items)
            return
        place = len(self._steps)
        self._steps.append(step)
        self._times.append(self._modified if time is None else time)
        labels = self._labels
        for label, text in items:
            known = labels.get(label)
            if known is None:
                known = labels[label] = ([], [])
            known[0].append(place)
            known[1].append(text)

    def drop(self, label: str) -> None:
        self._labels.pop(label, None)

    def columns(self) -> Iterator[tuple[str, Columns]]:
        for label, (places, texts) in self._labels.items():
            found = _numbers_of(texts)
            if found is None:  # some are none
                numbers = [number_of(text) for text in texts]
                places = [place for place, number in zip(places, numbers, strict=True) if number is not None]
                found = [number for number in numbers if number is not None]
            if found:
                steps = [self._steps[place] for place in places]
                yield label, to_columns(steps, [self._times[place] for place in places], found)


class HistoryReader:
    """Reads the records of one file.

    `is_full`: there are more labels than are shown. `superseded`: labels with points of a summary that now have a
    history, which counts instead; to be taken away by who reads it.
    """

    def __init__(self) -> None:
        self.is_full = False
        self.superseded: set[str] = set()
        self._last_step = -1
        self._last_time: float | None = None
        self._stats = 0
        self._names: dict[bytes, str] = {}  # "" of what is no label
        self._own: dict[bytes, str] = {}
        self._labels: set[str] = set()  # that a history has
        self._in_summary: dict[bytes, str] = {}  # of keys of summaries; "" of what is not shown
        self._waiting: list[tuple[bytes, int, int]] = []
        self._media: set[tuple[str, ...]] = set()  # objects that are no numbers: pictures, histograms, tables

    def take_history(self, data: bytes, begin: int, end: int, batch: Batch) -> None:
        """A `HistoryRecord`.

        Raises:
            BadMessageError: it is none.
        """
        if _MEDIA in data:
            self._note_media(data, begin, end)
        step: int | None = None
        said: dict[str, bytes] = {}
        items: list[tuple[str, bytes]] = []
        names, own = self._names, self._own
        place = begin
        while place < end:
            tag = data[place]
            if tag != _ITEM and tag != _STEP:
                break
            first = place + 2
            length = data[place + 1] if first <= end else 0x80
            if length >= 0x80:
                length, first = protobuf.varint(data, place + 1, end)
            place = first + length
            if place > end:
                raise BadMessageError("a field that is longer than its message")
            if tag == _STEP:
                step = number_of_step(data, first, place)
                continue
            cut = data.find(_VALUE_TAG, first, place)
            if cut >= 0 and cut + 2 < place and data[cut + 2] == place - cut - 3 < 0x80:
                key, text = data[first:cut], data[cut + 3 : place]
            else:
                key, text = item_parts(data, first, place)
            label = names.get(key)
            if label is None:
                label = self._label(key)
                self._supersede(label, batch)
            if label:
                items.append((label, text))
            elif key in own:
                said[own[key]] = text
        if step is None:
            given = number_of(said.get("_step", b""))
            step = int(given) if given is not None and math.isfinite(given) else self._last_step + 1
        given = number_of(said.get("_timestamp", b""))
        time = float(given) if given is not None and math.isfinite(given) else None
        batch.entry(step, time, items)
        self._last_step, self._last_time = max(step, 0), time
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for summary in waiting:
                if not _says_the_same(*summary, data, begin, end):
                    self._take_summary(*summary, batch)

    def take_summary(self, data: bytes, begin: int, end: int, batch: Batch) -> None:
        """A `SummaryRecord`: of what has no history, each value is a point at the step at which it was said.

        One that wandb makes of a history stands before that, and waits for it.

        Raises:
            BadMessageError: it is none.
        """
        if OF_HISTORY in data:
            self._waiting = [*self._waiting[-_MAX_WAITING + 1 :], (data, begin, end)]
        else:
            self._take_summary(data, begin, end, batch)

    def _take_summary(self, data: bytes, begin: int, end: int, batch: Batch) -> None:
        if _MEDIA in data:
            self._note_media(data, begin, end)
        items: list[tuple[str, bytes]] = []
        names = self._names
        place = begin
        while place < end and data[place] == _ITEM:
            first = place + 2
            length = data[place + 1] if first <= end else 0x80
            if length >= 0x80:
                length, first = protobuf.varint(data, place + 1, end)
            place = first + length
            if place > end:
                raise BadMessageError("a field that is longer than its message")
            cut = data.find(_VALUE_TAG, first, place)
            if cut >= 0 and data[first:cut] in names:
                continue
            key, text = item_parts(data, first, place)
            label = self._in_summary.get(key)
            if label is None:
                label = self._summary_label(key)
            if label:
                items.append((label, text))
        if items:
            batch.entry(max(self._last_step, 0), self._last_time, items)

    def take_stats(self, data: bytes, begin: int, end: int, batch: Batch) -> None:
        """A `StatsRecord`: measures of the machine, which have a time and no step: they are counted.

        Raises:
            BadMessageError: it is none.
        """
        time = None
        items = []
        for field in protobuf.fields(data, begin, end):
            if field[:2] == (2, BYTES):
                time = time_of(data, field)
            elif field[:2] == (3, BYTES):
                key, text = item_parts(data, field.begin, field.end)
                name = names_in(key)
                if len(name) == 1 and name[0]:
                    items.append((f"system/{name[0]}", text))
        batch.entry(self._stats, time, items)
        self._stats += 1

    def _summary_label(self, key: bytes) -> str:
        """What an item of a summary is called; "" of one that a history has, or that is not shown."""
        if len(self._names) + len(self._in_summary) >= MAX_LABELS:
            self.is_full = True
            return ""
        name = names_in(key)
        label = valid_label(".".join(name))
        is_hidden = not name or name[0] in _OWN or self._is_in_media(name) or label in self._labels
        label = self._in_summary[key] = "" if is_hidden or len(key) > _MAX_KEY_BYTES else label
        return label

    def _supersede(self, label: str, batch: Batch) -> None:
        """A history has this label now."""
        self._labels.add(label)
        for key, known in self._in_summary.items():
            if known == label != "":
                self._in_summary[key] = ""
                self.superseded.add(label)
                batch.drop(label)

    def _is_in_media(self, name: tuple[str, ...]) -> bool:
        return any(name[:depth] in self._media for depth in range(1, len(name)))

    def _label(self, key: bytes) -> str:
        """What an item is called; "" of one that is not shown."""
        if len(self._names) >= MAX_LABELS:
            self.is_full = True
            return ""
        name = names_in(key)
        if len(name) == 1 and name[0] in _OWN:
            self._own[key] = name[0]
            name = ()
        if self._is_in_media(name) or len(key) > _MAX_KEY_BYTES:
            name = ()
        label = self._names[key] = valid_label(".".join(name))
        return label

    def _note_media(self, data: bytes, begin: int, end: int) -> None:
        """Objects with a type; from now on what is in them has no labels."""
        for field in protobuf.fields(data, begin, end):
            if field[:2] == (1, BYTES):
                name = names_in(item_parts(data, field.begin, field.end)[0])
                if len(name) > 1 and name[-1] == "_type" and name[:-1] not in self._media:
                    self._media.add(name[:-1])
                    self._unname(name[:-1])

    def _unname(self, media: tuple[str, ...]) -> None:
        """What is in it is no label any more. Other names stay: a summary asks for them."""
        before = f"{valid_label('.'.join(media))}."
        for names in (self._names, self._in_summary):
            for key, label in names.items():
                if label.startswith(before) and names_in(key)[: len(media)] == media:
                    names[key] = ""


def _says_the_same(
    summary: bytes, summary_begin: int, summary_end: int, history: bytes, begin: int, end: int
) -> bool:
    """Whether a summary has the items of a history and no others, in whatever order: as good as certain, and cheap."""
    end_of_items = history.rfind(bytes([_STEP]), max(begin, end - _MAX_STEP_BYTES), end)
    if end_of_items < 0 or summary_end - summary_begin != end_of_items - begin:
        return False
    return summary.count(b"\x12", summary_begin, summary_end) == history.count(
        b"\x12", begin, end_of_items
    ) and summary.count(_VALUE_TAG, summary_begin, summary_end) == history.count(
        _VALUE_TAG, begin, end_of_items
    )


def content_of(record: bytes) -> Field:
    """What a `Record` holds, by its number; most often it comes first behind that of the record.

    Raises:
        BadMessageError: it is no record.
    """
    place, end = 0, len(record)
    if record[:1] == b"\x08":
        _, place = protobuf.varint(record, 1, end)
    if place >= end:
        return Field(0, BYTES, end, end)
    tag, place = record[place], place + 1
    if tag & 7 != BYTES or tag >= 0x80:
        others = (field for field in contents(record) if field.number not in _ABOUT_RECORDS)
        return next(others, Field(0, BYTES, end, end))
    length, place = protobuf.varint(record, place, end)
    if place + length > end:
        raise BadMessageError("a field that is longer than its message")
    return Field(tag >> 3, BYTES, place, place + length)


def contents(record: bytes) -> Iterator[Field]:
    """The messages in a `Record`, by their numbers."""
    return (field for field in protobuf.fields(record) if field.wire == BYTES)


def items_of(data: bytes, begin: int, end: int) -> tuple[list[bytes], list[bytes], int | None]:
    """Of a history, the fields of the names and the texts of its items (`item_parts`), and its step, if it says one.

    Raises:
        BadMessageError: it is none.
    """
    keys: list[bytes] = []
    texts: list[bytes] = []
    step: int | None = None
    place, count = begin, 0
    while place < end:
        count += 1
        if count > protobuf.MAX_FIELDS:
            raise BadMessageError(f"more than {protobuf.MAX_FIELDS:,} fields")
        tag = data[place]
        if tag != _ITEM and tag != _STEP:
            place = next(protobuf.fields(data, place, end)).end
            continue
        first = place + 2
        length = data[place + 1] if first <= end else 0x80
        if length >= 0x80:
            length, first = protobuf.varint(data, place + 1, end)
        place = first + length
        if place > end:
            raise BadMessageError("a field that is longer than its message")
        if tag == _STEP:
            step = number_of_step(data, first, place)
            continue
        cut = data.find(_VALUE_TAG, first, place)
        if cut >= 0 and cut + 2 < place and data[cut + 2] == place - cut - 3 < 0x80:
            key, text = data[first:cut], data[cut + 3 : place]
        else:
            key, text = item_parts(data, first, place)
        keys.append(key)
        texts.append(text)
    return keys, texts, step


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


def _numbers_of(texts: Sequence[bytes]) -> list[float] | None:
    """All of them at once; None if some are none, or are not held by a double."""
    if len(max(texts, key=len)) > _MAX_EXACT_LETTERS and any(
        len(text) > _MAX_EXACT_LETTERS and (text.isdigit() or text[1:].isdigit()) for text in texts
    ):
        return None
    try:
        return list(map(float, texts))
    except ValueError:
        return None


def item_parts(data: bytes, begin: int, end: int) -> tuple[bytes, bytes]:
    """Of an item, the fields of its name as they stand there, and the text of its value."""
    place = begin
    while place < end - 1 and data[place] in _NAME_TAGS and data[place + 1] < 0x80:
        place += 2 + data[place + 1]
    if place > begin and data.startswith(_VALUE_TAG, place, end):  # as wandb writes them
        length, value = protobuf.varint(data, place + len(_VALUE_TAG), end)
        if value + length == end:
            return data[begin:place], data[value:end]
    key, text = b"", b""
    start = begin
    for field in protobuf.fields(data, begin, end):
        if field.number == _VALUE_JSON and field.wire == BYTES:
            text = data[field.begin : field.end]
        else:
            key += data[start : field.end]
        start = field.end
    return key, text


def names_in(key: bytes) -> tuple[str, ...]:
    """What an item is called, of the fields of its name."""
    return tuple(
        protobuf.text(key, field)
        for field in protobuf.fields(key)
        if field.wire == BYTES and field.number in (_KEY, _NESTED_KEY)
    )


def number_of_step(data: bytes, begin: int, end: int) -> int | None:
    """The step of a `HistoryStep`."""
    if end - begin == 2 and data[begin] == 1 << 3 and data[begin + 1] < 0x80:
        return data[begin + 1]
    step = 0  # which proto3 leaves out
    for field in protobuf.fields(data, begin, end):
        if field[:2] == (1, VARINT):
            step = protobuf.signed(field.value)
    return step
