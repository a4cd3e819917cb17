"""Charts: each method writes the files it names, and the reader of its kind takes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lavdlike import Logger
from lavdlike.kinds import plot_lines
from tests.logged import check_written

CALLS: dict[str, tuple[Callable[[Logger], Any], list[str]]] = {
    "histograms": (lambda logger: logger.log_histogram([1.0, 2.0], "x", 1), ["0001/x.json"]),
    "plots": (lambda logger: logger.log_plot({"data": [], "layout": {}}, "x", 1), ["0001/x.plotly.json"]),
    "plots that grow": (
        lambda logger: logger.log_plot({"data": [], "layout": {}}, "x", 1, growing=True),
        ["0001/x.plotly.jsonl"],
    ),
    "figures": (lambda logger: logger.log_svg("<svg/>", "x", 1), ["0001/x.svg"]),
    "figures of matplotlib": (
        lambda logger: logger.log_figure(
            SimpleNamespace(figure=SimpleNamespace(savefig=lambda file, **_: file.write(b"<svg/>"))), "x", 1
        ),
        ["0001/x.svg"],
    ),
    "pr_curves": (lambda logger: logger.log_pr_curve([0, 1], [0.1, 0.9], "x", 1), ["0001/x.json"]),
    "confusion_matrices": (
        lambda logger: logger.log_confusion_matrix(([0, 1], ["a", "b"]), ["a", "b"], "x", 1),
        ["0001/x.json"],
    ),
}


@pytest.mark.parametrize("what", CALLS)
def test_the_file_is_there_and_read(what: str, tmp_path: Path) -> None:
    check_written(what.split(" ", maxsplit=1)[0], *CALLS[what], tmp_path)


def test_sums_of_a_histogram_that_was_counted_elsewhere_are_kept(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_histogram(
            None, "x", edges=[0, 1, 2], counts=[1, 2], sums={"min": 0.5, "sum_squares": float("nan")}
        )
        with pytest.raises(ValueError, match="sums must be some of min, max, sum, sum_squares, not 'mean'"):
            logger.log_histogram(None, "x", edges=[0, 1], counts=[1], sums={"mean": 1})
    content = json.loads((tmp_path / "run/x.json").read_text())["histograms"]
    assert content == {"edges": [0, 1, 2], "counts": [1, 2], "min": 0.5, "max": 2, "sum": 3.5}


def test_a_curve_that_was_computed_elsewhere_is_kept(tmp_path: Path) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_pr_curve(None, None, "x", thresholds=[0, 0.5], precision=[0.5, 1], recall=[1, 0.5])
        with pytest.raises(ValueError, match="thresholds must never fall"):
            logger.log_pr_curve(None, None, "x", thresholds=[1, 0.5], precision=[0.5, 1], recall=[1, 0.5])
        with pytest.raises(ValueError, match="equally many"):
            logger.log_pr_curve(None, None, "x", thresholds=[1], precision=[0.5, 1], recall=[1, 0.5])
        with pytest.raises(ValueError, match="give labels and predictions, or None for both"):
            logger.log_pr_curve([1], [0.5], "x", thresholds=[0, 1])
    content = json.loads((tmp_path / "run/x.json").read_text())["pr_curves"]
    assert content["thresholds"] == [0, 0.5]
    assert content["precision"] == [0.5, 1]
    assert content["recall"] == [1, 0.5]


def test_a_plot_grows_by_lines_and_a_new_one_takes_its_place(tmp_path: Path) -> None:
    file = tmp_path / "run/0001/loss.plotly.jsonl"
    with Logger("run", tmp_path) as logger:
        for name in ("first", "second"):
            logger.log_plot({"data": [{"x": [], "name": name}]}, "loss", 1, growing=True)
            logger.grow_plot([{"trace": 0, "append": {"x": [1]}}, {"add": {"x": [name]}}], "loss", 1)
            logger.grow_plot([{"trace": 0, "append": {"x": [2]}}], "loss", 1)
            assert file.read_bytes().count(b"\n") == 4
    figure = plot_lines.folded(file.read_bytes(), "loss").figure
    assert figure["data"] == [{"x": [1, 2], "name": "second"}, {"x": ["second"]}]
