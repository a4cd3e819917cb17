"""What wandb and trackio themselves are and do, as JSON: `python -m tests.corpus.make_wandb_calls > wandb_calls.json`.

To be run in an environment with both packages; `tests/corpus/wandb_calls.json` is what it said of wandb 0.31.0 and
trackio 0.43.0.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import struct
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

BLOCK_BYTES = 32768
# Rows as arguments of `log`, in this order.
ROWS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"loss": 1.0}, {}),
    ({"loss": 0.9}, {"commit": False}),
    ({"acc": 0.1}, {"commit": False}),
    ({"lr": 0.01}, {}),
    ({"loss": 0.8}, {"step": 5}),
    ({"acc": 0.2}, {"step": 5}),
    ({"acc": 0.3}, {"step": 7, "commit": True}),
    ({"loss": 0.7}, {}),
    ({"nested": {"a": 1, "b": {"c": 2.5}}}, {}),
    ({"flag": True, "whole": 3}, {}),
    ({"end": 1}, {"step": 20}),
    ({"end": 2}, {}),
]
NAMES = {
    "wandb": [
        *("init", "log", "finish", "alert", "save", "watch", "unwatch", "define_metric", "Image", "Table"),
        *(
            "Histogram",
            "Audio",
            "Video",
            "Html",
            "Plotly",
            "Object3D",
            "Molecule",
            "Artifact",
            "log_artifact",
        ),
        *("log_model", "use_artifact", "login", "setup", "teardown", "termlog", "restore", "plot_table"),
        *("plot.line", "plot.scatter", "plot.bar", "plot.histogram", "plot.line_series", "plot.pr_curve"),
        *("plot.roc_curve", "plot.confusion_matrix", "Run.log", "Run.finish", "Run.alert", "Run.save"),
        *("Run.watch", "Run.define_metric", "Run.log_artifact", "Run.log_code", "Run.log_model"),
        *("Table.add_data", "Table.add_column", "Table.get_column", "Config.update", "Artifact.add_file"),
        *("Artifact.add_dir", "Artifact.add_reference", "Artifact.new_file", "JoinedTable", "Classes"),
    ],
    "trackio": [
        *("init", "log", "finish", "alert", "save", "Image", "Table", "Histogram", "Audio", "Video"),
        *("Markdown", "log_system", "show", "delete_project", "sync", "import_csv", "log_artifact"),
    ],
}


def signature_of(module: Any, name: str) -> list[list[str]]:
    """Name and kind of each parameter, without `self`."""
    found = module
    for part in name.split("."):
        found = getattr(found, part)
    parameters = inspect.signature(found).parameters.values()
    return [[each.name, each.kind.name] for each in parameters if each.name != "self"]


def rows_written(folder: str) -> list[list[Any]]:
    """Step, key and value of each number that wandb writes of these rows."""
    import wandb
    from wandb.proto import wandb_internal_pb2

    run = wandb.init(project="p", dir=folder, mode="offline")
    for row, options in ROWS:
        run.log(row, **options)
    run.finish()
    (log,) = Path(folder).glob("wandb/offline-run-*/*.wandb")
    found = []
    for data in _records(log.read_bytes()):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(data)
        items = record.history.item
        values = {item.key or ".".join(item.nested_key): json.loads(item.value_json) for item in items}
        step = values.pop("_step", record.history.step.num)
        numbers = [(key, value) for key, value in _flat(values) if not key.startswith("_")]
        found += [[step, key, float(value)] for key, value in numbers]
    return found


def _records(log: bytes) -> Iterator[bytes]:
    """The records of a log of LevelDB, behind wandb's seven bytes."""
    at, parts = 7, b""
    while at + 7 <= len(log):
        if BLOCK_BYTES - at % BLOCK_BYTES < 7:
            at += BLOCK_BYTES - at % BLOCK_BYTES
        size, kind = struct.unpack_from("<HB", log, at + 4)
        parts += log[at + 7 : at + 7 + size]
        at += 7 + size
        if kind in (1, 4):  # a whole one, or the last part of one
            yield parts
            parts = b""


def _flat(values: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    every = []
    for key, value in values.items():
        every += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", value)]
    return every


def main() -> None:
    os.environ["WANDB_SILENT"] = "true"
    signatures = {
        package: {name: signature_of(importlib.import_module(package), name) for name in names}
        for package, names in NAMES.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        rows = rows_written(folder)
    versions = {package: version(package) for package in NAMES}
    json.dump({"versions": versions, "signatures": signatures, "rows": rows}, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
