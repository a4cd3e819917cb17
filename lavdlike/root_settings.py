"""`lavdlike.yaml`: what people say of a root and of its foreign experiments (docs/format.md, "What people write").

Pure: bytes in, values out. The file may be anybody's, so YAML is taken as events, whose depth, number and aliases are
bounded before anything is made of them, and no tag constructs an object. Every scalar is the text that stands there
(`title: 12:30` and `title: no` are what they say); the field decides whether it is a number or a boolean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeVar, cast

import msgspec
import yaml

from lavdlike import labels
from lavdlike.edit_messages import Annotation
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.marks import Marks
from lavdlike.match import match_of
from lavdlike.messages import LabelDefinition, Problem, RootSettings, SavedFilter

ROOT_SETTINGS_FILE = "lavdlike.yaml"
MAX_BYTES = 2**20
MAX_DEPTH = 50
# With everything that an alias repeats.
MAX_NODES = 100_000
# `%TAG` and the like, which nobody needs here. The parser compares each with all before it.
MAX_DIRECTIVES = 100

# Where the parser begins a line.
_DIRECTIVE = re.compile("(?:^|[\r\n\x85\u2028\u2029])%")
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(
    {"!", *(_TAG + name for name in ("str", "int", "float", "bool", "null", "map", "seq"))}
)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# Its parser alone is used; without libyaml it is the same in Python.
_LOADER = cast(type[yaml.SafeLoader], getattr(yaml, "CSafeLoader", yaml.SafeLoader))

T = TypeVar("T")


class RootFile(NamedTuple):
    """The content of a `lavdlike.yaml`. Experiments by their name (`layout.shown`)."""

    settings: RootSettings
    marks: Mapping[str, Marks]
    notes: Mapping[str, str]
    annotations: Mapping[str, list[Annotation]]


class YamlAnnotation(msgspec.Struct, rename="camel", omit_defaults=True):
    """An annotation as it stands in the file: see `edit_messages.Annotation`."""

    id: str
    step: int
    text: str
    end_step: int | None = None
    label: str = ""
    author: str = ""
    time: float = 0.0

    def __post_init__(self) -> None:
        if not self.step >= 0 or not (self.end_step is None or self.step <= self.end_step):
            raise ValueError("a step is negative, or a range ends before it begins")


class _Parts(NamedTuple):
    """What is read, and the first thing that is wrong."""

    path: str
    problems: list[Problem]

    def wrong(self, reason: str, position: str) -> None:
        self.problems.append(Problem(self.path, reason, position))

    def mapping(self, value: object, position: str) -> Iterator[tuple[str, Any]]:
        """The entries of a mapping; none, and a problem, of anything else."""
        if isinstance(value, dict):
            yield from value.items()
        elif value is not None:
            self.wrong("a mapping is expected", position)

    def converted(self, value: object, type_: type[T], position: str) -> T | None:
        try:
            return msgspec.convert(value, type_, strict=False)
        except msgspec.ValidationError as error:
            reason, _, place = str(error).partition(" - at `$")
            self.wrong(reason, position + place.rstrip("`"))
            return None


def read(data: bytes | None, path: str) -> RootFile:
    """The content of the file, None without one. What is wrong is `settings.problem`, and the rest holds.

    Never raises: a file that is no YAML, or beyond the limits, says nothing and is a problem as a whole.
    """
    match = match_of(data)
    try:
        document, repeated = parse(data or b"", path)
    except LogFormatError as error:
        problem = Problem(path, error.reason, error.position)
        return RootFile(RootSettings(match=match, problem=problem), {}, {}, {})
    parts = _Parts(path, [])
    for position in repeated:
        parts.wrong("a key comes twice; the first one holds", position)
    settings = RootSettings(
        match=match,
        labels=list(_labels(parts, document.get("labels"))),
        filters=list(_filters(parts, document.get("filters"))),
        view=dict(_view(parts, document.get("view"))),
    )
    found = _experiments(parts, document.get("experiments"))
    if parts.problems:
        settings.problem = parts.problems[0]
    return RootFile(settings, *found)


def parse(data: bytes, path: str) -> tuple[dict[str, Any], list[str]]:
    """The mapping that the file is, of mappings, lists, text and None; and where keys come twice.

    Raises:
        LimitError: larger than 1 MiB, nested deeper than 50 levels, more than 100,000 nodes or 100 directives.
        LogFormatError: not YAML, not UTF-8, not a mapping, a tag, or more than one document.
    """
    if len(data) > MAX_BYTES:
        raise LimitError(path, "larger than 1 MiB, the most that is read of it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LogFormatError(path, "not UTF-8", f"byte {error.start}") from None
    if len(_DIRECTIVE.findall(text)) > MAX_DIRECTIVES:
        raise LimitError(path, f"more than {MAX_DIRECTIVES} directives (%TAG), the most that are read")
    try:
        built = _Builder(path, iter(yaml.parse(text, Loader=_LOADER)))
        document = built.document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
        raise LogFormatError(path, f"not YAML: {reason}", f"line {mark.line + 1}" if mark else "") from None
    if document is not None and not isinstance(document, dict):
        raise LogFormatError(path, "a mapping is expected")
    return document or {}, built.repeated


class _Node(NamedTuple):
    """`size`: of how many nodes it consists, repeated ones counted each time."""

    value: Any
    size: int


class _Builder:
    """Makes the values of a document of its events. `repeated`: where a key comes twice in its mapping."""

    def __init__(self, path: str, events: Iterator[yaml.Event]) -> None:
        self._path = path
        self._events = events
        self._anchors: dict[str, _Node] = {}
        self._nodes_left = MAX_NODES
        self.repeated: list[str] = []

    def document(self) -> Any:
        """The value of the only document; None of an empty file."""
        value: Any = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise LogFormatError(self._path, "more than one document", _position(event))
                value = self._node(next(self._events), MAX_DEPTH).value
        return value

    def _node(self, event: yaml.Event, depth_left: int) -> _Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        self._check_tag(event)
        self._count(1)
        if isinstance(event, yaml.ScalarEvent):
            is_null = event.implicit[0] and event.value in _NULLS  # plain: neither quoted nor tagged
            node = _Node(None if is_null else event.value, 1)
        elif depth_left == 0:
            raise LimitError(self._path, f"nested deeper than {MAX_DEPTH} levels, the most that is read")
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
            if not isinstance(event, yaml.ScalarEvent):
                raise LogFormatError(self._path, "a key is not text", _position(event))
            if event.value in values:
                self.repeated.append(_position(event))
            else:
                values[event.value] = value.value
        return _Node(values, size)

    def _alias(self, event: yaml.AliasEvent) -> _Node:
        node = self._anchors.get(event.anchor or "")
        if node is None:
            raise LogFormatError(self._path, f"no anchor {event.anchor!s:.80} before it", _position(event))
        self._count(node.size)
        return node

    def _count(self, nodes: int) -> None:
        self._nodes_left -= nodes
        if self._nodes_left < 0:
            raise LimitError(self._path, f"more than {MAX_NODES:,} entries, the most that are read")

    def _check_tag(self, event: yaml.Event) -> None:
        tag = event.tag  # type: ignore[attr-defined]  # scalars, sequences and mappings have one
        if tag is not None and tag not in _PLAIN_TAGS:
            raise LogFormatError(self._path, f"the tag {tag[:80]} is not read", _position(event))


def _position(event: yaml.Event) -> str:
    mark = event.start_mark
    return f"line {mark.line + 1}" if mark else ""


def _labels(parts: _Parts, value: object) -> Iterator[LabelDefinition]:
    for pattern, said in parts.mapping(value, "labels"):
        position = f"labels.{pattern[:80]}"
        fields = {key: text for key, text in parts.mapping(said, position) if text is not None}
        definition = parts.converted(fields | {"pattern": pattern}, LabelDefinition, position)
        if definition is None:
            continue
        try:
            yield labels.check_definition(definition)
        except ValueError as error:
            parts.wrong(str(error), position)


def _filters(parts: _Parts, value: object) -> Iterator[SavedFilter]:
    for name, text in parts.mapping(value, "filters"):
        filter_ = parts.converted(text, str, f"filters.{name[:80]}")
        if filter_ is not None:
            yield SavedFilter(name, filter_)


def _view(parts: _Parts, value: object) -> Iterator[tuple[str, list[str]]]:
    for key, said in parts.mapping(value, "view"):
        values = parts.converted(said if isinstance(said, list) else [said], list[str], f"view.{key[:80]}")
        if values is not None:
            yield key, values


def _experiments(
    parts: _Parts, value: object
) -> tuple[dict[str, Marks], dict[str, str], dict[str, list[Annotation]]]:
    marks: dict[str, Marks] = {}
    notes: dict[str, str] = {}
    annotations: dict[str, list[Annotation]] = {}
    for name, said in parts.mapping(value, "experiments"):
        position = f"experiments.{name[:80]}"
        entries = dict(parts.mapping(said, position))
        found = parts.converted({k: v for k, v in entries.items() if v is not None}, Marks, position)
        if found is not None and found != Marks():
            marks[name] = found
        if entries.get("notes") is not None:
            text = parts.converted(entries["notes"], str, f"{position}.notes")
            if text:
                notes[name] = text
        if listed := list(_annotations(parts, entries.get("annotations"), f"{position}.annotations")):
            annotations[name] = listed
    return marks, notes, annotations


def _annotations(parts: _Parts, value: object, position: str) -> Iterator[Annotation]:
    if value is not None and not isinstance(value, list):
        parts.wrong("a list is expected", position)
        return
    for index, said in enumerate(cast(list[object], value or [])):
        found = parts.converted(said, YamlAnnotation, f"{position}[{index}]")
        if found is not None and found.text:
            yield Annotation(
                step=found.step,
                text=found.text,
                id=found.id,
                end_step=found.end_step,
                label=found.label,
                author=found.author,
                time=found.time,
            )
