"""Updates of heatmaps and others as lines: a table of cases."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from lavdlike.compat.visdom.plot_updates import UpdateRefusedError, lines_of, noted, outline_of
from lavdlike.kinds import plot_lines

NAMED: dict[str, Any] = {
    "data": [{"type": "heatmap", "z": [[1, 2]], "x": ["a", "b"], "y": ["p"]}],
    "layout": {},
}
PLAIN: dict[str, Any] = {"data": [{"type": "heatmap", "z": [[1, 2]]}], "layout": {}}
LINES: dict[str, Any] = {
    "data": [{"name": "a", "x": [1], "y": [2]}, {"name": "b", "x": [1], "y": [2]}],
    "layout": {},
}


def after(figure: dict[str, Any], *messages: dict[str, Any]) -> list[dict[str, Any]]:
    figure = copy.deepcopy(figure)
    outline = outline_of(copy.deepcopy(figure))
    for message in messages:
        lines = lines_of(outline, copy.deepcopy(message))
        for line in copy.deepcopy(lines):
            plot_lines.apply(figure, line)
        noted(outline, lines)
    assert outline == outline_of(figure)
    traces: list[dict[str, Any]] = figure["data"]
    return traces


def grown(direction: str, **new: Any) -> dict[str, Any]:
    return {"data": [{"type": "heatmap", **new}], "append": direction != "replace", "updateDir": direction}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (grown("appendRow", z=[[3, 4]], y=["q"]), {"z": [[1, 2], [3, 4]], "y": ["p", "q"]}),
        (grown("prependRow", z=[[3, 4]], y=["o"]), {"z": [[3, 4], [1, 2]], "y": ["o", "p"]}),
        (
            grown("appendColumn", z=[[3]], x=["c"], colorscale="Hot"),
            {"z": [[1, 2, 3]], "x": ["a", "b", "c"], "colorscale": "Hot"},
        ),
        (grown("prependColumn", z=[[0]], x=["z"]), {"z": [[0, 1, 2]], "x": ["z", "a", "b"]}),
        (grown("replace", z=[[9]]), {"z": [[9]], "x": None, "y": None}),
    ],
)
def test_rows_and_columns_come_to_a_heatmap(message: dict[str, Any], expected: dict[str, Any]) -> None:
    assert after(NAMED, message) == [{**NAMED["data"][0], **expected}]


@pytest.mark.parametrize(
    ("figure", "message", "reason"),
    [
        (PLAIN, grown("appendRow", z=[[1]]), "2 columns, the new rows 1"),
        (PLAIN, grown("appendColumn", z=[[1], [2]]), "1 rows, the new columns 2"),
        (PLAIN, grown("appendRow", z=[[1, 2]], y=["q"]), "names at 'y', or neither"),
        (NAMED, grown("appendRow", z=[[1, 2]]), "names at 'y', or neither"),
        (NAMED, grown("appendRow", z=[[1, 2]], y=["p"]), "other ones than those of the heatmap: 'p'"),
        (NAMED, grown("sideways", z=[[1, 2]]), "not 'sideways'"),
        (LINES, {"data": [1]}, "a trace must be a dict"),
    ],
)
def test_what_does_not_fit_is_said(figure: dict[str, Any], message: dict[str, Any], reason: str) -> None:
    with pytest.raises(UpdateRefusedError, match=reason):
        lines_of(outline_of(figure), message)


def test_all_traces_names_and_the_layout_are_updated_in_their_order() -> None:
    both = {
        "data": [{"x": [2], "y": [3]}, {"x": [4], "y": [5]}, {"x": [6], "y": [7], "name": "3"}],
        "append": True,
    }
    found = after(LINES, both, {"opts": {"legend": ["c", "d", "e"]}, "layout": {"title": "T", "xaxis": None}})
    assert [(trace["name"], trace["x"]) for trace in found] == [("c", [1, 2]), ("d", [1, 4]), ("e", [6])]
    assert after(LINES, {"data": [], "delete": True}) == []
    assert after(PLAIN, {"data": [], "delete": True}, grown("replace", z=[[1]]))[0]["z"] == [[1]]
