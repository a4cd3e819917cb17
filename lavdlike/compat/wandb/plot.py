"""`wandb.plot`: charts of tables and predictions, as figures that the page draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lavdlike.compat.wandb.media import array_of
from lavdlike.logger import Logger


class CustomChart:
    """A figure (plotly's form), and the table that it is of, which is written beside it."""

    def __init__(self, figure: Mapping[str, Any], table: Any = None) -> None:
        self.figure, self.table = dict(figure), table

    def log_to(self, logger: Logger, label: str, step: int) -> None:
        logger.log_plot(self.figure, label, step)
        if self.table is not None:
            self.table.log_to(logger, f"{label}_table", step)


Visualize = CustomChart


def line(
    table: Any, x: str, y: str, stroke: str | None = None, title: str = "", split_table: bool = False
) -> CustomChart:
    groups = dict.fromkeys(table.get_column(stroke)) if stroke else {None: None}
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.data]
    traces = []
    for group in groups:
        members = [row for row in rows if stroke is None or row[stroke] == group]
        traces.append(_trace([row[x] for row in members], [row[y] for row in members], str(group or y)))
    return CustomChart(_figure(traces, title, x, y), table)


def scatter(table: Any, x: str, y: str, title: str = "", split_table: bool = False) -> CustomChart:
    trace = _trace(table.get_column(x), table.get_column(y), y, mode="markers")
    return CustomChart(_figure([trace], title, x, y), table)


def bar(table: Any, label: str, value: str, title: str = "", split_table: bool = False) -> CustomChart:
    trace = {"type": "bar", "x": table.get_column(label), "y": table.get_column(value)}
    return CustomChart(_figure([trace], title, label, value), table)


def histogram(table: Any, value: str, title: str = "", split_table: bool = False) -> CustomChart:
    return CustomChart(
        _figure([{"type": "histogram", "x": table.get_column(value)}], title, value, "count"), table
    )


def line_series(
    xs: Sequence[Any],
    ys: Sequence[Any],
    keys: Sequence[str] | None = None,
    title: str = "",
    xname: str = "x",
    split_table: bool = False,
) -> CustomChart:
    ys = [_listed(y) for y in ys]
    xs = _listed(xs)
    several = (bool(xs) and isinstance(xs[0], (list, tuple))) or (
        bool(xs) and hasattr(xs[0], "shape") and xs[0].shape
    )
    each_x = [_listed(x) for x in xs] if several else [xs] * len(ys)
    names = list(keys) if keys is not None else [f"line_{number}" for number in range(len(ys))]
    traces = [_trace(x, y, name) for x, y, name in zip(each_x, ys, names, strict=False)]
    return CustomChart(_figure(traces, title, xname, ""))


def pr_curve(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Sequence[str] | None = None,
    classes_to_plot: Sequence[Any] | None = None,
    interp_size: int = 21,
    title: str = "Precision-Recall Curve",
    split_table: bool = False,
) -> CustomChart:
    def curve(is_one: Any, scores: Any) -> tuple[list[float], list[float]]:
        hits, misses = _counts(is_one, scores)
        return (hits / max(int(is_one.sum()), 1)).tolist(), (hits / (hits + misses).clip(1)).tolist()

    return _curves(y_true, y_probas, labels, classes_to_plot, curve, (title, "Recall", "Precision"))


def roc_curve(
    y_true: Any = None,
    y_probas: Any = None,
    labels: Sequence[str] | None = None,
    classes_to_plot: Sequence[Any] | None = None,
    title: str = "ROC Curve",
    split_table: bool = False,
) -> CustomChart:
    def curve(is_one: Any, scores: Any) -> tuple[list[float], list[float]]:
        hits, misses = _counts(is_one, scores)
        positive = int(is_one.sum())
        return (
            [0.0, *(misses / max(len(is_one) - positive, 1)).tolist()],
            [0.0, *(hits / max(positive, 1)).tolist()],
        )

    return _curves(
        y_true, y_probas, labels, classes_to_plot, curve, (title, "False positive rate", "True positive rate")
    )


class ConfusionMatrix:
    """Counts of what was taken for what."""

    def __init__(self, actual: Any, predicted: Any, names: Sequence[str]) -> None:
        self.actual, self.predicted, self.names = actual, predicted, list(names)

    def log_to(self, logger: Logger, label: str, step: int) -> None:
        logger.log_confusion_matrix((self.actual, self.predicted), self.names, label, step)


def confusion_matrix(
    probs: Any = None,
    y_true: Any = None,
    preds: Any = None,
    class_names: Sequence[str] | None = None,
    title: str = "",
    split_table: bool = False,
) -> ConfusionMatrix:
    """Of the classes that were predicted, or of the probabilities of all.

    Raises:
        ValueError: neither, or both, are given.
    """
    if (probs is None) == (preds is None):
        raise ValueError("confusion_matrix needs either probs or preds")
    actual = array_of(y_true).astype(int).tolist()
    predicted = array_of(preds).astype(int) if preds is not None else array_of(probs).argmax(axis=1)
    count = max([*actual, *predicted.tolist(), len(class_names or ()) - 1], default=-1) + 1
    names = [str(name) for name in class_names or ()]
    names += [f"Class_{number + 1}" for number in range(len(names), count)]
    return ConfusionMatrix(actual, predicted.tolist(), names)


def plot_table(
    vega_spec_name: str,
    data_table: Any,
    fields: Mapping[str, Any],
    string_fields: Mapping[str, Any] | None = None,
    split_table: bool = False,
) -> CustomChart:
    """The table, with a line of its fields `x` and `y` if it has them: specifications of charts are on a server."""
    title = str((string_fields or {}).get("title") or vega_spec_name)
    x, y = fields.get("x"), fields.get("y") or fields.get("value")
    if x in data_table.columns and y in data_table.columns:
        return line(data_table, str(x), str(y), title=title)
    return CustomChart(_figure([], title, "", ""), data_table)


visualize = custom_chart = plot_table


def _counts(is_one: Any, scores: Any) -> tuple[Any, Any]:
    """How many of those with the highest scores are what they are taken for, and how many are not; for each number."""
    import numpy as np

    in_order = is_one[np.argsort(-scores, kind="stable")]
    return np.cumsum(in_order), np.cumsum(~in_order)


def _curves(
    y_true: Any, y_probas: Any, labels: Any, classes: Any, curve: Any, texts: tuple[str, str, str]
) -> CustomChart:
    import numpy as np

    actual, probabilities = array_of(y_true), array_of(y_probas)
    every = np.unique(actual).tolist()
    traces = []
    for place, each in enumerate(every):
        if classes is not None and each not in classes:
            continue
        name = str(labels[place]) if labels is not None and place < len(labels) else str(each)
        scores = probabilities[:, min(place, probabilities.shape[1] - 1)]
        x, y = curve(actual == each, scores)
        traces.append(_trace(x, y, name))
    return CustomChart(_figure(traces, *texts))


def _trace(x: Any, y: Any, name: str, mode: str = "lines") -> dict[str, Any]:
    return {"type": "scatter", "mode": mode, "name": name, "x": _listed(x), "y": _listed(y)}


def _figure(traces: list[dict[str, Any]], title: str, x: str, y: str) -> dict[str, Any]:
    axes = {"xaxis": {"title": {"text": x}}, "yaxis": {"title": {"text": y}}}
    return {"data": traces, "layout": {"title": {"text": title}, **axes}}


def _listed(values: Any) -> list[Any]:
    return list(values.tolist() if hasattr(values, "tolist") else values)
