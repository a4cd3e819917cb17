from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lavdlike.disk import tail
from lavdlike.disk.tail import Tail


@contextmanager
def opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def read(read_by: Tail, path: Path) -> list[tuple[int, bytes]]:
    with opened(path) as descriptor:
        return list(read_by.new_lines(descriptor))


def continues(read_by: Tail, path: Path) -> bool:
    with opened(path) as descriptor:
        return read_by.continues(descriptor)


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lines"


def test_a_cut_line_is_left_until_its_end_is_there(path: Path) -> None:
    lines = Tail()
    path.write_bytes(b"one\ntw")
    assert read(lines, path) == [(0, b"one\n")]
    assert read(lines, path) == []
    append(path, b"o")
    assert read(lines, path) == []
    append(path, b"\nthree\n")
    assert read(lines, path) == [(4, b"two\nthree\n")]
    assert lines.offset == path.stat().st_size


def test_a_file_that_grew_goes_on(path: Path) -> None:
    lines = Tail()
    path.write_bytes(b"one\n")
    assert continues(lines, path)
    read(lines, path)
    append(path, b"two\n")
    assert continues(lines, path)


@pytest.mark.parametrize("begin", [b"one\n", b"a line of some length\n" * 1000], ids=["short", "long"])
@pytest.mark.parametrize("place", ["begin", "end"])
def test_a_file_that_was_written_anew_in_place_does_not_go_on(path: Path, begin: bytes, place: str) -> None:
    lines = Tail()
    path.write_bytes(begin)
    read(lines, path)
    changed = b"X" + begin[1:] if place == "begin" else begin[:-2] + b"X\n"
    path.write_bytes(changed + b"more\n")  # the same inode, and longer
    assert not continues(lines, path)


def test_a_file_that_was_cut_or_replaced_does_not_go_on(path: Path) -> None:
    lines = Tail()
    path.write_bytes(b"one\ntwo\n")
    read(lines, path)
    path.with_name("other").write_bytes(b"one\ntwo\n")
    path.with_name("other").replace(path)  # the same content in another file
    assert not continues(lines, path)
    lines = Tail()
    read(lines, path)
    os.truncate(path, 4)
    assert not continues(lines, path)


def test_a_file_of_which_nothing_was_read_goes_on_whatever_it_is(path: Path) -> None:
    lines = Tail()
    path.write_bytes(b"unfinished")
    read(lines, path)
    path.write_bytes(b"x\n")
    assert continues(lines, path)
    assert read(lines, path) == [(0, b"x\n")]


def test_long_files_come_in_blocks_of_whole_lines(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "BLOCK_BYTES", 10)
    path.write_bytes(b"12345\n" * 5 + b"123456789012345\n")  # the last one is longer than a block
    blocks = read(Tail(), path)
    assert b"".join(data for _, data in blocks) == path.read_bytes()
    assert all(data.endswith(b"\n") for _, data in blocks)
    assert [offset for offset, _ in blocks] == [0, 6, 12, 18, 24, 30]


def test_a_line_that_is_too_long_is_skipped_and_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "BLOCK_BYTES", 8)
    monkeypatch.setattr(tail, "MAX_LINE_BYTES", 16)
    lines = Tail()
    path.write_bytes(b"one\n" + b"x" * 100)
    assert read(lines, path) == [(0, b"one\n")]
    assert lines.skipped == [4]
    append(path, b"x" * 100 + b"\ntwo\n")
    assert read(lines, path) == [(205, b"two\n")]
    assert lines.skipped == [4]
    assert continues(lines, path)


def test_holes_are_passed_over_without_reading_them(path: Path) -> None:
    lines = Tail()
    with path.open("wb") as file:
        file.write(b"one\n")
        file.seek(2**40)
        file.write(b"\ntwo\n")
    if path.stat().st_blocks * 512 > 2**30:
        pytest.skip("this file system has no sparse files")
    assert read(lines, path)[-1] == (2**40 + 1, b"two\n")
    assert lines.skipped == [4]


def test_unchanged_is_only_what_was_settled_when_it_was_read(path: Path) -> None:
    lines = Tail()
    path.write_bytes(b"one\n")
    read(lines, path)
    with opened(path) as descriptor:
        assert not lines.is_unchanged(descriptor)  # a further change might not show in its times
    os.utime(path, (1, 1))
    with opened(path) as descriptor:
        assert not lines.is_unchanged(descriptor)


def test_unchanged_is_what_has_the_size_and_times_of_then(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "is_settled", lambda _status: True)
    lines = Tail()
    path.write_bytes(b"one\n")
    read(lines, path)
    with opened(path) as descriptor:
        assert lines.is_unchanged(descriptor)
    append(path, b"two\n")
    with opened(path) as descriptor:
        assert not lines.is_unchanged(descriptor)


def test_bytes_are_given_until_nobody_takes_them(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "BLOCK_BYTES", 4)
    path.write_bytes(b"abcdefghij")
    records = Tail()
    seen = []
    with path.open("rb") as file:
        for offset, data, size in records.new_bytes(file.fileno()):
            seen.append((offset, data, size))
            if len(data) > 2:
                records.take(file.fileno(), data[:3])
        assert seen == [(0, b"abcd", 10), (3, b"defg", 10), (6, b"ghij", 10), (9, b"j", 10)]
        assert records.offset == 9


def test_a_longer_block_is_given_to_who_wants_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tail, "BLOCK_BYTES", 4)
    path.write_bytes(b"abcdefghij")
    records = Tail()
    seen = []
    with path.open("rb") as file:
        for _, data, _ in records.new_bytes(file.fileno()):
            seen.append(data)
            if len(data) < 8:
                records.want(8)
            else:
                records.move_to(file.fileno(), 10)
        assert records.continues(file.fileno())
    assert seen == [b"abcd", b"abcdefgh"]
    path.write_bytes(b"abcdefghiJ")
    with path.open("rb") as file:
        assert not records.continues(file.fileno())


def test_what_is_written_over_in_the_middle_is_told_from_a_touch(path: Path) -> None:
    lines = Tail()
    path.write_bytes(b"".join(b"%08d\n" % number for number in range(10_000)))
    os.utime(path, ns=(0, 10**18))
    read(lines, path)
    os.utime(path, ns=(0, 2 * 10**18))
    assert continues(lines, path)
    with path.open("r+b") as file:
        file.seek(45_000)
        file.write(b"1")
    os.utime(path, ns=(0, 10**18))
    assert not continues(lines, path)
