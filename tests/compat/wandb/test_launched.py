"""A script for wandb runs unchanged by `lavdlike run`, whether wandb is installed or not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.logged import points_of
from tests.scripts import ROOT

SCRIPT = """
import numpy as np
import wandb
import wandb.plot
from wandb.data_types import Image
from wandb.errors import UsageError

with wandb.init(project="digits", name="first", config={"lr": 0.1}, dir="elsewhere") as run:
    for step in range(3):
        run.log({"loss": 1 / (step + 1)})
    run.log({"picture": Image(np.zeros((4, 4))), "cm": wandb.plot.confusion_matrix(y_true=[0], preds=[0])})
with wandb.init(project="digits", name="second") as run:
    run.log({"loss": 5})
print("loss=7")
try:
    wandb.Api()
except UsageError as error:
    print(error)
"""


@pytest.mark.slow
def test_an_unchanged_script_writes_the_experiment_of_lavdlike_run(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-m", "lavdlike", "run", "--name", "run", "train.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    assert "lavdlike.open(folder)" in done.stdout
    run = tmp_path / "log" / "run"
    assert points_of(run / "scalars.tsv") == [(0, "loss", 1.0), (1, "loss", 0.5), (2, "loss", 1 / 3)]
    assert json.loads((run / "experiment.json").read_text())["config"]["lr"] == 0.1
    assert (run / "0003/picture.png").exists()
    assert (run / "0003/cm.json").exists()
    assert points_of(run / "digits/second/scalars.tsv") == [(0, "loss", 5)]
    assert not (tmp_path / "elsewhere").exists()
