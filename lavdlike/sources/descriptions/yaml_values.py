"""YAML of other programs as plain values, read within bounds (`bounded.yaml_reader`), as anybody may have written it.

What stands behind a tag of Python's (`!!python/tuple`, `!!python/object:...`) is the list, mapping or text that is
written there. Plain scalars are what YAML 1.2 takes them for, and `1e-3` is a number.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from lavdlike.bounded.yaml_reader import YamlReader

MAX_NODES = 20_000

_INTEGER = re.compile(r"[-+]?[0-9]{1,300}\Z")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,100}\Z")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), "nan"),
    **{
        f"{sign}.{word}": f"{shown}inf"
        for sign, shown in (("", ""), ("+", ""), ("-", "-"))
        for word in ("inf", "Inf")
    },
}
_TAG = "tag:yaml.org,2002:"
_OF_TEXT = frozenset({"!", f"{_TAG}str"})


def mapping_of(data: bytes, path: str) -> dict[str, Any]:
    """The mapping that a file holds; an empty one of an empty file. Keys are text; the last of the same holds.

    Raises:
        LimitError: beyond the bounds of `YamlReader.mapping`, with 20,000 nodes.
        LogFormatError: not YAML, not UTF-8, not a mapping, or more than one document.
    """
    return _Reader(path).mapping(data)


def list_of(data: bytes, path: str) -> list[Any]:
    """The list that a file holds; errors as of `mapping_of`."""
    return _Reader(path).list(data)


def scalar(text: str) -> Any:
    """What a plain scalar is.

    >>> [scalar(text) for text in ("1e-3", "0x10", "yes", "~", "true", "1_000")]
    [0.001, 16, 'yes', None, True, '1_000']
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text)
    if _HEXADECIMAL.match(text):
        return int(text, 16)
    if _FLOAT.match(text):
        number = float(text)
        return number if abs(number) != float("inf") else text
    return text


class _Reader(YamlReader):
    MAX_NODES = MAX_NODES

    def scalar(self, event: yaml.ScalarEvent) -> Any:
        is_plain = event.implicit[0] or (event.tag is not None and event.tag not in _OF_TEXT)
        return scalar(event.value) if is_plain else event.value

    def put(self, mapping: dict[str, Any], key: yaml.Event, value: Any) -> None:
        if not isinstance(key, yaml.ScalarEvent):
            return  # a tuple as a key names no setting
        if key.value == "<<" and isinstance(value, dict):
            own = dict(mapping)
            mapping.clear()
            mapping.update({**value, **own})
        else:
            mapping[key.value] = value
