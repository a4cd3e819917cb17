"""What the person at the terminal sees: lines, tables, spinner, progress bar."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO


def print_line(text: str, stream: TextIO) -> None:
    """Print a line; a terminal that is gone, closed or cannot show a character does not stop the script."""
    try:
        _write_above_progress_bars(text + "\n", stream)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write((text + "\n").encode(encoding, "backslashreplace").decode(encoding))
    except (OSError, ValueError):  # ValueError: closed
        pass


def duration_text(seconds: float) -> str:
    """Hours, minutes and seconds: `00:01:30`, `49:00:00`."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def table_lines(
    header: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    indent: str = "",
    placeholder: str = "-",
    precision: int = 5,
) -> list[str]:
    """A Markdown table whose columns line up.

    Floats have `precision` digits after the point; None becomes `placeholder`.

    Raises:
        ValueError: a row has not as many fields as the header.
    """
    for index, row in enumerate(rows):
        if len(row) != len(header):
            raise ValueError(
                f"rows[{index}] must have {len(header)} fields as the header has, not {len(row)}"
            )
    names = [str(name) for name in header]
    cells = [[_cell(field, placeholder, precision) for field in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    separator = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    lines = [_table_row(names, widths), separator, *(_table_row(row, widths) for row in cells)]
    return [indent + line for line in lines]


def _write_above_progress_bars(text: str, stream: TextIO) -> None:
    tqdm = sys.modules.get("tqdm")
    if tqdm is None:
        stream.write(text)
        return
    with tqdm.tqdm.external_write_mode(file=stream):
        stream.write(text)


def _table_row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def _cell(field: object, placeholder: str, precision: int) -> str:
    if field is None:
        return placeholder
    if hasattr(field, "item") and getattr(field, "ndim", 1) == 0:  # numpy and torch scalars
        field = field.item()
    if isinstance(field, float):
        return f"{field:.{precision}f}"
    return str(field)
