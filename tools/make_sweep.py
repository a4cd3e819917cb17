"""Makes a second example root, a sweep of 30 experiments: `python -m tools.make_sweep FOLDER [--live]`.

Five learning rates, two optimizers and three seeds, as they come out of a night on a cluster: names of 60 characters
that differ in the middle, noise, six that diverged and crashed, two that still run. Written by the real `Logger` with
fixed seeds and a fixed clock in four seconds, so it is not committed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lavdlike import Logger
from lavdlike.disk.write import LOCK_FILE
from lavdlike.kinds import scalars
from lavdlike.layout import SCALARS_FILE
from tools.examples.clock import START, running_at

LEARNING_RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01)
OPTIMIZERS = ("adamw", "lion")
SEEDS = (0, 1, 2)
STEPS = 3_000
STEP_INTERVAL = 20
VALIDATION_INTERVAL = 100
LAYERS = 4
STEP_S = 1.7
# Beyond these a run may diverge.
STABLE = {"adamw": 0.005, "lion": 0.002}


class Trial(NamedTuple):
    """One experiment of the sweep. `steps`: so many until it ended, or until now."""

    lr: float
    optimizer: str
    batch_size: int
    seed: int
    outcome: str
    steps: int

    @property
    def name(self) -> str:
        """As launchers make them: all settings, most of which are the same everywhere."""
        return (
            f"resnet50-imagenet100-lr{self.lr:g}-{self.optimizer}-bs{self.batch_size}"
            f"-seed{self.seed}-cosine-warmup500"
        )


def trials() -> list[Trial]:
    """All 30, always the same."""
    made = []
    for number, (lr, optimizer, seed) in enumerate(itertools.product(LEARNING_RATES, OPTIMIZERS, SEEDS)):
        diverges = lr > STABLE[optimizer] and seed != 1
        running = lr == 0.0003 and seed == 2
        outcome = "crashed" if diverges else "running" if running else "finished"
        steps = 900 + 130 * number % 700 if diverges else 1_700 + 300 * number % 800 if running else STEPS
        batch_size = 64 if (number // len(SEEDS)) % 2 else 256
        made.append(Trial(lr, optimizer, batch_size, seed, outcome, steps // STEP_INTERVAL * STEP_INTERVAL))
    return made


def points_of(trial: Trial) -> Iterator[tuple[int, dict[str, float]]]:
    """What it logs at each of its steps, and on without an end."""
    chance = random.Random(trial.name)
    skill = 1 - 0.22 * abs(math.log10(trial.lr / 0.001)) + (0.04 if trial.optimizer == "adamw" else 0)
    skill += chance.gauss(0, 0.02)
    noise = 0.16 if trial.batch_size == 64 else 0.09
    wander = 0.0
    for step in itertools.count(0, STEP_INTERVAL):
        progress = step / STEPS
        wander = 0.9 * wander + chance.gauss(0, 0.02)
        left = math.exp(-4.5 * skill * progress)
        loss = 0.5 + 1.2 * (1 - skill) + 3.9 * left + wander
        exploding = max(0.0, step - trial.steps + 240) / 60 if trial.outcome == "crashed" else 0.0
        loss += math.expm1(1.9 * exploding)
        values = {
            "train/loss": loss * math.exp(chance.gauss(0, noise)),
            "train/accuracy": _share(0.9 * skill * (1 - left) + chance.gauss(0, noise / 4) - 0.2 * exploding),
            "learning-rate": trial.lr * 0.5 * (1 + math.cos(math.pi * min(1.0, progress))),
            "grad-norm": math.exp(chance.gauss(-0.3, 0.5) + exploding) * (9 if chance.random() < 0.02 else 1),
        }
        if step % VALIDATION_INTERVAL == 0:
            gap = 0.35 * progress * (1.2 if trial.optimizer == "lion" else 1)
            values["val/loss"] = loss + gap * loss * 0.4 + 0.1 + chance.gauss(0, 0.04)
            values["val/accuracy"] = _share(
                0.82 * skill * (1 - left) + chance.gauss(0, 0.008) - 0.2 * exploding
            )
            for layer in range(LAYERS):
                growth = (layer + 1) * trial.lr**0.25 * math.sqrt(progress)
                values[f"layers/{layer:02}/weight-norm"] = 8 + 2 * layer + 3 * growth + chance.gauss(0, 0.05)
        yield step, values


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))


def write_trial(log_dir: Path, trial: Trial, *, started: float) -> None:
    config = {
        "model": "resnet50",
        "data": "imagenet100",
        "lr": trial.lr,
        "opt": trial.optimizer,
        "batch_size": trial.batch_size,
        "seed": trial.seed,
        "schedule": {"name": "cosine", "epochs": 90, "warmup": 500},
    }
    tags = ["baseline"] if (trial.lr, trial.optimizer) == (0.001, "adamw") else []
    with (
        running_at(started) as clock,
        Logger(trial.name, log_dir, config=config, tags=tags) as logger,
    ):
        logger.define("*/loss", goal="min", unit="nats")
        logger.define("*/accuracy", goal="max")
        for step, values in itertools.takewhile(lambda point: point[0] < trial.steps, points_of(trial)):
            clock.advance(STEP_INTERVAL * STEP_S)
            logger.log_scalars(values, step)


_ENDS = {"finished": "finished", "crashed": "RuntimeError: the loss is not finite, nothing was saved"}


def settle(folder: Path, trial: Trial, number: int) -> None:
    """Replaces what depends on the machine that made the sweep, and says how the trial ended."""
    path = folder / "experiment.json"
    document = json.loads(path.read_text())
    document.pop("git", None)
    [session] = document["sessions"]
    settled = {"started": session["started"], "id": f"{number:08x}"}
    if trial.outcome in _ENDS:
        settled |= {"ended": session["ended"], "outcome": _ENDS[trial.outcome]}
    document["sessions"] = [{**settled, "host": f"node-{number % 4}", "pid": 4_200 + number}]
    path.write_text(json.dumps(document, indent=2) + "\n")
    (folder / LOCK_FILE).unlink()


def make(log_dir: Path) -> None:
    """All 30. Those that run are shown as running for as long as `keep_running` writes, and for 100 s after."""
    shutil.rmtree(log_dir, ignore_errors=True)
    log_dir.mkdir(parents=True)
    for number, trial in enumerate(trials()):
        write_trial(log_dir, trial, started=START + 240 * number)
        settle(log_dir / trial.name, trial, number)


def keep_running(log_dir: Path) -> None:
    """Goes on with those that run, a step a second, until it is interrupted."""
    running = {log_dir / trial.name: ahead_of(trial) for trial in trials() if trial.outcome == "running"}
    while True:
        for folder, ahead in running.items():
            step, values = next(ahead)
            with (folder / SCALARS_FILE).open("a") as file:
                file.write(scalars.format_lines(step, time.time(), values))
            os.utime(folder / "experiment.json")
        time.sleep(1)


def ahead_of(trial: Trial) -> Iterator[tuple[int, dict[str, float]]]:
    """What comes after what was written."""
    return itertools.dropwhile(lambda point: point[0] < trial.steps, points_of(trial))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tools.make_sweep", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="is emptied first")
    parser.add_argument("--live", action="store_true", help="go on with those that run until Ctrl-C")
    arguments = parser.parse_args()
    make(arguments.folder)
    if arguments.live:
        keep_running(arguments.folder)
