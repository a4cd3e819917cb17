from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.sources.json_files.json_cursor import JsonCursor

as_it_is = functools.partial(json.dumps, ensure_ascii=False)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(
    st.dictionaries(st.text(), VALUES, max_size=5),
    st.sampled_from([None, 0, 2]),
    st.sampled_from([json.dumps, as_it_is]),
)
def test_each_value_of_an_object_stands_where_it_is_said(
    document: dict[str, Any], indent: int | None, dump: Callable[..., str]
) -> None:
    text = dump(document, indent=indent)
    cursor = JsonCursor(text)
    found = {}
    for name in cursor.names():
        begin = cursor.at
        found[name] = cursor.value()
        assert json.loads(text[begin : cursor.at]) == found[name]
    assert found == document
    assert cursor.at == len(text)


@given(st.lists(st.lists(VALUES, max_size=3), max_size=4), st.sampled_from([None, 2]))
def test_arrays_are_walked_through_as_deep_as_they_are(document: list[list[Any]], indent: int | None) -> None:
    cursor = JsonCursor(json.dumps(document, indent=indent))
    found = [[cursor.value() for _ in cursor.elements()] for _ in cursor.elements()]
    assert found == document


@pytest.mark.parametrize(
    "text",
    ["", "1", "[1]", "{", '{"a"', '{"a":', '{"a": 1', '{"a": 1,', '{"a": 1,}', "{1: 2}", '{"a" 1}', '{"a": x}'],
)  # fmt: skip
def test_what_is_no_object_is_an_error_with_its_place(text: str) -> None:
    cursor = JsonCursor(text)
    with pytest.raises(json.JSONDecodeError):
        _ = [cursor.value() for _ in cursor.names()]
