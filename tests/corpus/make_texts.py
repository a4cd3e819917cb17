"""Makes `tests/corpus/texts`: what other programs write as text, and what pandas and json say of it.

    python -m tests.corpus.make_texts [RUN ...]

Needs none of lavdlike, but an environment of its own, with sacred==0.8.7, dvclive==3.49.1, mmengine==0.10.7,
transformers==5.24.0, hydra-core==1.3.8, keras==3.15.1, lightning==2.6.6, torch==2.13.0 (of the CPU) and pandas==3.1.1.
Runs whose name ends with `_by_hand` are written here as the format's documentation or source has it (detectron2's
`JSONWriter`, Ultralytics' `save_metrics`, Stable-Baselines3's logger, Ray Tune's, LLaMA-Factory's, dllogger's
`JSONStreamBackend`, fairseq's `JsonProgressBar`, MLflow's file store): their packages cannot be had, or are large.

`expected.json` has for each run: `labels`, by label lists of [step, value], values as `float.hex`; and what its
descriptions say: `source`, `config`, `title`, `status`, `tags`.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.corpus import frame
from tests.corpus.frame import LOSSES, Expected, Labels

CORPUS = Path(__file__).parent / "texts"


def main() -> None:
    frame.make(CORPUS, RUNS, sys.argv[1:])


# --- what pandas and json say ----------------------------------------------------------------------------------------


def points(pairs: Iterable[tuple[Any, Any]]) -> list[tuple[int, str]]:
    return [(int(step), float(value).hex()) for step, value in pairs]


def of_csv(path: Path, step: str, *, leave_out: Iterable[str] = (), **how: Any) -> Labels:
    """Columns as pandas reads them, cells that are missing left out."""
    import pandas as pd

    table = pd.read_csv(path, skipinitialspace=True, **how)
    table.columns = [name.strip() for name in table.columns]
    return {
        name: points(
            (row[step], row[name]) for _, row in table[[step, name]].dropna().astype(float).iterrows()
        )
        for name in table.columns
        if name not in (step, *leave_out) and pd.api.types.is_numeric_dtype(table[name])
    }


def of_records(
    records: Iterable[Mapping[str, Any]], step: str | tuple[str, ...], leave_out: Iterable[str] = ()
) -> Labels:
    """Numbers of records; at the first of these names of steps that each has."""
    steps = (step,) if isinstance(step, str) else step
    found: Labels = {}
    for record in records:
        own = next(name for name in steps if name in record)
        for name, value in record.items():
            if name != own and name not in leave_out and type(value) in (int, float):
                found.setdefault(name, []).extend(points([(record[own], value)]))
    return found


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def write_lines(path: Path, records: Iterable[Mapping[str, Any]], before: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{before}{json.dumps(record)}\n" for record in records))


# --- by the original packages ----------------------------------------------------------------------------------------


def lightning(folder: Path) -> Expected:
    from lightning.pytorch.loggers import CSVLogger

    logger = CSVLogger(str(folder), name="", version="")
    logger.log_hyperparams({"lr": 1e-4, "optimizer": "adam", "layers": [1, 2]})
    for step, loss in enumerate(LOSSES):
        logger.log_metrics({"train_loss": loss, "epoch": step // 3}, step=step)
        if step == 3:
            logger.log_metrics({"val_loss": float("nan"), "val_acc": 0.5, "epoch": 1}, step=step)
    logger.save()
    labels = of_csv(folder / "metrics.csv", "step")
    return {
        "labels": {**labels, "val_loss": [(3, "nan")]},  # NaN is what pandas has for no cell
        "source": "Lightning",
        "config": {"lr": 1e-4, "optimizer": "adam", "layers": [1, 2]},
    }


def keras(folder: Path) -> Expected:
    os.environ["KERAS_BACKEND"] = "torch"
    from keras.callbacks import CSVLogger

    for run in range(2):  # the second appends, from epoch 0 on
        callback = CSVLogger(str(folder / "training.log"), separator=";", append=run > 0)
        callback.on_train_begin()
        for epoch, loss in enumerate(LOSSES):
            logs = {"loss": loss + run, "accuracy": 0.5, **({} if epoch == 2 else {"val_loss": loss / 2})}
            if epoch == 0:
                callback.on_epoch_end(epoch, {"loss": loss + run, "accuracy": 0.5, "val_loss": loss / 2})
            else:
                callback.on_epoch_end(epoch, logs)
        callback.on_train_end()
    return {"labels": of_csv(folder / "training.log", "epoch", sep=";")}


def transformers(folder: Path) -> Expected:
    from transformers import TrainerState

    history: list[dict[str, Any]] = []
    state = TrainerState(trial_params={"learning_rate": 3e-5})
    for step, loss in enumerate(LOSSES, start=1):
        history.append({"epoch": step / 4, "loss": loss, "learning_rate": 1e-5 / step, "step": step * 10})
        if step % 3 == 0:
            history.append({"epoch": step / 4, "eval_loss": loss, "step": step * 10})
            state.global_step, state.epoch, state.log_history = step * 10, step / 4, list(history)
            checkpoint = folder / f"checkpoint-{step * 10}"
            checkpoint.mkdir()
            state.save_to_json(str(checkpoint / "trainer_state.json"))
    history.append({"epoch": 1.5, "step": 60, "train_loss": 0.5, "train_runtime": 12.25})
    state.log_history = history
    state.save_to_json(str(folder / "trainer_state.json"))
    (folder / "all_results.json").write_text(
        json.dumps({"epoch": 1.5, "train_loss": 0.5}, indent=4, sort_keys=True)
    )
    written = json.loads((folder / "trainer_state.json").read_text())
    return {
        "labels": of_records(written["log_history"], "step"),
        "source": "Transformers",
        "config": {"learning_rate": 3e-5},
    }


def sacred(folder: Path) -> Expected:
    from sacred import SETTINGS, Experiment
    from sacred.observers import FileStorageObserver

    SETTINGS.CAPTURE_MODE = "no"
    experiment = Experiment("trained", save_git_info=False, interactive=True)
    experiment.observers.append(FileStorageObserver(str(folder), copy_sources=False))
    experiment.add_config({"lr": 0.1, "net": {"width": 8}, "seed": 7})

    def train(_run: Any) -> None:
        for step, loss in enumerate(LOSSES):
            _run.log_scalar("train.loss", loss, step * 5)
        _run.log_scalar("no step", 1)

    experiment.main(train)
    experiment.run()
    for path in (folder / "1").iterdir():
        path.rename(folder / path.name)
    shutil.rmtree(folder / "1")
    shutil.rmtree(folder / "_sources", ignore_errors=True)
    run = json.loads((folder / "run.json").read_text())
    run["host"], run["command"] = {"hostname": "host"}, "train"
    run["experiment"].update(base_dir="", sources=[], dependencies=[], mainfile=None)
    (folder / "run.json").write_text(json.dumps(run, indent=2))
    metrics = json.loads((folder / "metrics.json").read_text())
    return {
        "labels": {name: points(zip(m["steps"], m["values"], strict=True)) for name, m in metrics.items()},
        "source": "Sacred",
        "config": json.loads((folder / "config.json").read_text()),
        "status": "finished",
    }


def dvclive(folder: Path) -> Expected:
    from dvclive import Live

    with Live(str(folder), save_dvc_exp=False, report=None, monitor_system=False) as live:
        live.log_params({"lr": 0.1, "layers": 2})
        for loss in LOSSES:
            live.log_metric("train/loss", loss, timestamp=True)
            live.log_metric("bad", float("nan"))
            live.next_step()
    for path in folder.iterdir():
        if path.name not in ("plots", "metrics.json", "params.yaml"):
            path.unlink()
    values = of_csv(folder / "plots/metrics/train/loss.tsv", "step", leave_out=["timestamp"], sep="\t")
    return {
        "labels": {"train/loss": values["loss"], "bad": [(step, "nan") for step in range(len(LOSSES))]},
        "source": "DVC",
        "config": {"lr": 0.1, "layers": 2},
    }


def mmengine(folder: Path) -> Expected:
    from mmengine.visualization import LocalVisBackend

    backend = LocalVisBackend(str(folder / "20260101_120000" / "vis_data"))
    for step, loss in enumerate(LOSSES, start=1):
        values = {"lr": 0.1 / step, "loss": loss, "time": 0.25, "epoch": 1, "iter": step, "memory": 100}
        backend.add_scalars(values, step=step, file_path="20260101_120000.json")
    backend.add_scalars({"coco/bbox_mAP": 0.5, "time": 0.5}, step=1, file_path="20260101_120000.json")
    lines = lines_of(folder / "20260101_120000/vis_data/scalars.json")
    return {"labels": of_records(lines, "step")}


def hydra(folder: Path) -> Expected:
    (folder / "conf.yaml").write_text("db:\n  host: localhost\n  port: 3306\nlr: 1e-3\nname: ${db.host}-x\n")
    app = (
        "import hydra\n@hydra.main(version_base=None, config_path='.', config_name='conf')\n"
        "def main(config): open('metrics.csv', 'w').write('epoch,step,loss\\n0,1,0.5\\n')\nmain()\n"
    )
    (folder / "app.py").write_text(app)
    command = [sys.executable, "app.py", "hydra.run.dir=.", "hydra.job.chdir=True", "db.port=5432"]
    subprocess.run(command, cwd=folder, check=True)
    for name in ("app.py", "conf.yaml", "app.log"):
        (folder / name).unlink(missing_ok=True)
    settings = folder / ".hydra/hydra.yaml"
    settings.write_text(settings.read_text().replace(str(folder), "/runs/hydra"))
    return {
        "labels": of_csv(folder / "metrics.csv", "step"),
        "source": "Hydra",
        "config": {"db": {"host": "localhost", "port": 5432}, "lr": 1e-3, "name": "${db.host}-x"},
    }


# --- by hand ---------------------------------------------------------------------------------------------------------


def detectron2_by_hand(folder: Path) -> Expected:
    path = folder / "metrics.json"
    records: list[dict[str, Any]] = [
        {"data_time": 0.25, "iteration": 19 + 20 * number, "lr": 0.001, "time": 0.5, "total_loss": loss}
        for number, loss in enumerate(LOSSES)
    ]
    records[-1] |= {"bbox/AP": 40.5, "bbox/APs": math.nan}
    write_lines(path, records)
    return {"labels": of_records(lines_of(path), "iteration")}


def ultralytics_by_hand(folder: Path) -> Expected:
    names = ["epoch", "time", "train/box_loss", "metrics/mAP50(B)", "val/box_loss", "lr/pg0"]
    rows = [",".join(f"{name:>23}" for name in names)]
    for epoch, loss in enumerate(LOSSES, start=1):
        rows.append(",".join(f"{value:>23.6g}" for value in (epoch, epoch * 1.5, loss, 0.5, loss, 0.01)))
    (folder / "results.csv").write_text("".join(f"{row}\n" for row in rows))
    (folder / "args.yaml").write_text(
        "task: detect\nmode: train\nmodel: yolo11n.pt\nepochs: 6\nlr0: 0.01\ndevice: null\n"
    )
    return {
        "labels": of_csv(folder / "results.csv", "epoch"),
        "source": "Ultralytics",
        "config": {
            "task": "detect",
            "mode": "train",
            "model": "yolo11n.pt",
            "epochs": 6,
            "lr0": 0.01,
            "device": None,
        },
    }


def stable_baselines3_by_hand(folder: Path) -> Expected:
    rows = [
        "rollout/ep_rew_mean,time/fps,time/total_timesteps,train/loss",
        *(f"{loss},100,{2048 * (number + 1)},{loss if number else ''}" for number, loss in enumerate(LOSSES)),
    ]
    (folder / "progress.csv").write_text("\n".join(rows) + "\n")
    return {"labels": of_csv(folder / "progress.csv", "time/total_timesteps"), "source": "CSV"}


def ray_tune_by_hand(folder: Path) -> Expected:
    records = [
        {
            "loss": loss,
            "info": {"learner": {"kl": loss / 2}},
            "training_iteration": number + 1,
            "trial_id": "ab_0",
            "timestamp": 1763600000 + number,
            "done": False,
            "config": {"lr": 0.1},
        }
        for number, loss in enumerate(LOSSES)
    ]
    write_lines(folder / "result.json", records)
    header = "loss,info/learner/kl,training_iteration,trial_id,timestamp,done,config/lr"
    rows = [
        f"{loss},{loss / 2},{number + 1},ab_0,{1763600000 + number},False,0.1"
        for number, loss in enumerate(LOSSES)
    ]
    (folder / "progress.csv").write_text("\n".join([header, *rows]) + "\n")
    (folder / "params.json").write_text('{"lr": 0.1}')
    flat = [
        {**each, "info.learner.kl": each["info"]["learner"]["kl"], "config.lr": 0.1}
        for each in lines_of(folder / "result.json")
    ]
    return {
        "labels": of_records(flat, "training_iteration", leave_out=["timestamp"]),
        "source": "Ray Tune",
        "config": {"lr": 0.1},
    }


def llama_factory_by_hand(folder: Path) -> Expected:
    path = folder / "trainer_log.jsonl"
    write_lines(
        path,
        [
            {
                "current_steps": 10 * step,
                "total_steps": 60,
                "loss": loss,
                "lr": 1e-5,
                "epoch": step / 4,
                "percentage": 100 * step / 6,
                "elapsed_time": "0:00:10",
                "remaining_time": "0:01:00",
            }
            for step, loss in enumerate(LOSSES, start=1)
        ],
    )
    return {"labels": of_records(lines_of(path), "current_steps")}


def dllogger_by_hand(folder: Path) -> Expected:
    path = folder / "dllogger.log"
    head = {"timestamp": "1763600000.500000", "datetime": "2025-11-20 00:53:20.500000", "elapsedtime": "1.5"}
    records: list[dict[str, Any]] = [
        {**head, "type": "METADATA", "metric": "loss", "metadata": {"unit": None, "format": ":.3f"}},
        {**head, "type": "LOG", "step": "PARAMETER", "data": {"lr": 0.1}},
        *(
            {**head, "type": "LOG", "step": [step], "data": {"loss": loss}}
            for step, loss in enumerate(LOSSES)
        ),
        {**head, "type": "LOG", "step": [], "data": {"final": 0.5, "missing": None}},
    ]
    write_lines(path, records, before="DLLL ")
    last = len(LOSSES) - 1
    return {"labels": {"loss": points(enumerate(LOSSES)), "final": points([(last, 0.5)])}}


def fairseq_by_hand(folder: Path) -> Expected:
    begin = "2026-01-01 12:00:00 | INFO |"
    lines = [f"{begin} fairseq_cli.train | {{'_name': None, 'seed': 1}}\n"]
    expected: Labels = {"epoch": [], "train_inner/loss": [], "train_inner/update": []}
    for number, loss in enumerate(LOSSES, start=1):
        values = {"epoch": 1, "update": number / 6, "loss": f"{loss:.17g}", "num_updates": str(number * 100)}
        lines.append(f"{begin} train_inner | {json.dumps(values)}\n")
        expected["epoch"] += points([(number * 100, 1)])
        expected["train_inner/loss"] += points([(number * 100, loss)])
        expected["train_inner/update"] += points([(number * 100, number / 6)])
    end = {"epoch": 1, "valid_loss": "8.5", "valid_num_updates": "600", "valid_best_loss": "8.25"}
    lines.append(f"{begin} valid | {json.dumps(end)}\n")
    (folder / "train.log").write_text("".join(lines))
    expected["epoch"] += points([(600, 1)])
    return {
        "labels": {**expected, "valid_loss": points([(600, 8.5)]), "valid_best_loss": points([(600, 8.25)])}
    }


def mlflow_by_hand(folder: Path) -> Expected:
    meta = (
        "artifact_uri: /runs/0/ab12/artifacts\nend_time: 1763600001500\nentry_point_name: ''\nexperiment_id: '0'\n"
        "lifecycle_stage: active\nrun_id: ab12\nrun_name: happy-owl-1\nrun_uuid: ab12\nsource_name: ''\n"
        "source_type: 4\nsource_version: ''\nstart_time: 1763600000500\nstatus: 3\ntags: []\nuser_id: u\n"
    )
    files = {
        "meta.yaml": meta,
        "params/lr": "0.1",
        "params/net/width": "8",
        "params/name": "a b",
        "tags/mlflow.runName": "happy-owl-1",
        "tags/team": "vision",
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return {
        "labels": {},
        "source": "MLflow",
        "config": {"lr": 0.1, "net/width": 8, "name": "a b"},
        "title": "happy-owl-1",
        "status": "finished",
        "tags": ["team=vision"],
    }


_MAKERS: tuple[Callable[[Path], Expected], ...] = (
    *(lightning, keras, transformers, sacred, dvclive, mmengine, hydra),
    *(
        detectron2_by_hand,
        ultralytics_by_hand,
        stable_baselines3_by_hand,
        ray_tune_by_hand,
        llama_factory_by_hand,
    ),
    *(dllogger_by_hand, fairseq_by_hand, mlflow_by_hand),
)
RUNS = {make.__name__: make for make in _MAKERS}

if __name__ == "__main__":
    main()
