"""Histograms and curves, beside slow and simple ones."""

from __future__ import annotations

import numpy as np
import pytest

from lavdlike.compat.tensorboard import counting


def test_the_default_edges_are_the_originals() -> None:
    edges, edge = [], 1e-12
    while edge < 1e20:
        edges.append(edge)
        edge *= 1.1
    assert counting.default_edges() == (*(-edge for edge in edges[::-1]), 0.0, *edges)


def test_only_bins_between_the_first_and_the_last_value_are_kept() -> None:
    found = counting.histogram([0.5, 2.5, 2.75], [0, 1, 2, 3, 4, 5])
    assert (found.edges.tolist(), found.counts.tolist(), found.number) == ([0, 1, 2, 3], [1, 0, 2], 3)
    assert found.sums == {"min": 0.5, "max": 2.75, "sum": 5.75, "sum_squares": 14.0625}


def test_more_bins_than_wanted_are_put_together() -> None:
    found = counting.histogram([0.5, 1.5, 4.5], [0, 1, 2, 3, 4, 5], max_bins=2)
    assert (found.edges.tolist(), found.counts.tolist()) == ([0, 2, 4, 5], [2, 0, 1])


def test_without_a_finite_value_nothing_is_counted() -> None:
    found = counting.histogram([np.nan, np.inf], "tensorflow")
    assert found.counts.sum() == 0
    assert found.sums == {"sum": 0.0, "sum_squares": 0.0}


def test_upper_limits_are_edges() -> None:
    edges, counts = counting.raw_histogram(-1.0, [0, 1, np.inf], [1, 2, 3])
    assert edges.tolist() == [-1, 0, 1, np.finfo(float).max]
    assert counts.tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match="must be equally many: 1 and 2"):
        counting.raw_histogram(0, [1], [1, 2])


def test_curves_count_what_has_at_least_the_threshold() -> None:
    random = np.random.default_rng(0)
    labels, scores = random.integers(0, 2, 500), random.random(500)
    found = counting.curve(labels, scores, 11)
    for place, threshold in enumerate(counting.thresholds(11)):
        is_found = np.floor(scores * 10) >= round(threshold * 10)
        hits, wrong = int((is_found & (labels == 1)).sum()), int((is_found & (labels == 0)).sum())
        assert (found.true_positives[place], found.false_positives[place]) == (hits, wrong)
        assert found.true_negatives[place] == (labels == 0).sum() - wrong
        assert found.false_negatives[place] == (labels == 1).sum() - hits
        assert found.precision[place] == (hits / (hits + wrong) if hits + wrong else 0)
        assert found.recall[place] == hits / (labels == 1).sum()


def test_weights_count_as_often_and_what_has_no_place_nothing() -> None:
    found = counting.curve([1, 0, 1, 1], [1.0, 0.0, np.nan, 1.5], 3, [2, 3, 1, 1])
    assert found.true_positives.tolist() == [2, 2, 2]
    assert found.false_positives.tolist() == [3, 0, 0]
    with pytest.raises(ValueError, match="a prediction for each label: 1 for 2"):
        counting.curve([1, 0], [0.5], 3)
