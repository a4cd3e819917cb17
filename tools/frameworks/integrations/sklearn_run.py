"""scikit-learn: a fit, scores, curves, a search, beside what its own functions say."""

from __future__ import annotations

import json
from typing import Any

from sklearn import (
    datasets,
    linear_model,
    metrics,
    model_selection,
    neural_network,
    pipeline,
    preprocessing,
    svm,
)

from lavdlike import Logger
from lavdlike.integrations.sklearn import fit, log_curves, log_learning_curve, log_scores, log_search
from tools.frameworks.integrations.written import Written, check_same, rows_in


def check_classifier() -> int:
    x, y = datasets.load_iris(return_X_y=True)
    network = neural_network.MLPClassifier((8,), max_iter=20, random_state=1)
    model = pipeline.make_pipeline(preprocessing.StandardScaler(), network)
    with Logger("run") as logger:
        assert fit(logger, model, x, y) is model
        scores = log_scores(logger, model, x, y)
        log_curves(logger, model, x, y)
    written = Written("log/run")
    count = check_same(written.points("fit/loss"), list(enumerate(network.loss_curve_)))
    predicted = model.predict(x)
    assert scores["accuracy"] == model.score(x, y) == metrics.accuracy_score(y, predicted)
    assert scores["log_loss"] == metrics.log_loss(y, model.predict_proba(x))
    count += sum(check_same(written.points(f"test/{name}"), [(0, value)]) for name, value in scores.items())
    matrix = json.loads((written.folder / "test/confusion.json").read_text())
    assert metrics.confusion_matrix(y, predicted).tolist() in _lists_in(matrix), matrix
    assert (written.folder / "test/1/roc.plotly.json").exists()
    assert written.progress("Fit Pipeline") == (1, 1)
    return count


def check_regressor() -> int:
    x, y = datasets.load_diabetes(return_X_y=True)
    with Logger("regressor") as logger:
        model = fit(logger, linear_model.Ridge(), x, y)
        scores = log_scores(logger, model, x, y, "train")
        log_curves(logger, model, x, y, "train")
        log_learning_curve(logger, linear_model.Ridge(), x, y, cv=3)
    assert scores["r2"] == model.score(x, y)
    written = Written("log/regressor")
    sizes, train, test = model_selection.learning_curve(linear_model.Ridge(), x, y, cv=3)
    count = check_same(
        written.points("learning_curve/train_score"), list(zip(sizes, train.mean(axis=1), strict=True))
    )
    return count + check_same(
        written.points("learning_curve/test_score"), list(zip(sizes, test.mean(axis=1), strict=True))
    )


def check_search() -> int:
    x, y = datasets.load_iris(return_X_y=True)
    search = model_selection.GridSearchCV(
        svm.SVC(), {"C": [0.1, 1.0], "kernel": ["rbf", "linear"]}, cv=3
    ).fit(x, y)
    with Logger("search") as logger:
        log_search(logger, search)
    rows = rows_in("log/search/search/candidates.csv")
    tested = [float(row["mean_test_score"]) for row in rows]
    assert tested == list(search.cv_results_["mean_test_score"]), (tested, search.cv_results_)
    written = Written("log/search")
    assert written.document["config"]["search"]["best_params"] == search.best_params_
    return len(tested) + check_same(written.points("search/best_score"), [(0, search.best_score_)])


def _lists_in(document: Any) -> list[Any]:
    found = [document] if isinstance(document, list) else []
    inner = document.values() if isinstance(document, dict) else ()
    return found + [each for value in inner for each in _lists_in(value)]


if __name__ == "__main__":
    print(
        f"{check_classifier() + check_regressor() + check_search()} values as scikit-learn's own functions say"
    )
