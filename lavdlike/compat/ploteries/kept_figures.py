"""What is kept of each figure of a writer, in `ploteries.json` of the experiment: a script that goes on needs it.

    {"data:__add_scalars__.loss": {"figure": "loss", "calls": "add_scalars", "labels": ["loss"], "dtype": "<f4"}}

A key is that of the data in a data store of Ploteries, behind `data:`, so that none is that of a kind.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from lavdlike import json_file, layout
from lavdlike.compat.tags import label_of
from lavdlike.errors import LogFormatError

FILE = "ploteries"
_BEGIN = "data:"


class Definition(msgspec.Struct, omit_defaults=True):
    """`calls`: the method that writes it. `labels`: of its lines, histograms, plot or table.

    `dtype`: of scalars, as they were given. `traces`, `layout`: the template of plots, which may be edited by hand.
    `columns`: of a table; `texts`: those of them that hold text alone.
    """

    figure: str
    calls: str
    labels: list[str]
    dtype: str = ""
    traces: list[dict[str, Any]] = []
    layout: dict[str, Any] = {}
    columns: list[str] = []
    texts: list[str] = []


def label_of_figure(figure: object) -> str:
    """The label of a figure, or of a line of it.

    Raises:
        ValueError: it is no text.
    """
    label = label_of(figure.strip("/") if isinstance(figure, str) else figure)
    return f"%{label}" if label in layout.RESERVED_LABELS else label


def data_name(calls: str, figure: str) -> str:
    """What the data of a figure are called where nobody says it, as in Ploteries."""
    return f"__{calls}__.{figure}"


def key_of(data: str) -> str:
    """The key of a definition in its file."""
    return f"{_BEGIN}{data}"


def read(folder: Path) -> dict[str, Definition]:
    """The definitions of an experiment, by the names of their data; none if their file is not there."""
    name = f"{FILE}.json"
    try:
        document = json_file.read_object((folder / name).read_bytes(), name)
    except (OSError, LogFormatError):
        return {}
    found = {}
    for key, value in document.items():
        if key.startswith(_BEGIN):
            try:
                found[key.removeprefix(_BEGIN)] = msgspec.convert(value, Definition)
            except msgspec.ValidationError:
                continue  # by hand, and wrong: as if it were not there
    return found
