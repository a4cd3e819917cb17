"""Charts: each method writes the files it names, and the reader of its kind takes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lavdlike import Logger
from tests.logged import check_written

CALLS: dict[str, tuple[Callable[[Logger], Any], list[str]]] = {
    "histograms": (lambda logger: logger.log_histogram([1.0, 2.0], "x", 1), ["0001/x.json"]),
    "plots": (lambda logger: logger.log_plot({"data": [], "layout": {}}, "x", 1), ["0001/x.plotly.json"]),
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
