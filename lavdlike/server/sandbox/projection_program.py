"""The program that lays out vectors so that near ones stay near, for `projections`. Imports nothing of ours.

Its standard input is a JSON object: `method`, `dimensions`, `rows` (null: all), `descriptor` of the array's file as
NumPy's `save` writes it, `paths` of modules, `memory_bytes`, `time_s`. It prints a JSON object a line: `{"progress": 0
to 1}`, in the end `{"places": [...]}`, row after row, or `{"error": "..."}`.
"""

from __future__ import annotations

import io
import json
import os
import re
import resource
import sys
from typing import Any

MAX_ROWS = 20_000
_TSNE_ROUNDS = 750
_FEW_VECTORS = 2000
_MISSING = "needs a library that is not installed on the server: pip install 'lavdlike[embeddings]'"


def main() -> None:
    options = json.load(sys.stdin)
    sys.path[:] = options["paths"]
    resource.setrlimit(resource.RLIMIT_AS, (options["memory_bytes"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (options["time_s"],) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer: dict[str, Any]
    try:
        answer = {"places": _places(options)}
    except ImportError:
        answer = {"error": _MISSING}
    except MemoryError:
        answer = {"error": f"needs more than {options['memory_bytes'] // 2**30} GiB of memory"}
    except Exception as error:  # noqa: BLE001 - libraries raise whatever they like
        answer = {"error": str(error)[:300]}
    _tell(answer)


def _places(options: dict[str, Any]) -> list[float]:
    method = {"tsne": _tsne, "umap": _umap}[options["method"]]
    vectors = _vectors(options["descriptor"], options["rows"])
    places = method(vectors, options["dimensions"])
    return [round(float(value), 4) for value in places.ravel()]


def _vectors(descriptor: int, rows: list[int] | None) -> Any:
    import numpy as np

    with os.fdopen(descriptor, "rb") as file:
        vectors = np.load(file, allow_pickle=False)
    if vectors.ndim != 2 or vectors.dtype.kind not in "biuf":
        raise ValueError("not an array of numbers with two dimensions")
    if rows is not None:
        vectors = vectors[rows]
    if not 4 <= len(vectors) <= MAX_ROWS:
        raise ValueError(f"{len(vectors):,} vectors; it takes 4 to {MAX_ROWS:,}: choose fewer")
    return np.nan_to_num(vectors.astype(np.float32), posinf=0, neginf=0)


def _tsne(vectors: Any, dimensions: int) -> Any:
    from openTSNE import TSNE

    rounds = 0

    def told(_round: int, _error: float, _places: Any) -> None:
        nonlocal rounds
        rounds += 25
        _tell({"progress": min(1, rounds / _TSNE_ROUNDS)})

    model = TSNE(
        n_components=dimensions,
        perplexity=min(30, (len(vectors) - 1) / 3),
        # The quicker way is for up to two dimensions.
        negative_gradient_method="bh" if dimensions > 2 else "auto",
        random_state=0,
        # Threads of few vectors wait for each other: on a busy machine a hundred times as long as one works.
        n_jobs=(os.cpu_count() or 1) if len(vectors) > _FEW_VECTORS else 1,
        callbacks=told,
        callbacks_every_iters=25,
    )
    return model.fit(vectors)


def _umap(vectors: Any, dimensions: int) -> Any:
    import umap

    class Bar(io.TextIOBase):
        """Takes the progress bar that the library draws."""

        def write(self, text: str) -> int:
            for part in re.findall(r"(\d+)%", text):
                _tell({"progress": int(part) / 100})
            return len(text)

    neighbours = min(15, len(vectors) - 1)
    few = len(vectors) <= dimensions + 1  # too few for the usual beginning
    model = umap.UMAP(
        n_components=dimensions,
        n_neighbors=neighbours,
        init="random" if few else "spectral",
        random_state=0,
        n_jobs=1,
        tqdm_kwds={"file": Bar(), "disable": False, "mininterval": 0.2},
    )
    return model.fit_transform(vectors)


def _tell(message: dict[str, Any]) -> None:
    sys.__stdout__.write(json.dumps(message) + "\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


if __name__ == "__main__":
    main()
