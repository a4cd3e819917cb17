"""The program that grows random forests of settings and results, for `forests`. Imports nothing of ours.

Its standard input is a JSON object: `columns` (of each field, what each experiment has: a number, a text or null),
`results` (a number each), `paths` of modules, `memory_bytes`, `time_s`. It prints one JSON object: `{"losses": [one a
field], "explained": a share}` or `{"error": "..."}`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

MAX_ROWS = 3000
MAX_FIELDS = 60
_FOLDS = 5
# Of one field; the others are one.
_MAX_CATEGORIES = 30
# With more experiments, chance needs less of either.
_MANY = 500
_TREES = (200, 60)
_SHUFFLES = (10, 2)
_MISSING = "needs a library that is not installed on the server: pip install 'lavdlike[importance]'"


def main() -> None:
    options = json.load(sys.stdin)
    sys.path[:] = options["paths"]
    resource.setrlimit(resource.RLIMIT_AS, (options["memory_bytes"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (options["time_s"],) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # One core each: a page that is looked at must not take the machine.
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    answer: dict[str, Any]
    try:
        answer = _grown(options["columns"], options["results"])
    except ImportError:
        answer = {"error": _MISSING}
    except MemoryError:
        answer = {"error": f"needs more than {options['memory_bytes'] // 2**30} GiB of memory"}
    except Exception as error:  # noqa: BLE001 - libraries raise whatever they like
        answer = {"error": str(error)[:300] or type(error).__name__}
    sys.stdout.write(json.dumps(answer) + "\n")


def _grown(columns: list[list[Any]], results: list[float]) -> dict[str, Any]:
    import numpy as np
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.model_selection import KFold

    if len(columns) > MAX_FIELDS:
        raise ValueError(f"{len(columns)} settings; it takes up to {MAX_FIELDS}: choose fewer")
    chance = np.random.default_rng(0)
    chosen = np.sort(chance.permutation(len(results))[:MAX_ROWS])
    y = np.asarray(results, dtype=float)[chosen]
    is_many = len(y) > _MANY
    parts = [_features([column[row] for row in chosen]) for column in columns]
    ends = np.cumsum([part.shape[1] for part in parts])
    x = np.hstack(parts)
    total = float(((y - y.mean()) ** 2).sum())
    if not total:
        raise ValueError("all results are the same")
    error, shuffled = 0.0, np.zeros(len(columns))
    for seed, (known, unseen) in enumerate(KFold(_FOLDS, shuffle=True, random_state=0).split(x)):
        forest = RandomForestRegressor(_TREES[is_many], random_state=seed, n_jobs=1)
        forest.fit(x[known], y[known])
        error += float(((forest.predict(x[unseen]) - y[unseen]) ** 2).sum())
        for field, end in enumerate(ends):
            own = slice(end - parts[field].shape[1], end)
            for _ in range(_SHUFFLES[is_many]):
                other = x[unseen].copy()
                other[:, own] = other[chance.permutation(len(unseen)), own]
                squares = float(((forest.predict(other) - y[unseen]) ** 2).sum())
                shuffled[field] += squares / _SHUFFLES[is_many]
    return {"losses": [(each - error) / total for each in shuffled.tolist()], "explained": 1 - error / total}


def _features(values: list[Any]) -> Any:
    """Numbers as they are, with a mark where there is none; of categories, a mark each."""
    import numpy as np

    known = [value for value in values if value is not None]
    if known and all(isinstance(value, (int, float)) for value in known):
        there = np.array([value is not None for value in values])
        numbers = np.array([value if value is not None else np.nan for value in values], dtype=float)
        numbers = np.nan_to_num(
            np.clip(numbers, -1e30, 1e30), nan=float(np.clip(np.median(known), -1e30, 1e30))
        )
        return np.column_stack([numbers] if there.all() else [numbers, there])
    counts: dict[str, int] = {}
    for value in known:
        counts[str(value)] = counts.get(str(value), 0) + 1
    frequent = sorted(counts, key=lambda value: -counts[value])[:_MAX_CATEGORIES]
    marks = [[value is not None and str(value) == each for each in frequent] for value in values]
    return np.array(marks, dtype=float).reshape(len(values), len(frequent))


if __name__ == "__main__":
    main()
