"""What Optuna tells a callback."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lavdlike.integrations.optuna import LavdlikeCallback, values_of
from tests.logged import points_of


def _trial(number: int, state: str, values: list[float] | None) -> Any:
    return SimpleNamespace(
        number=number,
        state=SimpleNamespace(name=state),
        values=values,
        params={"x": number},
        intermediate_values={1: 5.0, 3: 4.0},
        user_attrs={"seed": 1},
    )


def test_a_study_is_an_experiment_of_experiments(tmp_path: Path) -> None:
    callback = LavdlikeCallback("study", tmp_path, n_trials=3)
    study = SimpleNamespace(directions=["min"], metric_names=None, best_value=0.5)
    trials = [_trial(0, "COMPLETE", [0.5]), _trial(1, "PRUNED", [4.0]), _trial(2, "FAIL", None)]
    for trial in trials:
        callback(study, trial)
    folder = tmp_path / "study"
    assert points_of(folder / "scalars.tsv") == [(0, "study/value", 0.5), (0, "study/best_value", 0.5)]
    inner = [points_of(folder / f"trial-000{number}/scalars.tsv") for number in range(3)]
    reports = [(1, "intermediate_value", 5.0), (3, "intermediate_value", 4.0)]
    assert inner == [[*reports, (3, "value", 0.5)], [*reports, (3, "value", 4.0)], reports]
    documents = [
        json.loads((folder / f"trial-000{number}/experiment.json").read_text()) for number in range(3)
    ]
    assert [each["tags"] for each in documents] == [["complete"], ["pruned"], ["fail"]]
    assert documents[0]["labels"] == [{"pattern": "value", "goal": "min"}]
    assert documents[2]["config"] == {"x": 2, "user_attrs": {"seed": 1}}


def test_trials_are_no_experiments_if_they_are_not_wanted(tmp_path: Path) -> None:
    callback = LavdlikeCallback("study", tmp_path, trials=False)
    study = SimpleNamespace(directions=["min", "max"], metric_names=["loss", "score"])
    callback(study, _trial(0, "COMPLETE", [0.5, 2.0]))
    assert points_of(tmp_path / "study/scalars.tsv") == [(0, "study/loss", 0.5), (0, "study/score", 2.0)]
    labels = json.loads((tmp_path / "study/experiment.json").read_text())["labels"]
    assert labels == [{"pattern": "study/loss", "goal": "min"}, {"pattern": "study/score", "goal": "max"}]
    assert not list((tmp_path / "study").glob("trial-*"))


def test_values_have_names() -> None:
    assert values_of([1.0, 2.0], None) == {"value_0": 1.0, "value_1": 2.0}
