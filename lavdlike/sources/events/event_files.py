"""TensorBoard's event files, as TensorFlow, torch, tensorboardX and others write them: their scalars.

What is meant by a file follows TensorBoard: its names (`tfevents` somewhere in it), what is a scalar (old and new
style), that all files of a folder are one run, and which points a restart replaces (`EventAccumulator`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lavdlike import layout
from lavdlike.disk import tail
from lavdlike.disk.filling import pread
from lavdlike.disk.made import status_of
from lavdlike.kinds import places, registry
from lavdlike.layout import MAX_STEP
from lavdlike.messages import Problem
from lavdlike.sources.columns import Columns, doubles
from lavdlike.sources.events import event_messages, event_records
from lavdlike.sources.events.event_blocks import MAX_LABELS, SCALARS, EventBlock, Labels, Scalars
from lavdlike.sources.events.event_restarts import MAX_RESTARTS, Restarts
from lavdlike.sources.source import REWIND, Form, Role, TailedPoints

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# How the writers name them.
_USUAL_NAME = "events.out.tfevents."
# The profiler writes files of this end that hold nothing, so that TensorBoard shows its folder.
_EMPTY_FILE = ".profile-empty"
# Longer records are not read: a picture may be of that size, a scalar never.
MAX_RECORD_BYTES = 16 * 2**20
MAX_LABEL_BYTES = 4096
# Of one file.
_MAX_PROBLEMS = 100
# What labels are called that cannot be called what they are.
_RENAMED = {"": "(no tag)", REWIND: f"%21{REWIND[1:]}"}
_PEEKED_BYTES = 2048
_OTHERS = (".json", ".jsonl", ".ndjson")


def is_event_file(name: str) -> bool:
    """Whether a file of this name, or at this path, is an event file, as TensorBoard sees it."""
    name = name.rpartition("/")[2]
    return "tfevents" in name and not name.endswith(_EMPTY_FILE)


class EventFiles:
    """See `source.Source`."""

    title = "TensorBoard's event files"
    form = Form.EVENTS
    told_by_name = True

    def names(self, path: str) -> bool:
        return is_event_file(path) and (_is_usual(path) or not _is_called_otherwise(path))

    def claims(self, path: str, begin: bytes) -> Role | None:
        """A broken file of a usual name is one, too; others tell by their first record."""
        is_one = self.names(path) and (_is_usual(path) or event_records.begins_with_record(begin))
        return Role.POINTS if is_one else None

    def points(self, path: str, shown: str, run: str = "") -> EventFile:  # noqa: ARG002 - one file, one run
        return EventFile(shown, path)


def label_of_tag(tag: str) -> str:
    """What a tag is called as a label."""
    return _RENAMED.get(tag, tag)


def _is_usual(path: str) -> bool:
    return path.rpartition("/")[2].startswith(_USUAL_NAME)


def _is_called_otherwise(path: str) -> bool:
    """Whether its name says that it holds something else."""
    suffix = places.split_suffix(path)[1].lower()
    return suffix in _OTHERS or registry.kind_of_suffix(suffix) is not None


class EventFile(TailedPoints):
    """One event file, and how far it was read. `path`: relative to the root, for people.

    All files of a folder are one writer: they are read one after the other, as one.
    """

    def __init__(self, path: str, in_run: str) -> None:
        super().__init__()
        folder, slash, _ = layout.shown(in_run).rpartition("/")
        self.writer = f"{folder}{slash}tfevents"
        self._path = path
        self._is_usual = _is_usual(in_run)
        self._reader = event_records.RecordReader()
        self._labels = Labels()
        self._restarts = Restarts(self._labels)
        self._names: dict[int, str | None] = {0: None}
        self._zeros_until = 0
        self._problems: list[Problem] = []
        self._unnamed = 0  # problems beyond those
        self._outside = 0  # values at steps that are none
        self._outside_step = 0

    def read_new(self, descriptor: int) -> Iterator[dict[str, Columns]]:
        """The scalars of the records that were added, block by block."""
        for offset, data, size_bytes in self.tail.new_bytes(descriptor):
            if offset == 0 and not self._is_usual and not event_records.begins_with_record(data):
                return
            found = self._reader.split(data)
            if offset == 0 and found.broken and found.broken[0].begin == 0:
                self._restarts.take_for_current()
            for broken in found.broken:
                self._report(
                    f"{broken.reason}; what follows is read from the next whole record on",
                    offset + broken.begin,
                )
            self.tail.take(descriptor, data[: found.taken] if found.taken < len(data) else data)
            if len(found.begins):
                block = EventBlock(data, found.begins, found.lengths, self._labels, self._restarts.needs_all)
                yield from self._blocks(block, offset, found, status_of(descriptor).st_mtime)
            if found.is_nothing:
                self._pass_zeros(descriptor, size_bytes)
            elif found.next_length is not None:
                self._pass_long(descriptor, data[found.taken :], found.next_length, size_bytes)

    def problems(self) -> list[Problem]:
        found = list(self._problems)
        if self._outside:
            steps = f"{self._outside} values at steps that are none, such as {self._outside_step}"
            found.append(Problem(self._path, f"{steps}, are not shown: steps are from 0 to 2**53 - 1"))
        if self._reader.is_given_up:
            often = f"more than {event_records.MAX_SEARCHES:,} times"
            found.append(Problem(self._path, f"a record's length is broken {often}: the rest is not read"))
        if self._labels.is_full:
            found.append(Problem(self._path, f"more than {MAX_LABELS:,} tags: the others are not shown"))
        if self._restarts.is_too_many:
            found.append(
                Problem(self._path, f"more than {MAX_RESTARTS:,} restarts: what they replace is shown")
            )
        if self._unnamed:
            found.append(Problem(self._path, f"{self._unnamed} more records cannot be read"))
        return found

    def _blocks(
        self, block: EventBlock, offset: int, found: event_records.Records, modified: float
    ) -> Iterator[dict[str, Columns]]:
        """What a block holds, in parts between which points are replaced."""
        import numpy as np

        scalars = self._shown(block.scalars())
        for record, reason in block.bad:
            self._report(reason, offset + int(found.begins[record]) - event_records.HEADER_BYTES)
        wall_times = np.where(np.isfinite(scalars.wall_times), scalars.wall_times, modified)
        scalars = scalars._replace(wall_times=wall_times)
        order = np.argsort(scalars.records, kind="stable")
        records, steps = scalars.records[order], scalars.steps[order]
        begin = 0
        for cut in self._restarts.cuts(block.specials, records, steps):
            end = int(np.searchsorted(records, cut.record))
            yield from self._columns(scalars, order[begin:end])
            begin = end
            none = doubles(())
            names = [self._name_of(label) for label in cut.labels or ()]
            of_labels = {name: Columns(none, none, none, {}) for name in names if name is not None}
            yield {REWIND: Columns(doubles([cut.step]), doubles([0.0]), doubles([0.0]), {}), **of_labels}
        yield from self._columns(scalars, order[begin:])

    def _shown(self, scalars: Scalars) -> Scalars:
        """Those that are scalars, at steps, with labels."""
        import numpy as np

        labels, of_each = np.unique(scalars.labels, return_inverse=True)
        is_named = np.array([self._name_of(label) is not None for label in labels.tolist()], dtype=bool)
        is_scalar = np.array(
            [self._labels.plugins[label] == SCALARS for label in labels.tolist()], dtype=bool
        )
        is_step = (scalars.steps >= 0) & (scalars.steps <= MAX_STEP)
        is_shown = (scalars.is_simple | is_scalar[of_each]) & is_named[of_each]
        outside = np.flatnonzero(is_shown & ~is_step)
        if len(outside):
            if not self._outside:
                self._outside_step = int(scalars.steps[outside[np.argmin(scalars.records[outside])]])
            self._outside += len(outside)
        is_shown &= is_step
        return scalars if is_shown.all() else scalars.at(np.flatnonzero(is_shown))

    def _columns(self, scalars: Scalars, places: NDArray[np.int64]) -> Iterator[dict[str, Columns]]:
        """Points by label. `places`: of those of a part, in the order of the file."""
        import numpy as np

        if not len(places):
            return
        by_label = places[np.argsort(scalars.labels[places], kind="stable")]
        bounds = np.flatnonzero(np.diff(scalars.labels[by_label])) + 1
        columns = Columns(scalars.steps.astype(np.float64), scalars.wall_times, scalars.values, scalars.exact)
        found: dict[str, Columns] = {}
        for of_label in np.split(by_label, bounds):
            name = self._name_of(int(scalars.labels[of_label[0]]))
            if name is not None:
                found[name] = columns.at(of_label)
        yield found

    def _name_of(self, label: int) -> str | None:
        """The label as it is shown; None if it is none."""
        if label not in self._names:
            tag = self._labels.tags[label]
            shown = tag.decode(errors="backslashreplace")
            self._names[label] = label_of_tag(shown) if len(tag) <= MAX_LABEL_BYTES else None
            if self._names[label] is None:
                self._report(f"a tag of {len(tag):,} bytes is no label: {shown[:40]!r}...", None)
        return self._names[label]

    def _pass_zeros(self, descriptor: int, size_bytes: int) -> None:
        """An end of zeros is left for later, as a half-written one; each is looked at once."""
        if self._zeros_until > size_bytes:  # it was cut
            self._zeros_until = 0
        place = max(self.tail.offset, self._zeros_until)
        while place < size_bytes:
            place = tail.data_begin(descriptor, place, size_bytes)
            data = pread(descriptor, tail.BLOCK_BYTES, place)
            rest = data.lstrip(b"\0")
            place += len(data) - len(rest)
            if rest:
                self._report(
                    f"{place - self.tail.offset} bytes are zero; what follows is read from the next whole record on",
                    self.tail.offset,
                )
                self.tail.move_to(
                    descriptor, max(place - event_records.HEADER_BYTES + 1, self.tail.offset + 1)
                )
                self._reader.is_lost = True
                return
            if not data:
                break
        self._zeros_until = size_bytes

    def _pass_long(self, descriptor: int, data: bytes, length: int, size_bytes: int) -> None:
        """What to do about a record that goes on behind its block."""
        record_bytes = length + event_records.FRAME_BYTES
        if self.tail.offset + record_bytes > size_bytes:
            return  # half-written
        if record_bytes <= MAX_RECORD_BYTES:
            self.tail.want(record_bytes)
            return
        begin = data[event_records.HEADER_BYTES :][:_PEEKED_BYTES]
        begin = begin or pread(descriptor, _PEEKED_BYTES, self.tail.offset + event_records.HEADER_BYTES)
        if event_messages.may_hold_scalars(begin):
            limit = f"{MAX_RECORD_BYTES // 2**20} MiB, the most that is read of a record"
            self._report(f"a record of {length:,} bytes is longer than {limit}", self.tail.offset)
        self.tail.move_to(descriptor, self.tail.offset + record_bytes)

    def _report(self, reason: str, offset: int | None) -> None:
        if len(self._problems) < _MAX_PROBLEMS:
            position = "" if offset is None else f"byte {offset}"
            self._problems.append(Problem(self._path, reason, position))
        else:
            self._unnamed += 1
