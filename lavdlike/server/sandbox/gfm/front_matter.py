"""YAML at the beginning of a document, between lines of `---`: shown as a table, as on GitHub."""

from __future__ import annotations

import html
import re
from typing import Any

_BETWEEN = re.compile(r"\ufeff?---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
# Names for parts of the text could make much of little.
_MAX_CELLS = 1_000
_MAX_DEPTH = 5
_MAX_CHARACTERS = 20_000


def split(source: str) -> tuple[str, str]:
    """What stands in front, as HTML, and the document behind it."""
    found = _BETWEEN.match(source)
    if not found or found.end() > _MAX_CHARACTERS:
        return "", source
    values = _values(found[1] or "")
    if values is None:
        return "", source
    return _table(values), source[found.end() :]


def _values(text: str) -> dict[str, Any] | None:
    """By name; None for what is no YAML, or no such table."""
    import yaml

    try:
        # All values are texts, as they are written.
        values = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - it makes nothing but texts, lists and dictionaries
    except yaml.YAMLError:
        return None
    if not isinstance(values, dict) or not values or _count(values) > _MAX_CELLS:
        return None
    return values


def _count(value: Any, depth: int = 1) -> int:
    """Cells of a table within tables; too many for what is nested too deeply."""
    if not isinstance(value, dict | list):
        return 1
    if depth > _MAX_DEPTH:
        return _MAX_CELLS + 1
    cells = 0
    for part in value.values() if isinstance(value, dict) else value:
        cells += _count(part, depth + 1)
        if cells > _MAX_CELLS:
            break
    return cells


def _table(values: dict[str, Any]) -> str:
    names = "".join(f"<th>{html.escape(str(name))}</th>" for name in values)
    cells = "".join(f"<td>{_cell(value)}</td>" for value in values.values())
    return f"<table><thead><tr>{names}</tr></thead><tbody><tr>{cells}</tr></tbody></table>\n\n"


def _cell(value: Any) -> str:
    if not value:
        return ""
    if isinstance(value, dict):
        return _table(value)
    if isinstance(value, list):
        return (
            "<table><tbody><tr>"
            + "".join(f"<td>{_cell(part)}</td>" for part in value)
            + "</tr></tbody></table>"
        )
    return html.escape(str(value))
