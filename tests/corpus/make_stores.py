"""Makes `tests/corpus/stores`: runs as wandb (offline) and MLflow keep them, and what they themselves say of these.

    python -m tests.corpus.make_stores wandb        in an environment with wandb==0.31.0
    python -m tests.corpus.make_stores mlflow_files mlflow_database        in one with mlflow==3.17.2

`expected.json` is as that of `make_texts.py`: values as `wandb leet inspect --json` and `MlflowClient` have them. That
of the database stands beside it, by run; it is compressed, as most of it is empty.
"""

from __future__ import annotations

import gzip
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.corpus import frame
from tests.corpus.frame import Expected

CORPUS = Path(__file__).resolve().parent / "stores"
LOSSES = [1.5, 0.75, 1 / 3, 0.1 + 0.2, 5e-324, 1e300, float("nan"), float("inf"), -2.0]

_WANDB = """
import os, sys, time
os.environ |= {"WANDB_MODE": "offline", "WANDB_SILENT": "true", "WANDB_DISABLE_GIT": "true",
               "WANDB_DISABLE_CODE": "true"}
import wandb
run = wandb.init(project="vision", name="happy-owl", group="sweep", tags=["a", "b"], dir=sys.argv[1],
                 config={"lr": 1e-3, "net": {"width": 8}, "deep": True, "layers": [1, 2], "none": None},
                 settings=wandb.Settings(x_stats_sampling_interval=1, console="wrap", host="here"))
run.define_metric("val/*", step_metric="epoch")
print("a line of output")
for step, loss in enumerate(LOSSES):
    run.log({"train/loss": loss, "count": step * 3, "large": 2**60 + step, "nested": {"a": {"b": step / 7}},
             "text": "x", "flag": step % 2 == 0, "epoch": step / 2, "val/acc": loss / 2})
run.log({"weights": wandb.Histogram(np_histogram=([1, 2], [0, 1, 2])), "later": 1}, step=20)
run.log({"long text": "x" * 40_000, "later": 2}, step=25)
run.config.update({"added": 5})
time.sleep(2)
run.finish()
"""


def wandb(folder: Path) -> Expected:
    with tempfile.TemporaryDirectory() as made:
        program = Path(made) / "train.py"
        program.write_text(f"nan, inf = float('nan'), float('inf')\nLOSSES = {LOSSES}\n{_WANDB}")
        subprocess.run([sys.executable, str(program), made], check=True, cwd=made)
        (log,) = (path for path in Path(made).rglob("run-*.wandb") if "latest-run" not in path.parts)
        shutil.copy(log, folder / "run-owl.wandb")
    command = [
        str(Path(sys.executable).with_name("wandb")),
        "leet",
        "inspect",
        "--json",
        str(folder / "run-owl.wandb"),
    ]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    labels: dict[str, list[tuple[int, str]]] = {}
    stats = 0
    for record in map(json.loads, lines):
        if record["type"] == "history":
            _add(
                labels,
                int(record["history"]["step"]["num"]) if record["history"].get("step") else 0,
                record["history"]["item"],
            )
        elif record["type"] == "stats":
            _add(labels, stats, {f"system/{name}": value for name, value in record["stats"]["item"].items()})
            stats += 1
    return {
        "labels": labels,
        "source": "wandb",
        "config": {
            "lr": 0.001,
            "net": {"width": 8},
            "deep": True,
            "layers": [1, 2],
            "none": None,
            "added": 5,
        },
        "title": "happy-owl",
        "status": "finished",
        "tags": ["a", "b"],
    }


def _add(
    labels: dict[str, list[tuple[int, str]]], step: int, values: dict[str, Any], before: str = ""
) -> None:
    if "_type" in values:
        return
    for name, value in values.items():
        if not before and name in ("_step", "_timestamp", "_runtime", "_wandb"):
            continue
        if isinstance(value, dict):
            _add(labels, step, value, f"{before}{name}.")
        elif value in ("NaN", "Infinity", "-Infinity") or type(value) in (int, float):
            labels.setdefault(f"{before}{name}", []).append((step, float(value).hex()))


_PARAMS = {"lr": 0.1, "net/width": 8, "name": "a b"}


def mlflow_files(folder: Path) -> Expected:
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    with tempfile.TemporaryDirectory() as made:
        client, run, expected = _mlflow_run(f"file://{made}/mlruns")
        experiment = client.get_run(run).info.experiment_id
        shutil.copytree(Path(made) / "mlruns" / experiment / run, folder, dirs_exist_ok=True)
    shutil.rmtree(folder / "artifacts", ignore_errors=True)
    return expected


def mlflow_database(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "mlflow.db"
        _, run, expected = _mlflow_run(f"sqlite:///{path}")
        _, other, of_other = _mlflow_run(f"sqlite:///{path}", losses=LOSSES[:3])
        with gzip.GzipFile(folder / "mlflow.db.gz", "wb", mtime=0) as file:
            file.write(path.read_bytes())
    runs = {f"vision/owls/{run}": expected, f"vision/owls/{other}": of_other}
    (folder / "expected.json").write_text(json.dumps(runs, indent=0, sort_keys=True) + "\n")


def _mlflow_run(uri: str, losses: list[float] = LOSSES) -> tuple[Any, str, Expected]:
    mlflow = importlib.import_module("mlflow")
    # What it says of script and folder is not to be where this lies.
    sys.argv[0] = f"{tempfile.gettempdir()}/train.py"
    os.chdir(tempfile.gettempdir())
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment("vision/owls")
    with mlflow.start_run(run_name="happy-owl") as active:
        mlflow.log_params(_PARAMS)
        mlflow.set_tag("team", "vision")
        for step, loss in enumerate(losses):
            mlflow.log_metric("loss", loss, step=step)
        for step in (5, 2, 2):
            mlflow.log_metric("val/acc", step / 3, step=step)
        run = active.info.run_id
    client = mlflow.MlflowClient()
    labels = {
        key: [(each.step, float(each.value).hex()) for each in client.get_metric_history(run, key)]
        for key in ("loss", "val/acc")
    }
    said = client.get_run(run)
    return (
        client,
        run,
        {
            "labels": labels,
            "source": "MLflow",
            "config": _PARAMS,
            "title": said.info.run_name,
            "status": said.info.status.lower(),
            "tags": ["team=vision"],
        },
    )


RUNS = {make.__name__: make for make in (wandb, mlflow_files, mlflow_database)}


def main() -> None:
    frame.make(CORPUS, RUNS, sys.argv[1:])


if __name__ == "__main__":
    main()
