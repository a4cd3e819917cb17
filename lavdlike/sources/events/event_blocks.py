"""The events of a block of records -> the scalars in them, as arrays; where records are alike, by numpy.

Records of one length mostly differ in their numbers and labels alone. So one of them is parsed as any event, which
says where its numbers and labels stand; all others with the same bytes elsewhere (the keys and lengths of fields, the
metadata) are read at the same places. What remains is parsed one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from lavdlike.protobuf import BadMessageError
from lavdlike.sources.columns import MAX_EXACT
from lavdlike.sources.events import event_messages
from lavdlike.sources.events.event_messages import Event

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lavdlike.sources.columns import FloatArray

    Bytes = NDArray[np.uint8]
    Indices = NDArray[np.int64]

# Fewer records are parsed one by one.
_WORTH_ARRAYS = 24
# Of records of one length, so many forms are tried.
_MAX_FORMS = 24
# Longer records hold other things than a number or a few.
_MAX_ALIKE_BYTES = 8192
SCALARS = "scalars"
# Of a file.
MAX_LABELS = 100_000


class Special(NamedTuple):
    """An event that says something of the file, or of those before it. `record`: its place in the block."""

    record: int
    event: Event


class Scalars(NamedTuple):
    """Numbers of a block, in any order.

    `records`: the place of each one's record in the block. `labels`: of each, as a number of `Labels`.
    `is_simple`: in the old style, which needs no metadata. `exact`: index -> an integer that no double is.
    """

    records: Indices
    labels: Indices
    steps: Indices
    wall_times: FloatArray
    values: FloatArray
    is_simple: NDArray[np.bool_]
    exact: dict[int, int]

    def at(self, places: Indices) -> Scalars:
        exact = {}
        if self.exact:
            exact = {
                index: self.exact[place] for index, place in enumerate(places.tolist()) if place in self.exact
            }
        return Scalars(
            self.records[places],
            self.labels[places],
            self.steps[places],
            self.wall_times[places],
            self.values[places],
            self.is_simple[places],
            exact,
        )


class Labels:
    """The labels of a file: their numbers, and of which plugin the first metadata of each says that its values are.

    Number 0 is all those beyond `MAX_LABELS`, of which nothing is read: each takes some 2 KB of memory.
    """

    def __init__(self) -> None:
        self.tags = [b""]
        self.plugins: list[str | None] = [None]
        self.is_full = False
        self._numbers: dict[bytes, int] = {}

    def number_of(self, tag: bytes, plugin: str | None) -> int:
        number = self._numbers.get(tag)
        if number is None:
            if len(self.tags) > MAX_LABELS:
                self.is_full = True
                return 0
            number = self._numbers[tag] = len(self.tags)
            self.tags.append(tag)
            self.plugins.append(None)
        if plugin is not None and self.plugins[number] is None:
            self.plugins[number] = plugin
        return number


class EventBlock:
    """What the records of a block hold. `bad`: records that are no events, and why.

    `others`: records with values that are no numbers, and those that are no summaries, as graphs.

    Args:
        needs_all: whether every event is special; asked when the first one is known.
    """

    def __init__(
        self,
        data: bytes,
        begins: Indices,
        lengths: Indices,
        labels: Labels,
        needs_all: Callable[[Event | None], bool],
    ) -> None:
        self.specials: list[Special] = []
        self.others: list[int] = []
        self.bad: list[tuple[int, str]] = []
        self._data = data
        self._begins = begins
        self._lengths = lengths
        self._labels = labels
        self._needs_all = needs_all
        self._is_all_special = False
        self._alike: list[Scalars] = []
        self._single: list[tuple[int, int, int, float, float | int, bool]] = []

    def scalars(self) -> Scalars:
        import numpy as np

        self._is_all_special = self._needs_all(self._event(0))
        self.bad.clear()
        array = np.frombuffer(self._data, dtype=np.uint8)
        one_by_one = []
        order = np.argsort(self._lengths, kind="stable")
        bounds = np.flatnonzero(np.diff(self._lengths[order])) + 1
        for records in np.split(order, bounds):
            is_long = self._lengths[records[0]] > _MAX_ALIKE_BYTES
            if len(records) < _WORTH_ARRAYS or is_long or self._is_all_special:
                one_by_one.append(records)
            else:
                one_by_one.append(self._take_alike(array, records))
        for record in np.sort(np.concatenate(one_by_one)).tolist() if one_by_one else ():
            event = self._event(record)
            if event is not None:
                self._take(record, event)
        return self._together()

    def _event(self, record: int) -> Event | None:
        begin = int(self._begins[record])
        try:
            return event_messages.event(self._data[begin : begin + int(self._lengths[record])])
        except BadMessageError as error:
            self.bad.append((record, f"not an event: {error}"))
            return None

    def _take(self, record: int, event: Event) -> None:
        if event.version is not None or event.is_start or self._is_all_special:
            self.specials.append(Special(record, event))
        elif event.values is None or any(value.number is None for value in event.values):
            self.others.append(record)
        for value in event.values or ():
            if value.plugin is None and value.number is None:
                continue
            label = self._labels.number_of(value.tag, value.plugin)
            if value.number is not None:
                self._single.append(
                    (record, label, event.step, event.wall_time, value.number.value, value.is_simple)
                )

    def _take_alike(self, array: Bytes, records: Indices) -> Indices:
        """Takes those that are like others; the rest is given back."""
        import numpy as np

        length = int(self._lengths[records[0]])
        if length == 0:
            return records
        rows = np.lib.stride_tricks.sliding_window_view(array, length)[self._begins[records]]
        rest = []
        for _ in range(_MAX_FORMS):
            if len(records) < _WORTH_ARRAYS:
                break
            form = _form_of(rows[0].tobytes())
            is_alike = form.fits(rows) if form is not None else None
            if form is None or is_alike is None or np.count_nonzero(is_alike) < _WORTH_ARRAYS:
                rest.append(records[:1])
                records, rows = records[1:], rows[1:]
                continue
            self._alike += form.scalars(records[is_alike], rows[is_alike], self._labels)
            records, rows = records[~is_alike], rows[~is_alike]
        return np.concatenate((*rest, records))

    def _together(self) -> Scalars:
        import numpy as np

        records, labels, steps, wall_times, values, is_simple = (
            zip(*self._single, strict=True) if self._single else ((),) * 6
        )
        exact = {
            index: value
            for index, value in enumerate(values)
            if isinstance(value, int) and not -MAX_EXACT <= value <= MAX_EXACT
        }
        single = Scalars(
            np.array(records, dtype=np.int64),
            np.array(labels, dtype=np.int64),
            np.array(steps, dtype=np.int64),
            np.array(wall_times, dtype=np.float64),
            np.array(values, dtype=np.float64),
            np.array(is_simple, dtype=bool),
            exact,
        )
        parts = [single, *self._alike]
        return Scalars(
            np.concatenate([part.records for part in parts]),
            np.concatenate([part.labels for part in parts]),
            np.concatenate([part.steps for part in parts]),
            np.concatenate([part.wall_times for part in parts]),
            np.concatenate([part.values for part in parts]),
            np.concatenate([part.is_simple for part in parts]),
            exact,
        )


class _Slot(NamedTuple):
    """Where a number and its label stand in events that are alike."""

    tag_begin: int
    tag_end: int
    plugin: str | None
    is_simple: bool
    form: str
    begin: int


class _Form(NamedTuple):
    """Events that differ in their numbers and labels alone. `fixed`: where all have the same bytes."""

    like: bytes
    fixed: Indices
    event: Event
    slots: list[_Slot]

    def fits(self, rows: Bytes) -> NDArray[np.bool_]:
        import numpy as np

        like = np.frombuffer(self.like, dtype=np.uint8)
        fits: NDArray[np.bool_] = (rows[:, self.fixed] == like[self.fixed]).all(axis=1)
        begin, end = self.event.step_at
        if end > begin:  # a number of as many bytes
            fits &= (rows[:, begin : end - 1] >= 0x80).all(axis=1) & (rows[:, end - 1] < 0x80)
        return fits

    def scalars(self, records: Indices, rows: Bytes, labels: Labels) -> list[Scalars]:
        """A part for each slot."""
        import numpy as np

        begin, end = self.event.step_at
        steps = np.zeros(len(rows), dtype=np.uint64)
        for place in range(begin, end):
            # Not bytes, which are what numpy 1 would shift: its scalars give way to arrays.
            bits = (rows[:, place] & 0x7F).astype(np.uint64)
            steps |= bits << np.uint64(7 * (place - begin))
        at = self.event.wall_time_at
        wall_times = _numbers(rows, at, "<f8") if at else np.zeros(len(rows))
        parts = []
        for slot in self.slots:
            names = _labels_of(rows[:, slot.tag_begin : slot.tag_end], slot.plugin, labels)
            values = _numbers(rows, slot.begin, slot.form)
            is_simple = np.full(len(rows), slot.is_simple)
            parts.append(Scalars(records, names, steps.view(np.int64), wall_times, values, is_simple, {}))
        return parts


def _form_of(data: bytes) -> _Form | None:
    """What an event is like; None if it is not worth it, or holds something that is not read so."""
    import numpy as np

    try:
        event = event_messages.event(data)
    except BadMessageError:
        return None
    if not event.values or event.version is not None or event.is_start:
        return None
    slots = []
    is_fixed = np.ones(len(data), dtype=bool)
    for value in event.values:
        number = value.number
        # Integers that are no doubles, and bfloat16, are read one by one.
        if number is None or number.form not in ("<f4", "<f8", "<f2", "<i4", "<i2", "i1", "u1", "<u2", "<u4"):
            return None
        size_bytes = int(number.form[-1])
        tag_end = value.tag_begin + len(value.tag)
        slots.append(
            _Slot(value.tag_begin, tag_end, value.plugin, value.is_simple, number.form, number.begin)
        )
        is_fixed[value.tag_begin : tag_end] = False
        is_fixed[number.begin : number.begin + size_bytes] = False
    is_fixed[slice(*event.step_at)] = False
    if event.wall_time_at:
        is_fixed[event.wall_time_at : event.wall_time_at + 8] = False
    return _Form(data, np.flatnonzero(is_fixed), event, slots)


def _numbers(rows: Bytes, begin: int, form: str) -> FloatArray:
    import numpy as np

    size_bytes = np.dtype(form).itemsize
    numbers = np.ascontiguousarray(rows[:, begin : begin + size_bytes]).view(form)[:, 0]
    with np.errstate(invalid="ignore"):  # a signalling NaN
        return numbers.astype(np.float64)


def _labels_of(tags: Bytes, plugin: str | None, labels: Labels) -> Indices:
    """The numbers of the labels; `tags`: their bytes, a row each."""
    import numpy as np

    count, length = tags.shape
    padded = np.zeros((count, max(-(-length // 8), 1) * 8), dtype=np.uint8)
    padded[:, :length] = tags
    words = padded.view("<u8")
    ids = np.zeros(count, dtype=np.int64)
    for column in range(words.shape[1]):
        word = words[:, column]
        if (word == word[0]).all():
            continue
        found = np.unique(word, return_inverse=True)[1]
        # Both are below 2 ** 31: a block has no more records.
        ids = np.unique(ids * (int(found.max()) + 1) + found, return_inverse=True)[1]
    firsts = np.unique(ids, return_index=True)[1]
    numbers = np.array(
        [labels.number_of(tags[first].tobytes(), plugin) for first in firsts.tolist()], dtype=np.int64
    )
    return numbers[ids]
