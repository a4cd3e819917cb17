"""What a kind of a plug-in shows of an item by Python alone: a plot, a table or HTML (docs/kinds.md)."""

from __future__ import annotations

from typing import Any

import msgspec

from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds import given_tables, plots

# Of a figure, a table or a text, as it is sent.
MAX_BYTES = 8 * 2**20
MAX_ROWS = 10_000


class ShownTable(msgspec.Struct):
    """`rows`: cells as text, as many as there are `columns` in each."""

    columns: list[str]
    rows: list[list[str]]


class ShownContent(msgspec.Struct):
    """One of these: `plot`, a figure of plotly as JSON; `html`, a text; `table`."""

    plot: str = ""
    html: str = ""
    table: ShownTable | None = None


def content_of(made: Any, path: str) -> ShownContent:
    """What is sent of what a `show` returned.

    Raises:
        LogFormatError: it is none of the three; too large.
    """
    what, value = made if isinstance(made, tuple) and len(made) == 2 else (None, None)
    try:
        if what == "plot":
            return ShownContent(plot=_within_limit(plots.encode(value), path))
        if what == "table":
            return ShownContent(table=_table(value, path))
        if what == "html" and isinstance(value, str):
            return ShownContent(html=_within_limit(value.encode(errors="replace"), path))
    except ValueError as error:
        raise LogFormatError(path, f"its kind returned no {what}: {error}") from None
    returned = " ".join(repr(made).split())[:80]
    raise LogFormatError(
        path, f"its kind must return ('plot', figure), ('table', table) or ('html', text), not {returned}"
    )


def _table(value: Any, path: str) -> ShownTable:
    columns, rows = given_tables.cells_of(value)
    if len(rows) > MAX_ROWS:
        raise LimitError(path, f"its kind returned {len(rows):,} rows: at most {MAX_ROWS:,} are shown")
    table = ShownTable(columns, [["" if cell is None else str(cell) for cell in row] for row in rows])
    _within_limit(msgspec.json.encode(table), path)
    return table


def _within_limit(content: bytes, path: str) -> str:
    if len(content) > MAX_BYTES:
        raise LimitError(
            path, f"its kind returned {len(content):,} bytes: at most {MAX_BYTES // 2**20} MiB are shown"
        )
    return content.decode(errors="replace")
