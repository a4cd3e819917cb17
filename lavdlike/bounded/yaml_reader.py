"""YAML that anybody may have written, read within bounds: what a document is, made of the events of its parser.

Its size, depth, number of nodes and what aliases repeat are counted before anything is made, and no tag constructs an
object. What a scalar stands for, and what keys are, is decided by who reads: a subclass.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple, Protocol, cast

import yaml

from lavdlike.errors import LimitError, LogFormatError

MAX_BYTES = 2**20
MAX_DEPTH = 50
# `%TAG` and the like, which nobody needs here. The parser compares each with all before it.
MAX_DIRECTIVES = 100

# Where the parser begins a line.
_DIRECTIVE = re.compile("(?:^|[\r\n\x85\u2028\u2029])%")
# Its parser alone is used; without libyaml it is the same in Python.
_LOADER = cast(type[yaml.SafeLoader], getattr(yaml, "CSafeLoader", yaml.SafeLoader))


class Mark(Protocol):
    """A place in a text, from 0: those of PyYAML, of which one is of libyaml."""

    line: int
    column: int


class _Node(NamedTuple):
    """`size`: of how many nodes it consists, repeated ones counted each time."""

    value: Any
    size: int


class YamlReader(ABC):
    """Reads one document of the file `path`, which errors name."""

    # With everything that an alias repeats.
    MAX_NODES: ClassVar[int]
    # The tags that are read; None: any. What a tag means is up to `scalar`.
    TAGS: ClassVar[frozenset[str] | None] = None

    def __init__(self, path: str) -> None:
        self.path = path
        self._events: Iterator[yaml.Event] = iter(())
        self._anchors: dict[str, _Node] = {}
        self._nodes_left = self.MAX_NODES

    @abstractmethod
    def scalar(self, event: yaml.ScalarEvent) -> Any:
        """What a scalar is."""

    @abstractmethod
    def put(self, mapping: dict[str, Any], key: yaml.Event, value: Any) -> None:
        """Put an entry into its mapping. `key`: what the key begins with, a `yaml.ScalarEvent` if it is text."""

    def wrong(self, reason: str, mark: Mark | None) -> LogFormatError:
        """The error about something that stands at a place; None: it is nowhere."""
        return LogFormatError(self.path, reason, _position(mark))

    def mapping(self, data: bytes) -> dict[str, Any]:
        """The mapping that a file holds; an empty one of an empty file.

        Raises:
            LimitError: larger than 1 MiB, nested deeper than 50 levels, more than `MAX_NODES` nodes or 100 directives.
            LogFormatError: not YAML, not UTF-8, not a mapping, more than one document, a tag that is not in `TAGS`, or
                what `put` refuses.
        """
        document = self._document(data)
        if document is None:
            return {}
        if not isinstance(document, dict):
            raise LogFormatError(self.path, "a mapping is expected")
        return document

    def list(self, data: bytes) -> list[Any]:
        """The list that a file holds; an empty one of an empty file. Errors as of `mapping`."""
        document = self._document(data)
        if document is None:
            return []
        if not isinstance(document, list):
            raise LogFormatError(self.path, "a list is expected")
        return document

    def _document(self, data: bytes) -> Any:
        if len(data) > MAX_BYTES:
            raise LimitError(self.path, "larger than 1 MiB, the most that is read of it")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise LogFormatError(self.path, "not UTF-8", f"byte {error.start}") from None
        if len(_DIRECTIVE.findall(text)) > MAX_DIRECTIVES:
            raise LimitError(
                self.path, f"more than {MAX_DIRECTIVES} directives (%TAG), the most that are read"
            )
        try:
            self._events = iter(yaml.parse(text, Loader=_LOADER))
            return self._only_document()
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
            raise self.wrong(f"not YAML: {reason}", mark) from None

    def _only_document(self) -> Any:
        """Its value; None of an empty file."""
        value: Any = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.wrong("more than one document", event.start_mark)
                value = self._node(next(self._events), MAX_DEPTH).value
        return value

    def _node(self, event: yaml.Event, depth_left: int) -> _Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        self._check_tag(event)
        self._count(1)
        if isinstance(event, yaml.ScalarEvent):
            node = _Node(self.scalar(event), 1)
        elif depth_left == 0:
            raise LimitError(self.path, f"nested deeper than {MAX_DEPTH} levels, the most that is read")
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(depth_left - 1)
        else:
            node = self._mapping(depth_left - 1)
        if event.anchor is not None:  # type: ignore[attr-defined]  # of all that are left
            self._anchors[event.anchor] = node  # type: ignore[attr-defined]
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
            self.put(values, event, value.value)
        return _Node(values, size)

    def _alias(self, event: yaml.AliasEvent) -> _Node:
        node = self._anchors.get(event.anchor or "")
        if node is None:  # of itself, too
            raise self.wrong(f"no anchor {event.anchor!s:.80} before it", event.start_mark)
        self._count(node.size)
        return node

    def _check_tag(self, event: yaml.Event) -> None:
        tag = event.tag  # type: ignore[attr-defined]  # scalars, sequences and mappings have one
        if not (tag is None or self.TAGS is None or tag in self.TAGS):
            raise self.wrong(f"the tag {tag[:80]} is not read", event.start_mark)

    def _count(self, nodes: int) -> None:
        self._nodes_left -= nodes
        if self._nodes_left < 0:
            raise LimitError(self.path, f"more than {self.MAX_NODES:,} entries, the most that are read")


def position_of(event: yaml.Event) -> str:
    """Where something begins, as errors say it."""
    return _position(event.start_mark)


def _position(mark: Mark | None) -> str:
    return f"line {mark.line + 1}" if mark else ""
