from __future__ import annotations

import numpy as np
import pytest

from lavdlike.compat.ploteries.bin_counts import counted, finite_edges


def test_outer_bins_reach_to_infinity() -> None:
    centers, counts = counted([-1e9, 0.4, 0.6, np.inf, np.nan], bin_centers=[0, 1], normalize=False)
    assert (centers.tolist(), counts.tolist()) == ([0, 1], [2, 2])
    assert counted([5, 5], bin_centers=[3])[1].tolist() == [1]


def test_values_without_bins_are_counted_over_their_range() -> None:
    centers, parts = counted([0, 1, 2, np.nan, -np.inf], bins=2)
    assert (centers.tolist(), parts.tolist()) == ([0.5, 1.5], [0.2, 0.4])
    assert counted([], bins=2)[1].tolist() == [0, 0]
    assert counted([1, 2], bins=[-np.inf, 1.5, np.inf])[0].tolist() == [1.5, 1.5]


def test_a_drawing_has_finite_edges() -> None:
    assert finite_edges(np.array([0, 1, 4])).tolist() == [-0.5, 0.5, 2.5, 5.5]
    assert finite_edges(np.array([7])).tolist() == [6.5, 7.5]


@pytest.mark.parametrize("centers", [[], [[1]], [1, 1], [0, np.nan], ["a"]])
def test_centres_that_are_none_are_refused(centers: list[object]) -> None:
    with pytest.raises(ValueError, match="bin_centers"):
        counted([1], bin_centers=centers)
