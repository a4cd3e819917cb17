"""XGBoost: beside the history that it keeps; a model that goes on; cross-validation; its scikit-learn interface."""

from __future__ import annotations

from typing import Any

import numpy as np
import xgboost

from lavdlike.integrations.xgboost import LavdlikeCallback
from tools.frameworks.integrations.written import Written, check_same, rows_in

PARAMETERS = {"objective": "binary:logistic", "eval_metric": ["logloss", "auc"], "max_depth": 2, "nthread": 1}
ROUNDS = 8


def data() -> Any:
    x = np.sin(np.arange(400.0)).reshape(-1, 4)
    return xgboost.DMatrix(x, label=(x.sum(axis=1) > 0).astype(int))


def check_training() -> int:
    history: dict[str, Any] = {}
    callback = LavdlikeCallback("run", num_boost_round=ROUNDS)
    made = data()
    booster = xgboost.train(
        PARAMETERS,
        made,
        ROUNDS,
        evals=[(made, "train")],
        evals_result=history,
        verbose_eval=False,
        callbacks=[callback],
    )
    written = Written("log/run")
    metrics = history["train"]
    count = sum(
        check_same(written.points(f"train/{name}"), list(enumerate(metrics[name]))) for name in metrics
    )
    assert written.progress("Boosting") == (ROUNDS, ROUNDS)
    rows = {row["feature"]: float(row["gain"]) for row in rows_in("log/run/feature_importance.csv")}
    assert rows == booster.get_score(importance_type="gain")
    again: dict[str, Any] = {}
    xgboost.train(
        PARAMETERS,
        made,
        4,
        evals=[(made, "train")],
        evals_result=again,
        verbose_eval=False,
        xgb_model=booster,
        callbacks=[LavdlikeCallback("run")],
    )
    whole = metrics["auc"] + again["train"]["auc"]
    return count + check_same(Written("log/run").points("train/auc"), list(enumerate(whole)))


def check_cross_validation() -> int:
    table = xgboost.cv(
        PARAMETERS, data(), 5, nfold=3, seed=1, as_pandas=False, callbacks=[LavdlikeCallback("cv")]
    )
    written, count = Written("log/cv"), 0
    for name, values in table.items():
        label = name.replace("-mean", "").replace("-std", "_std").replace("-", "/")
        count += check_same(written.points(label), list(enumerate(values)))
    return count


def check_estimator() -> int:
    x = np.sin(np.arange(400.0)).reshape(-1, 4)
    y = (x.sum(axis=1) > 0).astype(int)
    model = xgboost.XGBClassifier(
        n_estimators=5, n_jobs=1, callbacks=[LavdlikeCallback("estimator")], eval_metric="logloss"
    )
    model.fit(x, y, eval_set=[(x, y)], verbose=False)
    losses = model.evals_result()["validation_0"]["logloss"]
    return check_same(Written("log/estimator").points("validation_0/logloss"), list(enumerate(losses)))


if __name__ == "__main__":
    print(f"{check_training() + check_cross_validation() + check_estimator()} values as in evals_result")
