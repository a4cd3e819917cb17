"""Vectors -> places in a plane, from -1 to 1: by t-SNE if a package for it is there, else by their principal axes."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Of fewer, neighbours say little.
_MIN_FOR_NEIGHBOURS = 10


def in_plane(vectors: NDArray[Any]) -> list[list[float]]:
    """Two coordinates for each of n x d."""
    import numpy as np

    vectors = np.asarray(vectors, float)
    found = _by_neighbours(vectors) if len(vectors) >= _MIN_FOR_NEIGHBOURS else None
    places = _by_principal_axes(vectors) if found is None else found
    low, high = places.min(axis=0), places.max(axis=0)
    spread = np.where(high > low, high - low, 1)
    scaled: list[list[float]] = ((places - low) / spread * 2 - 1).tolist()
    return scaled


def _by_neighbours(vectors: NDArray[Any]) -> NDArray[Any] | None:
    """t-SNE; None if there is no package for it."""
    import numpy as np

    perplexity = min(50.0, len(vectors) / 3)
    if importlib.util.find_spec("openTSNE") is not None:
        import openTSNE

        return np.asarray(openTSNE.TSNE(perplexity=perplexity, random_state=0).fit(vectors))
    if importlib.util.find_spec("sklearn") is not None:
        from sklearn.manifold import TSNE

        return np.asarray(TSNE(perplexity=perplexity, init="pca", random_state=0).fit_transform(vectors))
    return None


def _by_principal_axes(vectors: NDArray[Any]) -> NDArray[Any]:
    import numpy as np

    centred = vectors - vectors.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    places = centred @ axes[:2].T
    return np.pad(places, ((0, 0), (0, 2 - places.shape[1])))
