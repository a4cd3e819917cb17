"""Makes `tests/corpus/trackers`: what trackers keep on disk, and what their own readers, json and pandas say of it.

    python -m tests.corpus.make_trackers [RUN ...]

Needs none of lavdlike, but an environment of its own, with clearml==2.1.12, guildai==0.9.0 (and numpy==1.26.4),
trackio==0.43.0, ploteries==0.1.2, protobuf==4.25.9,
pyarrow==19.0.1 and pandas==2.3.3; in STREAMVIS a clone of github.com/hrbigelow/streamvis, which was never a package,
and in NEPTUNE_EXPORTER one of github.com/neptune-ai/neptune-exporter.

`expected.json` is as that of `make_texts.py`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.corpus import frame
from tests.corpus.frame import LOSSES, Expected, Labels

CORPUS = Path(__file__).parent / "trackers"


def main() -> None:
    frame.make(CORPUS, RUNS, sys.argv[1:])


def collected(points: Iterable[tuple[str, int, Any]]) -> Labels:
    """Labels, steps and values, by label."""
    labels: Labels = {}
    for label, step, value in points:
        labels.setdefault(label, []).append((step, float(value).hex()))
    return labels


# --- ClearML ---------------------------------------------------------------------------------------------------------

_CLEARML = """
import os, sys
os.environ["CLEARML_CACHE_DIR"] = sys.argv[1]
from clearml import Task
Task.set_offline(True)
task = Task.init("project", "named", auto_connect_frameworks=False, auto_resource_monitoring=False,
                 auto_connect_arg_parser=False)
task.connect({"lr": 0.1, "net": {"width": 8}, "name": "a b", "deep": True, "seed": None, "layers": [1, 2]})
task.connect({"count": 1}, name="Data")
task.add_tags(["vision"])
logger = task.get_logger()
for step, loss in enumerate(LOSSES):
    logger.report_scalar("loss", "train", loss, step)
    logger.report_scalar("loss", "val", loss / 2, step)
    logger.flush(wait=True)
logger.report_single_value("final", 0.5)
logger.report_text("a text")
logger.report_histogram("weights", "a", iteration=1, values=[1, 2, 3])
task.close()
"""


def clearml(folder: Path) -> Expected:
    with tempfile.TemporaryDirectory() as cache:
        program = Path(cache) / "train.py"
        program.write_text(f"LOSSES = {LOSSES}\n{_CLEARML}")
        subprocess.run([sys.executable, str(program), cache], check=True, cwd=cache)
        (session,) = (path for path in (Path(cache) / "offline").iterdir() if path.is_dir())
        texts = {name: (session / name).read_text() for name in ("task.json", "metrics.jsonl", "log.jsonl")}
    for name, text in texts.items():
        text = text.replace(session.as_posix(), "/cache/offline/task").replace(session.name, "offline-0")
        (folder / name).write_text(re.sub(r'"worker": "[^"]*"', '"worker": "host"', text))
    task = json.loads((folder / "task.json").read_text())
    task["script"]["diff"] = task["script"]["requirements"] = ""
    (folder / "task.json").write_text(json.dumps(task))
    return {
        "labels": collected(_clearml_scalars(folder / "metrics.jsonl")),
        "source": "ClearML",
        "config": {
            "lr": 0.1,
            "net/width": 8,
            "name": "a b",
            "deep": True,
            "seed": None,
            "layers": "[1, 2]",
            "Data": {"count": 1},
        },
        "title": "named",
        "tags": ["vision"],
    }


def _clearml_scalars(path: Path) -> Iterator[tuple[str, int, Any]]:
    """As `Metrics.report_offline_session` takes the lines; what has no iteration stands at the lowest that there is."""
    for line in path.read_text().splitlines():
        for event in json.loads(line):
            if event["type"] == "training_stats_scalar":
                yield f"{event['metric']}/{event['variant']}", max(event["iter"], 0), event["value"]


# --- Guild -----------------------------------------------------------------------------------------------------------

_GUILD_SCRIPT = """
from guild.summary import SummaryWriter
lr = 0.1
layers = 2
name = "a b"
writer = SummaryWriter(".")
for step, loss in enumerate(losses()):
    print(f"step: {step}")
    print(f"loss: {loss!r}")
    writer.add_scalar("val_loss", loss / 2, step)
writer.close()
"""
# With the scalars, as Guild's own reader finds them in a run.
_GUILD_SCALARS = """
import json, sys
from guild import tfevent
print(json.dumps([list(scalar)[:3] for _, _, reader in tfevent.scalar_readers(sys.argv[1]) for scalar in reader]))
"""
_GUILD_KEPT = ("exit_status", "flags", "host", "id", "label", "started", "stopped", "tags", "user_flags")


def guild(folder: Path) -> Expected:
    with tempfile.TemporaryDirectory() as work:
        (Path(work) / "train.py").write_text(f"def losses():\n    return {LOSSES}\n{_GUILD_SCRIPT}")
        home = Path(work) / "home"
        home.mkdir()
        program = str(Path(sys.executable).with_name("guild"))
        command = [program, "run", "train.py", "lr=1e-3", "-y", "--tag", "vision", "--label", "a run"]
        subprocess.run(command, cwd=work, check=True, env={**os.environ, "GUILD_HOME": str(home)})
        (run,) = (home / "runs").iterdir()
        said = subprocess.run(
            [sys.executable, "-c", _GUILD_SCALARS, str(run)], check=True, stdout=subprocess.PIPE
        )
        for path in run.rglob("*"):
            is_kept = path.parent.name == "attrs" and path.name in _GUILD_KEPT
            if is_kept or "tfevents" in path.name or path.name == "output":
                kept = folder / path.relative_to(run)
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, kept)
    (folder / ".guild/attrs/host").write_text("node1\n")
    return {
        "labels": collected((tag, step, value) for tag, value, step in json.loads(said.stdout)),
        "source": "Guild",
        "config": {"lr": 1e-3, "layers": 2, "name": "a b"},
        "title": "a run",
        "status": "finished",
        "tags": ["vision"],
    }


# --- Neptune ---------------------------------------------------------------------------------------------------------


def neptune(folder: Path) -> dict[str, Expected]:
    """By the exporter's own writer, in its own schema; its service is gone. NEPTUNE_EXPORTER: a checkout of it."""
    sys.path.insert(0, str(Path(os.environ["NEPTUNE_EXPORTER"]) / "src"))
    import pandas as pd
    import pyarrow as pa
    from neptune_exporter.model import SCHEMA
    from neptune_exporter.storage.parquet_writer import ParquetWriter

    usual = dict.fromkeys(SCHEMA.names) | {"project_id": "team/project"}
    expected = {}
    for run in ("RUN-1", "RUN-2"):
        parts = [[usual | {"run_id": run} | row for row in rows] for rows in _neptune_parts(run)]
        # Each time that something is saved, another part.
        with ParquetWriter(folder, target_part_size_bytes=0).run_writer("team/project", run) as writer:
            for rows in parts:
                writer.save(pa.RecordBatch.from_pylist(rows, schema=SCHEMA))
        paths = sorted(folder.glob(f"*/{run}-*.parquet"))
        table = pd.concat([pd.read_parquet(path) for path in paths])
        expected[paths[0].name.removesuffix("_part_0.parquet")] = {
            "labels": collected(_neptune_points(table[table.attribute_type == "float_series"])),
            "source": "Neptune",
            "config": {
                row.attribute_path: row[f"{row.attribute_type}_value"]
                for _, row in table[table.attribute_path.str.startswith("parameters/")].iterrows()
            },
            "title": f"named {run}",
            "tags": ["vision", "a b", "of a group"],
            "status": "crashed" if run == "RUN-2" else "finished",
        }
    (project,) = folder.iterdir()
    for path in list(project.iterdir()):
        path.rename(folder / path.name)
    project.rmdir()
    return expected


def _neptune_parts(run: str) -> Iterator[list[dict[str, Any]]]:
    """Rows of the parts of a run; a series goes on in the second."""
    time_ms = 1763600000500
    for name, first, by, places in (
        ("metrics/loss", Decimal(0), Decimal(1), range(4)),
        ("metrics/loss", Decimal(0), Decimal(1), range(4, 7)),
        ("metrics/decimal", Decimal("0.5"), Decimal("0.25"), range(7)),
    ):
        values = [*LOSSES, float("nan")]
        rows = [
            {"attribute_type": "float_series", "attribute_path": name, "float_value": values[place]}
            | {"step": first + place * by, "timestamp": time_ms + place}
            for place in places
        ]
        yield [*rows, *(_neptune_facts(run) if name.endswith("decimal") else ())]


def _neptune_facts(run: str) -> Iterator[dict[str, Any]]:
    for type_, name, value in (
        ("float", "parameters/lr", 0.1),
        ("int", "parameters/layers", 3),
        ("string", "parameters/optimizer/name", "adam"),
        ("bool", "parameters/deep", True),
        ("string", "sys/name", f"named {run}"),
        ("string", "sys/hostname", "node7"),
        ("string_set", "sys/tags", ["vision", "a b"]),
        ("string_set", "sys/group_tags", ["of a group", "vision"]),
        ("datetime", "sys/creation_time", 1763600000123),
        ("datetime", "sys/ping_time", 1763600900456),
        ("bool", "sys/failed", run == "RUN-2"),
        ("string", "monitoring/hash/stdout_name", "x"),
    ):
        yield {"attribute_type": type_, "attribute_path": name, f"{type_}_value": value}


def _neptune_points(series: Any) -> Iterator[tuple[str, int, Any]]:
    for name, rows in series.groupby("attribute_path"):
        is_decimal = any(step % 1 for step in rows.step)
        for place, (step, value) in enumerate(zip(rows.step, rows.float_value, strict=True)):
            yield name, place if is_decimal else int(step), value
            if is_decimal:
                yield f"{name}.step", place, step


# --- trackio ---------------------------------------------------------------------------------------------------------

_TRACKIO = """
import os, sys
os.environ["TRACKIO_DIR"] = sys.argv[1]
os.environ["TRACKIO_STORAGE_MODE"] = sys.argv[2]
import trackio
for number, name in enumerate(("run-one", "run-two")):
    trackio.init(project="a project", name=name, config={"lr": 0.1 + number, "net": {"width": 8}}, embed=False,
                 auto_log_gpu=False, auto_log_cpu=False)
    for step, loss in enumerate(LOSSES):
        metrics = {"loss": loss, "deep": {"loss": loss / 2}, "train/count": step + number, "note": "x"}
        trackio.log(metrics, step=10 * step)
    trackio.log({"loss": float("nan"), "high": float("inf")})
    trackio.finish()
"""


def trackio(folder: Path) -> dict[str, Expected]:
    """A SQLite file of two runs."""
    with tempfile.TemporaryDirectory() as work:
        program = f"LOSSES = {LOSSES}\n{_TRACKIO}"
        subprocess.run([sys.executable, "-c", program, work, "sqlite"], check=True)
        (database,) = Path(work).glob("*.db")
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("VACUUM")
        shutil.copy(database, folder)
        with closing(sqlite3.connect(database)) as connection:
            rows = list(connection.execute("SELECT run_name, step, metrics FROM metrics ORDER BY id"))
    return {
        f"{database.name}/{run}": {
            "labels": collected(
                _trackio_values((step, json.loads(text)) for name, step, text in rows if name == run)
            ),
            "source": "trackio",
            "config": {"lr": 0.1 + number, "net": {"width": 8}},
            "title": run,
        }
        for number, run in enumerate(("run-one", "run-two"))
    }


def _trackio_values(records: Iterable[tuple[int, dict[str, Any]]]) -> Iterator[tuple[str, int, Any]]:
    for step, metrics in records:
        for name, value in (
            *metrics.items(),
            *(("deep.loss", each) for each in metrics.get("deep", {}).values()),
        ):
            if name not in ("deep", "note"):
                yield name, step, value


def trackio_inbox(folder: Path) -> Expected:
    """Fragments, as on a disk in a network: what two runs logged, not yet in any database."""
    with tempfile.TemporaryDirectory() as work:
        program = f"LOSSES = {LOSSES}\n{_TRACKIO}"
        subprocess.run([sys.executable, "-c", program, work, "jsonl"], check=True)
        for number, path in enumerate(sorted((Path(work) / "inbox").rglob("*.jsonl"))):
            kept = folder / f"writer{number}" / path.name
            kept.parent.mkdir()
            shutil.copyfile(path, kept)
    labels: Labels = {}
    for path in sorted(folder.rglob("*.jsonl")):
        for record in (json.loads(line) for line in path.read_text().splitlines()):
            if record["kind"] == "metric":
                for name, step, value in _trackio_values([(record["step"], record["metrics"])]):
                    label = f"{record['project']}/{record['run']}/{name}"
                    labels.setdefault(label, []).append((step, float(value).hex()))
    return {"labels": labels}


# --- Ploteries -------------------------------------------------------------------------------------------------------


def ploteries(folder: Path) -> Expected:
    import numpy as np
    from ploteries.ndarray_data_handlers import UniformNDArrayDataHandler
    from ploteries.writer import Writer

    writer = Writer(str(folder))
    names = [{"name": "train"}, {"name": "val"}]
    for step, loss in enumerate(LOSSES):
        writer.add_scalar("tab/loss", loss, 10 * step)
        writer.add_scalars("both", np.array([loss, loss / 2]), step, names)
        writer.add_scalar("count", np.array(2**60 + step), step, smoothing=False)
        writer.add_scalar("small", np.float32(loss) if loss < 1e30 else np.float32("nan"), step)
        writer.add_histograms("weights", [np.arange(10.0)], step)
    writer.flush()
    labels: Labels = {}
    for label, data, place in (
        ("tab/loss", "tab/loss", 0),
        ("both/train", "both", 0),
        ("both/val", "both", 1),
        ("count", "count", 0),
        ("small", "small", 0),
    ):
        handler = UniformNDArrayDataHandler.from_name(writer.data_store, f"__add_scalars__.{data}")
        loaded = handler.load_data()
        steps, values = loaded["meta"]["index"].tolist(), loaded["data"][:, place].tolist()
        labels[label] = [(step, float(value).hex()) for step, value in zip(steps, values, strict=True)]
    return {"labels": labels}


# --- Streamvis -------------------------------------------------------------------------------------------------------

# The program as it was published in August 2023 (hrbigelow/streamvis); TensorFlow's GFile is what opens its file.
_STREAMVIS_COMMIT = "3775b69"
_STREAMVIS = """
import builtins, json, sys, types
gfile = types.ModuleType("tensorflow.io.gfile")
gfile.GFile = builtins.open
sys.modules.update({"tensorflow": types.ModuleType("tensorflow"), "tensorflow.io": types.ModuleType("tensorflow.io")})
sys.modules["tensorflow.io.gfile"] = gfile
import numpy as np
from streamvis import data_pb2, util
from streamvis.logger import DataLogger

logger = DataLogger("run24")
logger.init(sys.argv[1], buffer_max_elem=6)
for step, loss in enumerate(LOSSES):
    logger.write("loss", x=np.array(step, np.int32), y=np.array(loss, np.float32))
    logger.write("layers", x=np.array(step, np.float32), y=np.array([[loss], [loss / 2]], np.float32))
logger.write("cloud", x=np.array([0.5, -1.5]), y=np.array([1.0, 2.0]), z=np.array([3.0, 4.0]))
logger.flush_buffer()
logger.shutdown()
items = util.unpack(open(sys.argv[1], "rb").read())
groups, points = util.separate_messages(items)
print(json.dumps([
    [group.scope, group.name, group.index,
     {name: array.astype(np.float64).tolist() for name, array in util.points_to_cds(points, group).items()}]
    for group in groups
]))
"""


def streamvis(folder: Path) -> Expected:
    """STREAMVIS: a checkout of the program."""
    with tempfile.TemporaryDirectory() as checkout:
        clone = ["git", "clone", "-q", os.environ["STREAMVIS"], checkout]
        subprocess.run(clone, check=True)
        subprocess.run(["git", "-C", checkout, "checkout", "-q", _STREAMVIS_COMMIT], check=True)
        program = f"LOSSES = {LOSSES}\n{_STREAMVIS}"
        said = subprocess.run(
            [sys.executable, "-c", program, str((folder / "run.log").absolute())],
            cwd=checkout,
            check=True,
            stdout=subprocess.PIPE,
        )
    return {"labels": collected(_streamvis_points(json.loads(said.stdout)))}


def _streamvis_points(groups: Any) -> Iterator[tuple[str, int, Any]]:
    for scope, name, index, arrays in groups:
        label = f"{scope}/{name}/{index}" if index else f"{scope}/{name}"
        is_decimal = any(x % 1 or x < 0 for x in arrays["x"])
        others = [field for field in arrays if field != "x"]
        for place, x in enumerate(arrays["x"]):
            for field in others:
                own = label if len(others) == 1 else f"{label}/{field}"
                yield own, place if is_decimal else int(x), arrays[field][place]
            if is_decimal:
                yield f"{label}.x", place, x


_MAKERS: tuple[Callable[[Path], dict[str, Any]], ...] = (
    clearml,
    guild,
    streamvis,
    neptune,
    trackio,
    trackio_inbox,
    ploteries,
)
RUNS = {make.__name__: make for make in _MAKERS}

if __name__ == "__main__":
    main()
