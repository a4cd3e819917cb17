"""Spectra: two columns of numbers, shown as a plot, a table of their peaks or a page, without a script."""

from __future__ import annotations

from html import escape
from typing import Any

from lavdlike.kinds.kind import Kind, ShownPage


def from_file(data: bytes, _path: str) -> dict[str, Any]:
    """The first line says how it is shown; then a line for each wavelength: itself, and how much is absorbed there."""
    shown_as, *lines = data.decode().splitlines()
    points = [tuple(map(float, line.split())) for line in lines]
    return {"as": shown_as, "points": points}


def show(spectrum: dict[str, Any]) -> tuple[str, Any]:
    """A plot; in a file whose first line says so, a table or HTML."""
    wavelengths, absorbed = zip(*spectrum["points"], strict=True)
    if spectrum["as"] == "table":
        return "table", {"nm": wavelengths, "absorbed": absorbed}
    if spectrum["as"] == "html":
        return "html", f"<h1>{escape(str(max(absorbed)))}</h1><p style='color: #c00'>is the highest peak.</p>"
    line = {"type": "scatter", "x": wavelengths, "y": absorbed}
    return "plot", {"data": [line], "layout": {"xaxis": {"title": {"text": "nm"}}}}


KIND = Kind(
    "spectra",
    suffixes=frozenset({".spectrum"}),
    read_file=from_file,
    page=ShownPage(show, title="Spectra", noun="spectra", card_height=280),
)
