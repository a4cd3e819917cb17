from __future__ import annotations

import pytest

from lavdlike import protobuf
from lavdlike.protobuf import BYTES, FIXED32, FIXED64, VARINT, BadMessageError, Field


def test_fields_are_given_in_their_order_with_their_places() -> None:
    data = b"\x08\x96\x01" + b"\x12\x02hi" + b"\x1d\0\0\x80\x3f" + b"\x21" + bytes(8) + b"\x82\x01\x00"
    assert list(protobuf.fields(data)) == [
        Field(1, VARINT, 1, 3, 150),
        Field(2, BYTES, 5, 7),
        Field(3, FIXED32, 8, 12),
        Field(4, FIXED64, 13, 21),
        Field(16, BYTES, 24, 24),
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x08", "a number without an end"),
        (b"\x08" + b"\xff" * 11, "a number without an end"),
        (b"\x12\x05hi", "longer than its message"),
        (b"\x12" + b"\xff" * 9 + b"\x01", "longer than its message"),
        (b"\x0b", "unknown type 3"),
        (b"\x00\x00", "without a number"),
        (b"\x21\0\0", "longer than its message"),
    ],
)
def test_what_is_no_message_is_said(data: bytes, reason: str) -> None:
    with pytest.raises(BadMessageError, match=reason):
        list(protobuf.fields(data))


def test_numbers_below_zero_are_those_of_64_bits() -> None:
    (field,) = protobuf.fields(b"\x08" + b"\xff" * 9 + b"\x01")
    assert protobuf.signed(field.value) == -1


def test_a_message_of_nothing_but_fields_is_given_up() -> None:
    fields = protobuf.fields(b"\x08\x00" * (protobuf.MAX_FIELDS + 1))
    with pytest.raises(BadMessageError, match="more than 100,000 fields"):
        list(fields)


def test_how_deep_a_message_is_nested_does_not_matter() -> None:
    data = b""
    for _ in range(5000):
        length = len(data)
        size = bytes([length & 0x7F | 0x80, length >> 7 & 0x7F | 0x80, length >> 14])
        data = b"\x12" + size + data
    (field,) = protobuf.fields(data)
    assert field.end == len(data)
