from __future__ import annotations

from typing import Any

import pytest

from lavdlike.compat.ploteries.plot_traces import at, nested


@pytest.mark.parametrize(
    ("keywords", "found"),
    [
        ({"marker_line_width": 2, "marker": {"color": "red"}}, {"marker": {"line": {"width": 2}, "color": "red"}}),
        ({"marker": {"line_width": 2}}, {"marker": {"line": {"width": 2}}}),
        ({"error_y_array": [1], "error_x": {"type": "data"}}, {"error_y": {"array": [1]}, "error_x": {"type": "data"}}),
        ({"title": "T", "xaxis_title": {"text": "x"}}, {"title": {"text": "T"}, "xaxis": {"title": {"text": "x"}}}),
        ({"a": 1, "a_b": 2}, {"a": {"b": 2}}),
        ({"_": 1}, {"_": 1}),
    ],
)  # fmt: skip
def test_underscores_are_places(keywords: dict[str, Any], found: dict[str, Any]) -> None:
    assert nested(keywords) == found


def test_what_stands_at_a_place_is_found() -> None:
    assert at({"error_y": {"array": [1]}}, "error_y_array") == [1]
    assert at({"marker": 3}, "marker_size") is None


def test_what_holds_itself_is_refused() -> None:
    endless: dict[str, Any] = {}
    endless["a"] = endless
    with pytest.raises(ValueError, match="20 levels"):
        nested(endless)
