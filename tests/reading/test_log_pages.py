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

from lavdlike.bounded import giving_up
from lavdlike.bounded.patterns import Pattern
from lavdlike.messages import LogPage, LogSearchPage
from lavdlike.reading import log_pages
from tests.limits import LIMIT_S

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
        return log_pages.read_page(descriptor, **asked)


def found(path: Path, text: str, **asked: Any) -> LogSearchPage:
    with opened(path) as descriptor:
        return log_pages.search(descriptor, text, **asked)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks so short that a few lines are several."""
    monkeypatch.setattr(log_pages, "_BLOCK_BYTES", 16)
    monkeypatch.setattr(log_pages, "_PAGE_BYTES", 40)
    monkeypatch.setattr(log_pages, "_TAGS_BYTES", 100)
    monkeypatch.setattr(log_pages, "_SEARCH_S", -1.0)


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
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_pages_in_either_direction_join_to_the_file(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, lines: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "pages.log"
    path.write_bytes(data)
    with opened(path) as descriptor:
        forwards, start = b"", 0
        while start < len(data):
            part = log_pages.read_page(descriptor, start=start, lines=lines)
            assert part.start == start < part.end
            assert part.text == data[part.start : part.end].decode(errors="replace")
            assert len(part.offsets) == len(part.text.removesuffix("\n").split("\n"))
            assert part.text.count("\n") <= lines
            forwards += data[part.start : part.end]
            start = part.end
        backwards, end = b"", len(data)
        while end > 0:
            part = log_pages.read_page(descriptor, end=end, lines=lines)
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

    monkeypatch.setattr(log_pages, "os", SimpleNamespace(pread=counted, fstat=os.fstat))
    assert page(path, lines=2).text == "last but one\nlast\n"
    assert sum(read_bytes) <= 2**20 + 256 + 2


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
        ("(a{1000}){1000}{1000}", "too large: 1,001,000,000 units with its repetitions, of at most 5,000"),
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


@pytest.mark.slow
@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("is_regex", [False, True])
@given(lines=st.lists(st.sampled_from(["hay", "needle", "a needle here", "", "ß"]), max_size=40))
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], max_examples=30)
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
    monkeypatch.setattr(log_pages, "_SEARCH_S", 0.0)
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


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_log_in_utf_16_is_read_by_its_lines(tmp_path: Path, encoding: str) -> None:
    """PowerShell's `>` writes UTF-16; U+0A0A and U+0D0A hold bytes that are newlines elsewhere."""
    path = tmp_path / "out.log"
    lines = ["first\r\n", "\u0a0a\u0d0a 🙂\r\n", "loss 0.5\r\n", "last"]
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    path.write_bytes(mark + "".join(lines).encode(encoding))
    whole = page(path)
    assert whole.text == "".join(lines)
    assert [page(path, start=begin, lines=1).text for begin in whole.offsets] == lines
    assert [page(path, end=end, lines=1).text for end in [*whole.offsets[1:], whole.end]] == lines
    assert page(path, near=whole.offsets[1] + 1, lines=1).text == lines[2]
    for backwards in (False, True):
        for is_regex in (False, True):
            (match,) = found(path, "loss", is_regex=is_regex, backwards=backwards).matches
            assert (match.offset, match.line.rstrip()) == (whole.offsets[2], "loss 0.5")


def test_long_logs_in_utf_16_are_read_in_blocks_without_tearing_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_pages, "_BLOCK_BYTES", 16)
    path = tmp_path / "out.log"
    text = "🙂" * 30 + "\nshort\n" + "a🙂" * 20 + "\n"
    path.write_bytes(text.encode("utf-16"))
    forwards, start = "", 0
    while start < path.stat().st_size:
        part = page(path, start=start, lines=1)
        forwards, start = forwards + part.text, part.end
    backwards, end = "", path.stat().st_size
    while end > 0:
        part = page(path, end=end, lines=1)
        backwards, end = part.text + backwards, part.start
    assert (forwards, backwards) == (text, text)


def test_half_a_letter_at_the_end_is_left_for_later(tmp_path: Path) -> None:
    path = tmp_path / "out.log"
    path.write_bytes("a\nb".encode("utf-16")[:-1])
    assert page(path, start=0).text == "a\n"
    assert page(path).text == "a\n"


def test_a_search_that_nobody_waits_for_ends_at_the_next_block(tmp_path: Path) -> None:
    path = tmp_path / "out.log"
    path.write_bytes(b"a\n" * 2**20)
    asked = []

    def is_given_up() -> bool:
        asked.append(True)
        return len(asked) > 1

    for is_regex in (False, True):
        asked.clear()
        with giving_up.when(is_given_up), pytest.raises(giving_up.GivenUpError):
            found(path, "b", is_regex=is_regex)
        assert len(asked) == 2


@pytest.mark.slow
@pytest.mark.parametrize("is_regex", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
def test_nothing_is_read_or_searched_any_more_once_nobody_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_regex: bool, backwards: bool
) -> None:
    path = tmp_path / "out.log"
    path.write_bytes(b"a\n" * 2**21)
    work: list[str] = []
    read, match, find = os.pread, Pattern.found_in, log_pages._text_finder

    def pread(descriptor: int, size: int, offset: int) -> bytes:
        work.append("read" if size > 2**16 else "")
        return read(descriptor, size, offset)

    def found_in(*args: Any, **options: Any) -> Any:
        work.append("searched")
        return match(*args, **options)

    def text_finder(text: bytes) -> Any:
        def find_in(data: bytes) -> Any:
            work.append("searched")
            return find(text)(data)

        return find_in

    monkeypatch.setattr(os, "pread", pread)
    monkeypatch.setattr(log_pages, "_SEARCH_S", LIMIT_S)
    monkeypatch.setattr(Pattern, "found_in", found_in)
    monkeypatch.setattr(log_pages, "_text_finder", text_finder)
    for last in ("read", "searched"):  # what is done as the client goes
        work.clear()
        with giving_up.when(lambda last=last: work.count(last) == 2), pytest.raises(giving_up.GivenUpError):  # type: ignore[misc]
            found(path, "b", is_regex=is_regex, backwards=backwards)
        assert (work[-1], work.count(last)) == (last, 2)


def test_a_page_of_some_tags_takes_no_longer_than_a_search_and_says_where_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_pages, "_SEARCH_S", -1.0)
    path = tmp_path / "out.log"
    path.write_bytes(b"\n" * 10_000)
    part = page(path, tags=["x"])
    assert (part.text, part.start, part.end) == ("", 10_000 - 999, 10_000)
    part = page(path, start=0, tags=["x"])
    assert (part.text, part.start, part.end) == ("", 0, 999)
