"""Row 17: a log of wandb's and an `mlflow.db`, from nothing: first points, the rate after that, and memory."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import Figures, Result
from lavdlike.sources.wandb_files.wandb_records import HEADER
from tests.sources.wandb_files import records

MIB = 2**20
# So much of either is written; the bars are rates, and hold from some ten seconds of work on.
SIZE_MIB = 1024
_OURS = """
import json, os, resource, sys, time
start = time.perf_counter()
from lavdlike.sources import source_registry
name, path, run = sys.argv[1:]
file = source_registry.points_file(name, name, b"", run)
descriptor = os.open(path, os.O_RDONLY)
first_s, half_mib, points = None, None, 0
for block in file.read_new(descriptor):
    first_s = first_s or time.perf_counter() - start
    points += sum(len(columns.steps) for columns in block.values())
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    half_mib = half_mib or mib
s = time.perf_counter() - start
figures = {"first_s": first_s, "s": s, "cpu_s": time.process_time(), "mib": mib, "grown_mib": mib - half_mib}
print(json.dumps({**figures, "points": points}))
"""


def stores(rounds: int) -> Result:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        files = {
            "wandb": ("run-x.wandb", _wandb_log(folder / "run-x.wandb"), ""),
            "mlflow.db": ("run.mlflow", _mlflow_database(folder / "mlflow.db"), "run"),
        }
        contestants = {name: lambda asked=asked: _read(*asked) for name, asked in files.items()}
        taken = measure.in_turn(contestants, min(rounds, 3))
        sizes = {name: path.stat().st_size / MIB for name, (_, path, _) in files.items()}
    middle = measure.medians(taken)
    bars = []
    for name, figures in middle.items():
        rate = sizes[name] / figures["cpu_s"]  # the machine is shared: what a core of its own gives
        bars += [
            (f"{name}: first points within 3 s", f"{figures['first_s']:.2f} s", figures["first_s"] <= 3),
            (f"{name}: >= 30 MiB a second of CPU time", f"{rate:.0f} MiB", rate >= 30),
            (
                f"{name}: memory flat after that",
                f"+{figures['grown_mib']:.0f} MiB",
                figures["grown_mib"] <= 64,
            ),
        ]
    return Result(
        "17",
        f"{SIZE_MIB:,} MiB of wandb's log and of MLflow's database, all points of a run from nothing",
        ["", "MiB", "first s", "s", "CPU s", "peak MiB"],
        [
            [
                name,
                f"{sizes[name]:.0f}",
                f"{figures['first_s']:.2f}",
                f"{figures['s']:.1f}",
                f"{figures['cpu_s']:.1f}",
                f"{figures['mib']:.0f}",
            ]
            for name, figures in middle.items()
        ],
        bars,
        middle,
    )


def _read(name: str, path: Path, run: str) -> Figures:
    command = [sys.executable, "-c", _OURS, name, str(path), run]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=measure.REPOSITORY)
    figures: Figures = json.loads(done.stdout)
    return figures


def _wandb_log(path: Path) -> Path:
    """Summary and history in turn, as wandb writes them, some dozen numbers a step."""
    labels = [
        f"{part}/{name}"
        for part in ("train", "val")
        for name in ("loss", "accuracy", "grad_norm", "lr", "f1")
    ]
    with path.open("wb") as file:
        place = file.write(HEADER)
        step = 0
        while place < SIZE_MIB * MIB:
            values = {label: repr(step / (7 + index)) for index, label in enumerate(labels)}
            own = {"_step": str(step), "_timestamp": f"{1.7e9 + step}", "_runtime": f"{step}.25"}
            history = records.history(step, {**values, **own})
            summary = records.history(None, {**own, **values})
            for record in (b"\x1a" + summary[1:], history):
                place += file.write(records.chunks(record, place))
            step += 1
    return path


def _mlflow_database(path: Path) -> Path:
    """One run's metrics in MLflow's table, with its key and its indexes: half of the file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("""
            PRAGMA synchronous = off;
            CREATE TABLE runs (run_uuid VARCHAR(32) NOT NULL, experiment_id INTEGER, PRIMARY KEY (run_uuid));
            CREATE TABLE metrics ("key" VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL,
              run_uuid VARCHAR(32) NOT NULL, step BIGINT DEFAULT '0' NOT NULL, is_nan BOOLEAN DEFAULT '0' NOT NULL,
              CONSTRAINT metric_pk PRIMARY KEY ("key", timestamp, step, run_uuid, value, is_nan));
            CREATE INDEX index_metrics_run_uuid ON metrics (run_uuid);
        """)
        step = 0
        while path.stat().st_size < SIZE_MIB * MIB:
            rows = [
                (f"train/metric {step % 10}", step / 7, 1_700_000_000_000 + step, "run", step, 0)
                for step in range(step, step + 50_000)
            ]
            connection.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", rows)
            connection.commit()
            step += 50_000
    return path
