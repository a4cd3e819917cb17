"""Points and lines: what stands in the files after each call."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike.compat.visdom import Visdom
from tests.compat.visdom.windows import figure, records, traces, visdom


def test_single_points_are_lines_at_the_end_of_one_file(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    file = tmp_path / "log/main/loss.plotly.jsonl"
    sizes, inodes = [], []
    for step in range(5):
        assert vis.line(X=[step], Y=[step / 2], win="loss", update="append", opts={"title": "Loss"}) == "loss"
        sizes.append(file.stat().st_size)
        inodes.append(file.stat().st_ino)
    assert len(set(inodes)) == 1
    assert len({later - earlier for earlier, later in pairwise(sizes)}) == 1
    (trace,) = traces(tmp_path, "loss")
    assert (trace["x"], trace["y"]) == ([0, 1, 2, 3, 4], [0, 0.5, 1, 1.5, 2])
    assert (trace["name"], trace["mode"], trace["type"]) == ("1", "lines", "scatter")
    assert figure(tmp_path, "loss")["layout"]["title"] == "Loss"
    assert (
        len((tmp_path / "log/main/windows.jsonl").read_bytes().splitlines()) == 2
    )  # its options did not change


def test_traces_are_appended_to_inserted_replaced_and_removed_by_name(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    x = np.arange(3)
    vis.line(Y=np.stack([x, x + 1], axis=1), X=x, win="w", opts={"legend": ["a", "b"]})
    vis.line(X=np.stack([x, x], axis=1) + 3, Y=np.stack([x, x + 1], axis=1), win="w", update="append")
    vis.line(X=[9], Y=[8], win="w", name="b", update="append")
    vis.line(X=[1], Y=[2], win="w", name="gone", update="append")
    vis.line(X=[1], Y=[2], win="w", name="c", update="insert", opts={"linecolor": np.array([[255, 0, 0]])})
    vis.line(X=[7, 8], Y=[7, 8], win="w", name="a", update="replace")
    vis.line(X=None, Y=None, win="w", name="gone", update="remove")
    vis.line(X=[float("nan")], Y=[1], win="w", name="a", update="append")
    found = {trace["name"]: (trace["x"], trace["y"]) for trace in traces(tmp_path, "w")}
    assert found == {
        "a": ([7, 8], [7, 8]),
        "b": ([0, 1, 2, 3, 4, 5, 9], [1, 2, 3, 1, 2, 3, 8]),
        "c": ([1], [2]),
    }
    assert traces(tmp_path, "w")[2]["line"] == {"color": "#ff0000"}
    assert records(tmp_path)["w"]["opts"]["legend"] == ["a", "b"]


def test_what_others_write_meanwhile_is_known_at_the_next_call(tmp_path: Path) -> None:
    ours, others = visdom(tmp_path), visdom(tmp_path)
    ours.line([1], [1], win="w", name="a")
    others.line([2], [2], win="w", name="b", update="append")
    ours.line([3], [3], win="w", name="b", update="append")
    assert [trace["x"] for trace in traces(tmp_path, "w")] == [[1], [2, 3]]
    (tmp_path / "log/main/w.plotly.jsonl").unlink()
    assert not ours.win_exists("w")
    ours.line([4], [4], win="w", update="append")
    assert [trace["x"] for trace in traces(tmp_path, "w")] == [[4]]


def test_labels_colours_texts_and_axes_of_points(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    points = np.array([[1.0, 2], [3, 4], [5, 6]])
    options = {
        "legend": ["p", "q"],
        "markercolor": np.array([[255, 0, 0], [0, 0, 255]]),
        "markersymbol": "cross",
        "textlabels": ["one", "two", "three"],
        "xtickmin": 0,
        "xtickmax": 9,
        "xtickstep": 0.5,
        "ytype": "log",
        "ylabel": r"$\alpha$",
        "marginleft": 5,
        "layoutopts": {"plotly": {"hovermode": "x"}},
        "traceopts": {"plotly": {"q": {"opacity": 0.5}}},
        "mine": {"kept": 1},
    }
    before = json.dumps({**options, "markercolor": None})
    vis.scatter(points, Y=[1, 2, 1], win="w", opts=options)
    assert json.dumps({**options, "markercolor": None}) == before
    first, second = traces(tmp_path, "w")
    assert (first["x"], first["text"], first["mode"]) == ([1, 5], ["one", "three"], "markers+text")
    assert first["marker"] == {
        "size": 10,
        "symbol": "cross",
        "color": ["#ff0000", "#ff0000"],
        "line": {"color": "#000000", "width": 0.5},
    }
    assert (second["name"], second["marker"]["color"], second["opacity"]) == ("q", ["#0000ff"], 0.5)
    layout = figure(tmp_path, "w")["layout"]
    assert layout["xaxis"] == {"range": [0, 9], "dtick": 0.5}
    assert layout["yaxis"] == {"type": "log", "title": r"$\alpha$"}
    assert (layout["margin"]["l"], layout["hovermode"], layout["showlegend"]) == (5, "x", True)
    assert records(tmp_path)["w"]["opts"]["mine"] == {"kept": 1}
    vis.scatter(points[:2], win="w", update="append", name="p", opts={"markercolor": np.array([[0, 255, 0]])})
    assert traces(tmp_path, "w")[0]["marker"]["color"][2:] == ["#00ff00", "#00ff00"]
    vis.scatter(
        np.ones((4, 3)), win="space", opts={"ztickmin": 0, "ztickmax": 1, "ztickstep": 0.5, "webgl": True}
    )
    assert traces(tmp_path, "space")[0] | {"marker": 0} == {
        **{axis: [1, 1, 1, 1] for axis in "xyz"},
        "name": "1",
        "type": "scatter3d",
        "mode": "markers",
        "marker": 0,
    }
    assert figure(tmp_path, "space")["layout"]["scene"]["zaxis"] == {"range": [0, 1], "nticks": 2}


def test_stems_arrows_and_two_axes_are_what_they_are_made_of(tmp_path: Path) -> None:
    vis = visdom(tmp_path)
    vis.stem(X=[[1, 4], [2, 5]], Y=[7, 8], win="stem", opts={"legend": ["s", "t"]})
    assert [trace["y"] for trace in traces(tmp_path, "stem")] == [
        [0, 1, None, 0, 2, None],
        [0, 4, None, 0, 5, None],
    ]
    assert traces(tmp_path, "stem")[1]["x"] == [7, 7, None, 8, 8, None]
    vis.quiver(
        X=np.array([[3.0]]), Y=np.array([[4.0]]), win="quiver", opts={"normalize": 1, "arrowheads": False}
    )
    assert traces(tmp_path, "quiver")[0]["x"] == [0, pytest.approx(0.6), None]
    vis.quiver(X=np.ones((2, 2)), Y=np.ones((2, 2)), win="heads")
    assert len(traces(tmp_path, "heads")[0]["x"]) == 4 * 3 + 4 * 4
    vis.dual_axis_lines([0, 1], [1, 2], [3, 4], win="dual", opts={"name_y1": "left", "side": "left"})
    assert [(trace["name"], trace.get("yaxis")) for trace in traces(tmp_path, "dual")] == [
        ("left", None),
        ("Y2 axis", "y2"),
    ]
    assert figure(tmp_path, "dual")["layout"]["yaxis2"]["overlaying"] == "y"
    vis.learning_curve({"loss": [2, 1], "accuracy": [0.5, 0.75]}, win="curves")
    vis.learning_curve({"loss": 0.5}, step=2, win="curves", update="append")
    assert [(trace["name"], trace["x"]) for trace in traces(tmp_path, "curves")] == [
        ("loss", [0, 1, 2]),
        ("accuracy", [0, 1]),
    ]


REFUSED: dict[str, Callable[[Visdom], Any]] = {
    "needs X": lambda vis: vis.line([1], win="w", update="append"),
    "Y must have one or two dimensions": lambda vis: vis.line(np.zeros((1, 1, 1))),
    "the shape of Y": lambda vis: vis.line([1, 2], X=[1]),
    "needs win": lambda vis: vis.scatter(np.zeros((1, 2)), update="append"),
    "needs the name": lambda vis: vis.scatter(None, win="w", update="remove"),
    "2 or 3 columns": lambda vis: vis.scatter(np.zeros((1, 4))),
    "labels": lambda vis: vis.scatter(np.zeros((2, 2)), Y=[1]),
    "whole numbers": lambda vis: vis.scatter(np.zeros((1, 2)), Y=[1.5]),
    "from 1": lambda vis: vis.scatter(np.zeros((1, 2)), Y=[0]),
    "legend has 1 names": lambda vis: vis.scatter(np.zeros((2, 2)), Y=[1, 2], opts={"legend": ["a"]}),
    "markercolor": lambda vis: vis.scatter(np.zeros((2, 2)), opts={"markercolor": np.array([300])}),
    "textlabels": lambda vis: vis.scatter(np.zeros((2, 2)), opts={"textlabels": ["a"]}),
    "markersize must be a number": lambda vis: vis.scatter(np.zeros((2, 2)), opts={"markersize": "10"}),
    "dash": lambda vis: vis.line([1], opts={"dash": np.array(["dot", "dash"])}),
    "must be an array": lambda vis: vis.line([[1], [2, 3]]),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_the_original_refuses_is_an_assertion_that_failed(reason: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=reason):
        REFUSED[reason](visdom(tmp_path))
