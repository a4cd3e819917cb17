"""Row 15: two million scalars in an event file, beside TensorBoard's own reader."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import measure, peers
from benchmarks.measure import Figures, Result

LABELS = 10
STEPS = 20_000
# Writing takes the writer longer than both readers: what it wrote stands so often in the file, one after the other.
TIMES = 10
_OURS = """
import json, resource, sys, time
from pathlib import Path
start = time.perf_counter()
from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName
from lavdlike.reading.snapshot import Snapshot
snapshot = Snapshot(LocalRoot(Path(sys.argv[1])), ExperimentName("run-000"))
snapshot.has_new_points()
labels = [entry.label for entry in snapshot.scalar_labels()]
points = sum(len(series.columns.values) for label in labels for series in snapshot.series_of(label))
"""
_TENSORBOARD = """
import json, resource, sys, time
from pathlib import Path
start = time.perf_counter()
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
run = EventAccumulator(sys.argv[1] + "/run-000", size_guidance={"scalars": 0}).Reload()
points = sum(len(run.Scalars(tag)) for tag in run.Tags()["scalars"])
"""
_SAID = """
mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"s": time.perf_counter() - start, "mib": mib, "points": points}))
"""


def scalars(rounds: int) -> Result:
    """All curves of a run, from nothing, and the most memory that took."""
    python = peers.python_of("tensorboard")
    if python is None:
        raise RuntimeError("TensorBoard writes the file: python -m benchmarks.peers installs it")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "log")
        work = json.dumps([str(folder), 1, LABELS, STEPS])
        subprocess.run(
            [python, "-m", "benchmarks.writers.event_files", work], check=True, cwd=measure.REPOSITORY
        )
        (path,) = folder.rglob("*tfevents*")
        path.write_bytes(path.read_bytes() * TIMES)
        contestants = {
            "lavdlike": _reader(sys.executable, _OURS, folder),
            "tensorboard": _reader(str(python), _TENSORBOARD, folder),
        }
        # TensorBoard's takes minutes, and a ratio that is far from its bar needs no five.
        taken = measure.in_turn(contestants, min(rounds, 2))
    middle = measure.medians(taken)
    count = LABELS * STEPS * TIMES
    assert all(figures["points"] == count for figures in middle.values()), middle
    time, memory = (measure.ratio(taken, "lavdlike", "tensorboard", key) for key in ("s", "mib"))
    return Result(
        "15",
        f"{count:,} scalars of an event file, all curves from nothing",
        ["", "s", "peak MiB"],
        [[name, f"{figures['s']:.1f}", f"{figures['mib']:.0f}"] for name, figures in middle.items()],
        [
            ("<= 1.0 x the time of EventAccumulator", f"{time:.3f} x", time <= 1.0),
            ("<= 0.5 x its memory", f"{memory:.2f} x", memory <= 0.5),
        ],
        middle,
    )


def _reader(python: str, code: str, folder: Path) -> Callable[[], Figures]:
    return lambda: measure.figures_of([python, "-c", code + _SAID, str(folder)], timeout_s=3600)
