from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lavdlike.errors import LogFormatError
from lavdlike.kinds import markdown, text_file, texts

valid = st.text(st.characters(exclude_categories=["Cs"]))


@given(valid)
def test_a_text_reads_back_with_a_newline_at_its_end(text: str) -> None:
    assume(not text.startswith("\ufeff"))  # a byte order mark, as editors of other systems put it
    read = texts.from_file(text_file.encode(text), "a.txt")
    assert read.actual == (text if text.endswith("\n") else text + "\n")
    assert read.expected is None
    assert markdown.from_file(text_file.encode(text), "a.md").raw == read.actual


@given(valid, valid)
def test_a_pair_reads_back_equal(actual: str, expected: str) -> None:
    content = texts.from_json(texts.to_json(actual, expected)["texts"], "a.json")
    assert (content.actual, content.expected) == (actual, expected)


def test_bytes_that_are_not_utf8_are_replaced() -> None:
    assert texts.from_file(b"a\xffb", "a.txt").actual == "a\ufffdb"


def test_lone_surrogates_can_be_written() -> None:
    assert text_file.encode("a\ud800") == b"a?\n"


def test_a_text_that_is_no_string_is_an_error_with_its_place() -> None:
    with pytest.raises(LogFormatError, match=r"a.json, texts.actual"):
        texts.from_json({"actual": 1}, "a.json")
