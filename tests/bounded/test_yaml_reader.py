from __future__ import annotations

import time
from typing import Any

import pytest
import yaml

from lavdlike.bounded.yaml_reader import YamlReader, position_of
from lavdlike.errors import LimitError, LogFormatError


class Plain(YamlReader):
    """All scalars are text; the last of the same keys holds."""

    MAX_NODES = 1000

    def scalar(self, event: yaml.ScalarEvent) -> str:
        return event.value

    def put(self, mapping: dict[str, Any], key: yaml.Event, value: Any) -> None:
        if not isinstance(key, yaml.ScalarEvent):
            raise LogFormatError(self.path, "a key is not text", position_of(key))
        mapping[key.value] = value


class OfFewTags(Plain):
    TAGS = frozenset({"!", "tag:yaml.org,2002:str"})


def mapping_of(data: bytes, reader: type[YamlReader] = Plain) -> dict[str, Any]:
    return reader("file.yaml").mapping(data)


def exploding(levels: int) -> bytes:
    """Each line repeats the one before ten times."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, levels)]
    return "\n".join(lines).encode()


def test_mappings_lists_and_what_aliases_repeat_are_read() -> None:
    assert mapping_of(b"\xef\xbb\xbfa: &x [1, {b: 'no'}]\nc: *x\n") == {
        "a": ["1", {"b": "no"}],
        "c": ["1", {"b": "no"}],
    }


def test_a_list_is_read_where_one_is_expected() -> None:
    assert Plain("file.yaml").list(b"- a\n- [b]\n") == ["a", ["b"]]
    with pytest.raises(LogFormatError, match="a list is expected"):
        Plain("file.yaml").list(b"a: b\n")


@pytest.mark.parametrize("data", [b"", b"# later\n"])
def test_a_file_of_nothing_is_empty(data: bytes) -> None:
    assert mapping_of(data) == {}
    assert Plain("file.yaml").list(data) == []


def test_a_tag_constructs_nothing() -> None:
    data = b"a: !!python/object/apply:os.system ['exit 1']\nb: !!python/object:argparse.Namespace {c: d}\n"
    assert mapping_of(data) == {"a": ["exit 1"], "b": {"c": "d"}}


def test_a_tag_that_is_not_read_is_an_error() -> None:
    assert mapping_of(b"a: !!str 1\nb: ! 2\n", OfFewTags) == {"a": "1", "b": "2"}
    with pytest.raises(LogFormatError, match="line 2: the tag !mine is not read"):
        mapping_of(b"a: 1\nb: !mine x\n", OfFewTags)


@pytest.mark.parametrize(
    ("data", "reason", "position"),
    [
        (b"- a\n", "a mapping is expected", ""),
        (b"a: [1\n", "not YAML", "line 2"),
        (b"a: \xff\n", "not UTF-8", "byte 3"),
        (b"\xff\xfea\x00", "not UTF-8", "byte 0"),
        (b"a: \x00", "not YAML", ""),
        (b"a: 1\n--- \nb: 2\n", "more than one document", "line 2"),
        (b"a: *b", "no anchor b before it", "line 1"),
        (b"a: &a [*a]", "no anchor a before it", "line 1"),
        (b"a: 1\n? [a]\n: 1", "a key is not text", "line 2"),
    ],
)
def test_what_is_wrong_has_a_place(data: bytes, reason: str, position: str) -> None:
    with pytest.raises(LogFormatError) as caught:
        mapping_of(data)
    assert reason in caught.value.reason
    assert (caught.value.path, caught.value.position) == ("file.yaml", position)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a: " + b"x" * 2**20, "larger than 1 MiB"),
        (b"a: " + b"[" * 60 + b"]" * 60, "nested deeper than 50 levels"),
        (
            b"a:\n" + b"\n".join(b" " * depth + b"a:" for depth in range(1, 200)),
            "nested deeper than 50 levels",
        ),
        (b"a: [" + b"1," * 2000 + b"]", "more than 1,000 entries"),
        (exploding(20), "more than 1,000 entries"),
    ],
    ids=["size", "depth of lists", "depth of mappings", "entries", "aliases"],
)
def test_what_is_too_large_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(LimitError) as caught:
        mapping_of(data)
    assert reason in caught.value.reason


def test_lists_that_never_end_are_refused_by_us_or_by_libyaml() -> None:
    with pytest.raises(LogFormatError, match=r"not YAML|nested deeper than 50 levels"):
        mapping_of(b"a: " + b"[" * 100_000)


@pytest.mark.parametrize("end", ["\n", "\r", "\x85", "\u2028", "\u2029"])
def test_directives_are_counted_before_the_parser_compares_them(end: str) -> None:
    began = time.process_time()
    with pytest.raises(LimitError, match="more than 100 directives"):
        mapping_of(end.join(f"%TAG !a{i}! b" for i in range(45_000)).encode() + b"\n---\na: b")
    assert time.process_time() - began < 10
