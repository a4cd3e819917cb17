from __future__ import annotations

import struct

import pytest

from lavdlike import crc32c
from lavdlike.sources.events import event_records
from lavdlike.sources.events.event_records import FRAME_BYTES, RecordReader, Records
from tests.sources.events.event_bytes import record


def contents(data: bytes, found: Records) -> list[bytes]:
    return [data[begin : begin + length] for begin, length in zip(found.begins, found.lengths, strict=True)]


CONTENTS = [b"first", b"", b"a longer third one" * 20, b"fourth"]
DATA = b"".join(map(record, CONTENTS))


@pytest.mark.parametrize("cut", range(0, len(DATA) + 1, 3))
def test_a_record_without_its_end_is_left_for_later(cut: int) -> None:
    reader = RecordReader()
    first = reader.split(DATA[:cut])
    second = reader.split(DATA[first.taken :])
    assert [*contents(DATA, first), *contents(DATA[first.taken :], second)] == CONTENTS
    assert first.broken == second.broken == []


def test_a_broken_content_costs_its_record_alone() -> None:
    data = DATA.replace(b"first", b"worst")
    found = RecordReader().split(data)
    assert contents(data, found) == CONTENTS[1:]
    assert [(each.begin, each.reason) for each in found.broken] == [
        (0, "the content of a record does not fit its checksum")
    ]


@pytest.mark.parametrize("place", range(12))
def test_behind_a_broken_header_the_next_whole_record_is_found(place: int) -> None:
    begin = len(record(CONTENTS[0]))
    data = bytearray(DATA)
    data[begin + place] ^= 0x10
    found = RecordReader().split(bytes(data))
    assert contents(bytes(data), found) == [CONTENTS[0], *CONTENTS[2:]]
    assert [each.begin for each in found.broken] == [begin]


def test_what_was_torn_out_is_one_broken_place() -> None:
    data = DATA[:40] + DATA[90:]
    found = RecordReader().split(data)
    assert contents(data, found) == [*CONTENTS[:2], CONTENTS[3]]
    assert [each.begin for each in found.broken] == [37]


def test_a_begin_that_is_looked_for_may_come_in_a_later_block() -> None:
    reader = RecordReader()
    rubbish = b"\x01" * 100
    first = reader.split(rubbish)
    assert (reader.is_lost, first.taken, len(first.broken)) == (True, 100 - 11, 1)
    data = rubbish[first.taken :] + DATA
    found = reader.split(data)
    assert contents(data, found) == CONTENTS
    assert found.broken == []


@pytest.mark.parametrize("length", [2**60, 2**63, 2**64 - 1, event_records.MAX_LENGTH + 1])
def test_a_length_that_no_message_has_is_none_though_its_checksum_is_right(length: int) -> None:
    packed = struct.pack("<Q", length)
    data = packed + struct.pack("<I", crc32c.masked(packed)) + DATA
    found = RecordReader().split(data)
    assert contents(data, found) == CONTENTS
    assert [each.begin for each in found.broken] == [0]


def test_the_length_of_a_record_that_goes_on_is_known() -> None:
    data = record(b"x" * 1000)
    found = RecordReader().split(data[:500])
    assert (found.taken, found.next_length) == (0, 1000)
    assert len(data) == 1000 + FRAME_BYTES


def test_an_end_of_zeros_is_left_for_later() -> None:
    found = RecordReader().split(DATA + bytes(10_000))
    assert (found.taken, found.is_nothing, found.broken) == (len(DATA), True, [])


def test_zeros_in_the_middle_are_passed() -> None:
    data = DATA + bytes(1001) + DATA
    found = RecordReader().split(data)
    assert contents(data, found) == CONTENTS * 2
    assert [each.reason for each in found.broken] == [f"{1001} bytes are zero"]


def test_files_of_records_are_told_by_their_begin() -> None:
    assert event_records.begins_with_record(DATA)
    assert not event_records.begins_with_record(DATA[:11])
    assert not event_records.begins_with_record(bytes(12))
    assert not event_records.begins_with_record(b"some text, say")


def test_a_file_that_is_broken_all_over_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_records, "MAX_SEARCHES", 10)
    reader = RecordReader()
    data = (record(b"content") + b"\x01" * 20) * 50
    found = reader.split(data)
    assert (reader.is_given_up, found.taken, len(found.begins)) == (True, len(data), 11)
    assert len(reader.split(DATA).begins) == 0


@pytest.mark.parametrize("length", [1, 511, 512, 513, 3000, 2**18, 2**19 + 7])
def test_a_begin_is_found_behind_rubbish_of_any_length(length: int) -> None:
    data = b"\x01" * length + DATA
    assert event_records.find_header(data, 0) == length
    assert event_records.find_header(data[: length + 11], 0) == length
