"""Charts that a script of ours lays out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lavdlike.errors import LogFormatError
from lavdlike.messages import SuggestedChart
from lavdlike.sources.descriptions import charts_file


def _charts(layout: Any) -> tuple[SuggestedChart, ...]:
    return charts_file.read(json.dumps({"custom_scalars": layout}).encode(), "run/custom_scalars.json")


def test_lines_expressions_and_bands() -> None:
    layout = {
        "Losses": {"both": ["Multiline", ["loss/a", "loss/b"]], "one": ["Multiline", ["loss/.*"]]},
        "Bands": {"band": ["Margin", ["mean", "low", "high"]]},
    }
    assert _charts(layout) == (
        SuggestedChart("both", "Losses", ["loss/a", "loss/b"]),
        SuggestedChart("one", "Losses", [], "^(?:loss/.*)"),
        SuggestedChart("band", "Bands", ["mean", "low", "high"]),
    )


@pytest.mark.parametrize(
    "layout",
    [None, [], "x", {"a": None}, {"a": {"b": ["Pie", ["x"]]}}, {"a": {"b": ["Multiline", [1]]}}, {"a": {"b": 1}},
     {"a": {"b": ["Margin", ["x", "y"]]}}, {"a": {"b": ["Multiline", []]}}],
)  # fmt: skip
def test_what_is_no_chart_says_nothing(layout: Any) -> None:
    assert _charts(layout) == ()


def test_what_is_no_object_is_said() -> None:
    with pytest.raises(LogFormatError):
        charts_file.read(b"[1]", "run/custom_scalars.json")
