"""A board's YAML within bounds, with the place of everything in it. Every scalar is the text that stands there."""

from __future__ import annotations

from typing import Any, NamedTuple

import yaml

from lavdlike.board_messages import BoardMistake
from lavdlike.bounded.yaml_reader import Mark, YamlReader
from lavdlike.errors import LogFormatError

_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}" for name in ("str", "map", "seq", "null", "bool", "int", "float")
)
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))


class Placed(NamedTuple):
    """A mapping, a list, a text or None, and where it begins; from 1. What is in it is `Placed` as well."""

    value: Any
    line: int
    column: int


class BoardTextError(LogFormatError):
    """A text is no board at all. `line` and `column`: as of `BoardMistake`."""

    def __init__(self, path: str, reason: str, mark: Mark | None) -> None:
        self.line, self.column = (0, 0) if mark is None else (mark.line + 1, mark.column + 1)
        super().__init__(path, reason, f"line {self.line}, column {self.column}" if mark else "")


def parse(data: bytes, path: str) -> Placed:
    """The document; one of None where there is none.

    Raises:
        LogFormatError: see `YamlReader.mapping`, with 50,000 nodes; or a key comes twice. `mistake_of` says where.
    """
    return _Reader(path).document(data)


def mistake_of(error: LogFormatError) -> BoardMistake:
    """What a text is no board for."""
    if isinstance(error, BoardTextError):
        return BoardMistake(error.reason, error.line, error.column)
    return BoardMistake(error.reason)


def plain(placed: Placed) -> Any:
    """The same without places."""
    value = placed.value
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return value


def as_text(value: Any) -> Any:
    """A JSON value as `plain` gives what was written for it: every scalar is a text."""
    if isinstance(value, dict):
        return {as_text(key): as_text(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [as_text(entry) for entry in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None else str(value)


class _Reader(YamlReader):
    MAX_NODES = 50_000
    TAGS = _PLAIN_TAGS

    def document(self, data: bytes) -> Placed:
        found = self._document(data)
        return Placed(None, 1, 1) if found is None else found

    def wrong(self, reason: str, mark: Mark | None) -> LogFormatError:
        return BoardTextError(self.path, reason, mark)

    def scalar(self, event: yaml.ScalarEvent) -> str | None:
        is_null = event.implicit[0] and event.value in _NULLS  # plain: neither quoted nor tagged
        return None if is_null else event.value

    def put(self, mapping: dict[str, Any], key: yaml.Event, value: Any) -> None:
        if not isinstance(key, yaml.ScalarEvent):
            raise self.wrong("a key is not text", key.start_mark)
        if key.value in mapping:
            raise self.wrong(f"the key {key.value[:80]} comes twice", key.start_mark)
        mapping[key.value] = value

    def _node(self, event: yaml.Event, depth_left: int) -> Any:
        node = super()._node(event, depth_left)
        value = node.value.value if isinstance(node.value, Placed) else node.value
        mark = event.start_mark
        place = (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
        return node._replace(value=Placed(value, *place))
