"""One file of an archive as a file of its own, within limits."""

from __future__ import annotations

import os
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lavdlike.disk.archives import unpacking
from lavdlike.disk.archives.archive_tree import Part
from lavdlike.disk.archives.unpacking import Unpacked
from lavdlike.errors import NotServedError


@pytest.fixture
def unpacked() -> Iterator[Unpacked]:
    found = Unpacked()
    yield found
    found.close()


class Stored:
    """An archive of one deflated file, and how often it was read."""

    def __init__(self, content: bytes) -> None:
        stream = zlib.compressobj(wbits=-15)
        self.data = stream.compress(content) + stream.flush()
        self.part = Part(0, len(self.data), len(content), 0.0, zlib.crc32(content), True, True)
        self.reads = 0

    def read_at(self, place: int, count: int) -> bytes:
        self.reads += 1
        return self.data[place : place + count]


def read(fd: int) -> bytes:
    with os.fdopen(fd, "rb") as file:
        return file.read()


def test_a_file_is_unpacked_once_for_several_who_ask(unpacked: Unpacked) -> None:
    stored = Stored(bytes(range(256)) * 1000)
    first = unpacked.opened("x", stored.part, stored.read_at)
    reads = stored.reads
    assert os.read(first, 10) == bytes(range(10))
    assert read(unpacked.opened("x", stored.part, stored.read_at)) == bytes(range(256)) * 1000
    assert stored.reads == reads
    assert read(first) == (bytes(range(256)) * 1000)[10:]  # each has a place of its own


def test_kept_files_are_bounded(monkeypatch: pytest.MonkeyPatch, unpacked: Unpacked) -> None:
    monkeypatch.setattr(unpacking, "_KEPT_IN_MEMORY_BYTES", 300_000)
    before = len(list(Path("/proc/self/fd").iterdir()))
    contents = [os.urandom(100_000) for _ in range(20)]
    archive = b"".join(contents)
    for number, content in enumerate(contents):
        part = Part(number * 100_000, 100_000, 100_000, 0.0)
        fd = unpacked.opened("x", part, lambda place, count: archive[place : place + count])
        assert read(fd) == content
    assert len(list(Path("/proc/self/fd").iterdir())) == before + 3


def test_a_large_file_is_never_in_memory(unpacked: Unpacked) -> None:
    stored = Stored(bytes(64 * 2**20))
    tracemalloc.start()
    fd = unpacked.opened("x", stored.part, stored.read_at)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 2**20
    assert os.fstat(fd).st_size == 64 * 2**20
    assert os.fstat(fd).st_nlink == 0  # no name leads to it
    os.close(fd)


def test_a_bomb_is_not_unpacked_beyond_what_it_says(unpacked: Unpacked) -> None:
    stored = Stored(bytes(20 * 2**20))
    with pytest.raises(NotServedError, match="damaged: it is longer than the 1,000 bytes it says"):
        unpacked.opened("x", stored.part._replace(size_bytes=1000), stored.read_at)
    honest = stored.part._replace(size_bytes=3 * 2**30)
    with pytest.raises(NotServedError, match="larger than 2 GiB, the most that is unpacked of one file"):
        unpacked.opened("x", honest, stored.read_at)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"checksum": 1}, "damaged: its checksum is another one"),
        ({"size_bytes": 1001}, "damaged or cut: 1,000 of its 1,001 bytes are there"),
        ({"stored_bytes": 5}, "damaged or cut"),
        ({"offset": 1}, "damaged"),
    ],
)
def test_what_is_damaged_is_said(change: dict[str, Any], reason: str, unpacked: Unpacked) -> None:
    stored = Stored(os.urandom(1000))
    with pytest.raises(NotServedError, match=reason):
        unpacked.opened("x", stored.part._replace(**change), stored.read_at)


def test_no_room_is_said(monkeypatch: pytest.MonkeyPatch, unpacked: Unpacked) -> None:
    def full(_fd: int, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(NotServedError, match="to unpack it"):
        unpacked.opened("x", Stored(b"content").part, Stored(b"content").read_at)
