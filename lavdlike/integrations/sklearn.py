"""scikit-learn: a fit with its curves, scores on data, curves of predictions, a search; each one call."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from lavdlike.compat.tags import label_of
from lavdlike.integrations.needed import needs
from lavdlike.integrations.reported_values import number_or_none
from lavdlike.logger import Logger

with needs("sklearn", install="scikit-learn"):
    from sklearn import metrics, model_selection
    from sklearn.base import is_classifier, is_regressor

# Fitted attributes that hold a number for each iteration, and what they are called here.
_CURVES = {
    "loss_curve_": "loss",
    "validation_scores_": "validation_score",
    "train_score_": "train_score",
    "validation_score_": "validation_score",
    "scores_": "score",
}
_MAX_CLASSES = 50


def fit(logger: Logger, estimator: Any, X: Any, y: Any = None, **fit_params: Any) -> Any:
    """Fit an estimator, and log its parameters, how long it took, and the curves that it keeps of its iterations.

    The curves are `fit/loss` and the like, of an MLP, of gradient boosting and of others that have them.

    Args:
        estimator: any with `fit`; of a pipeline the last step's curves are logged.
        fit_params: for its `fit`.

    Returns:
        The estimator.

    >>> with Logger("example") as logger:  # doctest: +SKIP
    ...     model = fit(logger, MLPClassifier(), X, y)
    """
    name = type(estimator).__name__
    parameters = estimator.get_params() if hasattr(estimator, "get_params") else {}
    logger.log_config({"estimator": name, **{key: _setting(value) for key, value in parameters.items()}})
    logger.start(f"fit {name}")
    logger.log_progress(0, 1, f"Fit {name}", unit="fit")
    started = time.perf_counter()
    fitted = estimator.fit(X, y, **fit_params)
    logger.log_scalar(time.perf_counter() - started, "fit/seconds", 0)
    logger.log_progress(1, 1, f"Fit {name}", unit="fit")
    logger.end(f"fit {name}")
    last = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    for attribute, curve in _CURVES.items():
        values = getattr(last, attribute, None)
        if values is not None and getattr(values, "ndim", 1) == 1:
            points = [number for number in map(number_or_none, values) if number is not None]
            logger.log_scalar(points, f"fit/{curve}", list(range(len(points))))
    return fitted


def log_scores(
    logger: Logger,
    estimator: Any,
    X: Any,
    y: Any,
    name: str = "test",
    step: int = 0,
) -> dict[str, float]:
    """Log how good predictions are: `test/accuracy`, `test/f1_macro`, ..., or `test/r2` and errors of a regressor.

    Returns:
        {name of the metric: value}, as scikit-learn computes them.

    >>> log_scores(logger, model, X_test, y_test)  # doctest: +SKIP
    {'accuracy': 0.96, 'balanced_accuracy': 0.95, 'precision_macro': 0.96, ...}
    """
    if is_classifier(estimator):
        found = _class_scores(estimator, X, y)
    elif is_regressor(estimator):
        predicted = estimator.predict(X)
        found = {
            "r2": metrics.r2_score(y, predicted),
            "mean_absolute_error": metrics.mean_absolute_error(y, predicted),
            "root_mean_squared_error": float(metrics.mean_squared_error(y, predicted)) ** 0.5,
        }
    else:
        found = {"score": estimator.score(X, y)}
    scores = {metric: float(value) for metric, value in found.items()}
    logger.log_scalars({label_of(f"{name}/{metric}"): value for metric, value in scores.items()}, step)
    return scores


def log_curves(
    logger: Logger,
    estimator: Any,
    X: Any,
    y: Any,
    name: str = "test",
    step: int | None = None,
) -> None:
    """Log what predictions look like.

    Of a classifier the confusion matrix, and a curve of precision and recall and one of ROC for each class (for the
    second of two); of a regressor what it says over what is true.

    >>> log_curves(logger, model, X_test, y_test)  # doctest: +SKIP
    """
    if is_classifier(estimator):
        classes = list(estimator.classes_)
        matrix = metrics.confusion_matrix(y, estimator.predict(X), labels=classes)
        logger.log_confusion_matrix(
            matrix.tolist(), [str(each) for each in classes], label_of(f"{name}/confusion"), step
        )
        scores = _scores_by_class(estimator, X, classes)
        for each, column in list(scores.items())[:_MAX_CLASSES]:
            truth = [int(label == each) for label in y]
            part = name if len(scores) == 1 else f"{name}/{each}"
            logger.log_pr_curve(truth, column, label_of(f"{part}/precision_recall"), step)
            false, true, _ = metrics.roc_curve(truth, column)
            figure = _figure(false, true, "ROC", "false positive rate", "true positive rate", "lines")
            logger.log_plot(figure, label_of(f"{part}/roc"), step)
        return
    figure = _figure(y, estimator.predict(X), "Predictions", "actual", "predicted", "markers")
    logger.log_plot(figure, label_of(f"{name}/predictions"), step)


def log_learning_curve(
    logger: Logger,
    estimator: Any,
    X: Any,
    y: Any,
    name: str = "learning_curve",
    **options: Any,
) -> None:
    """Log the scores of `sklearn.model_selection.learning_curve`: means over the folds, at the number of samples.

    Args:
        options: for `learning_curve`: cv, train_sizes, scoring, ...

    >>> log_learning_curve(logger, SVC(), X, y, cv=5)  # doctest: +SKIP
    """
    sizes, train, test = model_selection.learning_curve(estimator, X, y, **options)[:3]
    for part, scores in (("train", train), ("test", test)):
        label = label_of(f"{name}/{part}_score")
        logger.log_scalar(scores.mean(axis=1), label, sizes)
        logger.log_scalar(scores.std(axis=1), f"{label}_std", sizes)


def log_search(logger: Logger, search: Any, name: str = "search") -> None:
    """Log a fitted `GridSearchCV` or any other search: its candidates as a table, the best as settings and a scalar.

    >>> log_search(logger, GridSearchCV(SVC(), grid).fit(X, y))  # doctest: +SKIP
    """
    results: Mapping[str, Sequence[Any]] = search.cv_results_
    columns = {key: [_cell(value) for value in values] for key, values in results.items() if key != "params"}
    logger.log_table(columns, label_of(f"{name}/candidates"))
    logger.log_config({label_of(name): {"best_params": search.best_params_}})
    logger.log_scalar(search.best_score_, label_of(f"{name}/best_score"), 0)


def _class_scores(estimator: Any, X: Any, y: Any) -> dict[str, float]:
    predicted = estimator.predict(X)
    found = {
        "accuracy": metrics.accuracy_score(y, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, predicted),
        "precision_macro": metrics.precision_score(y, predicted, average="macro", zero_division=0),
        "recall_macro": metrics.recall_score(y, predicted, average="macro", zero_division=0),
        "f1_macro": metrics.f1_score(y, predicted, average="macro", zero_division=0),
    }
    classes = list(estimator.classes_)
    scores = _scores_by_class(estimator, X, classes)
    if hasattr(estimator, "predict_proba"):
        found["log_loss"] = metrics.log_loss(y, estimator.predict_proba(X), labels=classes)
    if len(scores) == 1 and len(set(y)) == 2:
        found["roc_auc"] = metrics.roc_auc_score(y, next(iter(scores.values())))
    return found


def _scores_by_class(estimator: Any, X: Any, classes: list[Any]) -> dict[Any, Any]:
    """How surely each sample is of each class; of two classes the second alone. Empty if the estimator does not say."""
    if hasattr(estimator, "predict_proba"):
        scores = estimator.predict_proba(X)
    elif hasattr(estimator, "decision_function"):
        scores = estimator.decision_function(X)
    else:
        return {}
    if len(classes) == 2:
        return {classes[1]: scores if scores.ndim == 1 else scores[:, 1]}
    return {each: scores[:, place] for place, each in enumerate(classes)}


def _figure(x: Any, y: Any, title: str, x_title: str, y_title: str, mode: str) -> dict[str, Any]:
    points = {
        "type": "scatter",
        "mode": mode,
        "x": [float(each) for each in x],
        "y": [float(each) for each in y],
    }
    axes = {"xaxis": {"title": {"text": x_title}}, "yaxis": {"title": {"text": y_title}}}
    return {"data": [points], "layout": {"title": {"text": title}, **axes}}


def _setting(value: Any) -> Any:
    """A parameter as a setting: of an estimator in an estimator its text."""
    return repr(value) if hasattr(value, "get_params") else value


def _cell(value: Any) -> Any:
    """A cell of a table; what a search has not tried (masked) is empty."""
    if type(value).__name__ == "MaskedConstant":
        return None
    number = None if isinstance(value, (bool, str)) else number_or_none(value)
    return str(value) if number is None else number
