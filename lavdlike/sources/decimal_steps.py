"""Files whose steps are decimal: rows and records are counted, and what they say is the x axis of labels. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lavdlike.kinds import places, table_text, tables, text_file
from lavdlike.messages import LabelDefinition
from lavdlike.sources.json_files import json_lines, json_records, log_records
from lavdlike.sources.source import Role
from lavdlike.sources.tables import program_tables

# At the begin of a file; a training that logs more than once an epoch shows it at once.
_LOOKED_AT = 16


def definitions_of(path: str, begin: bytes) -> list[LabelDefinition]:
    """What a file of points, which begins so, declares of its labels: an x axis, if it is decimal.

    Args:
        path: relative to the experiment.
    """
    lines = text_file.as_utf8(begin).split(b"\n")[:-1]
    if places.split_suffix(path)[1].lower() in tables.KIND.suffixes:
        x = _of_table(path, text_file.as_utf8(begin))
    elif json_lines.JsonLines().claims(path, begin) is Role.ITEM_WITH_POINTS:
        x = _of_records(path, lines[:_LOOKED_AT])
    else:
        x = ""
    if not x:
        return []
    folder = x[: x.rfind("/") + 1]
    return [LabelDefinition(f"{folder}*", x=x)]


def _of_records(path: str, lines: list[bytes]) -> str:
    flat = json_records.flatten(list(_records_in(lines)), set())
    if not json_records.has_step(flat) or json_records.has_whole_step(flat):
        return ""
    label = min(
        (name for name in flat.cells if tables.step_rank(name) is not None),
        key=lambda name: tables.step_rank(name) or 0,
    )
    is_decimal = any(value % 1 for value in flat.cells[label].values.tolist() if math.isfinite(value))
    return f"{json_lines.label_prefix(path)}{label}" if is_decimal else ""


def _records_in(lines: list[bytes]) -> Iterator[dict[str, object]]:
    for line in lines:
        try:
            record = log_records.load(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            yield record


def _of_table(path: str, begin: bytes) -> str:
    columns = tables.step_columns(begin, path)
    if columns is None or tables.plain_name(columns.step_name) not in json_records.DECIMAL_STEPS:
        return ""
    rows = begin[columns.begin :].split(b"\n")[:-1][:_LOOKED_AT]
    for row in table_text.rows_of(b"\n".join(rows), columns.separator):
        step = table_text.number_of(row[columns.step], columns.separator) if columns.step < len(row) else None
        if step is not None and math.isfinite(step) and step % 1:
            return program_tables.label_of(path, columns.values.values(), columns.step_name)
    return ""
