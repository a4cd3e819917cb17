from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lavdlike import Logger, json_file
from lavdlike.errors import LogFormatError
from lavdlike.kinds import pr_curves


def test_every_prediction_that_occurs_is_a_threshold() -> None:
    content = pr_curves.of_predictions([1, 0, 1, 0], [0.9, 0.6, 0.5, 0.5])
    assert content.thresholds == [0.5, 0.6, 0.9]
    assert content.precision == [0.5, 0.5, 1]
    assert content.recall == [1, 0.5, 0.5]
    assert content.average_precision == 0.5 * 1 + 0.5 * 0.5
    assert (content.positives, content.negatives) == (2, 2)


def test_of_many_predictions_some_are_thresholds_and_the_average_is_of_all() -> None:
    chance = np.random.default_rng(1)
    truth = chance.random((100, 100)) < 0.3
    scores = chance.normal(truth)
    content = pr_curves.of_predictions(truth, scores)
    assert len(content.thresholds) == 500
    assert (content.thresholds[0], content.thresholds[-1]) == (scores.min(), scores.max())
    at = content.thresholds[200]
    yes = scores >= at
    assert content.precision[200] == (truth & yes).sum() / yes.sum()
    assert content.recall[200] == (truth & yes).sum() / truth.sum()
    order = np.argsort(-scores.ravel())
    hits = np.cumsum(truth.ravel()[order])
    precision_at_hits = (hits / np.arange(1, hits.size + 1))[truth.ravel()[order]]
    assert content.average_precision == pytest.approx(precision_at_hits.mean())


def test_without_positives_recall_is_0() -> None:
    content = pr_curves.of_predictions([0, 0], [1, 2])
    assert content.recall == [0, 0]
    assert content.average_precision == 0


@pytest.mark.parametrize(
    ("labels", "predictions", "said"),
    [
        ([], [], "a prediction for each"),
        ([1], [1, 2], "a prediction for each"),
        ([2], [1], "0 and 1"),
        ([1], [math.nan], "finite"),
        (["a"], [1], "real numbers"),
    ],
)
def test_what_is_no_prediction_is_refused(labels: Any, predictions: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        pr_curves.of_predictions(labels, predictions)


@pytest.mark.parametrize(
    ("changed", "position"),
    [
        ({"thresholds": []}, "pr_curves"),
        ({"thresholds": [1, 0]}, "pr_curves.thresholds"),
        ({"thresholds": [0, math.nan]}, "pr_curves.thresholds"),
        ({"precision": [0.5, 2]}, "pr_curves.precision"),
        ({"recall": [0.5, math.nan]}, "pr_curves.recall"),
        ({"recall": "all"}, "pr_curves.recall"),
        ({"thresholds": [0] * 100_001}, "pr_curves"),
    ],
)
def test_a_hostile_file_is_an_error_with_its_place(changed: dict[str, Any], position: str) -> None:
    good = {"thresholds": [0, 1], "precision": [0.5, 1], "recall": [1, 0.5]}
    assert pr_curves.from_json(good, "a.json").average_precision is None
    with pytest.raises(LogFormatError) as raised:
        pr_curves.from_json({**good, **changed}, "a.json")
    assert raised.value.position == position


def test_what_the_logger_writes_reads_back_equal(tmp_path: Path) -> None:
    with Logger("exp", tmp_path) as logger:
        logger.log_pr_curve([True, False], np.array([0.75, 0.25]), "person", 1)
    data = (tmp_path / "exp" / "0001" / "person.json").read_bytes()
    document = json_file.read_object(data, "a.json")
    content = pr_curves.from_json(document["pr_curves"], "a.json")
    assert content == pr_curves.of_predictions([1, 0], [0.75, 0.25])
    assert json.loads(data)["pr_curves"]["thresholds"] == [0.25, 0.75]
