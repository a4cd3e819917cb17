"""Bytes that a program prints -> the lines that would be left on a terminal."""

from __future__ import annotations

import pytest

from lavdlike.launch import terminal_lines
from lavdlike.launch.terminal_lines import Lines


def lines_of(*parts: bytes) -> list[str]:
    cutter = Lines()
    found = [line for part in parts for line in cutter.feed(part)]
    return found + cutter.rest()


@pytest.mark.parametrize(
    ("printed", "left"),
    [
        (b"", []),
        (b"one\ntwo\n", ["one", "two"]),
        (b"one\r\n\r\ntwo", ["one", "", "two"]),
        (b"no end", ["no end"]),
        (b" 0%\r 50%\r100%\nnext\n", ["100%", "next"]),
        (b"\r 0%\r 50%\r", [" 50%"]),
        (b"50%\r\n", ["50%"]),
        (b"outer 0%\n\rinner 0%\x1b[A\n\rinner 50%\x1b[A\router 100%\n", ["outer 0%", "outer 100%"]),
        (b"\xff\xe2\x82\xac\n", ["\ufffd\u20ac"]),
        (b"\x1b[31mred\x1b[0m\n", ["\x1b[31mred\x1b[0m"]),
    ],
)
def test_what_is_left(printed: bytes, left: list[str]) -> None:
    assert lines_of(printed) == left


def test_it_does_not_matter_where_the_bytes_are_parted() -> None:
    printed = "a\r\nbär 10%\rbär 90%\n\n€\nrest".encode()
    for place in range(len(printed)):
        assert lines_of(printed[:place], printed[place:]) == ["a", "bär 90%", "", "€", "rest"]


def test_a_bar_that_is_drawn_for_ever_takes_no_memory() -> None:
    cutter = Lines()
    for _ in range(1000):
        assert cutter.feed(b"\r" + b"x" * 1000) == []
    assert len(cutter._written) + len(cutter._shown) == 2000


def test_a_line_without_an_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal_lines, "MAX_BYTES", 10)
    assert lines_of(b"x" * 8, b"x" * 8, b"y\n") == ["x" * 16, "y"]
