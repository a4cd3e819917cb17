"""New boards as text: of what a script or the shell says, and of charts that other programs have laid out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from lavdlike.board_messages import Board, BoardPanel, BoardSettings, InsertPanel, SetInBoard
from lavdlike.boards import board_edits
from lavdlike.match import match_of
from lavdlike.messages import SuggestedChart

_SIGNATURE = re.compile(
    rb"# Written by Logger\.board, and again until somebody changes it: ([0-9a-f]{32})\n\Z"
)
_SETTINGS = BoardSettings.__struct_fields__
_OF_ALL = ("id", "title", "section", "at")
_OF_CHARTS = ("right", "glyph", "styles", "palette", "x_title", "y_title")
_CHARTS_IN_A_ROW = 2
_WIDTH, _HEIGHT = 6, 4


def text_of(fields: Mapping[str, Any], panels: Iterable[Mapping[str, Any]], path: str) -> bytes:
    """A board's file.

    Args:
        fields: its own, such as `title`; what is None or empty is left out.
        panels: as they stand in the file (docs/boards.md).
        path: of the file, for messages.

    Raises:
        BadEditError: it would have a mistake; says which.
    """
    said = [SetInBoard([key], value) for key, value in fields.items() if value not in (None, "", [], {})]
    inserted = [InsertPanel(dict(panel)) for panel in panels]
    return board_edits.changed(
        b"", [*said, *inserted, *([] if inserted else [SetInBoard(["panels"], [])])], path
    )


def of_charts(charts: Sequence[SuggestedChart], path: str) -> bytes:
    """The file of a board of charts that a program has laid out: a section for each of its heads."""
    panels = []
    places: Counter[str] = Counter()
    for chart in charts:
        row, column = divmod(places[chart.category], _CHARTS_IN_A_ROW)
        places[chart.category] += 1
        said = {
            "title": chart.title,
            "section": chart.category,
            "chart": chart.labels,
            "regex": chart.pattern,
        }
        panels.append(
            {
                **{key: value for key, value in said.items() if value},
                "at": [column * _WIDTH, row * _HEIGHT, _WIDTH, _HEIGHT],
            }
        )
    heads = [head for head in dict.fromkeys(chart.category for chart in charts) if head]
    return text_of({"title": "Custom scalars", "sections": heads}, panels, path)


def of_board(board: Board, path: str) -> bytes:
    """The file of a board of ours that shows the same as one of others."""
    fields = {name: getattr(board, name) for name in _SETTINGS}
    sections = [each.title if not each.closed else msgspec.to_builtins(each) for each in board.sections]
    panels = [_fields_of(panel) for panel in board.panels]
    return text_of({"title": board.title, "sections": sections, **fields}, panels, path)


def _fields_of(panel: BoardPanel) -> dict[str, Any]:
    """A panel as it stands in a file."""
    shown: dict[str, Any]
    match panel.type:
        case "chart":
            shown = {"chart": panel.labels, "regex": panel.pattern, "expression": panel.expressions}
            shown["template"] = panel.template
        case "item":
            named = {"labels": panel.labels, "regex": panel.pattern, "template": panel.template}
            shown = {panel.kind: _said(named), "step": panel.step}
        case "table":
            table = {"columns": panel.columns, "sort": panel.sort, "descending": panel.descending}
            shown = {"table": _said(table)}
        case "parallel":
            shown = {"parallel": _said({"axes": panel.columns, "colour": panel.colour})}
        case "text":
            return _said({name: getattr(panel, name) for name in _OF_ALL}) | {"text": panel.text}
    shown |= {name: getattr(panel, name) for name in (*_OF_ALL, *_OF_CHARTS, *_SETTINGS)}
    return _said(shown)


def _said(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Those that say something, as JSON."""
    said = {key: msgspec.to_builtins(value) for key, value in fields.items()}
    return {key: value for key, value in said.items() if value not in (None, "", [])}


def signed(content: bytes) -> bytes:
    """What `Logger.board` writes: with a last line by which it is seen whether somebody has changed it since."""
    line = f"# Written by Logger.board, and again until somebody changes it: {match_of(content)}\n"
    return content + line.encode()


def is_as_signed(content: bytes) -> bool:
    """Whether a file is as `Logger.board` wrote it."""
    found = _SIGNATURE.search(content)
    return found is not None and match_of(content[: found.start()]) == found[1].decode()
