"""What trackio logs at a step, a JSON object of metrics, as columns of points. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lavdlike.kinds import table_text
from lavdlike.sources.columns import Columns, doubles, valid_label
from lavdlike.sources.json_files import json_records, log_records

_decoder = msgspec.json.Decoder()


def load(text: str | bytes) -> dict[str, Any]:
    """A JSON object as trackio writes it.

    Raises:
        ValueError: it is none.
    """
    data = text.encode(errors="surrogateescape") if isinstance(text, str) else text
    try:
        found = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = log_records.load(data)  # `NaN` is none to msgspec
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def columns_of(
    metrics: Sequence[Mapping[str, Any]], steps: Sequence[int], times: Sequence[float], known: set[str]
) -> tuple[dict[str, Columns], bool]:
    """The numbers of records by label, those in objects below their names with dots; and whether names were left out.

    Args:
        steps, times: of each record.
        known: the names that there were before; those that are met are added.
    """
    flat = json_records.flatten(metrics, known)
    every_step, every_time = doubles(steps), doubles(times)
    found = {
        label: Columns(every_step[cells.rows], every_time[cells.rows], cells.values, cells.exact)
        for label, cells in flat.cells.items()
    }
    return found, flat.is_cut


def time_of(timestamp: object) -> float | None:
    """ISO 8601, as trackio writes it; None if it is not."""
    return table_text.time_of(timestamp) if isinstance(timestamp, str) else None


def run_of(record: Mapping[str, Any]) -> str:
    """Project and name of the run that a record is of, as labels begin."""
    names = (record.get("project"), record.get("run"))
    return valid_label("/".join(name for name in names if isinstance(name, str) and name) or "(no name)")
