"""Plots that are drawn once, and matrices: type and data of each, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike.compat.visdom import Visdom
from tests.compat.visdom.windows import figure, traces, visdom

M = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
# The call, and what its first trace has at least.
DRAWN: dict[str, tuple[Callable[[Visdom], Any], dict[str, Any]]] = {
    "bar": (
        lambda vis: vis.bar([3, 4], win="w", opts={"rownames": ["a", "b"]}),
        {"type": "bar", "x": ["a", "b"], "y": [3, 4]},
    ),
    "bars": (
        lambda vis: vis.bar(M, win="w", opts={"legend": list("abc")}),
        {"name": "a", "x": [1, 2], "y": [1, 4]},
    ),
    "one row of bars": (
        lambda vis: vis.bar([3, 4], win="w", opts={"legend": ["a", "b"]}),
        {"name": "a", "y": [3]},
    ),
    "histogram": (
        lambda vis: vis.histogram([0, 1, 1, 2], win="w", opts={"numbins": 2}),
        {"y": [1, 3], "x": [0.5, 1.5]},
    ),
    "boxplot": (lambda vis: vis.boxplot(M, win="w"), {"type": "box", "name": "column 0", "y": [1, 4]}),
    "violin": (
        lambda vis: vis.violin(M[0], win="w", opts={"legend": ["v"]}),
        {"type": "violin", "name": "v"},
    ),
    "pie": (
        lambda vis: vis.pie([1, 2], win="w", opts={"legend": ["a", "b"]}),
        {"type": "pie", "labels": ["a", "b"]},
    ),
    "sunburst": (
        lambda vis: vis.sunburst(
            ["a", "b"], ["", "a"], [2, 1], win="w", opts={"font_size": 9, "marker_width": 2}
        ),
        {
            "parents": ["", "a"],
            "values": [2, 1],
            "outsidetextfont": {"size": 9},
            "marker": {"line": {"width": 2}},
        },
    ),
    "mesh": (
        lambda vis: vis.mesh(np.eye(3), np.array([[0, 1, 2]]), win="w", opts={"opacity": 0.5}),
        {"type": "mesh3d", "z": [0, 0, 1], "k": [2], "opacity": 0.5},
    ),
    "sankey": (
        lambda vis: vis.sankey([0], [1], [5], ["a", "b"], win="w"),
        {"type": "sankey", "link": {"source": [0], "target": [1], "value": [5]}},
    ),
    "parallel": (
        lambda vis: vis.parallel_coordinates(M, [0, 1], win="w"),
        {"type": "parcoords", "line": {"color": [0, 1], "colorscale": "Viridis"}},
    ),
    "roc": (
        lambda vis: vis.roc_curve([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1], win="w"),
        {"x": [0, 0, 0.5, 0.5, 1], "y": [0, 0.5, 0.5, 1, 1], "name": "AUC = 0.750"},
    ),
    "pr": (
        lambda vis: vis.pr_curve([1, 0], [0.9, 0.1], win="w"),
        {"x": [1, 1], "y": [0.5, 1], "name": "AP = 1.000"},
    ),
    "surf": (lambda vis: vis.surf(M, win="w"), {"type": "surface", "z": M.tolist(), "cmin": 1, "cmax": 6}),
    "contour": (
        lambda vis: vis.contour(M, win="w", opts={"xmin": 0}),
        {"type": "contour", "zmin": 0, "zmax": 6},
    ),
    "heatmap": (
        lambda vis: vis.heatmap(M, win="w", opts={"columnnames": list("abc")}),
        {"type": "heatmap", "x": list("abc"), "colorscale": "Viridis"},
    ),
    "heatmap with gaps": (
        lambda vis: vis.heatmap(M * np.nan, win="w", opts={"nancolor": "red"}),
        {"colorscale": [[0, "red"], [1, "red"]]},
    ),
    "histogram2d": (
        lambda vis: vis.histogram2d([1, 2], [3, 4], win="w", opts={"numbins": 9}),
        {"type": "histogram2d", "nbinsx": 9},
    ),
    "confusion": (
        lambda vis: vis.confusion_matrix(["a", "b", "b"], ["a", "a", "b"], win="w", normalize="true"),
        {"z": [[1, 0], [0.5, 0.5]], "x": ["a", "b"], "y": ["a", "b"]},
    ),
    "violin that lies": (
        lambda vis: vis.violin(
            M[0], win="w", opts={"orientation": "h", "points": "all", "jitter": 0.1, "showbox": False}
        ),
        {"x": [1, 2, 3], "orientation": "h", "points": "all", "jitter": 0.1, "box": {"visible": False}},
    ),
    "sankey with looks": (
        lambda vis: vis.sankey(
            [0], [1], [5], win="w", opts={"pad": 3, "nodecolor": ["red"], "orientation": "v"}
        ),
        {"node": {"pad": 3, "color": ["red"]}, "orientation": "v"},
    ),
    "the best of parallel lines": (
        lambda vis: vis.parallel_coordinates(
            M, [0, 1], win="w", opts={"max_experiments": 1, "dimensions": list("abc"), "ranges": {0: [0, 9]}}
        ),
        {
            "dimensions": [
                {"label": "a", "values": [4], "range": [0, 9]},
                {"label": "b", "values": [5]},
                {"label": "c", "values": [6]},
            ]
        },
    ),
    "histogram2d of its own bins": (
        lambda vis: vis.histogram2d([1], [3], win="w", opts={"xnumbins": 2, "histnorm": "percent"}),
        {"nbinsx": 2, "histnorm": "percent"},
    ),
    "confusion in counts and shares": (
        lambda vis: vis.confusion_matrix(cm=[[1, 0], [1, 2]], win="w", opts={"showPercent": True}),
        {"text": [["1<br>25.0%", "0<br>0.0%"], ["1<br>25.0%", "2<br>50.0%"]]},
    ),
    "picture": (
        lambda vis: vis.image_heatmap(np.ones((2, 3)), M, win="w"),
        {"type": "image", "z": [[[255] * 3] * 3] * 2},
    ),
}


@pytest.mark.parametrize("what", DRAWN)
def test_a_call_is_a_figure_of_plotly(what: str, tmp_path: Path) -> None:
    call, expected = DRAWN[what]
    assert call(visdom(tmp_path)) == "w"
    found = traces(tmp_path, "w")[0]
    assert {key: found.get(key) for key in expected} == expected


def test_a_heatmap_grows_on_all_sides_and_goes(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    vis.heatmap(M, win="w", opts={"rownames": ["p", "q"]})
    vis.heatmap([[7, 8, 9]], win="w", update="appendRow", opts={"rownames": ["r"]})
    vis.heatmap([[0], [0], [0]], win="w", update="prependColumn", opts={"colormap": "Hot"})
    (trace,) = traces(tmp_path, "w")
    assert (trace["z"], trace["y"], trace["colorscale"]) == (
        [[0, 1, 2, 3], [0, 4, 5, 6], [0, 7, 8, 9]],
        ["p", "q", "r"],
        "Hot",
    )
    assert "other ones" in vis.heatmap(np.ones((1, 4)), win="w", update="appendRow", opts={"rownames": ["p"]})
    vis.heatmap(np.ones((2, 2)), win="w", update="replace")
    assert traces(tmp_path, "w")[0]["z"] == [[1, 1], [1, 1]]
    vis.heatmap(None, win="w", update="remove")
    assert traces(tmp_path, "w") == []
    vis.confusion_matrix(cm=[[1, 0], [0, 1]], win="cm", labels=["a", "b"])
    vis.confusion_matrix(cm=[[2, 0], [0, 2]], win="cm", labels=["a", "b"], update="replace")
    assert traces(tmp_path, "cm")[0]["z"] == [[2, 0], [0, 2]]
    assert figure(tmp_path, "cm")["layout"]["yaxis"]["title"] == "Actual"


REFUSED: dict[str, Callable[[Visdom], Any]] = {
    "update must be one of": lambda vis: vis.heatmap(M, win="w", update="append"),
    "two dimensions": lambda vis: vis.surf([1, 2]),
    "columnnames has 1 names for 3": lambda vis: vis.heatmap(M, opts={"columnnames": ["a"]}),
    "rownames must be one for each row": lambda vis: vis.bar([1, 2], opts={"rownames": ["a"]}),
    "either legend or rownames": lambda vis: vis.bar([1], opts={"rownames": ["a"], "legend": ["b"]}),
    "must not be below 0": lambda vis: vis.pie([-1, 2]),
    "parents must be one for each": lambda vis: vis.sunburst(["a"], []),
    "X must be n x 2 or n x 3": lambda vis: vis.mesh([[1]]),
    "give y_true and y_score": lambda vis: vis.roc_curve(),
    "normalize must be": lambda vis: vis.confusion_matrix(cm=[[1]], normalize="rows"),
    "opacity must be a number from 0 to 1": lambda vis: vis.mesh(np.eye(3), opts={"opacity": 2}),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_refused_is_said(reason: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=reason):
        REFUSED[reason](visdom(tmp_path))
