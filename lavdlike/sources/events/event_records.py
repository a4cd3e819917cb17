"""The records of an event file: where they stand in a block of bytes, and where reading can go on behind broken ones.

A record is the length of its content (8 bytes, little endian), a masked CRC-32C of these, the content, and a masked
CRC-32C of the content, as in TensorFlow's `record_writer.cc`. So a length can be trusted, and a place in the middle of
nowhere is a record's begin if it holds a length with its CRC: by chance that is so once in 2 ** 64 bytes.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from lavdlike import crc32c

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEADER_BYTES = 12
# Of a record, beside its content.
FRAME_BYTES = 16
# No message of protobuf is longer; a length beyond is none, whatever its CRC says.
MAX_LENGTH = 2**31 - 1
NOTHING = bytes(HEADER_BYTES)
# Lengths that were seen; those of pictures are all different.
_MAX_KNOWN = 10_000
# So much is searched at first, then twice as much each time: what is broken is mostly short.
_FIRST_SEARCHED_BYTES, _SEARCHED_BYTES = 512, 2**18
# Of a file in which a begin was looked for more often, the rest is not read: each time takes its while.
MAX_SEARCHES = 5000
_length_of = struct.Struct("<Q").unpack_from


class Broken(NamedTuple):
    """What is no record, from a place on. `reason`: why."""

    begin: int
    reason: str


class Records(NamedTuple):
    """Those of a block. `begins`, `lengths`: of the contents of whole ones; all bytes up to `taken` are done with.

    `next_length`: of the content of a record that begins at `taken` and goes on behind the block; None if none does.
    `is_nothing`: there are only zeros from `taken` on.
    """

    begins: NDArray[np.int64]
    lengths: NDArray[np.int64]
    broken: list[Broken]
    taken: int
    next_length: int | None = None
    is_nothing: bool = False


def begins_with_record(begin: bytes) -> bool:
    """Whether a file that begins so is made of records."""
    return length_of(begin[:HEADER_BYTES]) is not None


class RecordReader:
    """Finds the records of a file, block by block.

    `is_lost`: whether a record's begin is looked for. `is_given_up`: it was too often, and nothing more is read.

    Args:
        checks_contents: otherwise a record whose content does not fit its CRC is one, too.
    """

    def __init__(self, *, checks_contents: bool = True) -> None:
        self._checks_contents = checks_contents
        self.is_lost = False
        self.is_given_up = False
        self._searches = 0
        self._known: dict[bytes, int] = {}  # lengths by their headers

    def split(self, data: bytes) -> Records:
        """The records of a block, which begins with one, or where what was `taken` before ends."""
        begins: list[int] = []
        lengths: list[int] = []
        broken: list[Broken] = []
        place, next_length = 0, None
        if self.is_given_up:
            return self._records(begins, lengths, broken, len(data))
        while len(data) - place >= HEADER_BYTES:
            if self.is_lost:
                place = find_header(data, place)
                self.is_lost = len(data) - place < HEADER_BYTES
                continue
            first = len(begins)
            place, next_length = self._walk(data, place, begins, lengths)
            is_at_end = next_length is not None or len(data) - place < HEADER_BYTES
            is_nothing = not is_at_end and data[place : place + HEADER_BYTES] == NOTHING
            last_good = not self._checks_contents or self._check(data, begins, lengths, first, broken)
            if is_at_end:
                break
            if is_nothing:
                rest = data[place:].lstrip(b"\0")
                if not rest:
                    return self._records(begins, lengths, broken, place, is_nothing=True)
                broken.append(Broken(place, f"{len(data) - place - len(rest)} bytes are zero"))
            elif last_good:
                broken.append(Broken(place, "the length of a record does not fit its checksum"))
            else:  # so the last record has no end either: it may begin anew within it
                place = broken[-1].begin
            self.is_lost, place = True, place + 1
            self._searches += 1
            if self._searches > MAX_SEARCHES:
                self.is_given_up = True
                return self._records(begins, lengths, broken, len(data))
        return self._records(begins, lengths, broken, place, next_length)

    def _walk(self, data: bytes, place: int, begins: list[int], lengths: list[int]) -> tuple[int, int | None]:
        """Adds whole records up to one that is none, or not whole: where it begins, and the length of the latter."""
        known, size = self._known, len(data)
        while place + HEADER_BYTES <= size:
            header = data[place : place + HEADER_BYTES]
            length = known.get(header)
            if length is None:
                length = length_of(header)
                if length is None:
                    return place, None
                if len(known) > _MAX_KNOWN:
                    known.clear()
                known[header] = length
            end = place + FRAME_BYTES + length
            if end > size:
                return place, length
            begins.append(place + HEADER_BYTES)
            lengths.append(length)
            place = end
        return place, None

    def _check(
        self, data: bytes, begins: list[int], lengths: list[int], first: int, broken: list[Broken]
    ) -> bool:
        """Takes out records whose content does not fit its CRC; whether the last one was good."""
        import numpy as np

        if first == len(begins):
            return True
        array = np.frombuffer(data, dtype=np.uint8)
        some_begins, some_lengths = np.array(begins[first:]), np.array(lengths[first:])
        ends = some_begins + some_lengths
        given = np.lib.stride_tricks.sliding_window_view(array, 4)[ends].copy().view("<u4")[:, 0]
        is_bad = crc32c.masked_of_many(array, some_begins, some_lengths) != given
        if not is_bad.any():
            return True
        for index in np.flatnonzero(is_bad).tolist():
            begin = begins[first + index] - HEADER_BYTES
            broken.append(Broken(begin, "the content of a record does not fit its checksum"))
        begins[first:], lengths[first:] = some_begins[~is_bad].tolist(), some_lengths[~is_bad].tolist()
        return not is_bad[-1]

    def _records(
        self,
        begins: list[int],
        lengths: list[int],
        broken: list[Broken],
        taken: int,
        next_length: int | None = None,
        *,
        is_nothing: bool = False,
    ) -> Records:
        import numpy as np

        return Records(
            np.array(begins, dtype=np.int64),
            np.array(lengths, dtype=np.int64),
            broken,
            taken,
            next_length,
            is_nothing,
        )


def length_of(header: bytes) -> int | None:
    """What a header says; None if it is none."""
    if len(header) < HEADER_BYTES:
        return None
    length: int = _length_of(header)[0]
    if length > MAX_LENGTH or crc32c.masked(header[:8]) != int.from_bytes(header[8:], "little"):
        return None
    return length


def find_header(data: bytes, begin: int) -> int:
    """Where the next record begins from a place on; if none does, the first place that was not looked at."""
    import numpy as np

    array = np.frombuffer(data, dtype=np.uint8)
    last = len(data) - HEADER_BYTES
    place, searched_bytes = begin, 0
    while (place := place + searched_bytes) <= last:
        searched_bytes = min(2 * searched_bytes or _FIRST_SEARCHED_BYTES, _SEARCHED_BYTES)
        part = array[place : min(place + searched_bytes, last + 1) + HEADER_BYTES - 1]
        count = len(part) - HEADER_BYTES + 1
        places = np.flatnonzero(_may_begin(part, count))
        if not len(places):
            continue
        crcs = crc32c.masked_of_many(part, places, np.full(len(places), 8))
        windows = np.lib.stride_tricks.sliding_window_view(part, 4)
        found = places[crcs == windows[places + 8].copy().view("<u4")[:, 0]]
        if len(found):
            return place + int(found[0])
    return max(begin, last + 1)


def _may_begin(part: NDArray[np.uint8], count: int) -> NDArray[np.bool_]:
    """At which of the first places: lengths are below 2 ** 31, and the CRC of none is 0."""
    high = part[4 : 4 + count] | part[5 : 5 + count] | part[6 : 6 + count] | part[7 : 7 + count]
    crc = part[8 : 8 + count] | part[9 : 9 + count] | part[10 : 10 + count] | part[11 : 11 + count]
    is_low: NDArray[np.bool_] = part[3 : 3 + count] < 0x80
    may_begin: NDArray[np.bool_] = (high == 0) & is_low & (crc != 0)
    return may_begin
