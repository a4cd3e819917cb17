from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike import crc32c

LENGTHS = [0, 1, 2, 3, 511, 512, 513, 514, 767, 768, 769, 1000, 4095, 4096, 4097, 10_001, 70_000]


def plain(data: bytes) -> int:
    """By the definition, bit by bit."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def test_the_plain_one_is_that_of_the_rfc() -> None:
    unmasked = (plain(b"123456789") - 0xA282EAD8) & 0xFFFFFFFF
    assert ((unmasked >> 17) | (unmasked << 15)) & 0xFFFFFFFF == 0xE3069283


@pytest.mark.parametrize("length", LENGTHS)
def test_texts_of_every_length(length: int) -> None:
    data = random.Random(length).randbytes(length)
    assert crc32c.masked(data) == plain(data)


@given(
    st.lists(
        st.tuples(st.integers(0, 9000), st.sampled_from([0, 1, 2, 3, 8, 31, 32, 33, 64, 99, 5000])),
        max_size=40,
    )
)
def test_many_at_once_are_the_same_as_one_by_one(parts: list[tuple[int, int]]) -> None:
    data = np.frombuffer(random.Random(1).randbytes(14_000), dtype=np.uint8)
    begins = np.array([begin for begin, _ in parts], dtype=np.int64)
    lengths = np.array([length for _, length in parts], dtype=np.int64)
    expected = [crc32c.masked(data[begin : begin + length].tobytes()) for begin, length in parts]
    assert crc32c.masked_of_many(data, begins, lengths).tolist() == expected
