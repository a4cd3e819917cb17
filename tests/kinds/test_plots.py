from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from lavdlike import Logger
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds import plots, registry

FIGURE: dict[str, Any] = {
    "data": [{"type": "bar", "y": [1, 2]}, {"y": [3]}],
    "layout": {"title": {"text": "a"}},
}


class Figure:
    """What a Figure of plotly has."""

    def to_plotly_json(self) -> dict[str, Any]:
        return FIGURE


def test_a_logged_figure_reads_back(tmp_path: Any) -> None:
    with Logger("run", tmp_path) as logger:
        logger.log_plot(Figure(), "deep/pets", step=3)
        logger.log_plot(FIGURE, "pets")
    for path in ("0003/deep/pets.plotly.json", "pets.plotly.json"):
        data = (tmp_path / "run" / path).read_bytes()
        assert json.loads(data) == FIGURE
        assert plots.from_file(data, path) == plots.PlotContent(2, ["bar", "scatter"])


def test_values_of_libraries_become_what_plotly_reads() -> None:
    trace = {
        "x": np.array(["2026-01-02"], dtype="datetime64[ns]"),
        "y": np.array([[1.5, np.nan], [np.inf, 2]], dtype=np.float32),
        "n": np.int64(3),
        "when": datetime(2026, 1, 2),  # noqa: DTZ001 - figures may have such
        "marker": Figure(),
        "z": (float("-inf"), None, True),
    }
    document = json.loads(plots.encode({"data": trace, "layout": {}}))
    assert document["data"] == [
        {
            "x": ["2026-01-02T00:00:00.000000000"],
            "y": [[1.5, None], [None, 2]],
            "n": 3,
            "when": "2026-01-02T00:00:00",
            "marker": FIGURE,
            "z": [None, None, True],
        }
    ]


def test_rows_of_numbers_stand_in_one_line() -> None:
    text = plots.encode({"data": [{"z": [[1, 2], [3, 4]], "name": "a\ud800"}], "layout": {}}).decode()
    assert "   [1, 2],\n" in text
    assert json.loads(text)["data"][0]["name"] == "a\ud800"


@pytest.mark.parametrize(
    "figure", [None, [1], {"layout": {}}, {"data": [1]}, {"data": [], "layout": 1}, "figure"]
)
def test_what_is_no_figure_is_refused(figure: Any) -> None:
    with pytest.raises(ValueError, match="figure must"):
        plots.encode(figure)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"{", "not JSON"),
        (b"[]", "array"),
        (b"{}", "not a plot"),
        (b'{"data": {}}', "not a plot"),
        (b'{"data": [], "layout": []}', "not a plot"),
        (b'{"data": [{}, 1]}', r"data\[1\]: a trace that is no object"),
    ],
)
def test_what_is_no_plot_is_said(data: bytes, error: str) -> None:
    with pytest.raises(LogFormatError, match=error):
        plots.from_file(data, "a.plotly.json")


def test_a_bomb_of_levels_is_beyond_the_limit() -> None:
    with pytest.raises(LimitError, match="nested deeper"):
        plots.from_file(b'{"data": [' + b'{"a": ' * 200 + b"1" + b"}" * 200 + b"]}", "a.plotly.json")


def test_any_json_with_data_and_layout_is_a_plot() -> None:
    assert registry.kinds_of_json({"data": [], "layout": {}, "config": {}}, "0001/a.json") == (plots.KIND,)
    assert registry.kinds_of_json({"data": [], "layout": []}, "0001/a.json") == ()
