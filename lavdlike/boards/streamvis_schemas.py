"""Streamvis' schema, a YAML file of figures by name, as a board: a chart for each figure (docs/boards.md, "Streamvis").

A scope is an experiment and a group a label, with its number for each line but the first (`compat.streamvis`). What a
figure says beyond that is of Bokeh, which draws there: what has no counterpart here is a note.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from lavdlike.board_messages import Board, BoardMistake, BoardPanel, ChartStyle, Glyph
from lavdlike.boards.board_fields import MAX_PANELS
from lavdlike.boards.board_yaml import Placed, plain

_Glyphs = dict[str, Glyph]

# A file is one of these where each of its entries has one of these keys, and it has no panels.
_SIGNS = frozenset(("scope_pattern", "group_pattern", "name_pattern", "glyph_kind", "glyph", "glyph_kwargs"))
_KEYS = frozenset(("columns", "figure_kwargs", "palette", "color", *_SIGNS))
_GLYPHS: _Glyphs = {"line": "line", "scatter": "scatter", "circle": "scatter"}
# Names of the column that counts the points (`DataLogger.write`).
_X_COLUMNS = frozenset(("x", "step", "steps", "iteration", "global_step"))
# Bokeh's, by name without its number: eight colours, of those that are scales evenly spread.
_PALETTES = {
    "Viridis": "#440154 #46327e #365c8d #277f8e #1fa187 #4ac16d #9fda39 #fde724",
    "Magma": "#000003 #221150 #5e177f #972c7f #d3426d #f8755c #feba80 #fbfcbf",
    "Inferno": "#000003 #270b52 #63146e #9e2963 #d24742 #f57c15 #fabf25 #fcfea4",
    "Plasma": "#0c0786 #5201a3 #8908a5 #b83289 #da5a68 #f38748 #fdbb2b #eff821",
    "Category": "#1f77b4 #ff7f0e #2ca02c #d62728 #9467bd #8c564b #e377c2 #7f7f7f #bcbd22 #17becf",
}
# Bokeh's, in pixels.
_DASHES = {
    "solid": [],
    "dashed": [6.0],
    "dotted": [2.0, 4.0],
    "dotdash": [2.0, 4.0, 6.0, 4.0],
    "dashdot": [6.0, 4.0, 2.0, 4.0],
}


def is_one(document: Placed) -> bool:
    """Whether a document is a schema of Streamvis."""
    figures = document.value
    return (
        isinstance(figures, dict)
        and len(figures) > 0
        and "panels" not in figures
        and all(isinstance(each.value, dict) and _SIGNS & each.value.keys() for each in figures.values())
    )


def read(document: Placed) -> tuple[Board, list[BoardMistake], list[BoardMistake]]:
    """The board of a schema, its mistakes and its notes."""
    mistakes: list[BoardMistake] = []
    notes: list[BoardMistake] = []
    panels = [
        _Figure(name, placed, mistakes, notes).panel(index)
        for index, (name, placed) in enumerate(list(document.value.items())[:MAX_PANELS])
    ]
    if len(document.value) > MAX_PANELS:
        reason = f"{len(document.value):,} figures; at most {MAX_PANELS} are shown"
        mistakes.append(BoardMistake(reason, document.line, document.column))
    return Board(panels=panels), mistakes, notes


class _Figure:
    """One figure of a schema, while it is read."""

    def __init__(
        self, name: str, placed: Placed, mistakes: list[BoardMistake], notes: list[BoardMistake]
    ) -> None:
        self._name = name
        self._entries: dict[str, Placed] = placed.value
        self._placed = placed
        self._mistakes = mistakes
        self._notes = notes

    def panel(self, index: int) -> BoardPanel:
        panel = BoardPanel(type="chart", index=index, id=self._name, title=self._name)
        for key, placed in self._entries.items():
            if key not in _KEYS:
                self._note(placed, key)
        panel.filter = _filter_of(self._text("scope_pattern"))
        panel.pattern = self._pattern()
        panel.glyph = self._glyph()
        panel.palette = self._palette()
        self._take_figure(panel)
        style = self._style()
        panel.styles = [] if style == ChartStyle() else [style]
        return panel

    def _pattern(self) -> str:
        """Over labels: what is found in the name of a group, whichever of its lines and values it is, but for its x."""
        columns = plain(self._entries["columns"]) if "columns" in self._entries else ["x", "y"]
        if not (
            isinstance(columns, list) and len(columns) == 2 and all(isinstance(each, str) for each in columns)
        ):
            self._wrong(self._entries["columns"], "columns: two names, of x and of y, are expected")
            columns = ["x", "y"]
        x, y = columns
        if x not in _X_COLUMNS:
            self._note(
                self._entries["columns"],
                f"columns: {x} as the x axis; it is the one that the points count by",
            )
        group = self._text("group_pattern") or self._text("name_pattern") or ".*"
        line_and_value = rf"(?:/[0-9]+)?(?:/{re.escape(y)})?$"
        if group.endswith("$") and not group.endswith("\\$"):
            group = group[:-1] + line_and_value
        return rf"^(?!.*\.{re.escape(x)}$).*?(?:{group})"

    def _glyph(self) -> Glyph | None:
        name = self._text("glyph_kind") or self._text("glyph")
        if name and name not in _GLYPHS:
            key = "glyph_kind" if "glyph_kind" in self._entries else "glyph"
            self._wrong(self._entries[key], f"{key}: line or scatter is expected, not {name[:40]}")
        return _GLYPHS.get(name)

    def _palette(self) -> list[str]:
        placed = self._entries.get("palette")
        for outer in ("color", "glyph_kwargs"):
            entries = self._entries.get(outer)
            if placed is None and entries is not None and isinstance(entries.value, dict):
                placed = entries.value.get("palette")
        if placed is None:
            return []
        found = plain(placed)
        if isinstance(found, list) and all(isinstance(each, str) for each in found):
            return list(found)
        colours = _PALETTES.get(re.sub(r"[0-9_]+$", "", str(found)), "").split()
        if not colours:
            self._note(placed, f"the palette {found!s:.40}")
        return colours

    def _style(self) -> ChartStyle:
        style = ChartStyle()
        for key, placed in self._mapping("glyph_kwargs"):
            value = plain(placed)
            if key in ("color", "line_color"):
                style = msgspec.structs.replace(style, colour=str(value))
            elif key in ("line_width", "width") and (width := _number(value)) is not None:
                style = msgspec.structs.replace(style, width=width)
            elif key in ("line_dash", "dash") and (dash := _dash(value)) is not None:
                style = msgspec.structs.replace(style, dash=dash)
            elif key != "palette":
                self._note(placed, f"glyph_kwargs: {key}")
        return style

    def _take_figure(self, panel: BoardPanel) -> None:
        takes: dict[str, Callable[[Any], bool]] = {
            "title": lambda value: _take_text(panel, "title", value, "text"),
            "x_axis_label": lambda value: _take_text(panel, "x_title", value),
            "y_axis_label": lambda value: _take_text(panel, "y_title", value),
            "xaxis": lambda value: _take_text(panel, "x_title", value, "axis_label"),
            "yaxis": lambda value: _take_text(panel, "y_title", value, "axis_label"),
            "x_axis_type": lambda value: _take_type(panel, "log_x", value),
            "y_axis_type": lambda value: _take_type(panel, "log_y", value),
            "x_range": lambda value: _take_range(panel, "x_range", value),
            "y_range": lambda value: _take_range(panel, "y_range", value),
        }
        for key, placed in self._mapping("figure_kwargs"):
            if key not in takes or not takes[key](plain(placed)):
                self._note(placed, f"figure_kwargs: {key}")

    def _mapping(self, key: str) -> Iterator[tuple[str, Placed]]:
        placed = self._entries.get(key)
        if placed is None or placed.value is None:
            return
        if not isinstance(placed.value, dict):
            self._wrong(placed, f"{key}: a mapping is expected")
            return
        yield from placed.value.items()

    def _text(self, key: str) -> str:
        placed = self._entries.get(key)
        if placed is None or placed.value is None:
            return ""
        if not isinstance(placed.value, str):
            self._wrong(placed, f"{key}: a text is expected")
            return ""
        return placed.value

    def _wrong(self, placed: Placed, reason: str) -> None:
        self._mistakes.append(BoardMistake(f"{self._name[:80]}: {reason}", placed.line, placed.column))

    def _note(self, placed: Placed, what: str) -> None:
        self._notes.append(
            BoardMistake(f"{self._name[:80]}: {what[:120]} is ignored", placed.line, placed.column)
        )


def _filter_of(scope_pattern: str) -> str:
    if scope_pattern in ("", ".*", ".+"):
        return ""
    quoted = scope_pattern.replace("\\", "\\\\").replace('"', '\\"')
    return f'name~"{quoted}"'


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if 0 < number <= 100 else None


def _dash(value: Any) -> list[float] | None:
    if isinstance(value, list):
        lengths = [_number(each) for each in value]
        return None if None in lengths else [each for each in lengths if each is not None]
    found = _DASHES.get(str(value))
    if found is None and isinstance(value, str) and re.fullmatch(r"[0-9]+(?: [0-9]+)*", value):
        return _dash(value.split())
    return found


def _take_text(panel: BoardPanel, field: str, value: Any, key: str = "") -> bool:
    """`key`: where the text stands if the value is a mapping."""
    if isinstance(value, dict) and value.keys() == {key}:
        value = value[key]
    if isinstance(value, str):
        setattr(panel, field, value)
    return isinstance(value, str)


def _take_type(panel: BoardPanel, field: str, value: Any) -> bool:
    if value in ("log", "linear"):
        setattr(panel, field, value == "log")
    return value in ("log", "linear", "auto")


def _take_range(panel: BoardPanel, field: str, value: Any) -> bool:
    try:
        low, high = (float(each) for each in value)
    except (TypeError, ValueError):
        return False
    if not low < high:
        return False
    setattr(panel, field, (low, high))
    return True
