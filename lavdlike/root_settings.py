"""`lavdlike.yaml`: what people say of a root and of its foreign experiments (docs/format.md, "What people write").

Pure: bytes in, values out. The file may be anybody's, so it is read within bounds (`bounded.yaml_reader`), and tags are
errors. Every scalar is the text that stands there (`title: 12:30` and `title: no` are what they say); the field decides
whether it is a number or a boolean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeVar, cast

import msgspec
import yaml

from lavdlike import labels
from lavdlike.bounded.yaml_reader import YamlReader, position_of
from lavdlike.edit_messages import Annotation
from lavdlike.errors import LogFormatError
from lavdlike.marks import Marks
from lavdlike.match import match_of
from lavdlike.messages import LabelDefinition, MediaPattern, Problem, RootSettings, SavedFilter
from lavdlike.named_roots import RootName

ROOT_SETTINGS_FILE = "lavdlike.yaml"

_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(
    {"!", *(_TAG + name for name in ("str", "int", "float", "bool", "null", "map", "seq"))}
)
_MAX_MEDIA = 20
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

T = TypeVar("T")


class RootFile(NamedTuple):
    """The content of a `lavdlike.yaml`. Experiments by their name (`layout.shown`)."""

    settings: RootSettings
    marks: Mapping[str, Marks]
    notes: Mapping[str, str]
    annotations: Mapping[str, list[Annotation]]

    def called(self, root: RootName) -> RootFile:
        """The same with the names that experiments of the root have beside those of others."""
        if not root.name:
            return self
        marks, notes, annotations = (
            {root.outer(name): said for name, said in each.items() if root.has(name)}
            for each in (self.marks, self.notes, self.annotations)
        )
        return RootFile(self.settings, marks, notes, annotations)  # type: ignore[arg-type]  # mapped alike


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
        media=list(_media(parts, document.get("media"))),
    )
    found = _experiments(parts, document.get("experiments"))
    if parts.problems:
        settings.problem = parts.problems[0]
    return RootFile(settings, *found)


def parse(data: bytes, path: str) -> tuple[dict[str, Any], list[str]]:
    """The mapping that the file is, of mappings, lists, text and None; and where keys come twice.

    Raises:
        LimitError: beyond the bounds of `YamlReader.mapping`, with 100,000 nodes.
        LogFormatError: not YAML, not UTF-8, not a mapping, a tag, or more than one document.
    """
    reader = _Reader(path)
    return reader.mapping(data), reader.repeated


class _Reader(YamlReader):
    """`repeated`: where a key comes twice in its mapping."""

    MAX_NODES = 100_000
    TAGS = _PLAIN_TAGS

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.repeated: list[str] = []

    def scalar(self, event: yaml.ScalarEvent) -> str | None:
        is_null = event.implicit[0] and event.value in _NULLS  # plain: neither quoted nor tagged
        return None if is_null else event.value

    def put(self, mapping: dict[str, Any], key: yaml.Event, value: Any) -> None:
        if not isinstance(key, yaml.ScalarEvent):
            raise LogFormatError(self.path, "a key is not text", position_of(key))
        if key.value in mapping:
            self.repeated.append(position_of(key))
        else:
            mapping[key.value] = value


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


def _media(parts: _Parts, value: object) -> Iterator[MediaPattern]:
    if value is not None and not isinstance(value, list):
        parts.wrong("a list is expected", "media")
        return
    for index, said in enumerate(cast(list[object], value or [])[:_MAX_MEDIA]):
        pattern = parts.converted(said, MediaPattern, f"media[{index}]")
        if pattern is not None:
            yield pattern


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
