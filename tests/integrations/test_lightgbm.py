"""What LightGBM tells a callback."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lavdlike.integrations.lightgbm import LavdlikeCallback, evaluations_of
from tests.logged import points_of


def _env(iteration: int, begin: int, end: int) -> Any:
    model = SimpleNamespace(feature_name=lambda: ["a", "b"], feature_importance=lambda _: [1.0, 2.0])
    return SimpleNamespace(
        model=model,
        params={"num_leaves": 4},
        iteration=iteration,
        begin_iteration=begin,
        end_iteration=end,
        evaluation_result_list=[("train", "auc", 0.5 + iteration, True)],
    )


def test_a_training_and_one_that_goes_on(tmp_path: Path) -> None:
    for begin in (0, 2):
        callback = LavdlikeCallback("run", tmp_path)
        for iteration in (begin, begin + 1):
            callback(_env(iteration, begin, begin + 2))
    folder = tmp_path / "run"
    points = [point for point in points_of(folder / "scalars.tsv") if point[1] != "!rewind"]
    assert points == [(step, "train/auc", 0.5 + step) for step in range(4)]
    document = json.loads((folder / "experiment.json").read_text())
    assert document["config"] == {"num_leaves": 4}
    assert [(each.get("resumedFrom"), each["outcome"]) for each in document["sessions"]] == [
        (None, "finished"), (1, "finished")
    ]  # fmt: skip
    assert (folder / "feature_importance.csv").read_text().splitlines() == ["feature,gain", "b,2.0", "a,1.0"]


def test_one_that_stops_early_is_closed_by_the_script(tmp_path: Path) -> None:
    callback = LavdlikeCallback("run", tmp_path)
    callback(_env(0, 0, 100))
    callback.close()
    (session,) = json.loads((tmp_path / "run/experiment.json").read_text())["sessions"]
    assert session["outcome"] == "finished"


def test_without_evaluations_there_is_nothing(tmp_path: Path) -> None:
    assert evaluations_of([]) == {}
    env = _env(0, 0, 1)
    env.evaluation_result_list = None
    LavdlikeCallback("run", tmp_path)(env)
    assert not (tmp_path / "run/scalars.tsv").exists()
