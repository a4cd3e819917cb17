from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lavdlike import Logger, json_file
from lavdlike.errors import LogFormatError
from lavdlike.kinds import histograms


def through_json(content: histograms.HistogramContent) -> histograms.HistogramContent:
    document = json_file.read_object(json_file.dump(histograms.to_json(content)), "a.json")
    return histograms.from_json(document["histograms"], "a.json")


@settings(max_examples=50)
@given(arrays.arrays(np.float64, st.integers(0, 20)), st.integers(1, 40))
def test_every_finite_value_is_in_a_bin_and_it_reads_back_equal(values: Any, bins: int) -> None:
    content = histograms.of_values(values, bins)
    finite = values[np.isfinite(values)]
    assert sum(content.counts) == finite.size
    assert content.not_finite == values.size - finite.size
    assert len(content.counts) == bins
    assert through_json(content) == content
    if finite.size:
        assert (content.min, content.max) == (finite.min(), finite.max())


def test_bins_are_of_equal_width_from_the_smallest_to_the_largest_value() -> None:
    content = histograms.of_values([[0, 1], [2, 4]], bins=4)
    assert content.edges == [0, 1, 2, 3, 4]
    assert content.counts == [1, 1, 1, 1]
    assert (content.sum, content.sum_squares) == (7, 21)


def test_equal_values_have_bins_around_them() -> None:
    assert histograms.of_values([3, 3], bins=2).edges == [2.5, 3, 3.5]


def test_given_edges_are_taken() -> None:
    assert histograms.of_values([0, 5, 50], bins=[0, 1, 10]).counts == [1, 1]


def test_a_counted_histogram_is_taken_with_what_can_be_said_of_it() -> None:
    content = histograms.of_counts([0, 2, 4, 6], [0, 3, 0])
    assert (content.min, content.max, content.sum, content.sum_squares) == (2, 4, 9, 27)
    assert through_json(content) == content


@pytest.mark.parametrize(
    ("edges", "counts", "said"),
    [
        ([0, 1], [1, 2], "one less"),
        ([1, 0], [1], "never decrease"),
        ([0, 1], [-1], "below 0"),
        ([0, math.nan], [1], "finite"),
        ([0], [], "edges"),
        (["a", "b"], [1], "real numbers"),
    ],
)
def test_a_histogram_that_is_none_is_refused(edges: Any, counts: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        histograms.of_counts(edges, counts)


@pytest.mark.parametrize("bins", [0, -1, 1.5, True, "30", 10_001])
def test_bins_that_are_no_number_of_bins_are_refused(bins: Any) -> None:
    with pytest.raises(ValueError, match="bins"):
        histograms.of_values([1], bins)


@pytest.mark.parametrize(
    ("value", "position"),
    [
        ({"edges": [0, 1], "counts": []}, "histograms.edges"),
        ({"edges": [1, 0], "counts": [1]}, "histograms.edges"),
        ({"edges": [0, math.inf], "counts": [1]}, "histograms.edges"),
        ({"edges": [0, 1], "counts": [math.nan]}, "histograms.counts"),
        ({"edges": [0, "x"], "counts": [1]}, "histograms.edges[1]"),
        ({"edges": list(range(10_002)), "counts": [1] * 10_001}, "histograms.counts"),
        ({"counts": [1]}, "histograms"),
    ],
)
def test_a_hostile_file_is_an_error_with_its_place(value: Any, position: str) -> None:
    with pytest.raises(LogFormatError) as raised:
        histograms.from_json(value, "a.json")
    assert raised.value.position == position


def test_numbers_that_are_not_finite_are_unknown() -> None:
    content = histograms.from_json(
        {"edges": [0, 1], "counts": [1], "sum": math.inf, "min": math.nan}, "a.json"
    )
    assert (content.sum, content.min) == (None, None)


def test_logger_writes_the_file_and_keeps_other_keys(tmp_path: Path) -> None:
    with Logger("exp", tmp_path) as logger:
        logger.log_text("a", "weights", 1, expected="b")
        logger.log_histogram(np.array([0.0, 1.0, np.nan]), "weights", 1, bins=1)
        with pytest.raises(ValueError, match="either"):
            logger.log_histogram(None, "weights", 1, edges=[0, 1])
    document = json.loads((tmp_path / "exp" / "0001" / "weights.json").read_text())
    assert document["texts"] == {"actual": "a", "expected": "b"}
    assert document["histograms"] == {
        "edges": [0, 1],
        "counts": [2],
        "min": 0,
        "max": 1,
        "sum": 1,
        "sum_squares": 1,
        "not_finite": 1,
    }


@settings(max_examples=30)
@given(arrays.arrays(np.float32, st.integers(1, 50), elements=st.floats(-4, 4, width=16)), st.integers(1, 12))
def test_counts_are_those_between_the_edges_that_it_names(values: Any, bins: int) -> None:
    content = histograms.of_values(values, bins)
    assert content.counts == np.histogram(values.astype(float), content.edges)[0].tolist()
