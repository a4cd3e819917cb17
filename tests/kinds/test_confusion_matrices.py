from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike import Logger, json_file
from lavdlike.errors import LogFormatError
from lavdlike.kinds import confusion_matrices

CLASSES = ["cat", "dog"]


def read_back(path: Path) -> confusion_matrices.ConfusionMatrixContent:
    document = json_file.read_object(path.read_bytes(), "a.json")
    return confusion_matrices.from_json(document["confusion_matrices"], "a.json")


def test_counts_and_pairs_of_classes_read_back_equal(tmp_path: Path) -> None:
    with Logger("exp", tmp_path) as logger:
        logger.log_confusion_matrix(np.array([[3, 1], [0, 2]]), CLASSES, "counted", 1)
        logger.log_confusion_matrix(([0, 0, 0, 0, 1, 1], [0, 0, 0, 1, 1, 1]), CLASSES, "indices", 1)
        logger.log_confusion_matrix((["cat", "dog"], ["dog", "dog"]), CLASSES, "names", 1)
    folder = tmp_path / "exp" / "0001"
    assert read_back(folder / "counted.json") == confusion_matrices.ConfusionMatrixContent(
        CLASSES, [[3, 1], [0, 2]]
    )
    assert read_back(folder / "indices.json") == read_back(folder / "counted.json")
    assert read_back(folder / "names.json").counts == [[0, 1], [0, 1]]


@pytest.mark.parametrize(
    ("matrix", "classes", "said"),
    [
        ([[1]], CLASSES, "a row and a column"),
        ([[1, -1], [0, 0]], CLASSES, "below 0"),
        ([[1, math.nan], [0, 0]], CLASSES, "finite"),
        ([[1]], "a", "strings"),
        ([], [], "from 1 to"),
        (([0], [2]), CLASSES, "indices from 0 to 1"),
        (([0], [0, 1]), CLASSES, "for each actual"),
        ((["cat"], ["bird"]), CLASSES, "'bird'"),
        (([0.5], [0]), CLASSES, "indices or names"),
        (([0], [0], [0]), CLASSES, "a tuple"),
    ],
)
def test_what_is_no_confusion_matrix_is_refused(tmp_path: Path, matrix: Any, classes: Any, said: str) -> None:
    with Logger("exp", tmp_path) as logger, pytest.raises(ValueError, match=said):
        logger.log_confusion_matrix(matrix, classes, "a")


@pytest.mark.parametrize(
    ("value", "position"),
    [
        ({"classes": [], "counts": []}, "confusion_matrices.counts"),
        ({"classes": CLASSES, "counts": [[1, 2]]}, "confusion_matrices.counts"),
        ({"classes": CLASSES, "counts": [[1, 2], [1]]}, "confusion_matrices.counts"),
        ({"classes": CLASSES, "counts": [[1, 2], [1, math.inf]]}, "confusion_matrices.counts"),
        ({"classes": [1, 2], "counts": [[1, 2], [1, 2]]}, "confusion_matrices.classes[0]"),
        ({"classes": ["a"] * 1001, "counts": []}, "confusion_matrices.classes"),
    ],
)
def test_a_hostile_file_is_an_error_with_its_place(value: Any, position: str) -> None:
    with pytest.raises(LogFormatError) as raised:
        confusion_matrices.from_json(value, "a.json")
    assert raised.value.position == position
