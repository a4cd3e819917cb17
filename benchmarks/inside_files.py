"""Row 21: ten thousand pictures in an event file, beside the same ones in a folder."""

from __future__ import annotations

import io
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from benchmarks import measure, servers
from benchmarks.measure import Figures, Result
from tests.sources.events.event_bytes import VERSION, event
from tests.sources.events.test_event_members import image

STEPS, LABELS = 1000, 10
_TILES = 20


def pictures(rounds: int) -> Result:
    """From the server's first answer: what there is, and the first tiles in their size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for of in ("events", "folder"):
            (folder / of / "run").mkdir(parents=True)
        events = folder / "events" / "run" / "events.out.tfevents.1"
        with events.open("wb") as file:
            file.write(VERSION)
            for step, label, content in _drawn():
                file.write(event(image(label, content), step=step, wall_time=1.7e9 + step))
                path = folder / "folder" / "run" / f"{step:04}" / f"{label}.png"
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(content)
        taken = measure.in_turn(
            {of: lambda of=of: _asked(folder / of) for of in ("events", "folder")},  # type: ignore[misc]
            rounds,
        )
    middle = measure.medians(taken)
    time_, cpu = (measure.ratio(taken, "events", "folder", key) for key in ("first_tile_s", "cpu_s"))
    more_mib = middle["events"]["mib"] - middle["folder"]["mib"]
    return Result(
        "21",
        f"{STEPS * LABELS:,} pictures of an event file, and of a folder",
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


def _asked(root: Path) -> Figures:
    with servers.lavdlike(root) as server:
        server.get("/api/root")
        begun, cpu_s = time.perf_counter(), server.cpu_s()
        labels = server.json("/api/experiments/run")["labels"]
        labels_s = time.perf_counter() - begun
        assert sum(count for label in labels for _, count, _ in label["steps"]) == STEPS * LABELS
        first_tile_s = 0.0
        for number in range(_TILES):
            step, label = STEPS - 1 - number // LABELS, f"pred{number % LABELS}"
            server.get(f"/api/pictures/run/{step}/{label}?size=64")
            first_tile_s = first_tile_s or time.perf_counter() - begun
        tiles_s = time.perf_counter() - begun
        figures = {"labels_s": labels_s, "first_tile_s": first_tile_s, "tiles_s": tiles_s}
        return {**figures, "cpu_s": server.cpu_s() - cpu_s, "mib": server.memory_mib()}
