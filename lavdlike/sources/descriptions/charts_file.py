"""`custom_scalars.json`: charts that a script of ours lays out by TensorBoard's calls (docs/format.md, "Charts")."""

from __future__ import annotations

from typing import Any

from lavdlike import json_file
from lavdlike.messages import SuggestedChart
from lavdlike.sources.events.custom_scalars import Category, Chart, Margin, charts_of

NAME = "custom_scalars.json"
MAX_BYTES = 2**20
_KEY = "custom_scalars"


def read(data: bytes, path: str) -> tuple[SuggestedChart, ...]:
    """The charts, as pages draw them; what is no chart in the file says nothing.

    Raises:
        LogFormatError: it is no JSON object.
    """
    layout = json_file.read_object(data, path).get(_KEY)
    categories = layout.items() if isinstance(layout, dict) else ()
    return charts_of(
        Category(
            title,
            tuple(chart for name, entry in charts.items() if (chart := _chart(name, entry)) is not None),
            is_closed=False,
        )
        for title, charts in categories
        if isinstance(charts, dict)
    )


def _chart(title: str, entry: Any) -> Chart | None:
    """Of `["Multiline", tags]` or `["Margin", [value, lower, upper]]`; None of anything else."""
    match entry:
        case ["Multiline", [*tags]] if all(isinstance(tag, str) for tag in tags):
            return Chart(title, tuple(tags), ())
        case ["Margin", [str() as value, str() as lower, str() as upper]]:
            return Chart(title, (), (Margin(value, lower, upper),))
    return None
