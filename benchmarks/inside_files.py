"""Rows 21 and 21b: ten thousand pictures in an event file, and in a run of wandb, beside the same ones in a folder."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks import measure, servers
from benchmarks.measure import Figures, Result
from lavdlike.sources.wandb_files import wandb_history
from lavdlike.sources.wandb_files.wandb_records import HEADER, RecordReader
from tests.sources.events.event_bytes import VERSION, event
from tests.sources.events.test_event_members import image
from tests.sources.wandb_files.records import history, log

STEPS, LABELS = 1000, 10
_TILES = 20
_LIMIT_S = 120
_LOG = "run-abc.wandb"


def pictures(rounds: int) -> Result:
    return _beside_folder("21", "an event file", "events", _event_file, rounds)


def wandb_pictures(rounds: int) -> Result:
    """The pictures are files beside the log, which says where each belongs; and those files alone."""
    with tempfile.TemporaryDirectory() as name:
        run, alone = Path(name) / "run", Path(name) / "alone" / "run"
        _wandb_run(run)
        records_s = min(_records_s(run) for _ in range(3))
        alone.mkdir(parents=True)
        (run / "files").rename(alone / "files")
        files = measure.medians(measure.in_turn({"files": lambda: _asked(alone.parent, tiles=0)}, rounds))[
            "files"
        ]
    result = _beside_folder("21b", "a run of wandb", "wandb", _wandb_run, rounds)
    result.notes.append(
        f"Of this the run's pictures take {files['cpu_s']:.2f} s of CPU time as files alone, without the log, and"
        f" {records_s:.2f} s to split the log into the items of its records."
    )
    result.figures = {**result.figures, "files": files}
    return result


def _records_s(run: Path) -> float:
    """CPU seconds."""
    data = (run / _LOG).read_bytes()[len(HEADER) :]
    begun = time.process_time()
    for record in RecordReader().split(data, len(HEADER))[0]:
        content = wandb_history.content_of(record)
        wandb_history.items_of(record, content.begin, content.end)
    return time.process_time() - begun


def _beside_folder(row: str, whose: str, other: str, write: Callable[[Path], None], rounds: int) -> Result:
    """From a server that has started: what there is, and the first tiles in their size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for of in (other, "folder"):
            (folder / of / "run").mkdir(parents=True)
        write(folder / other / "run")
        for step, label, content in _drawn():
            path = folder / "folder" / "run" / f"{step:04}" / f"{label}.png"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        taken = measure.in_turn(
            {of: lambda of=of: _asked(folder / of) for of in (other, "folder")},  # type: ignore[misc]
            rounds,
        )
    middle = measure.medians(taken)
    time_, cpu = (measure.ratio(taken, other, "folder", key) for key in ("first_tile_s", "cpu_s"))
    more_mib = middle[other]["mib"] - middle["folder"]["mib"]
    return Result(
        row,
        f"{STEPS * LABELS:,} pictures of {whose}, and of a folder",
        ["", "s to all labels", "s to the first tile", f"s to {_TILES} tiles", "CPU s", "MiB"],
        [
            [
                of,
                *(f"{figures[key]:.2f}" for key in ("labels_s", "first_tile_s", "tiles_s", "cpu_s")),
                f"{figures['mib']:.0f}",
            ]
            for of, figures in middle.items()
        ],
        [
            ("first tile <= 1.5 x as from a folder", f"{time_:.2f} x", time_ <= 1.5),
            ("CPU time of the server <= 1.5 x", f"{cpu:.2f} x", cpu <= 1.5),
            ("memory at most 20 MiB above", f"{more_mib:+.1f} MiB", more_mib <= 20),
        ],
        middle,
    )


def _event_file(run: Path) -> None:
    with (run / "events.out.tfevents.1").open("wb") as file:
        file.write(VERSION)
        for step, label, content in _drawn():
            file.write(event(image(label, content), step=step, wall_time=1.7e9 + step))


def _wandb_run(run: Path) -> None:
    (run / "files" / "media" / "images").mkdir(parents=True)
    records, order = [], random.Random(5)
    for step, of_step in itertools.groupby(_drawn(), key=lambda drawn: drawn[0]):
        values: dict[str, dict[str, str]] = {}
        for _, label, content in of_step:
            path = f"media/images/{label}_{step}_{hashlib.sha256(content).hexdigest()[:20]}.png"
            (run / "files" / path).write_bytes(content)
            said: dict[str, Any] = {"_type": "image-file", "path": path, "sha256": "0" * 64}
            said |= {"size": len(content), "format": "png", "width": 96, "height": 96}
            # In any order, as wandb's own process writes them.
            values[label] = {key: json.dumps(said[key]) for key in order.sample(sorted(said), len(said))}
        records.append(history(step, values))
    (run / _LOG).write_bytes(log(*records))


def _drawn() -> Iterator[tuple[int, str, bytes]]:
    """Step, label and PNG of each; of some 20 KB, fifty different ones."""
    noise = random.Random(1)
    contents = []
    for _ in range(50):
        small = Image.frombytes("RGB", (32, 32), noise.randbytes(32 * 32 * 3))
        file = io.BytesIO()
        small.resize((96, 96), Image.Resampling.BICUBIC).save(file, "PNG")
        contents.append(file.getvalue())
    for number in range(STEPS * LABELS):
        yield number // LABELS, f"pred{number % LABELS}", contents[number % len(contents)]


def _count(labels: list[dict[str, Any]]) -> int:
    pictures = [label for label in labels if label["kind"] == "images"]
    in_steps: int = sum(count for label in pictures for _, count, _ in label["steps"])
    return in_steps + sum(1 for label in pictures if label["has_global"])


def _asked(root: Path, tiles: int = _TILES) -> Figures:
    with servers.lavdlike(root) as server:
        server.get("/api/root")
        server.rest()
        begun, cpu_s = time.perf_counter(), server.cpu_s()
        while _count(server.json("/api/experiments/run")["labels"]) < STEPS * LABELS:
            assert time.perf_counter() - begun < _LIMIT_S
        labels_s = time.perf_counter() - begun
        first_tile_s = 0.0
        for number in range(tiles):
            step, label = STEPS - 1 - number // LABELS, f"pred{number % LABELS}"
            server.get(f"/api/pictures/run/{step}/{label}?size=64")
            first_tile_s = first_tile_s or time.perf_counter() - begun
        tiles_s = time.perf_counter() - begun
        figures = {"labels_s": labels_s, "first_tile_s": first_tile_s, "tiles_s": tiles_s}
        return {**figures, "cpu_s": server.cpu_s() - cpu_s, "mib": server.memory_mib()}
