"""A gzip file read at any place."""

from __future__ import annotations

import gzip
import os
import random
from collections.abc import Callable, Iterator

import pytest

from lavdlike.disk.archives import gzip_reader
from lavdlike.disk.archives.gzip_reader import GzipReader
from lavdlike.errors import LimitError, LogFormatError

Open = Callable[..., GzipReader]


@pytest.fixture
def opened() -> Iterator[Open]:
    descriptors = []

    def open_(data: bytes, *arguments: int) -> GzipReader:
        descriptors.append(os.memfd_create("gzip"))
        os.write(descriptors[-1], data)
        return GzipReader(descriptors[-1], *arguments)

    yield open_
    for fd in descriptors:
        os.close(fd)


def content(size: int) -> bytes:
    """Neither random nor all the same."""
    numbers = random.Random(3)
    return b"".join(b"%d, " % numbers.randrange(10**6) for _ in range(size // 7))[:size]


def test_bytes_at_any_place_are_those_of_the_file(monkeypatch: pytest.MonkeyPatch, opened: Open) -> None:
    monkeypatch.setattr(gzip_reader, "_FIRST_DISTANCE", 10_000)
    monkeypatch.setattr(gzip_reader, "_MAX_STATES", 8)  # thinned out several times
    data = content(1_000_000)
    reader = opened(gzip.compress(data))
    places = random.Random(5)
    for _ in range(60):
        place, count = places.randrange(len(data) + 100), places.randrange(50_000)
        assert reader.read_at(place, count) == data[place : place + count]
    assert reader.read_at(0, len(data) + 1) == data


@pytest.mark.slow
def test_what_is_read_again_is_not_unpacked_from_the_begin(
    monkeypatch: pytest.MonkeyPatch, opened: Open
) -> None:
    monkeypatch.setattr(gzip_reader, "_FIRST_DISTANCE", 50_000)
    data = content(2_000_000)
    reader = opened(gzip.compress(data))
    reader.read_at(len(data) - 1, 1)
    read = 0
    pread = os.pread

    def counted(fd: int, count: int, place: int) -> bytes:
        nonlocal read
        found = pread(fd, count, place)
        read += len(found)
        return found

    monkeypatch.setattr(gzip_reader, "_PIECE", 4096)
    monkeypatch.setattr(os, "pread", counted)
    assert reader.read_at(1_500_000, 10) == data[1_500_000:1_500_010]
    assert read < 100_000


def test_files_behind_each_other_are_one(opened: Open) -> None:
    parts = [content(30_000), b"", b"end"]
    reader = opened(b"".join(map(gzip.compress, parts)) + bytes(100))
    assert reader.read_at(0, 100_000) == b"".join(parts)


def test_a_cut_one_says_where(opened: Open) -> None:
    data = gzip.compress(content(100_000))
    reader = opened(data[: len(data) // 2])
    assert reader.read_at(0, 1000) == content(100_000)[:1000]
    with pytest.raises(LogFormatError, match="it is cut: its gzip data ends at byte"):
        reader.read_at(0, 100_000)


def test_one_that_unpacks_to_very_much_is_not_read_on(opened: Open) -> None:
    reader = opened(gzip.compress(bytes(3 * 2**20)), 2**20)
    assert reader.read_at(0, 2**20) == bytes(2**20)
    with pytest.raises(LimitError, match="unpacked, which is as much as is looked through"):
        reader.read_at(2**20, 1)
