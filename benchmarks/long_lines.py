"""Row 18: JSON lines of 500 MB: how soon there are points, how fast the rest is read, and in how much memory."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import Figures, Result

SIZE_MB = 500
QUICK_SIZE_MB = 60
LABELS = 10
# Of one point in memory: step, time and value.
POINT_BYTES = 24
FIRST_WITHIN_S, LEAST_MB_PER_S = 3.0, 30.0
_READ = """
import json, resource, sys, time
from pathlib import Path
start = time.perf_counter()
from lavdlike.disk.local import LocalRoot
from lavdlike.layout import ExperimentName
from lavdlike.reading.snapshot import Snapshot
from lavdlike.sources.json_files.json_lines import JsonLinesFile

first_s = []
read_new = JsonLinesFile.read_new
def timed(file, descriptor):
    for block in read_new(file, descriptor):
        first_s or first_s.append(time.perf_counter() - start)
        yield block
JsonLinesFile.read_new = timed

snapshot = Snapshot(LocalRoot(Path(sys.argv[1])), ExperimentName("run"))
snapshot.has_new_points()
read_s = time.perf_counter() - start
mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
points = sum(entry.count for entry in snapshot.scalar_labels())
appended_s = grown_mib = 0.0
for _ in range(2):  # the first one makes room for many
    with Path(sys.argv[1], "run", "metrics.jsonl").open("a") as file:
        file.write(sys.argv[2])
    start = time.perf_counter()
    before_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert snapshot.has_new_points()
    appended_s = time.perf_counter() - start
    grown_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before_mib
print(json.dumps({"first_s": first_s[0], "read_s": read_s, "mib": mib, "points": points,
                  "appended_s": appended_s, "grown_mib": grown_mib}))
"""


def lines(rounds: int) -> Result:
    """From nothing, one record more, and what that took."""
    size_mb = QUICK_SIZE_MB if rounds == 1 else SIZE_MB
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder / "run", size_mb)
        taken = [_figures(folder, step) for step in range(rounds)]
    middle = measure.medians({"lavdlike": taken})["lavdlike"]
    rate = size_mb / (middle["read_s"] - middle["first_s"])
    points_mib = middle["points"] * POINT_BYTES / 2**20
    return Result(
        "18",
        f"JSON lines of {size_mb} MB, {middle['points']:,.0f} points",
        ["first points, s", "all, s", "then MB/s", "peak MiB", "points alone, MiB", "one record more, ms"],
        [
            [
                f"{middle['first_s']:.2f}",
                f"{middle['read_s']:.1f}",
                f"{rate:.0f}",
                f"{middle['mib']:.0f}",
                f"{points_mib:.0f}",
                f"{1000 * middle['appended_s']:.1f}",
            ]
        ],
        [
            (
                f"first points within {FIRST_WITHIN_S:.0f} s",
                f"{middle['first_s']:.2f} s",
                middle["first_s"] <= FIRST_WITHIN_S,
            ),
            (f"then at least {LEAST_MB_PER_S:.0f} MB/s", f"{rate:.0f} MB/s", rate >= LEAST_MB_PER_S),
            (
                "memory flat after it: one record more takes none",
                f"{middle['grown_mib']:.0f} MiB",
                middle["grown_mib"] < 1,
            ),
        ],
        {"lavdlike": middle},
    )


def _figures(folder: Path, step: int) -> Figures:
    return measure.figures_of([sys.executable, "-c", _READ, str(folder), _record(10**9 + step)])


def _write(run: Path, size_mb: int) -> None:
    run.mkdir()
    left, step = size_mb * 10**6, 0
    with (run / "metrics.jsonl").open("w") as file:
        while left > 0:
            text = "".join([_record(step + each) for each in range(1000)])
            file.write(text)
            left, step = left - len(text), step + 1000


def _record(step: int) -> str:
    values = {f"train/value_{label}": (step % 1000 + label) / 7 for label in range(LABELS)}
    return json.dumps({"step": step, "timestamp": 1.7e9 + step, **values}) + "\n"
