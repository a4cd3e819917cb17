"""What people may write, as far as a file's format does not say it (docs/format.md, "What people write"). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lavdlike import labels, layout
from lavdlike.bounded.patterns import PatternError
from lavdlike.bounded.polars_limits import NoPolarsError
from lavdlike.edit_messages import Annotation
from lavdlike.errors import BadEditError
from lavdlike.messages import LabelDefinition, SavedFilter
from lavdlike.reading import media_patterns

MAX_TITLE = 200
MAX_TAG = 64
MAX_TAGS = 100
MAX_NOTES_BYTES = 2**20
MAX_ANNOTATION = 10_000
MAX_LABEL = 500
MAX_FILTER_NAME = 100
MAX_FILTER = 2000
MAX_TARGETS = 10_000
MAX_PATHS, MAX_PATH = 20, 1000
_MAX_VIEW_KEYS, _MAX_VIEW_VALUES, _MAX_VIEW_TEXT = 100, 1000, 2000

# Control characters, line and paragraph separators, and what turns the direction of all that follows it.
_NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_COLOUR = re.compile("[a-z]{1,20}|#[0-9a-f]{6}")
_MAX_SHOWN = 40
_NOT_IN_A_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def check_targets(targets: Sequence[object]) -> None:
    if not targets:
        raise BadEditError("", "nothing was named that is to be changed")
    if len(targets) > MAX_TARGETS:
        raise BadEditError("", f"more than {MAX_TARGETS:,} experiments at once")


def checked_title(title: str) -> str:
    """The title without space around it; "" removes one."""
    return _line(title, "a title", MAX_TITLE)


def checked_colour(colour: str) -> str:
    """A name or `#rrggbb` in lower case; "" removes it. Which names there are is the page's to know."""
    colour = colour.lower()
    if colour and not _COLOUR.fullmatch(colour):
        shown = colour[:_MAX_SHOWN]
        raise BadEditError("", f"a colour is a name of the page's palette or #rrggbb, not {shown!r}")
    return colour


def checked_paths(paths: Sequence[str]) -> list[str]:
    """Paths of files in an experiment."""
    if len(paths) > MAX_PATHS:
        raise BadEditError("", f"more than {MAX_PATHS} files")
    checked = [_line(path, "the path of a file", MAX_PATH) for path in paths]
    if not all(layout.is_experiment_name(path) for path in checked):
        raise BadEditError("", "not the path of a file in an experiment")
    return checked


def checked_tags(tags: Sequence[str]) -> list[str]:
    """The tags without space around them."""
    if len(tags) > MAX_TAGS:
        raise BadEditError("", f"more than {MAX_TAGS} tags")
    checked = [_line(tag, "a tag", MAX_TAG) for tag in tags]
    if "" in checked:
        raise BadEditError("", "a tag must not be empty")
    return checked


def check_number_of_tags(count: int) -> None:
    if count > MAX_TAGS:
        raise BadEditError("", f"it would have more than {MAX_TAGS} tags")


def check_notes(text: str) -> None:
    if len(_bytes(text, "notes")) > MAX_NOTES_BYTES:
        raise BadEditError("", f"notes must not be larger than {MAX_NOTES_BYTES // 2**20} MiB")
    if "\0" in text:
        raise BadEditError("", "notes must not contain NUL")


def check_annotation(annotation: Annotation) -> None:
    end_step = annotation.end_step
    for step in (annotation.step, annotation.step if end_step is None else end_step):
        if not 0 <= step <= layout.MAX_STEP:
            raise BadEditError("", f"a step must be from 0 to 2**53 - 1, not {step}")
    if end_step is not None and end_step < annotation.step:
        raise BadEditError("", "a range must not end before it begins")
    _bytes(annotation.text, "an annotation")
    if len(annotation.text) > MAX_ANNOTATION:
        raise BadEditError("", f"an annotation must not be longer than {MAX_ANNOTATION:,} characters")
    if _NOT_IN_A_TEXT.search(annotation.text):
        raise BadEditError("", "an annotation must not contain control characters")
    _bytes(annotation.label, "a label")
    if len(annotation.label) > MAX_LABEL or "\0" in annotation.label:
        raise BadEditError("", f"a label must not be longer than {MAX_LABEL} characters or contain NUL")
    if not annotation.text.strip() and not annotation.id:
        raise BadEditError("", "an annotation must not be empty")
    if annotation.id and not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", annotation.id):
        raise BadEditError("", "not an id of an annotation")


def check_definition(definition: LabelDefinition) -> None:
    try:
        labels.check_definition(definition)
    except ValueError as error:
        raise BadEditError("", str(error)) from None


def check_filter(saved: SavedFilter) -> None:
    if not _line(saved.name, "the name of a filter", MAX_FILTER_NAME):
        raise BadEditError("", "the name of a filter must not be empty")
    _line(saved.filter, "a filter", MAX_FILTER)


def check_view(view: Mapping[str, Sequence[str]]) -> None:
    if len(view) > _MAX_VIEW_KEYS or sum(map(len, view.values())) > _MAX_VIEW_VALUES:
        raise BadEditError("", "a view must not have more than 100 parameters or 1,000 values")
    for key, values in view.items():
        for text in (key, *values):
            _line(text, "a parameter of a view", _MAX_VIEW_TEXT)


def check_media(patterns: Sequence[str]) -> None:
    if len(patterns) > media_patterns.MAX_PATTERNS:
        raise BadEditError("", f"there must not be more than {media_patterns.MAX_PATTERNS} patterns of paths")
    for pattern in patterns:
        _line(pattern, "a pattern of paths", media_patterns.MAX_LENGTH)
        try:
            media_patterns.compiled(pattern)
        except (PatternError, NoPolarsError) as error:
            raise BadEditError("", f"the pattern {pattern!r} cannot be used: {error}") from None


def _line(text: str, what: str, most: int) -> str:
    text = text.strip()
    _bytes(text, what)
    if len(text) > most:
        raise BadEditError("", f"{what} must not be longer than {most:,} characters")
    if _NOT_IN_A_LINE.search(text):
        raise BadEditError("", f"{what} must not contain newlines, control or direction characters")
    return text


def _bytes(text: str, what: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise BadEditError("", f"{what} must be valid Unicode without lone surrogates") from None
