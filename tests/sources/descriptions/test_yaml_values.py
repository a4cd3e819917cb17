from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.errors import LimitError, LogFormatError
from lavdlike.sources.descriptions.yaml_values import mapping_of


def test_scalars_are_what_they_say() -> None:
    text = b"a: 1\nb: 1e-3\nc: .5\nd: true\ne: null\nf: 'true'\ng: no\nh: .inf\ni: -7\nj: 2026-01-01\nk: ''\nl:\n"
    assert mapping_of(text, "c.yaml") == {
        "a": 1,
        "b": 0.001,
        "c": 0.5,
        "d": True,
        "e": None,
        "f": "true",
        "g": "no",
        "h": "inf",
        "i": -7,
        "j": "2026-01-01",
        "k": "",
        "l": None,
    }


def test_lists_aliases_and_merged_mappings_are_read() -> None:
    text = b"base: &b {lr: 0.1, seed: 1}\nrun:\n  <<: *b\n  seed: 2\nlist: [1, a, [2]]\n1: one\n"
    assert mapping_of(text, "c.yaml") == {
        "base": {"lr": 0.1, "seed": 1},
        "run": {"lr": 0.1, "seed": 2},
        "list": [1, "a", [2]],
        "1": "one",
    }


def test_tags_construct_nothing() -> None:
    text = (
        b"a: !!python/tuple [1, 2]\nb: !!python/object/apply:os.system ['exit 1']\n"
        b"c: !!python/object:argparse.Namespace {lr: 0.1}\nd: !!python/name:torch.float32 ''\ne: !!str 1\n"
    )
    assert mapping_of(text, "c.yaml") == {"a": [1, 2], "b": ["exit 1"], "c": {"lr": 0.1}, "d": None, "e": "1"}


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(LimitError, match="more than 20,000 entries"):
        mapping_of(b"a: [" + b"1," * 20_000 + b"]", "c.yaml")


def test_an_empty_file_says_nothing() -> None:
    assert (
        mapping_of(b"", "c.yaml") == mapping_of(b"{}\n", "c.yaml") == mapping_of(b"# later\n", "c.yaml") == {}
    )


@given(st.binary(max_size=60) | st.text(alphabet="a:- \n[]{}&*!'\"%<1.e|>", max_size=60).map(str.encode))
def test_any_bytes_are_a_mapping_or_a_documented_error(text: bytes) -> None:
    with suppress(LogFormatError):
        assert isinstance(mapping_of(text, "c.yaml"), dict)
