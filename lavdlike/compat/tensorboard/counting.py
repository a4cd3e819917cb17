"""Histograms and precision-recall curves, counted as TensorBoard's writers count them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from lavdlike.kinds import numbers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Reals = NDArray[np.float64]

# More thresholds than this TensorBoard's writers do not keep.
MAX_THRESHOLDS = 127


class Histogram(NamedTuple):
    """`counts[i]` of the `number` values lie from `edges[i]` to `edges[i + 1]`. `sums`: as for `log_histogram`."""

    edges: Reals
    counts: NDArray[Any]
    sums: dict[str, float]
    number: int


class Curve(NamedTuple):
    """Counts at each threshold, which are evenly from 0 to 1, and what they come to."""

    true_positives: Reals
    false_positives: Reals
    true_negatives: Reals
    false_negatives: Reals
    precision: Reals
    recall: Reals


@cache
def default_edges() -> tuple[float, ...]:
    """The edges of `bins="tensorflow"`: from 1e-12 each is 1.1 times the one before, up to 1e20, to both sides of 0."""
    factors: Callable[[float, float], float] = lambda edge, _: edge * 1.1  # noqa: E731
    above = list(
        itertools.takewhile(lambda edge: edge < 1e20, itertools.accumulate(itertools.repeat(1e-12), factors))
    )
    return (*(-edge for edge in reversed(above)), 0.0, *above)


def snapshot(values: Any) -> Reals:
    """A copy of the values as they are now, to be counted later.

    Raises:
        ValueError: they are no real numbers, or none.
    """
    import numpy as np

    given = np.array(numbers.to_reals(values, argument="values").ravel())
    if not given.size:
        raise ValueError("values must not be empty")
    return given


def histogram(values: Any, bins: Any, max_bins: int | None = None) -> Histogram:
    """The bins that hold something, and those between them.

    Args:
        values: of any shape; NaN and infinities are in no bin.
        bins: "tensorflow", or what `numpy.histogram` takes.
        max_bins: of more bins some are put together, equally many each.

    Raises:
        ValueError: there are no values, or no such bins.
    """
    import numpy as np

    given = numbers.to_reals(values, argument="values").ravel()
    if not given.size:
        raise ValueError("values must not be empty")
    finite = given[np.isfinite(given)]
    chosen = default_edges() if isinstance(bins, str) and bins == "tensorflow" else bins
    counts, edges = np.histogram(finite, bins=chosen)
    counts, edges = _put_together(counts, edges.astype(np.float64), max_bins)
    held = np.flatnonzero(counts)
    if held.size:
        counts = counts[held[0] : held[-1] + 1]
        edges = edges[held[0] : held[-1] + 2]
    sums = {"sum": float(finite.sum()), "sum_squares": float(finite.dot(finite))}
    if finite.size:
        sums |= {"min": float(finite.min()), "max": float(finite.max())}
    return Histogram(edges, counts, sums, given.size)


def raw_histogram(lowest: float, limits: Any, counts: Any) -> tuple[Reals, Reals]:
    """Edges and counts of bins whose upper limits alone are known; the first one begins at the lowest value.

    Raises:
        ValueError: not as many limits as counts.
    """
    import numpy as np

    uppers = numbers.to_reals(limits, argument="bucket_limits").ravel()
    held = numbers.to_reals(counts, argument="bucket_counts").ravel()
    if uppers.size != held.size or not uppers.size:
        raise ValueError(
            f"bucket_limits and bucket_counts must be equally many: {uppers.size} and {held.size}"
        )
    limit = np.finfo(np.float64).max
    uppers = uppers.clip(-limit, limit)
    first = min(lowest, float(uppers[0])) if np.isfinite(lowest) else float(uppers[0])
    return np.concatenate(([first], uppers)), held


def curve(labels: Any, predictions: Any, num_thresholds: int, weights: Any = None) -> Curve:
    """What counts as found with at least each threshold, `i / (num_thresholds - 1)`.

    Args:
        labels: 1 or True for what is to be found.
        predictions: from 0 to 1.
        weights: of each, or of all; 1 without.

    Raises:
        ValueError: not as many predictions as labels.
    """
    import numpy as np

    truth = numbers.to_reals(labels, argument="labels").ravel()
    scores = numbers.to_reals(predictions, argument="predictions").ravel()
    if truth.size != scores.size:
        raise ValueError(f"there must be a prediction for each label: {scores.size} for {truth.size}")
    weight = 1.0 if weights is None else numbers.to_reals(weights, argument="weights")
    last = num_thresholds - 1
    places = np.floor(scores * last)
    is_in = (places >= 0) & (places <= last)  # NaN is not
    slots = places[is_in].astype(np.intp)

    def at_least(amounts: Reals) -> Reals:
        each = np.bincount(slots, np.broadcast_to(amounts, truth.shape)[is_in], minlength=num_thresholds)
        return each[::-1].cumsum()[::-1]

    found, mistaken = at_least(truth * weight), at_least((1.0 - truth) * weight)
    passed, missed = mistaken[0] - mistaken, found[0] - found
    tiny = 1e-7  # nothing divided by nothing is 0
    return Curve(
        found,
        mistaken,
        passed,
        missed,
        found / np.maximum(tiny, found + mistaken),
        found / np.maximum(tiny, found + missed),
    )


def thresholds(count: int) -> Reals:
    """Evenly from 0 to 1."""
    import numpy as np

    return np.linspace(0, 1, count)


def _put_together(counts: NDArray[Any], edges: Reals, max_bins: int | None) -> tuple[NDArray[Any], Reals]:
    import numpy as np

    if max_bins is None or len(counts) <= max_bins:
        return counts, edges
    size = len(counts) // int(max_bins)
    firsts = np.arange(0, len(counts), size)
    return np.add.reduceat(counts, firsts), np.append(edges[firsts], edges[-1])
