from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lavdlike.server import logs
from lavdlike.server.messages import LogPage, LogSearchPage

_TEXTS = st.lists(
    st.one_of(
        st.binary(max_size=30), st.text(max_size=20).map(str.encode), st.just(b"\n"), st.just(b"x" * 50)
    )
).map(b"".join)


@contextmanager
def opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def page(path: Path, **asked: Any) -> LogPage:
    with opened(path) as descriptor:
        return logs.read_page(descriptor, **asked)


def found(path: Path, text: str, **asked: Any) -> LogSearchPage:
    with opened(path) as descriptor:
        return logs.search(descriptor, text, **asked)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks so short that a few lines are several."""
    monkeypatch.setattr(logs, "_BLOCK_BYTES", 16)
    monkeypatch.setattr(logs, "_PAGE_BYTES", 40)
    monkeypatch.setattr(logs, "_TAGS_BYTES", 100)
    monkeypatch.setattr(logs, "_SEARCH_S", -1.0)


def test_last_lines_come_first(tmp_path: Path) -> None:
    path = tmp_path / "out.log"
    path.write_text("".join(f"line {number}\n" for number in range(5000)) + "unfinished")
    last = page(path, lines=3)
    assert last.text == "line 4998\nline 4999\nunfinished"
    assert (last.end, last.size_bytes) == (path.stat().st_size, path.stat().st_size)
    assert page(path, end=last.start, lines=2).text == "line 4996\nline 4997\n"
    assert page(path, start=last.start, lines=1).text == "line 4998\n"
    assert last.first_line is None
    assert page(path, start=0, lines=1).first_line == 0


def test_empty_file_is_an_empty_page(tmp_path: Path) -> None:
    path = tmp_path / "out.log"
    path.touch()
    empty = page(path)
    assert (empty.start, empty.end, empty.size_bytes, empty.text) == (0, 0, 0, "")
    assert found(path, "x").count == 0


@pytest.mark.usefixtures("small_blocks")
@given(data=_TEXTS, lines=st.integers(1, 5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_in_either_direction_join_to_the_file(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, lines: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "pages.log"
    path.write_bytes(data)
    with opened(path) as descriptor:
        forwards, start = b"", 0
        while start < len(data):
            part = logs.read_page(descriptor, start=start, lines=lines)
            assert part.start == start < part.end
            assert part.text == data[part.start : part.end].decode(errors="replace")
            assert len(part.offsets) == len(part.text.removesuffix("\n").split("\n"))
            assert part.text.count("\n") <= lines
            forwards += data[part.start : part.end]
            start = part.end
        backwards, end = b"", len(data)
        while end > 0:
            part = logs.read_page(descriptor, end=end, lines=lines)
            assert part.start < part.end == end
            assert part.text == data[part.start : part.end].decode(errors="replace")
            assert len(part.offsets) == len(part.text.removesuffix("\n").split("\n"))
            backwards = data[part.start : part.end] + backwards
            end = part.start
    assert forwards == backwards == data


@pytest.mark.usefixtures("small_blocks")
def test_pages_of_short_lines_begin_and_end_between_lines(tmp_path: Path) -> None:
    path = tmp_path / "out.log"
    path.write_text("".join(f"{number}\n" for number in range(100)))
    end = path.stat().st_size
    while end:
        part = page(path, end=end)
        assert part.text.endswith("\n")
        assert part.start == 0 or path.read_bytes()[part.start - 1 : part.start] == b"\n"
        end = part.start


@pytest.mark.usefixtures("small_blocks")
def test_a_long_line_comes_in_pieces_that_tear_no_character(tmp_path: Path) -> None:
    path = tmp_path / "out.log"
    path.write_text("ß温😀" * 50)
    text, start = "", 0
    while start < path.stat().st_size:
        part = page(path, start=start)
        text, start = text + part.text, part.end
    assert text == "ß温😀" * 50
    text, end = "", path.stat().st_size
    while end > 0:
        part = page(path, end=end)
        text, end = part.text + text, part.start
    assert text == "ß温😀" * 50


def test_opening_at_the_end_reads_one_block_whatever_the_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.log"
    with path.open("wb") as file:
        file.truncate(10 * 2**30)  # sparse
        file.seek(0, os.SEEK_END)
        file.write(b"\nlast but one\nlast\n")
    read_bytes: list[int] = []

    def counted(descriptor: int, count: int, offset: int) -> bytes:
        data = os.pread(descriptor, count, offset)
        read_bytes.append(len(data))
        return data

    monkeypatch.setattr(logs, "os", SimpleNamespace(pread=counted, fstat=os.fstat))
    assert page(path, lines=2).text == "last but one\nlast\n"
    assert sum(read_bytes) <= 2**20 + 256


def test_a_line_of_many_megabytes_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "out.log"
    path.write_bytes(b"x" * (5 * 2**20) + b"\nshort\n")
    assert len(page(path).text) <= 2**20 + 7
    assert len(page(path, start=0).text) == 2**20
    assert page(path, start=2**20 * 5 - 10).offsets == [2**20 * 5 - 10, 2**20 * 5 + 1]


def test_invalid_utf8_and_nul_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "out.log"
    path.write_bytes(b"a\xff\0b\n\x80\n")
    assert page(path).text == "a\ufffd\0b\n\ufffd\n"


def test_only_records_of_the_tags_are_in_the_text(tmp_path: Path) -> None:
    path = tmp_path / "events.log"
    lines = [
        f"2026-01-01 00:00:00.00{number}\t{'ERROR' if number % 3 == 0 else 'INFO'}\tmessage {number}\n"
        for number in range(9)
    ]
    path.write_text("".join(lines))
    part = page(path, tags=["ERROR"], lines=2)
    assert part.text == lines[3] + lines[6]
    assert part.start == sum(map(len, lines[:3]))
    assert part.offsets == [part.start, sum(map(len, lines[:6]))]
    assert page(path, start=0, tags=["ERROR"]).offsets == [sum(map(len, lines[:line])) for line in (0, 3, 6)]
    assert [match.line[-1] for match in found(path, "message", tags=["ERROR"]).matches] == ["0", "3", "6"]
    assert page(path, start=0, tags=["ERROR", "INFO"]).text == "".join(lines)
    assert page(path, tags=["NONE"]).text == ""


@pytest.mark.usefixtures("small_blocks")
def test_a_search_for_rare_tags_stops_after_a_part(tmp_path: Path) -> None:
    path = tmp_path / "events.log"
    path.write_text("a\tRARE\tmessage\n" + "b\tCOMMON\tmessage\n" * 100)
    part = page(path, tags=["RARE"])
    assert part.text == ""
    assert 0 < part.start < part.end == path.stat().st_size
    pages = 1
    while part.start:
        part = page(path, tags=["RARE"], end=part.start)
        pages += 1
    assert part.text == "a\tRARE\tmessage\n"
    assert 10 < pages < 40


def test_identity_stays_while_the_file_grows_and_changes_with_another_file(tmp_path: Path) -> None:
    path = tmp_path / "out.log"
    path.write_text("begin\n")
    before = page(path).identity
    with path.open("a") as file:
        file.write("more\n" * 1000)
    assert page(path).identity == before
    path.write_text("anew\n")
    assert page(path).identity != before
    other = tmp_path / "other.log"
    other.write_text("begin\n")
    other.replace(path)
    assert page(path).identity != before


def test_offsets_behind_the_end_of_a_shrunken_file_are_an_empty_page(tmp_path: Path) -> None:
    path = tmp_path / "out.log"
    path.write_text("short\n")
    assert page(path, start=1000).text == ""
    assert page(path, end=1000).text == "short\n"


@pytest.mark.usefixtures("small_blocks")
def test_a_page_near_an_offset_begins_with_the_next_line(tmp_path: Path) -> None:
    path = tmp_path / "out.log"
    path.write_bytes("öne\ntwo\n".encode() + "ö".encode() * 20)
    assert [page(path, near=offset, lines=1).text for offset in (0, 1, 2, 5, 6)] == [
        "öne\n",
        "two\n",
        "two\n",
        "two\n",
        "ööööööö",
    ]
    assert page(path, near=12, lines=1).start == 13  # a long line: no character is torn
    assert page(path, near=1000).text == ""


@pytest.mark.parametrize(
    "wrong", [{"lines": 0}, {"lines": 10**6}, {"start": -1}, {"end": -1}, {"start": 0, "end": 5}]
)
def test_numbers_outside_their_range_are_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    path = tmp_path / "out.log"
    path.write_text("x\n")
    with pytest.raises(ValueError, match=r"must|cannot"):
        page(path, **wrong)


@pytest.mark.parametrize("is_regex", [False, True])
def test_search_gives_the_nearest_matches_first_and_counts_all(tmp_path: Path, is_regex: bool) -> None:  # noqa: FBT001
    path = tmp_path / "out.log"
    lines = [f"{number} {'needle needle' if number % 10 == 0 else 'hay'}\n" for number in range(100)]
    path.write_text("".join(lines))
    forwards = found(path, "needle", limit=3, is_regex=is_regex)
    assert forwards.reached == path.stat().st_size
    assert (forwards.count, forwards.next) == (10, None)
    assert [match.line for match in forwards.matches] == [
        "0 needle needle",
        "10 needle needle",
        "20 needle needle",
    ]
    assert forwards.matches[1].offset == sum(map(len, lines[:10]))
    backwards = found(path, "needle", limit=2, backwards=True, is_regex=is_regex)
    assert [match.line for match in backwards.matches] == ["90 needle needle", "80 needle needle"]
    middle = sum(map(len, lines[:50]))
    assert found(path, "needle", start=middle, is_regex=is_regex).matches[0].line == "50 needle needle"
    assert found(path, "needle", start=middle + 1, is_regex=is_regex).matches[0].line == "60 needle needle"
    assert (
        found(path, "needle", start=middle, backwards=True, is_regex=is_regex).matches[0].line
        == "40 needle needle"
    )


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"loss (\d+", "unclosed group"),
        ("a(?=b)", "look-around, including look-ahead and look-behind, is not supported"),
        ("(a{1000}){1000}{1000}", "Compiled regex exceeds size limit of 10485760 bytes."),
    ],
)
def test_what_is_no_regular_expression_is_answered_with_the_reason(
    tmp_path: Path, pattern: str, why: str
) -> None:
    path = tmp_path / "out.log"
    path.write_text("loss 12\n")
    answer = found(path, pattern, is_regex=True)
    assert (answer.pattern_error, answer.count, answer.next) == (why, 0, None)
    assert found(path, pattern).pattern_error == ""


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("is_regex", [False, True])
@given(lines=st.lists(st.sampled_from(["hay", "needle", "a needle here", "", "ß"]), max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_search_by_parts_finds_every_line_once(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], *, is_regex: bool, backwards: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "search.log"
    data = "\n".join(lines).encode()
    path.write_bytes(data)
    offsets = []
    count = 0
    start = None
    while True:
        part = found(path, "needle", start=start, is_regex=is_regex, backwards=backwards)
        offsets += [match.offset for match in part.matches]
        count += part.count
        start = part.next
        if start is None:
            break
    expected, offset = [], 0
    for line in data.split(b"\n"):
        if b"needle" in line:
            expected.append(offset)
        offset += len(line) + 1
    assert offsets == (expected[::-1] if backwards else expected)
    assert count == len(expected)


def test_a_search_within_a_line_without_end_goes_on_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a hostile file, all could be read for its end, in one answer."""
    path = tmp_path / "sparse.log"
    with path.open("wb") as file:
        file.truncate(2**40)
        file.seek(2**39 + 10)
        file.write(b"needle")
    monkeypatch.setattr(logs, "_SEARCH_S", 0.0)
    part = found(path, "needle", start=2**39)
    assert (part.count, part.next) == (1, 2**39 + 2**20)
    assert found(path, "needle", start=part.next).next == 2**39 + 2**21


def test_what_is_shown_of_a_long_line_is_around_the_match(tmp_path: Path) -> None:
    path = tmp_path / "out.log"
    path.write_text("ä" * 5000 + "needle" + "ö" * 5000 + "\n")
    (match,) = found(path, "needle").matches
    assert match.offset == 0
    assert "needle" in match.line
    assert match.line.startswith("…")
    assert match.line.endswith("…")
    assert len(match.line) < 500
    assert "\ufffd" not in match.line


def test_a_hostile_regular_expression_takes_no_longer_than_another(tmp_path: Path) -> None:
    path = tmp_path / "out.log"
    path.write_text("a" * 5000 + "b\n")
    assert found(path, "(a+)+$", is_regex=True).count == 0
