"""What frameworks hand over, as labels and numbers."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np

from lavdlike.integrations.reported_values import number_or_none, reported


def test_a_row_is_sorted_by_what_its_values_are() -> None:
    row = {
        "loss": np.float32(0.5),
        "eval": {"f1": 0.25, "by": {"class/a": 1}},
        "epoch": 3,
        "done": True,
        "nan": math.nan,
        "note": "best so far",
        "nothing": None,
        "matrix": np.zeros((2, 2)),
        7: 1,
    }
    found = reported(row)
    assert math.isnan(found.scalars.pop("nan"))
    assert found.scalars == {
        "loss": 0.5,
        "eval/f1": 0.25,
        "eval/by/class/a": 1,
        "epoch": 3,
        "done": 1,
        "7": 1,
    }
    assert found.texts == {"note": "best so far"}
    assert found.others == {"matrix": "ndarray"}


def test_a_prefix_is_a_folder_and_what_no_path_takes_is_written_with_percent_signs() -> None:
    assert reported({"../x": 1, "/a": 2}, "batch").scalars == {"batch/%2E./x": 1, "batch/a": 2}


def test_what_is_no_single_number_is_none() -> None:
    assert number_or_none(np.array([0.5])) == 0.5
    assert number_or_none(object()) is None
    assert number_or_none(SimpleNamespace(item=lambda: "x")) is None
