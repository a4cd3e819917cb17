"""Precision against recall at every threshold of a yes-or-no prediction (docs/format.md, "PR curves")."""

from __future__ import annotations

import math
from typing import Any

import msgspec

from lavdlike import json_file
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds.kind import Kind
from lavdlike.kinds.numbers import to_reals

# What the Logger writes at most, and what is read.
MAX_WRITTEN = 500
MAX_POINTS = 100_000


class PrCurveContent(msgspec.Struct):
    """`precision[i]` and `recall[i]` count as yes what is predicted with at least `thresholds[i]`; they never fall.

    The rest is None where it is not known; `positives` and `negatives` are how many labels there were of each.
    """

    thresholds: list[float]
    precision: list[float]
    recall: list[float]
    average_precision: float | None = None
    positives: int | None = None
    negatives: int | None = None


def of_predictions(labels: Any, predictions: Any) -> PrCurveContent:
    """The curve at every prediction that occurs, or, if these are more than 500, at 500 of them, evenly chosen.

    Args:
        labels: of any shape; 1 or True for what is to be found, 0 or False for the rest.
        predictions: a finite number for each label, larger for what is more surely found.

    Raises:
        ValueError: names the rule that is broken.
    """
    import numpy as np

    truth = to_reals(labels, argument="labels").ravel()
    scores = to_reals(predictions, argument="predictions").ravel()
    if truth.size != scores.size or not truth.size:
        raise ValueError(f"there must be a prediction for each label: {scores.size} for {truth.size}")
    if not np.isin(truth, (0, 1)).all():
        raise ValueError("labels must be 0 and 1, or False and True")
    if not np.isfinite(scores).all():
        raise ValueError("predictions must be finite")
    falling = np.argsort(-scores, kind="stable")
    scores, truth = scores[falling], truth[falling]
    last_of_score = np.append(np.nonzero(np.diff(scores))[0], scores.size - 1)
    hits = np.cumsum(truth)[last_of_score]
    precision = hits / (last_of_score + 1)
    positives = int(truth.sum())
    recall = hits / positives if positives else np.zeros(hits.size)
    # A sum of rectangles, as scikit-learn's: no interpolation, which would be too good.
    average = math.fsum(np.diff(recall, prepend=0) * precision)
    some = np.unique(np.linspace(0, hits.size - 1, min(hits.size, MAX_WRITTEN)).round().astype(int))[::-1]
    return PrCurveContent(
        scores[last_of_score][some].tolist(),
        precision[some].tolist(),
        recall[some].tolist(),
        average,
        positives,
        truth.size - positives,
    )


def of_points(thresholds: Any, precision: Any, recall: Any) -> PrCurveContent:
    """A curve that was computed elsewhere.

    Raises:
        ValueError: names the rule that is broken.
    """
    columns = [
        to_reals(values, argument=argument)
        for values, argument in ((thresholds, "thresholds"), (precision, "precision"), (recall, "recall"))
    ]
    (count,) = columns[0].shape if columns[0].ndim == 1 else (0,)
    if not count or any(column.shape != (count,) for column in columns):
        shapes = ", ".join(str(column.shape) for column in columns)
        raise ValueError(
            f"thresholds, precision and recall must be equally many in one dimension, not {shapes}"
        )
    if count > MAX_POINTS:
        raise ValueError(f"thresholds must be at most {MAX_POINTS:,}, not {count:,}")
    if not all(math.isfinite(column.sum()) for column in columns):
        raise ValueError("thresholds, precision and recall must be finite")
    if (columns[0][1:] < columns[0][:-1]).any():
        raise ValueError("thresholds must never fall")
    return PrCurveContent(*(column.tolist() for column in columns))


def to_json(content: PrCurveContent) -> dict[str, Any]:
    """What stands in the JSON file."""
    return {"pr_curves": msgspec.to_builtins(content)}


def from_json(value: object, path: str) -> PrCurveContent:
    """What a JSON file holds at the key `pr_curves`."""
    content = json_file.convert(value, PrCurveContent, path, "pr_curves")
    lengths = {len(content.thresholds), len(content.precision), len(content.recall)}
    if max(lengths) > MAX_POINTS:
        raise LimitError(path, f"more than {MAX_POINTS:,} thresholds", "pr_curves")
    if len(lengths) > 1 or not content.thresholds:
        raise LogFormatError(
            path, "thresholds, precision and recall must be equally long and not empty", "pr_curves"
        )
    if not all(map(math.isfinite, content.thresholds)) or content.thresholds != sorted(content.thresholds):
        raise LogFormatError(
            path, "thresholds must be finite numbers that never decrease", "pr_curves.thresholds"
        )
    for name in ("precision", "recall"):
        if not all(0 <= share <= 1 for share in getattr(content, name)):
            raise LogFormatError(path, f"{name} must be from 0 to 1", f"pr_curves.{name}")
    if content.average_precision is not None and not math.isfinite(content.average_precision):
        content.average_precision = None
    return content


KIND = Kind("pr_curves", json_key="pr_curves", content=PrCurveContent, read_json=from_json)
