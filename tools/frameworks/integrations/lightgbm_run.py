"""LightGBM: beside record_evaluation; a model that goes on; a training that stops early; cross-validation."""

from __future__ import annotations

import math
from typing import Any

import lightgbm
import numpy as np

from lavdlike.integrations.lightgbm import LavdlikeCallback
from tools.frameworks.integrations.written import Written, check_same, rows_in

PARAMETERS = {
    "objective": "binary",
    "metric": ["auc", "binary_logloss"],
    "num_leaves": 4,
    "min_data_in_leaf": 2,
    "num_threads": 1,
    "verbose": -1,
}
ROUNDS = 8


def data() -> Any:
    x = np.sin(np.arange(400.0)).reshape(-1, 4)
    return lightgbm.Dataset(x, label=(x.sum(axis=1) > 0).astype(int), free_raw_data=False)


def train(
    name: str, rounds: int = ROUNDS, *others: Any, **options: Any
) -> tuple[Any, dict[str, list[float]]]:
    found: dict[str, Any] = {}
    made = data()
    callbacks = [LavdlikeCallback(name), lightgbm.record_evaluation(found), *others]
    booster = lightgbm.train(
        PARAMETERS, made, rounds, valid_sets=[made], valid_names=["train"], callbacks=callbacks, **options
    )
    return booster, found["train"]


def check_training() -> int:
    booster, metrics = train("run")
    written = Written("log/run")
    count = sum(
        check_same(written.points(f"train/{name}"), list(enumerate(metrics[name]))) for name in metrics
    )
    assert written.progress("Boosting") == (ROUNDS, ROUNDS)
    assert written.document["config"]["num_leaves"] == 4
    assert written.outcomes == ["finished"]
    rows = [float(row["gain"]) for row in rows_in("log/run/feature_importance.csv")]
    # At the end LightGBM writes its model as text once, and reads it.
    gains = sorted(map(float, booster.feature_importance("gain")), reverse=True)
    assert all(math.isclose(row, gain, rel_tol=1e-5) for row, gain in zip(rows, gains, strict=True))
    _, again = train("run", 4, init_model=booster)
    whole = metrics["auc"] + again["auc"]
    return count + check_same(Written("log/run").points("train/auc"), list(enumerate(whole)))


def check_early_stop() -> int:
    booster, metrics = train("early", 200, lightgbm.early_stopping(2, verbose=False))
    assert booster.current_iteration() < 200
    return check_same(Written("log/early").points("train/auc"), list(enumerate(metrics["auc"])))


def check_cross_validation() -> int:
    table = lightgbm.cv(PARAMETERS, data(), 5, nfold=3, seed=1, callbacks=[LavdlikeCallback("cv")])
    written, count = Written("log/cv"), 0
    for name, values in table.items():
        label = name.replace("-mean", "").replace("-stdv", "_std").replace(" ", "/", 1)
        count += check_same(written.points(label), list(enumerate(values)))
    return count


if __name__ == "__main__":
    print(
        f"{check_training() + check_early_stop() + check_cross_validation()} values as in record_evaluation"
    )
