"""Is what wandb wrote offline in ours, too? `python -m tools.frameworks.compare_wandb ORIGINAL OURS` says it.

In an environment with wandb, whose own messages are in its files. Prints JSON: how many values were found, by kind, and
those that were not.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from lavdlike.kinds import scalars
from lavdlike.sources.wandb_files.wandb_records import HEADER, RecordReader


class Original(NamedTuple):
    """A run of wandb. `rows`: {key: value} at each step; `files`: where its media lie."""

    name: str
    config: dict[str, Any]
    summary: dict[str, Any]
    rows: list[tuple[int, dict[str, Any]]]
    files: Path


class Ours:
    """The experiments below a folder."""

    def __init__(self, folder: Path) -> None:
        self.points: set[tuple[str, int, float]] = set()
        self.configs: list[dict[str, Any]] = []
        self.folder = folder
        for file in folder.rglob("scalars*.tsv"):
            for line in file.read_bytes().splitlines()[1:]:
                point = scalars.parse_line(line)
                assert isinstance(point, scalars.ScalarPoint), line
                self.points.add((point.label, point.step, _comparable(point.value)))
        for file in folder.rglob("experiment.json"):
            self.configs.append(json.loads(file.read_text()).get("config", {}))

    def files(self, label: str, step: int, suffix: str) -> Iterator[Path]:
        for file in self.folder.rglob(f"{label.rpartition('/')[2]}{suffix}"):
            if any(part.isdigit() and int(part) == step for part in file.parts):
                yield file


def runs_in(folder: Path) -> Iterator[Original]:
    from wandb.proto import wandb_internal_pb2

    for file in sorted(folder.rglob("run-*.wandb")):
        found = Original("", {}, {}, [], file.parent / "files")
        content = file.read_bytes()[len(HEADER) :]
        records, done = RecordReader().split(content, len(HEADER))
        assert done == len(content), f"{file}: only {done} of {len(content)} bytes are records"
        for data in records:
            record = wandb_internal_pb2.Record.FromString(data)
            if record.HasField("run"):
                found = found._replace(name=record.run.display_name)
                _take(found.config, record.run.config.update)
            _take(found.config, record.config.update)
            _take(found.summary, record.summary.update)
            if record.HasField("history"):
                row: dict[str, Any] = {}
                _take(row, record.history.item)
                found.rows.append((record.history.step.num or int(row.get("_step", 0)), row))
        yield found


def _take(into: dict[str, Any], items: Any) -> None:
    for item in items:
        *outer, last = list(item.nested_key) or [item.key]
        place = into
        for name in outer:
            place = place.setdefault(name, {})
        place[last] = json.loads(item.value_json)


def _comparable(value: Any) -> float:
    """NaN as something that equals itself."""
    return -12345.0 if math.isnan(value) else float(value)


def _flat(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """What is in dicts, as `a.b`; what has a type is one value."""
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and "_type" not in value:
            yield from _flat(value, f"{name}.")
        else:
            yield name, value


def _has(label: str, step: int, value: Any, run: Original, ours: Ours) -> tuple[str, bool]:
    """Of which kind a value is, and whether ours have it."""
    number = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}.get(str(value), value)
    if isinstance(number, (bool, int, float)):
        return "number", (label, step, _comparable(number)) in ours.points
    if isinstance(value, str):
        return "text", any(file.read_text().rstrip("\n") == value for file in ours.files(label, step, ".txt"))
    if not isinstance(value, dict):
        return type(value).__name__, False
    kind = str(value["_type"])
    if kind == "image-file":
        pixels = np.asarray(Image.open(run.files / value["path"]))
        kept = [np.asarray(Image.open(file)) for file in ours.files(label, step, ".png")]
        return kind, any(np.array_equal(pixels, each) for each in kept)
    if kind == "table-file":
        table = json.loads((run.files / value["path"]).read_text())
        rows = [list(map(str, row)) for row in [table["columns"], *table["data"]]]
        return kind, any(
            list(csv.reader(file.read_text().splitlines())) == rows
            for file in ours.files(label, step, ".csv")
        )
    if kind == "histogram":
        contents = [json.loads(file.read_text())["histograms"] for file in ours.files(label, step, ".json")]
        return kind, any(
            content["counts"] == value["values"] and np.allclose(content["edges"], value["bins"])
            for content in contents
        )
    return kind, False


def main() -> None:
    original, ours = Path(sys.argv[1]), Ours(Path(sys.argv[2]))
    found: Counter[str] = Counter()
    missing: list[str] = []
    for run in runs_in(original):
        for step, row in run.rows:
            for label, value in _flat({key: value for key, value in row.items() if not key.startswith("_")}):
                if value is None:
                    continue
                kind, is_there = _has(label, step, value, run, ours)
                if is_there:
                    found[kind] += 1
                else:
                    missing.append(f"{kind}: {run.name} {label} at {step}: {value!r}")
        settings = {key: value for key, value in run.config.items() if key != "_wandb"}
        if any(all(config.get(key) == value for key, value in settings.items()) for config in ours.configs):
            found["setting"] += len(settings)
        else:
            missing.append(f"settings of {run.name}: {settings}")
        if "best" in run.summary:
            best = run.summary["best"]
            if any((label, value) == ("summary/best", best) for label, _, value in ours.points):
                found["result"] += 1
            else:
                missing.append(f"summary of {run.name}: best is {best}")
    print(json.dumps({"found": found, "missing": missing}))


if __name__ == "__main__":
    main()
