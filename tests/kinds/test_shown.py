from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from lavdlike.errors import LogFormatError
from lavdlike.kinds import shown
from lavdlike.kinds.shown import ShownContent, ShownTable, content_of


def test_each_is_what_the_logger_takes() -> None:
    figure = json.loads(content_of(("plot", {"data": {"y": np.arange(2)}}), "a").plot)
    assert figure == {"data": [{"y": [0, 1]}], "layout": {}}
    table = content_of(("table", {"n": np.array([1, 2]), "text": ["a", None]}), "a").table
    assert table == ShownTable(["n", "text"], [["1", "a"], ["2", ""]])
    assert content_of(("html", "<b>ä</b>"), "a") == ShownContent(html="<b>ä</b>")


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (None, "must return .* not None"),
        (("picture", b""), "must return"),
        (("html", b"text"), "must return"),
        (("plot", {"layout": {}}), "returned no plot"),
        (("table", []), "returned no table"),
        (("table", {"a": range(10_001)}), "10,001 rows: at most 10,000"),
        (("html", "x" * (shown.MAX_BYTES + 1)), "8,388,609 bytes: at most 8 MiB"),
        (("table", [["x" * shown.MAX_BYTES]]), "at most 8 MiB"),
    ],
)
def test_what_is_none_of_them_is_a_problem_of_the_file(made: Any, said: str) -> None:
    with pytest.raises(LogFormatError, match=said):
        content_of(made, "run/a.xyz")
