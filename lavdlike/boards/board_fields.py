"""What a board shows, of the fields of its file (docs/boards.md): each checked, in what a program works with.

A panel that is wrong is left out and is a mistake at its place; the others stand. Keys that nobody knows are notes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from lavdlike.board_messages import (
    COLUMNS,
    Board,
    BoardMistake,
    BoardPanel,
    BoardSection,
    BoardSettings,
    ChartStyle,
    Glyph,
)
from lavdlike.boards.board_yaml import Placed, plain
from lavdlike.kinds import registry, scalars
from lavdlike.layout import MAX_STEP

T = TypeVar("T", bound=msgspec.Struct)

MAX_PANELS = 500
# In all panels together.
MAX_LABELS = 2_000
_MAX_ROWS = 10_000
_MAX_HEIGHT = 100
_LATEST = "latest"
# Where a text may stand for a list of one.
_LISTS = frozenset(("chart", "expression", "right", "palette", "group_by", "labels", "columns", "axes"))
_RANGES = ("x_range", "y_range")
_CHART = "chart"
_PLACE = re.compile(r"\.(?P<key>\w+)|\[(?P<index>\d+)\]")


class _BoardFields(BoardSettings, kw_only=True):
    """A board's own, without its panels."""

    title: str = ""
    sections: list[str | BoardSection] = msgspec.field(default_factory=list)


class _PanelFields(BoardSettings, kw_only=True):
    """Of a panel, without what it shows of a kind."""

    id: str = ""
    title: str = ""
    section: str = ""
    at: tuple[int, int, int, int] | None = None
    chart: list[str] = msgspec.field(default_factory=list)
    regex: str = ""
    expression: list[str] = msgspec.field(default_factory=list)
    template: str = ""
    right: list[str] = msgspec.field(default_factory=list)
    glyph: Glyph | None = None
    styles: list[ChartStyle] = msgspec.field(default_factory=list)
    palette: list[str] = msgspec.field(default_factory=list)
    x_title: str = ""
    y_title: str = ""
    step: str | None = None
    table: _Table | None = None
    parallel: _Parallel | None = None
    text: str | None = None


class _Table(msgspec.Struct):
    columns: list[str] = []
    sort: str = ""
    descending: bool | None = None


class _Parallel(msgspec.Struct):
    axes: list[str] = []
    colour: str = ""


class _Items(msgspec.Struct):
    """Of a kind."""

    labels: list[str] = []
    regex: str = ""
    template: str = ""


class _WrongError(Exception):
    """Something of a panel means nothing. `at`: the key or place where it stands, from the panel down."""

    def __init__(self, reason: str, *at: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


def read(document: Placed) -> tuple[Board | None, list[BoardMistake], list[BoardMistake]]:
    """A board, its mistakes and its notes (`board_files.BoardFile`)."""
    mistakes: list[BoardMistake] = []
    notes: list[BoardMistake] = []
    entries = {} if document.value is None else document.value
    if not isinstance(entries, dict):
        return None, [_at(document, (), "a board is a mapping: title: ..., panels: [...]")], []
    own = Placed(
        {key: value for key, value in entries.items() if key != "panels"}, document.line, document.column
    )
    try:
        fields = _converted(own, _BoardFields)
        _check_settings(fields)
    except _WrongError as wrong:
        mistakes.append(_at(own, wrong.at, wrong.reason))
        fields = _BoardFields()
    notes += _unknown(own, _BoardFields)
    board = _taken(fields, Board)
    board.title = fields.title
    board.sections = [BoardSection(each) if isinstance(each, str) else each for each in fields.sections]
    board.panels = _panels(entries.get("panels"), mistakes, notes)
    return board, mistakes, notes


def _panels(
    listed: Placed | None, mistakes: list[BoardMistake], notes: list[BoardMistake]
) -> list[BoardPanel]:
    if listed is None or listed.value is None:
        return []
    if not isinstance(listed.value, list):
        mistakes.append(_at(listed, (), "panels: a list is expected"))
        return []
    if len(listed.value) > MAX_PANELS:
        reason = f"{len(listed.value):,} panels; at most {MAX_PANELS} are shown"
        mistakes.append(_at(listed, (MAX_PANELS,), reason))
    panels: list[BoardPanel] = []
    labels_left = MAX_LABELS
    for index, placed in enumerate(listed.value[:MAX_PANELS]):
        try:
            panel = _panel(placed, index)
        except _WrongError as wrong:
            mistakes.append(_at(placed, wrong.at, wrong.reason))
            continue
        labels_left -= len(panel.labels)
        if labels_left < 0:
            reason = f"more than {MAX_LABELS:,} labels in all; name them by a regex: instead"
            mistakes.append(_at(placed, (), reason))
            break
        panels.append(panel)
        notes += _unknown(placed, _PanelFields, _kinds_in(placed.value))
    return panels


def _panel(placed: Placed, index: int) -> BoardPanel:
    if not isinstance(placed.value, dict):
        raise _WrongError("a panel is a mapping, such as chart: val/loss")
    kinds = _kinds_in(placed.value)
    fields = _converted(placed, _PanelFields)
    _check_settings(fields)
    shown = [
        name
        for name, is_there in (
            (_CHART, fields.chart or fields.regex or fields.expression),
            ("template", fields.template),
            ("table", fields.table),
            ("parallel", fields.parallel),
            ("text", fields.text is not None),
            *((kind, True) for kind in kinds),
        )
        if is_there
    ]
    if len(shown) != 1:
        raise _WrongError(
            f"it shows {' and '.join(shown)}: make that several panels"
            if shown
            else "it says not what it shows: chart, regex, expression, template, table, parallel, text, or a kind "
            f"such as {', '.join(list(registry.BY_NAME)[:3])}"
        )
    panel = _taken(fields, BoardPanel, type="chart", index=index)
    for name in (
        "id",
        "title",
        "section",
        "glyph",
        "styles",
        "palette",
        "right",
        "x_title",
        "y_title",
        "template",
    ):
        setattr(panel, name, getattr(fields, name))
    panel.at = _checked_place(fields.at)
    panel.step = _step(fields.step)
    _take_content(panel, fields, placed.value.get(kinds[0]) if kinds else None, kinds)
    return panel


def _take_content(panel: BoardPanel, fields: _PanelFields, items: Placed | None, kinds: list[str]) -> None:
    """What the panel shows."""
    if items is not None:
        named = _items(items, kinds[0])
        panel.labels, panel.pattern, panel.template = named.labels, named.regex, named.template
        if kinds[0] != scalars.KIND.name:
            panel.type, panel.kind = "item", kinds[0]
    elif fields.table is not None:
        panel.type, panel.columns, panel.sort = "table", fields.table.columns, fields.table.sort
        panel.descending = fields.table.descending
    elif fields.parallel is not None:
        panel.type, panel.columns, panel.colour = "parallel", fields.parallel.axes, fields.parallel.colour
    elif fields.text is not None:
        panel.type, panel.text = "text", fields.text
    else:
        panel.labels, panel.pattern, panel.expressions = fields.chart, fields.regex, fields.expression


def _items(placed: Placed, kind: str) -> _Items:
    if isinstance(placed.value, str):
        return _Items([placed.value])
    if isinstance(placed.value, list):
        placed = placed._replace(value={"labels": placed})
    try:
        found = _converted(placed, _Items)
    except _WrongError as wrong:
        raise _WrongError(f"{kind}: {wrong.reason}", kind, *wrong.at) from None
    if not any((found.labels, found.regex, found.template)):
        raise _WrongError(f"{kind}: a label is expected, a list of some, or regex: or template:", kind)
    return found


def _step(text: str | None) -> int | None:
    if text is None or text == _LATEST:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 16 and int(text) <= MAX_STEP:
        return int(text)
    raise _WrongError(f"step: {text[:40]} is neither latest nor the number of a step", "step")


def _checked_place(at: tuple[int, int, int, int] | None) -> tuple[int, int, int, int] | None:
    if at is None:
        return None
    column, row, width, height = at
    is_inside = column >= 0 and width >= 1 and column + width <= COLUMNS and 0 <= row <= _MAX_ROWS
    if not (is_inside and 1 <= height <= _MAX_HEIGHT):
        raise _WrongError(
            f"at: [column, row, width, height] in {COLUMNS} columns, with a height up to {_MAX_HEIGHT}", "at"
        )
    return at


def _check_settings(fields: BoardSettings) -> None:
    if fields.smoothing is not None and not 0 <= fields.smoothing < 1:
        raise _WrongError("smoothing: a number from 0 to below 1 is expected", "smoothing")
    for name in _RANGES:
        low, high = getattr(fields, name) or (None, None)
        if not all(each is None or math.isfinite(each) for each in (low, high)):
            raise _WrongError(f"{name}: a number is expected, or null for what the values decide", name)
        if low is not None and high is not None and low >= high:
            raise _WrongError(f"{name}: the lowest comes first, and is below the highest", name)


def _kinds_in(entries: Any) -> list[str]:
    return [key for key in entries if key in registry.BY_NAME] if isinstance(entries, dict) else []


def _converted(placed: Placed, type_: type[T]) -> T:
    """Raises _WrongError."""
    try:
        return msgspec.convert(_with_lists(plain(placed)), type_, strict=False)
    except msgspec.ValidationError as error:
        reason, _, where = str(error).partition(" - at `$")
        at = [found["key"] or int(found["index"]) for found in _PLACE.finditer(where)]
        raise _WrongError(_said(reason, at, type_), *at) from None


def _with_lists(value: Any) -> Any:
    """Without what is empty; a text where a list may stand as the list of it."""
    if isinstance(value, list):
        return [_with_lists(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: [each] if key in _LISTS and isinstance(each, str) else _with_lists(each)
        for key, each in value.items()
        if each is not None
    }


def _said(reason: str, at: list[str | int], type_: type[T]) -> str:
    """In words for who wrote the file: of a choice, what there is."""
    choices = get_args(get_type_hints(type_).get(str(at[0]))) if len(at) == 1 else ()
    names = [name for each in choices for name in get_args(each) if isinstance(name, str)]
    said = f"one of {', '.join(names)} is expected" if names else reason
    return f"{at[0]}: {said}" if at else said


def _taken(fields: BoardSettings, type_: type[T], **more: Any) -> T:
    """The settings in a struct that has them, too."""
    return type_(**{name: getattr(fields, name) for name in BoardSettings.__struct_fields__}, **more)


def _unknown(placed: Placed, type_: type[msgspec.Struct], also: Iterable[str] = ()) -> list[BoardMistake]:
    known = {*type_.__struct_fields__, *also}
    return [
        _at(value, (), f"{key[:80]}: nothing here is called so")
        for key, value in placed.value.items()
        if key not in known
    ]


def _at(placed: Placed, at: Iterable[str | int], reason: str) -> BoardMistake:
    """A mistake at the place that a path leads to, as far as it leads."""
    for each in at:
        try:
            placed = placed.value[each]
        except (KeyError, IndexError, TypeError):
            break
    return BoardMistake(reason, placed.line, placed.column)
