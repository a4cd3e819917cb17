"""Where elements lie in long arrays: as Python's own parser finds them, whatever the blocks are."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.errors import LogFormatError
from lavdlike.sources.detections.json_elements import LONG_BYTES, elements_of

texts = st.text(st.sampled_from('ab"\\{}[],: \n_Yy£😀'), max_size=12)
values = st.recursive(
    st.none() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
objects = st.lists(st.dictionaries(texts, values, max_size=4), max_size=5)


@contextmanager
def opened(data: bytes) -> Iterator[int]:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        yield file.fileno()


def found(data: bytes, block_bytes: int) -> dict[str, list[Any]]:
    elements: dict[str, list[Any]] = {}
    with opened(data) as descriptor:
        for each in elements_of(descriptor, "a.json", block_bytes=block_bytes):
            for begin, end in zip(each.begins.tolist(), each.ends.tolist(), strict=True):
                elements.setdefault(each.key, []).append(json.loads(data[begin:end]))
    return elements


@given(
    st.dictionaries(st.sampled_from(["images", "annotations", "other"]), objects),
    texts,
    st.tuples(st.sampled_from([(",", ":"), (", ", " : "), (" ,\n", ":\t")]), st.booleans()),
    st.integers(1, 90),
)
def test_objects_of_arrays_are_found_whole(
    arrays: dict[str, Any], info: str, form: tuple[tuple[str, str], bool], block_bytes: int
) -> None:
    separators, is_ascii = form
    document = {"info": {"text": info, "list": [{"a": 1}]}, "number": 3, info + "x": "y", **arrays}
    data = json.dumps(document, separators=separators, ensure_ascii=is_ascii).encode()
    assert found(data, block_bytes) == {key: array for key, array in arrays.items() if array}


@given(st.lists(st.lists(st.integers(0, 10**6), max_size=80), max_size=4), st.integers(1, 3000))
def test_an_element_is_json_without_its_long_and_nested_values(
    lists: list[list[int]], block_bytes: int
) -> None:
    document = [{"first": each, "in": [{"list": each}], "last": "[" * 300} for each in lists]
    data = json.dumps(document).encode()
    left = []
    with opened(data) as descriptor:
        for each in elements_of(descriptor, "a.json", block_bytes=block_bytes):
            inner = list(zip(each.inner_begins.tolist(), each.inner_ends.tolist(), strict=True))
            for begin, end in zip(each.begins.tolist(), each.ends.tolist(), strict=True):
                text = data[begin:end]
                for one, other in reversed([pair for pair in inner if begin < pair[0] < end]):
                    text = text[: one - begin] + text[other - begin :]
                left.append(json.loads(text))
    assert left == [
        {"first": each if len(json.dumps(each)) <= LONG_BYTES + 2 else [], "in": [], "last": "[" * 300}
        for each in lists
    ]


def collect(data: bytes, elements: list[Any]) -> None:
    with opened(data) as descriptor:
        for each in elements_of(descriptor, "a.json", block_bytes=7):
            elements += [json.loads(data[a:b]) for a, b in zip(each.begins, each.ends, strict=True)]


@given(objects, st.integers(1, 40))
def test_of_an_array_at_the_top(array: list[Any], block_bytes: int) -> None:
    assert found(json.dumps(array).encode(), block_bytes).get("", []) == array


@given(objects, st.data())
def test_a_file_that_was_cut_gives_what_is_whole_in_it(array: list[Any], data: st.DataObject) -> None:
    whole = json.dumps({"images": array}).encode()
    cut = whole[: data.draw(st.integers(1, len(whole) - 1))]
    elements: list[Any] = []
    with pytest.raises(LogFormatError, match="ends in the middle"):
        collect(cut, elements)
    assert elements == array[: len(elements)]


@given(st.binary(max_size=200) | st.text(st.sampled_from('[]{}"\\a,:'), max_size=60).map(str.encode))
def test_anything_else_ends_with_a_sentence(data: bytes) -> None:
    with opened(data) as descriptor, suppress(LogFormatError):
        for each in elements_of(descriptor, "a.json", block_bytes=5):
            assert (each.begins < each.ends).all()


def test_what_is_nested_too_deep_or_has_too_many_keys_is_named() -> None:
    for data, reason in (
        (b"[" * 1000, "nested too deep"),
        (b"[]]", "closes what was not opened"),
        (b"{" + b",".join(b'"a%d":[]' % number for number in range(2000)) + b"}", "more than 1000 keys"),
    ):
        with opened(data) as descriptor, pytest.raises(LogFormatError, match=reason):
            list(elements_of(descriptor, "a.json"))


def test_memory_is_that_of_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    most = 0
    pread = os.pread

    def counted(descriptor: int, count: int, offset: int) -> bytes:
        nonlocal most
        most = max(most, count)
        return pread(descriptor, count, offset)

    monkeypatch.setattr(f"{elements_of.__module__}.pread", counted)
    with opened(json.dumps({"images": [{"a": "x" * 5000}] * 500}).encode()) as descriptor:
        assert sum(len(each.begins) for each in elements_of(descriptor, "", block_bytes=4096)) == 500
    assert most == 4096
