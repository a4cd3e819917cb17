"""How Ploteries counts values: by the centres of bins, of which the outer ones reach to infinity. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lavdlike.kinds import numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray


def counted(
    values: Any, bins: Any = 20, bin_centers: Any = None, *, normalize: bool = True
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The centres of the bins, and how many values are in each; of all values, with `normalize`.

    Args:
        values: numbers of any shape. NaN is in no bin.
        bins: how many, of equal width over the finite values; or their edges.
        bin_centers: of the bins, rising, in place of `bins`: a value belongs to the nearest one.

    Raises:
        ValueError: no numbers; no bins.
    """
    import numpy as np

    given = numbers.to_reals(values, argument="values").ravel()
    if bin_centers is None:
        edges = np.histogram_bin_edges(given[np.isfinite(given)], bins).astype(float)
        centers = _centers(edges)
    else:
        centers = numbers.to_array(bin_centers, argument="bin_centers")
        edges = np.concatenate([[-np.inf], _between(centers), [np.inf]])
    counts = np.histogram(given, edges)[0]
    return centers, counts / max(given.size, 1) if normalize else counts


def finite_edges(centers: NDArray[Any]) -> NDArray[Any]:
    """Edges of bins with these centres for a drawing: the outer ones are as wide as their neighbours."""
    import numpy as np

    between = _between(centers)
    if not between.size:
        return np.array([centers[0] - 0.5, centers[0] + 0.5])
    first, last = between[0] - centers[0], centers[-1] - between[-1]
    return np.concatenate([[centers[0] - first], between, [centers[-1] + last]])


def records(centers: NDArray[Any], counts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """A record for each bin: its centre, and the counts of each histogram in it, as a data store keeps them."""
    import numpy as np

    fields = [(f"field_{place}", count.dtype) for place, count in enumerate(counts)]
    found = np.empty(len(centers), [("bin_centers", centers.dtype), *fields])
    for name, column in zip(found.dtype.names or (), (centers, *counts), strict=True):
        found[name] = column
    return found


def _between(centers: NDArray[Any]) -> NDArray[Any]:
    """The middles between neighbours.

    Raises:
        ValueError: they are no rising numbers.
    """
    import numpy as np

    if centers.ndim != 1 or not centers.size or centers.dtype.kind not in "iuf":
        raise ValueError(
            f"bin_centers must be numbers in one dimension, not {centers.dtype} of {centers.shape}"
        )
    found = centers.astype(float)
    if not np.isfinite(found).all() or (np.diff(found) <= 0).any():
        raise ValueError("bin_centers must be finite and rise")
    between: NDArray[Any] = (found[1:] + found[:-1]) / 2
    return between


def _centers(edges: NDArray[Any]) -> NDArray[Any]:
    """Of a bin that has no end, the end that it has."""
    import numpy as np

    with np.errstate(invalid="ignore"):
        centers = (edges[1:] + edges[:-1]) / 2
    ends = np.where(np.isfinite(edges[1:]), edges[1:], edges[:-1])
    return np.where(np.isfinite(centers), centers, ends)
