"""Lines of a growing plot: what they come to."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from lavdlike.errors import LogFormatError
from lavdlike.kinds import plot_lines, plots

BASE = {
    "data": [{"name": "a", "x": [1], "y": [2], "marker": {"color": ["red"]}}, {"name": "b"}],
    "layout": {},
}
MAP = {"data": [{"type": "heatmap", "z": [[1], [2]], "y": ["p", "q"]}], "layout": {"title": "T"}}


def file_of(*lines: Any) -> bytes:
    return b"".join(map(plots.encode_line, lines))


def traces_of(*lines: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = plot_lines.folded(file_of(*lines), "a.plotly.jsonl").figure["data"]
    return found


@pytest.mark.parametrize(
    ("base", "line", "trace"),
    [
        (BASE, {"trace": 0, "append": {"x": [3], "y": [None]}}, {"x": [1, 3], "y": [2, None]}),
        (
            BASE,
            {"trace": "a", "append": {"marker": {"color": ["blue"]}}},
            {"marker": {"color": ["red", "blue"]}},
        ),
        (BASE, {"trace": "a", "append": {"text": ["new"]}}, {"text": ["new"]}),
        (BASE, {"trace": "a", "set": {"x": [9]}, "append": {"y": [4]}}, {"x": [9], "y": [2, 4]}),
        (MAP, {"trace": 0, "append": {"z": [[3]], "y": ["r"]}}, {"z": [[1], [2], [3]], "y": ["p", "q", "r"]}),
        (
            MAP,
            {"trace": 0, "prepend": {"z": [[0]], "y": ["o"]}},
            {"z": [[0], [1], [2]], "y": ["o", "p", "q"]},
        ),
        (MAP, {"trace": 0, "append_each": {"z": [[5], [6]]}}, {"z": [[1, 5], [2, 6]]}),
        (MAP, {"trace": 0, "prepend_each": {"z": [[5], [6]]}}, {"z": [[5, 1], [6, 2]]}),
    ],
)
def test_a_line_changes_one_trace(base: Any, line: Any, trace: dict[str, Any]) -> None:
    assert traces_of(base, line)[0] == base["data"][0] | trace
    assert traces_of(base, line)[1:] == base["data"][1:]


def test_traces_come_and_go_and_the_layout_changes() -> None:
    renamed = {"trace": 0, "set": {"name": "z"}}
    lines = [
        BASE,
        {"add": {"name": "c", "type": "bar"}},
        renamed,
        {"remove": "z"},
        {"layout": {"title": "New"}},
    ]
    figure, skipped = plot_lines.folded(file_of(*lines), "a")
    assert [trace["name"] for trace in figure["data"]] == ["b", "c"]
    assert figure["layout"] == {"title": "New"}
    assert skipped == 0
    content = plots.from_file(file_of(*lines), "0001/a.plotly.jsonl")
    assert (content.traces, content.types) == (2, ["scatter", "bar"])
    assert traces_of(*lines, MAP) == MAP["data"]  # another figure from there on


@pytest.mark.parametrize(
    "line",
    [
        b'{"trace": 0, "append": {"x": [3]',
        b"[1]",
        b'{"trace": 7, "append": {"x": [3]}}',
        b'{"trace": true, "append": {"x": [3]}}',
        b'{"trace": 0, "append": {"x": 3}}',
        b'{"trace": 0, "append": {"name": [3]}}',
        b'{"trace": 0, "append_each": {"x": [[3]]}}',
        b'{"trace": 0, "shift": {}}',
        b'{"remove": "c"}',
        b'{"add": 1}',
        b'{"layout": 1}',
        b'{"frames": []}',
        b"\xff",
    ],
)
def test_a_line_that_is_none_changes_nothing_and_the_rest_counts(line: bytes) -> None:
    more = file_of({"trace": 0, "append": {"x": [4]}})
    figure, skipped = plot_lines.folded(file_of(BASE) + line + b"\n" + more, "a")
    assert (figure["data"][0]["x"], skipped) == ([1, 4], 1)
    assert figure["data"][0]["y"] == [2]


def test_a_torn_last_line_is_left_for_later() -> None:
    data = file_of(BASE) + b'{"trace":0,"append":{"x":[3]}}'
    assert plot_lines.folded(data, "a") == (json.loads(file_of(BASE)), 0)


@pytest.mark.parametrize(
    "data", [b"", b'{"data": [', b"{}\n", b'{"trace": 0}\n', b'{"data": 3}\n', b"\xff\n"]
)
def test_what_begins_with_no_plot_is_said(data: bytes) -> None:
    for read in (plot_lines.folded, plot_lines.trace_types):
        with pytest.raises(LogFormatError, match=r"a\.plotly\.jsonl"):
            read(data, "a.plotly.jsonl")


def test_lines_of_others_may_have_nan() -> None:
    data = b'{"data": [{"x": [NaN]}]}\n{"trace": 0, "append": {"x": [Infinity]}}\n'
    assert math.isnan(plot_lines.folded(data, "a").figure["data"][0]["x"][0])
    assert plot_lines.trace_types(data, "a") == ["scatter"]


def test_arrays_and_values_that_are_not_finite_become_lists_and_null() -> None:
    given = {"trace": "ä\ud800", "append": {"x": np.array([1, 2]), "y": [math.nan, np.float32(0.5)]}}
    line = plots.encode_line(given)
    assert json.loads(line)["append"] == {"x": [1, 2], "y": [None, 0.5]}
    assert plots.encode_line({"append": {"y": [math.inf]}}) == b'{"append":{"y":[null]}}\n'
