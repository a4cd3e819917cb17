"""Makes a third example root, runs of six programs: `python -m tools.make_foreign_runs FOLDER`.

Their files lie where these programs write them: TensorBoard's event file, Lightning's CSV, transformers' JSON, MLflow's
file store, Sacred's observer and an offline run of wandb. They are made by hand, as nobody should have to install these
packages for a picture; what the packages themselves write is in `tests/corpus`.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.sources.events.event_bytes import VERSION, event, simple
from tests.sources.wandb_files import records
from tools.examples.clock import START

STEPS = range(0, 2_000, 20)
STEP_S = 0.4
# Where each of the six lies, as its program calls it.
TENSORBOARD = "runs/resnet18"
LIGHTNING = "lightning_logs/version_0"
TRANSFORMERS = "vit-base-finetuned"
MLFLOW = "mlruns/153521859703981212/4f48970353324ff6886611110ece5b83"
SACRED = "sacred/1"
WANDB = "wandb/offline-run-20251120_005320-8vq2m1xk"


def make(root: Path) -> None:
    """Into a folder that is not there yet, or empty."""
    writers: dict[str, Callable[[Path, Sequence[float]], None]] = {
        TENSORBOARD: _tensorboard,
        LIGHTNING: _lightning,
        TRANSFORMERS: _transformers,
        MLFLOW: _mlflow,
        SACRED: _sacred,
        WANDB: _wandb,
    }
    for place, (path, write) in enumerate(writers.items()):
        folder = root / path
        folder.mkdir(parents=True)
        write(folder, _losses(path, tau=260 + 90 * place, end=0.18 + 0.05 * place))


def _losses(seed: str, *, tau: float, end: float) -> list[float]:
    """At each of `STEPS`."""
    chance = random.Random(seed)
    return [end + 2.1 * math.exp(-step / tau) + abs(chance.gauss(0, 0.03)) for step in STEPS]


def _time_s(step: int) -> float:
    return START + step * STEP_S


def _iso(step: int) -> str:
    return datetime.fromtimestamp(_time_s(step), UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def _tensorboard(folder: Path, losses: Sequence[float]) -> None:
    points = [
        event(simple("loss", loss), step=step, wall_time=_time_s(step))
        for step, loss in zip(STEPS, losses, strict=True)
    ]
    (folder / f"events.out.tfevents.{START:.0f}.gpu1").write_bytes(VERSION + b"".join(points))


def _lightning(folder: Path, losses: Sequence[float]) -> None:
    (folder / "hparams.yaml").write_text("lr: 0.0003\noptimizer: adamw\nbatch_size: 128\n")
    rows = [f"{step // 500},{loss!r},{step}\n" for step, loss in zip(STEPS, losses, strict=True)]
    (folder / "metrics.csv").write_text("epoch,loss,step\n" + "".join(rows))


def _transformers(folder: Path, losses: Sequence[float]) -> None:
    history = [
        {"epoch": step / 500, "learning_rate": 5e-5 * (1 - step / 2_000), "loss": loss, "step": step}
        for step, loss in zip(STEPS, losses, strict=True)
    ]
    state = {"epoch": 4.0, "global_step": STEPS[-1], "log_history": history, "max_steps": 2_000}
    (folder / "trainer_state.json").write_text(json.dumps(state, indent=2))


def _mlflow(folder: Path, losses: Sequence[float]) -> None:
    texts = {
        "meta.yaml": f"run_id: {folder.name}\nrun_name: resnet34-cosine\nstatus: 3\nlifecycle_stage: active\n"
        f"start_time: {START * 1000:.0f}\nend_time: {_time_s(STEPS[-1]) * 1000:.0f}\n",
        "params/lr": "0.001",
        "params/optimizer": "sgd",
        "params/batch_size": "256",
        "params/model.depth": "34",
        "params/schedule": "cosine",
        "tags/mlflow.runName": "resnet34-cosine",
        "tags/team": "vision",
        "metrics/loss": "".join(
            f"{_time_s(step) * 1000:.0f} {loss!r} {step}\n" for step, loss in zip(STEPS, losses, strict=True)
        ),
        "metrics/val/accuracy": "".join(
            f"{_time_s(step) * 1000:.0f} {1 - 0.5 * loss / losses[0] - 0.11:.4f} {step}\n"
            for step, loss in zip(STEPS[::10], losses[::10], strict=True)
        ),
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _sacred(folder: Path, losses: Sequence[float]) -> None:
    documents = {
        "config.json": {"lr": 0.1, "optimizer": "sgd", "seed": 7},
        "run.json": {
            "experiment": {"name": "resnet"},
            "host": {"hostname": "gpu1"},
            "start_time": _iso(0),
            "stop_time": _iso(STEPS[-1]),
            "status": "COMPLETED",
        },
        "metrics.json": {
            "loss": {"steps": list(STEPS), "timestamps": [_iso(step) for step in STEPS], "values": losses}
        },
    }
    for name, document in documents.items():
        (folder / name).write_text(json.dumps(document, indent=2))


def _wandb(folder: Path, losses: Sequence[float]) -> None:
    rows = [
        records.history(step, {"loss": repr(loss), "_timestamp": repr(_time_s(step))})
        for step, loss in zip(STEPS, losses, strict=True)
    ]
    (folder / f"run-{folder.name.rpartition('-')[2]}.wandb").write_bytes(records.log(*rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tools.make_foreign_runs")
    parser.add_argument("folder", type=Path, help="a new one")
    make(parser.parse_args().folder)
