from __future__ import annotations

import pytest

from lavdlike.shell import text


def test_columns_line_up_whatever_the_script() -> None:
    rows = text.columns([["a", "1", "x"], ["温度", "100", "y"], ["e\u0301", "5", "z"]], right=[1])
    assert rows == ["a       1  x", "温度  100  y", "e\u0301       5  z"]


def test_a_line_is_as_a_terminal_would_show_it() -> None:
    assert text.as_on_a_terminal("\x1b[31mred\x1b[0m\tx") == "red     x"
    assert text.as_on_a_terminal("10%\r50%\r100%\r") == "100%"
    assert text.as_on_a_terminal("a\x1b]0;title\x07b") == r"a\x1b]0;title\x07b"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-5, "0 s"), (12.9, "12 s"), (90, "2 min"), (7200, "2 h"), (3 * 86400, "3 d"), (4e7, "1.3 y")],
)
def test_ages_are_short(seconds: float, said: str) -> None:
    assert text.age(seconds) == said


@pytest.mark.parametrize(
    ("size_bytes", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (27_149_000_000, "27.1 GB"),
        (10**30, "1000000000 ZB"),  # as a note in the trash may say
    ],
)
def test_sizes_are_short(size_bytes: int, said: str) -> None:
    assert text.size(size_bytes) == said
