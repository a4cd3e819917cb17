from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike import json_file
from lavdlike.errors import LimitError, LogFormatError

texts = st.text(st.characters(exclude_categories=["Cs"]))
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@pytest.mark.slow
@given(st.dictionaries(texts, values))
def test_what_is_dumped_reads_back_equal(document: dict[str, Any]) -> None:
    assert json_file.read_object(json_file.dump(document), "a.json") == document


def test_what_python_writes_is_read() -> None:
    found = json_file.read_object(
        b'\xef\xbb\xbf{"a": NaN, "b": -Infinity, "c": 123456789012345678901234567890}', "a.json"
    )
    assert math.isnan(found["a"])
    assert found["b"] == -math.inf
    assert found["c"] == 123456789012345678901234567890


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a.json, line 1, column 1: not JSON"),
        (b'{"a": 1,\n "b" 2}', "a.json, line 2, column 6: not JSON"),
        (b"[1]", "a.json: a JSON array where an object is expected"),
        (b"null", "a.json: a JSON null where"),
        (b'{"a": "\xff"}', "a.json, byte 7: not UTF-8"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a.json: not JSON: Exceeds the limit"),
    ],
)
def test_what_is_no_object_is_an_error_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(LogFormatError) as caught:
        json_file.read_object(data, "a.json")
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("depth", [101, 1_000, 200_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    with pytest.raises(LimitError, match="deeper than 100"):
        json_file.read_object(b'{"a":' + b"[" * depth + b"]" * depth + b"}", "a.json")


def test_nesting_within_the_limit_is_read() -> None:
    assert json_file.read_object(b'{"a":' + b"[" * 99 + b"]" * 99 + b"}", "a.json")


def test_many_keys_are_refused() -> None:
    rows = ",".join(f'{{"k{row}": 1, "l{row}": 2}}' for row in range(50_001))
    with pytest.raises(LimitError, match="100,000 keys"):
        json_file.read_object(f'{{"rows": [{rows}]}}'.encode(), "a.json")


def test_a_large_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_file, "MAX_BYTES", 10)
    with pytest.raises(LimitError):
        json_file.read_object(b'{"a": "0123"}', "a.json")


def test_lone_surrogates_become_replacement_characters() -> None:
    data = rb'{"\udc80": ["\ud83d\ude00", {"x": "a\ud800"}]}'
    assert json_file.read_object(data, "a.json") == {"\ufffd": ["😀", {"x": "a\ufffd"}]}


def test_lone_surrogates_can_be_dumped() -> None:
    assert json_file.dump({"a": "\ud800"}) == b'{"a": "\\ud800"}'
