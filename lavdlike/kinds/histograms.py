"""Histograms: how values are distributed, as counts between edges (docs/format.md, "Histograms")."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from lavdlike import json_file
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds.kind import Kind
from lavdlike.kinds.numbers import to_reals

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_BINS = 10_000
_SUMS = ("min", "max", "sum", "sum_squares")


class HistogramContent(msgspec.Struct):
    """`counts[i]` values lie from `edges[i]` to `edges[i + 1]`; the last bin has its upper edge, the others have not.

    `min`, `max`, `sum`, `sum_squares`: of the finite values; None if not known. `not_finite`: values left out.
    """

    edges: list[float]
    counts: list[float]
    min: float | None = None
    max: float | None = None
    sum: float | None = None
    sum_squares: float | None = None
    not_finite: int = 0


def of_values(values: Any, bins: int | Sequence[float] = 30) -> HistogramContent:
    """Count values of any shape; NaN and infinities are left out and counted in `not_finite`.

    Args:
        bins: how many, of equal width from the smallest to the largest value (0.5 to either side of it if there is
            only one value); or their edges. Values outside of given edges are in no bin.

    Raises:
        ValueError: no real numbers; no bins.
    """
    import numpy as np

    given = to_reals(values, argument="values").ravel()
    low, high = _extremes(given)
    finite = given
    if not (math.isfinite(low) and math.isfinite(high)):
        finite = given[np.isfinite(given)]
        low, high = _extremes(finite)
    if _is_sequence(bins):
        edges = _checked_edges(bins, "bins")
        counts, _ = np.histogram(finite, edges)
    else:
        edges = _even_edges(low, high, bins)
        counts = _counts_between(finite, edges)
    with np.errstate(over="ignore"):
        numbers = {
            "min": low,
            "max": high,
            "sum": finite.sum(),
            "sum_squares": np.einsum("i,i", finite, finite),
        }
    known = {name: float(number) for name, number in numbers.items() if math.isfinite(number)}
    return HistogramContent(edges.tolist(), counts.tolist(), **known, not_finite=given.size - finite.size)


def of_counts(edges: Any, counts: Any, sums: Mapping[str, float] | None = None) -> HistogramContent:
    """A histogram that was counted elsewhere.

    `sums` has `min`, `max`, `sum` and `sum_squares` of the values, as far as they are known. Otherwise `min` and `max`
    are the outer edges of the bins that hold something, `sum` and `sum_squares` those of the bins' middles.

    Raises:
        ValueError: names the rule that is broken.
    """
    checked = _checked_edges(edges, "edges")
    held = to_reals(counts, argument="counts")
    if held.shape != (checked.size - 1,):
        raise ValueError(f"counts must be one less than edges: {checked.size} edges, counts of {held.shape}")
    if not (held >= 0).all() or not math.isfinite(held.sum()):
        raise ValueError("counts must be finite and not below 0")
    filled = held.nonzero()[0]
    content = HistogramContent(checked.tolist(), [_whole(count) for count in held.tolist()])
    if filled.size:
        middles = (checked[:-1] + checked[1:]) / 2
        content.min = float(checked[filled[0]])
        content.max = float(checked[filled[-1] + 1])
        content.sum = float((held * middles).sum())
        content.sum_squares = float((held * middles**2).sum())
    for name, value in (sums or {}).items():
        if name not in _SUMS:
            raise ValueError(f"sums must be some of {', '.join(_SUMS)}, not {name!r}")
        number = float(to_reals(value, argument=name))
        setattr(content, name, number if math.isfinite(number) else None)
    return content


def to_json(content: HistogramContent) -> dict[str, Any]:
    """What stands in the JSON file; what is not known is left out."""
    keys = {key: value for key, value in msgspec.structs.asdict(content).items() if value is not None}
    if not content.not_finite:
        del keys["not_finite"]
    return {"histograms": keys}


def from_json(value: object, path: str) -> HistogramContent:
    """What a JSON file holds at the key `histograms`."""
    content = json_file.convert(value, HistogramContent, path, "histograms")
    if len(content.counts) > MAX_BINS:
        raise LimitError(path, f"more than {MAX_BINS:,} bins", "histograms.counts")
    if len(content.edges) != len(content.counts) + 1 or not content.counts:
        raise LogFormatError(path, "there must be one edge more than counts", "histograms.edges")
    if not all(map(math.isfinite, content.edges)) or content.edges != sorted(content.edges):
        raise LogFormatError(path, "edges must be finite numbers that never decrease", "histograms.edges")
    if not all(math.isfinite(count) and count >= 0 for count in content.counts):
        raise LogFormatError(path, "counts must be finite and not below 0", "histograms.counts")
    for name in ("min", "max", "sum", "sum_squares"):
        number = getattr(content, name)
        if number is not None and not math.isfinite(number):
            setattr(content, name, None)
    return content


KIND = Kind("histograms", json_key="histograms", content=HistogramContent, read_json=from_json)


def _extremes(values: NDArray[Any]) -> tuple[float, float]:
    """Not finite if one of the values is not, or if there is none."""
    return (float(values.min()), float(values.max())) if values.size else (math.nan, math.nan)


def _counts_between(finite: NDArray[Any], edges: NDArray[Any]) -> NDArray[Any]:
    """How many values lie in each of the bins of equal width: told that they are, numpy need not search for each."""
    import numpy as np

    low, high = edges[0], edges[-1]
    with np.errstate(over="ignore"):
        is_finite_width = bool(np.isfinite(high - low))
    if not is_finite_width:
        return np.histogram(finite, edges)[0]
    return np.histogram(finite, edges.size - 1, (low, high))[0]


def _even_edges(low: float, high: float, bins: Any) -> NDArray[Any]:
    """`low`, `high`: NaN if there are no values."""
    import numpy as np

    if not hasattr(bins, "__index__") or isinstance(bins, (bool, type)) or not 1 <= int(bins) <= MAX_BINS:
        raise ValueError(f"bins must be a whole number from 1 to {MAX_BINS:,}, or edges, not {bins!r}")
    if math.isnan(low):
        low, high = 0.0, 1.0
    if low == high:
        room = max(0.5, abs(low) * 1e-6)
        low, high = max(low - room, -sys.float_info.max), min(high + room, sys.float_info.max)
    # Halved, since the whole width can be more than a float holds.
    edges = np.linspace(low / 2, high / 2, int(bins) + 1) * 2
    edges[0], edges[-1] = low, high
    return edges


def _checked_edges(edges: Any, argument: str) -> NDArray[Any]:
    checked = to_reals(edges, argument=argument)
    if checked.ndim != 1 or not 2 <= checked.size <= MAX_BINS + 1:
        raise ValueError(f"{argument} must be from 2 to {MAX_BINS + 1:,} edges in one dimension")
    if not math.isfinite(checked.sum()) or not (checked[1:] >= checked[:-1]).all():
        raise ValueError(f"{argument} must be finite and never decrease")
    return checked


def _is_sequence(bins: object) -> bool:
    return hasattr(bins, "__len__") and not isinstance(bins, str)


def _whole(count: float) -> float:
    return int(count) if count.is_integer() else count
