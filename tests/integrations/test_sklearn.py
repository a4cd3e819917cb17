"""scikit-learn itself: small fits, and what is written of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import GridSearchCV
from sklearn.svm import LinearSVC

from lavdlike import Logger
from lavdlike.integrations.sklearn import fit, log_curves, log_learning_curve, log_scores, log_search
from tests.logged import files_of, points_of


@pytest.fixture(scope="module")
def data() -> tuple[Any, Any]:
    x = np.sin(np.arange(240.0)).reshape(-1, 4)
    return x, (x.sum(axis=1) > 0).astype(int)


def test_a_fit_has_its_parameters_its_time_and_its_curves(tmp_path: Path, data: Any) -> None:
    x, y = data
    with Logger("run", tmp_path) as logger:
        model = fit(logger, GradientBoostingRegressor(n_estimators=3), x, y)
    points = points_of(tmp_path / "run/scalars.tsv")
    assert points[0][:2] == (0, "fit/seconds")
    assert points[1:] == [(step, "fit/train_score", value) for step, value in enumerate(model.train_score_)]
    config = json.loads((tmp_path / "run/experiment.json").read_text())["config"]
    assert (config["estimator"], config["n_estimators"]) == ("GradientBoostingRegressor", 3)


def test_scores_and_curves_of_a_classifier(tmp_path: Path, data: Any) -> None:
    x, y = data
    model = LogisticRegression().fit(x, y)
    with Logger("run", tmp_path) as logger:
        scores = log_scores(logger, model, x, y, "val", step=2)
        log_curves(logger, model, x, y, "val", step=2)
    assert scores["accuracy"] == model.score(x, y)
    assert scores["f1_macro"] == f1_score(y, model.predict(x), average="macro")
    assert scores["roc_auc"] == roc_auc_score(y, model.predict_proba(x)[:, 1])
    assert points_of(tmp_path / "run/scalars.tsv") == [(2, f"val/{name}", scores[name]) for name in scores]
    assert files_of(tmp_path / "run") == [
        "0002/val/confusion.json", "0002/val/precision_recall.json", "0002/val/roc.plotly.json", "scalars.tsv"
    ]  # fmt: skip


def test_a_classifier_without_probabilities_and_with_texts_as_classes(tmp_path: Path, data: Any) -> None:
    x, y = data
    names = np.array(["cat", "dog", "owl"])[y + (x[:, 0] > 0.9)]
    model = LinearSVC().fit(x, names)
    with Logger("run", tmp_path) as logger:
        assert "log_loss" not in log_scores(logger, model, x, names)
        log_curves(logger, model, x, names)
    assert "test/owl/roc.plotly.json" in files_of(tmp_path / "run")


def test_scores_and_curves_of_a_regressor(tmp_path: Path, data: Any) -> None:
    x, y = data
    model = Ridge().fit(x, y)
    with Logger("run", tmp_path) as logger:
        assert log_scores(logger, model, x, y)["r2"] == model.score(x, y)
        log_curves(logger, model, x, y)
        log_learning_curve(logger, Ridge(), x, y, cv=3, train_sizes=[10, 20])
    points = points_of(tmp_path / "run/scalars.tsv")
    assert [step for step, label, _ in points if label == "learning_curve/test_score"] == [10, 20]
    assert "test/predictions.plotly.json" in files_of(tmp_path / "run")


def test_a_search_is_a_table_of_its_candidates(tmp_path: Path, data: Any) -> None:
    search = GridSearchCV(Ridge(), {"alpha": [0.1, 1.0]}, cv=3).fit(*data)
    with Logger("run", tmp_path) as logger:
        log_search(logger, search)
    rows = list(csv.DictReader((tmp_path / "run/search/candidates.csv").read_text().splitlines()))
    assert [float(row["mean_test_score"]) for row in rows] == list(search.cv_results_["mean_test_score"])
    assert [float(row["param_alpha"]) for row in rows] == [0.1, 1.0]
    config = json.loads((tmp_path / "run/experiment.json").read_text())["config"]
    assert config == {"search": {"best_params": search.best_params_}}
