from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.sources.streamvis import streamvis_records
from lavdlike.sources.streamvis.streamvis_records import (
    Control,
    Found,
    Group,
    Points,
    RecordReader,
    begins_with_group,
)
from tests.sources.streamvis.streamvis_bytes import control, floats, group, points, record

GROUP = group(7, "run", "loss", "x", "y")
POINTS = points(7, floats(1), floats(0.5))
LOG = GROUP + 3 * POINTS


def test_records_are_what_they_say() -> None:
    found = RecordReader().split(GROUP + points(7, [1, -2], floats(0.5, 0.25)) + control("run", "loss"))
    (_, first), (_, second), (_, third) = found.messages
    assert first == Group(7, "run", "loss", 0, ("x", "y"))
    assert isinstance(second, Points)
    assert [each.tolist() for each in second.values] == [[1, -2], [0.5, 0.25]]
    assert third == Control("run", "loss")
    assert (found.broken, found.next_bytes) == ([], 0)


def test_a_log_begins_with_a_whole_group() -> None:
    assert begins_with_group(LOG)
    assert not any(map(begins_with_group, (b"", GROUP[:-1], POINTS, bytes(100), b"epoch,loss\n0,0.5\n")))


@given(st.integers(0, len(LOG)))
def test_a_record_that_is_not_whole_is_left_for_later(size: int) -> None:
    reader = RecordReader()
    first = reader.split(LOG[:size])
    second = reader.split(LOG[first.taken :])
    assert (len(first.messages) + len(second.messages), first.broken + second.broken) == (4, [])


def places_of(found: Found) -> list[int]:
    return [place for place, _ in found.broken]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b"\x07" + POINTS[1:], "unknown kind 7"),
        (b"\x01\x7f" + POINTS[2:], "bytes"),
        (b"\x01" + bytes(9), "bytes"),
        (POINTS[:5] + b"\x0b" + POINTS[6:], "unknown type 3"),
        (record(1, b"\x0a\x02ab"), "another type"),
        (bytes(40), "0 bytes"),
    ],
)
def test_behind_what_is_broken_the_next_whole_record_is_read(broken: bytes, reason: str) -> None:
    found = RecordReader().split(GROUP + POINTS + broken + POINTS + POINTS)
    assert [type(message) for _, message in found.messages] == [Group, Points, Points, Points]
    assert places_of(found) == [len(GROUP + POINTS)]
    assert reason in found.broken[0][1]


def test_zeros_at_the_end_are_not_written_yet() -> None:
    reader = RecordReader()
    found = reader.split(LOG + bytes(100))
    assert (found.taken, found.broken) == (len(LOG), [])
    assert len(reader.split(POINTS).messages) == 1


def test_what_is_broken_too_often_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamvis_records, "MAX_BROKEN", 2)
    reader = RecordReader()
    data = GROUP + 5 * (b"\x09" + POINTS)
    assert reader.split(data).taken == len(data)
    assert reader.is_given_up


def test_a_length_beyond_the_block_says_how_much_is_wanted() -> None:
    header = struct.pack(">BI", 1, 3_000_000)
    assert RecordReader().split(GROUP + header + b"\x08")[2:] == (len(GROUP), 3_000_005)
