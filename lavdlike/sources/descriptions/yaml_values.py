"""YAML of other programs as plain values. Anybody may have written it, so nothing of it is made before it is counted.

It is taken as events: depth, number and what aliases repeat are bounded, and no tag constructs an object. What stands
behind a tag of Python's (`!!python/tuple`, `!!python/object:...`) is the list, mapping or text that is written there.
Plain scalars are what YAML 1.2 takes them for, and `1e-3` is a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import yaml

from lavdlike.errors import LimitError, LogFormatError

MAX_BYTES = 2**20
MAX_DEPTH = 50
# With everything that an alias repeats.
MAX_NODES = 20_000
# `%TAG` and the like: the parser compares each with all before it.
MAX_DIRECTIVES = 100

_DIRECTIVE = re.compile("(?:^|[\r\n\x85\u2028\u2029])%")
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
_LOADER = cast(type[yaml.SafeLoader], getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def mapping_of(data: bytes, path: str) -> dict[str, Any]:
    """The mapping that a file holds; an empty one of an empty file. Keys are text; the last of the same holds.

    Raises:
        LimitError: larger than 1 MiB, nested deeper than 50 levels, more than 20,000 entries or 100 directives.
        LogFormatError: not YAML, not UTF-8, not a mapping, or more than one document.
    """
    document = _document_of(data, path)
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise LogFormatError(path, "a mapping is expected")
    return document


def list_of(data: bytes, path: str) -> list[Any]:
    """The list that a file holds; errors as of `mapping_of`."""
    document = _document_of(data, path)
    if document is None:
        return []
    if not isinstance(document, list):
        raise LogFormatError(path, "a list is expected")
    return document


def _document_of(data: bytes, path: str) -> Any:
    if len(data) > MAX_BYTES:
        raise LimitError(path, "larger than 1 MiB, the most that is read of it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LogFormatError(path, "not UTF-8", f"byte {error.start}") from None
    if len(_DIRECTIVE.findall(text)) > MAX_DIRECTIVES:
        raise LimitError(path, f"more than {MAX_DIRECTIVES} directives (%TAG), the most that are read")
    try:
        return _Values(path, iter(yaml.parse(text, Loader=_LOADER))).document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
        raise LogFormatError(path, f"not YAML: {reason}", f"line {mark.line + 1}" if mark else "") from None


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


class _Node(NamedTuple):
    """`size`: of how many nodes it consists, repeated ones counted each time."""

    value: Any
    size: int


class _Values:
    def __init__(self, path: str, events: Iterator[yaml.Event]) -> None:
        self._path = path
        self._events = events
        self._anchors: dict[str, _Node] = {}
        self._nodes_left = MAX_NODES

    def document(self) -> Any:
        value: Any = None
        is_first = True
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if not is_first:
                    raise LogFormatError(self._path, "more than one document", _position(event))
                is_first = False
                value = self._node(next(self._events), MAX_DEPTH).value
        return value

    def _node(self, event: yaml.Event, depth_left: int) -> _Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        self._count(1)
        if isinstance(event, yaml.ScalarEvent):
            is_plain = event.implicit[0] or (event.tag is not None and event.tag not in _OF_TEXT)
            node = _Node(scalar(event.value) if is_plain else event.value, 1)
        elif depth_left == 0:
            raise LimitError(self._path, f"nested deeper than {MAX_DEPTH} levels, the most that is read")
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(depth_left - 1)
        else:
            node = self._mapping(depth_left - 1)
        anchor = getattr(event, "anchor", None)
        if anchor is not None:
            self._anchors[anchor] = node
        return node

    def _sequence(self, depth_left: int) -> _Node:
        values, size = [], 1
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            node = self._node(event, depth_left)
            values.append(node.value)
            size += node.size
        return _Node(values, size)

    def _mapping(self, depth_left: int) -> _Node:
        values: dict[str, Any] = {}
        size = 1
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth_left)
            value = self._node(next(self._events), depth_left)
            size += key.size + value.size
            if not isinstance(event, yaml.ScalarEvent):
                continue  # a tuple as a key names no setting
            if event.value == "<<" and isinstance(value.value, dict):
                values = {**value.value, **values}
            else:
                values[event.value] = value.value
        return _Node(values, size)

    def _alias(self, event: yaml.AliasEvent) -> _Node:
        node = self._anchors.get(event.anchor or "")
        if node is None:  # of itself, too
            raise LogFormatError(self._path, f"no anchor {event.anchor!s:.80} before it", _position(event))
        self._count(node.size)
        return node

    def _count(self, nodes: int) -> None:
        self._nodes_left -= nodes
        if self._nodes_left < 0:
            raise LimitError(self._path, f"more than {MAX_NODES:,} entries, the most that are read")


def _position(event: yaml.Event) -> str:
    mark = event.start_mark
    return f"line {mark.line + 1}" if mark else ""
