"""Confusion matrices: how often which class was taken for which (docs/format.md, "Confusion matrices")."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from lavdlike import json_file
from lavdlike.errors import LimitError, LogFormatError
from lavdlike.kinds import plain
from lavdlike.kinds.kind import Kind
from lavdlike.kinds.numbers import to_array, to_reals

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_CLASSES = 1000


class ConfusionMatrixContent(msgspec.Struct):
    """`counts[i][j]`: how often what is of `classes[i]` was taken for one of `classes[j]`."""

    classes: list[str]
    counts: list[list[float]]


def of_matrix(matrix: Any, classes: Sequence[str]) -> ConfusionMatrixContent:
    """Counts that are there already: a row for each actual class, a column for each predicted one.

    Raises:
        ValueError: names the rule that is broken.
    """
    names = _checked_classes(classes)
    counts = to_reals(matrix, argument="matrix")
    if counts.shape != (len(names), len(names)):
        raise ValueError(
            f"matrix must have a row and a column for each of {len(names)} classes, not {counts.shape}"
        )
    if not (counts >= 0).all() or not math.isfinite(counts.sum()):
        raise ValueError("matrix must hold finite numbers that are not below 0")
    rows: list[list[float]] = [
        [int(count) if count.is_integer() else count for count in row] for row in counts.tolist()
    ]
    return ConfusionMatrixContent(names, rows)


def of_predictions(actual: Any, predicted: Any, classes: Sequence[str]) -> ConfusionMatrixContent:
    """Count pairs of actual and predicted class, each an index into `classes` or one of their names.

    Raises:
        ValueError: names the rule that is broken.
    """
    import numpy as np

    names = _checked_classes(classes)
    rows, columns = (
        _indices(values, names, argument)
        for values, argument in ((actual, "the actual classes"), (predicted, "the predicted classes"))
    )
    if rows.size != columns.size:
        raise ValueError(
            f"there must be a predicted class for each actual one: {columns.size} for {rows.size}"
        )
    counts = np.bincount(rows * len(names) + columns, minlength=len(names) ** 2).reshape(len(names), -1)
    return of_matrix(counts, names)


def to_json(content: ConfusionMatrixContent) -> dict[str, Any]:
    """What stands in the JSON file."""
    return {"confusion_matrices": msgspec.to_builtins(content)}


def from_json(value: object, path: str) -> ConfusionMatrixContent:
    """What a JSON file holds at the key `confusion_matrices`."""
    content = json_file.convert(value, ConfusionMatrixContent, path, "confusion_matrices")
    count = len(content.classes)
    if count > MAX_CLASSES:
        raise LimitError(path, f"more than {MAX_CLASSES:,} classes", "confusion_matrices.classes")
    if not count or len(content.counts) != count or any(len(row) != count for row in content.counts):
        raise LogFormatError(
            path, "counts must have a row and a column for each class", "confusion_matrices.counts"
        )
    if not all(math.isfinite(each) and each >= 0 for row in content.counts for each in row):
        raise LogFormatError(path, "counts must be finite and not below 0", "confusion_matrices.counts")
    return content


KIND = Kind(
    "confusion_matrices", json_key="confusion_matrices", content=ConfusionMatrixContent, read_json=from_json
)


def _checked_classes(classes: Sequence[str]) -> list[str]:
    names = plain.listed(classes, "classes", " of strings")
    if not all(isinstance(name, str) for name in names):
        raise ValueError(f"classes must be a list of strings, not {classes!r}")
    if not 1 <= len(names) <= MAX_CLASSES:
        raise ValueError(f"there must be from 1 to {MAX_CLASSES:,} classes, not {len(names)}")
    return names


def _indices(values: Any, names: list[str], argument: str) -> NDArray[Any]:
    import numpy as np

    array = to_array(values, argument=argument).ravel()
    if array.dtype.kind == "U":
        places = {name: index for index, name in enumerate(names)}
        unknown = sorted(set(array.tolist()) - places.keys())
        if unknown:
            raise ValueError(f"{argument} must be among classes, not {unknown[0]!r}")
        return np.array([places[name] for name in array.tolist()], dtype=np.int64)
    if not array.size:
        return array.astype(np.int64)
    if array.dtype.kind not in "biu":
        raise ValueError(f"{argument} must be indices or names, not {array.dtype}")
    if array.min() < 0 or array.max() >= len(names):
        raise ValueError(f"{argument} must be indices from 0 to {len(names) - 1}")
    return array.astype(np.int64)
