"""The items in TensorBoard's event files: where each stands, found by the heads of records, and its bytes when asked.

Numbers are passed over as `event_blocks` finds them, many at once; of longer records only what says what they hold is
read. A content is compared with its checksum when it is shown.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, overload

from lavdlike import crc32c, layout
from lavdlike.disk import tail
from lavdlike.disk.filling import pread
from lavdlike.disk.tail import Tail
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.layout import MAX_STEP
from lavdlike.protobuf import BadMessageError, Readable
from lavdlike.sources.events import event_items, event_records
from lavdlike.sources.events.event_blocks import EventBlock, Labels
from lavdlike.sources.events.event_files import MAX_LABEL_BYTES, EventFiles, label_of_tag
from lavdlike.sources.events.event_items import Item, Metadata, Span, Value
from lavdlike.sources.events.event_records import FRAME_BYTES, HEADER_BYTES
from lavdlike.sources.members import MAX_BYTES, Beside, Member, path_in_step

if TYPE_CHECKING:
    from lavdlike.sources.events.event_records import Records

_BLOCK_BYTES = 256 * 2**10
# Longer records are no numbers; shorter ones are looked at together.
_MAX_ALIKE_BYTES = 8192
# Of longer ones where several follow each other, this is read at first, and of so many at once.
_HEAD_BYTES, _AT_ONCE = 4096, 256
# If that does not say what they hold: read at once, and how often.
_WINDOW_BYTES, _MAX_WINDOWS = 4096, 2000
# Of a file; each takes some 500 bytes of memory.
MAX_MEMBERS = 250_000
_MAX_METADATA = 100_000
_MAX_METADATA_BYTES = 4096
# Where a record's content begins in the file, how long it is, and where in it a part begins and how long that is.
_PART = struct.Struct("<QIII")


class EventMembers:
    """See `members.Members`."""

    title = EventFiles.title
    is_document = False

    def __init__(self) -> None:
        self._points = EventFiles()

    def names(self, name: str) -> bool:
        return self._points.names(name)

    def claims(self, name: str, begin: bytes) -> bool:
        return self._points.claims(name, begin) is not None

    def kinds_at_a_glance(self, part: bytes) -> set[str]:
        return event_items.kinds_at_a_glance(part)

    def file(self, name: str, beside: Beside, run: str = "") -> EventMembersFile:  # noqa: ARG002 - it names none
        return EventMembersFile()

    def content(self, descriptor: int, member: Member, shown: str, beside: Beside) -> bytes:  # noqa: ARG002
        import numpy as np

        parts: list[bytes] = []
        for begin, length, part_begin, part_bytes in _PART.iter_unpack(member.where):
            if not part_bytes:
                parts.append(b"")
                continue
            record = _record(descriptor, begin, length, shown)
            parts.append(record[part_begin : part_begin + part_bytes])
        try:
            with np.errstate(all="ignore"):  # sums of huge numbers, and the like
                made: bytes = member.form(parts)
        except (BadMessageError, ValueError) as error:
            raise LogFormatError(shown, str(error)) from None
        return made


class EventMembersFile:
    """See `members.MembersFile`. The records that numbers are read from are those of `event_files.EventFile`."""

    def __init__(self) -> None:
        self._tail = Tail()
        self._reader = event_records.RecordReader(checks_contents=False)
        self._labels = Labels()
        self._metadata: dict[bytes, Metadata] = {}
        self._paths: dict[tuple[str, str], str] = {}  # below a step, by label and suffix
        self._joined: dict[str, Member] = {}  # of which other events hold further parts
        self._count = 0
        self._outside = 0
        self._outside_step = 0

    def is_unchanged(self, descriptor: int) -> bool:
        return self._tail.is_unchanged(descriptor)

    def continues(self, descriptor: int) -> bool:
        return self._tail.continues(descriptor)

    def find_new(self, descriptor: int) -> Iterator[list[Member]]:
        for offset, data, size_bytes in self._tail.new_bytes(descriptor, _BLOCK_BYTES):
            found = self._reader.split(data)
            self._tail.take(descriptor, data[: found.taken])
            members = self._in_block(data, offset, found)
            if found.is_nothing:
                self._pass_zeros(descriptor, size_bytes)
            yield members
            while found.next_length is not None and (members := self._in_long_ones(descriptor, size_bytes)):
                yield members

    def problems(self) -> list[str]:
        said = []
        if self._outside:
            steps = f"{self._outside} items at steps that are none, such as {self._outside_step}"
            said.append(f"{steps}, are not shown: steps are from 0 to 2**53 - 1")
        if self._count > MAX_MEMBERS:
            said.append(f"more than {MAX_MEMBERS:,} items: the others are not shown")
        return said

    def _in_block(self, data: bytes, offset: int, found: Records) -> list[Member]:
        members: list[Member] = []
        for record in self._worth_parsing(data, found):
            begin, length = int(found.begins[record]), int(found.lengths[record])
            members += self._members(data[begin : begin + length], offset + begin, length)
        return members

    def _worth_parsing(self, data: bytes, found: Records) -> list[int]:
        """The records that are not numbers alone."""
        import numpy as np

        if not len(found.begins):
            return []
        is_short = found.lengths <= _MAX_ALIKE_BYTES
        records: list[int] = np.flatnonzero(~is_short).tolist()
        if is_short.any():
            short = np.flatnonzero(is_short)
            block = EventBlock(data, found.begins[short], found.lengths[short], self._labels, lambda _: False)
            block.scalars()
            records += short[block.others].tolist() if block.others else []
        return sorted(records)

    def _in_long_ones(self, descriptor: int, size_bytes: int) -> list[Member]:
        """What the next records hold that are not worth being read whole, some of them; [] if there is none."""
        place, members = self._tail.offset, list[Member]()
        for _ in range(_AT_ONCE):
            data = pread(descriptor, _HEAD_BYTES, place)
            length = event_records.length_of(data[:HEADER_BYTES])
            end = place + FRAME_BYTES + (length or 0)
            if length is None or length < _HEAD_BYTES or end > size_bytes:
                break
            begin = place + HEADER_BYTES
            head = data[HEADER_BYTES:]
            try:
                members += self._members(head, begin, length)
            except IndexError:
                members += self._members(_Windows(descriptor, begin, length), begin, length)
            place = end
        if place > self._tail.offset:
            self._tail.move_to(descriptor, place)
        return members

    def _pass_zeros(self, descriptor: int, size_bytes: int) -> None:
        """An end of zeros is left for later; behind others, the next whole record is looked for."""
        place = self._tail.offset
        while place < size_bytes:
            place = tail.data_begin(descriptor, place, size_bytes)
            data = pread(descriptor, _BLOCK_BYTES, place)
            rest = data.lstrip(b"\0")
            place += len(data) - len(rest)
            if rest:
                self._tail.move_to(descriptor, max(place - HEADER_BYTES + 1, self._tail.offset + 1))
                self._reader.is_lost = True
            if rest or not data:
                return

    def _members(self, data: Readable, begin: int, length: int) -> list[Member]:
        """Raises IndexError: more of the record is needed to say what it holds."""
        members: list[Member] = []
        try:
            event = event_items.values_of(data, length)
            for value in event.values:
                self._learn(value)
            for item in event_items.items_of(data, event, self._metadata_of):
                if item.is_of_step and not 0 <= event.step <= MAX_STEP:
                    self._outside_step = self._outside_step if self._outside else event.step
                    self._outside += 1
                    continue
                self._count += 1
                if self._count <= MAX_MEMBERS:
                    members.append(self._member(item, event.step, event.wall_time, begin, length))
        except BadMessageError:
            pass  # whoever reads the numbers says so
        return members

    def _member(self, item: Item, step: int, wall_time: float, begin: int, length: int) -> Member:
        where = b"".join(_place(span, begin, length) for span in item.spans)
        path = self._path_in_step(item)
        if item.is_of_step:
            path = f"{layout.step_folder(step)}/{path}"
        time = wall_time if math.isfinite(wall_time) else None
        member = Member(path, time, item.kinds, where, item.make)
        if len(item.spans) > 1:
            member = self._with_other_parts(member)
        return member

    def _path_in_step(self, item: Item) -> str:
        known = self._paths.get((item.label, item.suffix))
        if known is None:
            known = path_in_step(label_of_tag(item.label), item.suffix)
            if len(self._paths) < _MAX_METADATA:
                self._paths[item.label, item.suffix] = known
        return known

    def _with_other_parts(self, member: Member) -> Member:
        """With what other events say of the same item."""
        known = self._joined.get(member.path)
        if known is not None:
            size = _PART.size
            parts = [
                new if any(new[-4:]) else known.where[place : place + size]
                for place in range(0, len(member.where), size)
                if (new := member.where[place : place + size])
            ]
            member = member._replace(where=b"".join(parts))
        self._joined[member.path] = member
        return member

    def _learn(self, value: Value) -> None:
        """The first metadata of a tag are those of all its values, as TensorBoard has it."""
        metadata = value.metadata
        if metadata is None or not metadata.plugin or len(self._metadata) >= _MAX_METADATA:
            return
        if len(metadata.content) <= _MAX_METADATA_BYTES and len(value.tag) <= MAX_LABEL_BYTES:
            self._metadata.setdefault(value.tag, metadata)

    def _metadata_of(self, value: Value) -> Metadata | None:
        return self._metadata.get(value.tag)


def _place(span: Span, begin: int, length: int) -> bytes:
    return _PART.pack(begin, length, span[0], span[1] - span[0])


def _record(descriptor: int, begin: int, length: int, shown: str) -> bytes:
    """The content of a record.

    Raises:
        LogFormatError: it is not there any more, or does not fit its checksum.
    """
    if length > MAX_BYTES:
        raise LimitError(
            shown, f"a record of more than {MAX_BYTES // 2**20} MiB, the most that is read of one"
        )
    data = pread(descriptor, length + FRAME_BYTES, begin - HEADER_BYTES)
    content = data[HEADER_BYTES : HEADER_BYTES + length]
    if len(data) < length + FRAME_BYTES or data[:8] != length.to_bytes(8, "little"):
        raise LogFormatError(shown, "the event file was written anew", f"byte {begin - HEADER_BYTES}")
    if crc32c.masked(content) != int.from_bytes(data[-4:], "little"):
        reason = "the content of its record does not fit its checksum"
        raise LogFormatError(shown, reason, f"byte {begin - HEADER_BYTES}")
    return content


class _Windows:
    """The content of a long record, of which only what is asked for is read."""

    def __init__(self, descriptor: int, begin: int, length: int) -> None:
        self._descriptor = descriptor
        self._begin = begin
        self._length = length
        self._left = _MAX_WINDOWS
        self._at = 0
        self._data = b""

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int, /) -> int: ...
    @overload
    def __getitem__(self, places: slice, /) -> bytes: ...
    def __getitem__(self, at: int | slice, /) -> int | bytes:
        if isinstance(at, int):
            return self._window(at, 1)[at - self._at]
        size_bytes = at.stop - at.start
        if size_bytes > _WINDOW_BYTES:
            raise BadMessageError("a name or the like of more than 4 KiB")
        return self._window(at.start, size_bytes)[at.start - self._at : at.stop - self._at]

    def _window(self, begin: int, size_bytes: int) -> bytes:
        if not self._at <= begin <= begin + size_bytes <= self._at + len(self._data):
            self._left -= 1
            if self._left < 0 or not 0 <= begin <= begin + size_bytes <= self._length:
                raise BadMessageError("not in this record, or too scattered in it")
            wanted = min(_WINDOW_BYTES, self._length - begin)
            self._at, self._data = begin, pread(self._descriptor, wanted, self._begin + begin)
            if len(self._data) < size_bytes:
                raise BadMessageError("cut meanwhile")
        return self._data
