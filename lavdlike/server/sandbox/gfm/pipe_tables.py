"""Rows of GitHub's tables. Pure."""

from __future__ import annotations

import re
from typing import Literal

Alignment = Literal["", "left", "center", "right"]

_DELIMITERS = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_BAR = re.compile(r"(?<!\\)\|")


def alignments_of(text: str) -> list[Alignment] | None:
    """What the row below a table's head says of each column; None if it is no such row."""
    if not _DELIMITERS.match(text):
        return None
    return [_alignment_of(cell) for cell in cells_of(text)]


def cells_of(row: str) -> list[str]:
    """The texts between the bars; one behind a backslash is part of a text, in code too."""
    text = row.strip()
    text = text.removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(text)]


def _alignment_of(cell: str) -> Alignment:
    match cell.startswith(":"), cell.endswith(":"):
        case True, True:
            return "center"
        case True, False:
            return "left"
        case False, True:
            return "right"
    return ""
