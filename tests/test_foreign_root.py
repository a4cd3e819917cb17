"""The generated runs of other programs: what their pictures take for granted."""

from __future__ import annotations

from pathlib import Path

import lavdlike
from tools import make_foreign_runs


def test_six_programs_have_a_loss_that_falls(tmp_path: Path) -> None:
    make_foreign_runs.make(tmp_path)
    runs = lavdlike.open(tmp_path).experiments(columns="source,max(loss),last(loss),count(loss)")
    assert {run.values["source"]: run.name for run in runs} == {
        "TensorBoard": make_foreign_runs.TENSORBOARD,
        "Lightning": make_foreign_runs.LIGHTNING,
        "Transformers": make_foreign_runs.TRANSFORMERS,
        "MLflow": make_foreign_runs.MLFLOW,
        "Sacred": make_foreign_runs.SACRED,
        "wandb": make_foreign_runs.WANDB,
    }
    for run in runs:
        last, most = run.values["last(loss)"], run.values["max(loss)"]
        assert isinstance(last, float)
        assert isinstance(most, float)
        assert last < 0.7 < 2 < most
        assert run.values["count(loss)"] == len(make_foreign_runs.STEPS)
