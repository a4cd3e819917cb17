from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lavdlike.reading.filter.associations import explained, ranks, spearman

# Few different ones, so that some are equal.
NUMBERS = st.one_of(st.integers(-3, 3).map(float), st.floats(allow_nan=False))
PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=3, max_size=60)


@pytest.mark.slow
@given(st.lists(NUMBERS, max_size=60))
def test_ranks_are_those_of_scipy(values: list[float]) -> None:
    from scipy import stats

    assert ranks(values) == stats.rankdata(values).tolist()


@pytest.mark.slow
@given(PAIRS)
def test_the_correlation_is_that_of_scipy(pairs: list[tuple[float, float]]) -> None:
    from scipy import stats

    xs, ys = ([pair[side] for pair in pairs] for side in (0, 1))
    found = spearman(xs, ys)
    if len(set(xs)) == 1 or len(set(ys)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(stats.spearmanr(stats.rankdata(xs), stats.rankdata(ys))[0], abs=1e-12)


@pytest.mark.slow
def test_the_explained_share_is_that_of_kruskal_corrected_for_chance() -> None:
    from scipy import stats

    chance = np.random.default_rng(0)
    groups = chance.choice(["adam", "sgd", "lion"], 40).tolist()
    ys = (chance.normal(0, 1, 40) + 2 * (np.array(groups) == "sgd")).round(1).tolist()
    samples = [[y for group, y in zip(groups, ys, strict=True) if group == each] for each in set(groups)]
    eta = stats.kruskal(*samples).statistic / 39
    assert explained(groups, ys) == pytest.approx(1 - (1 - eta) * 39 / 37, abs=1e-12)


def test_what_says_nothing_is_none() -> None:
    assert spearman([1, 1, 1], [1, 2, 3]) is None
    assert explained(["a"] * 4, [1, 2, 3, 4]) is None
    assert explained(list("abcd"), [1, 2, 3, 4]) is None  # a group each
    assert explained(list("aabb"), [5, 5, 5, 5]) is None
    assert explained(list("aabb"), [1, 4, 2, 3]) == 0.0
    assert explained(list("aabb"), [1.0, 1.0, math.inf, math.inf]) == 1.0
