"""Row 23: a million rollouts: their index beside plain `json.loads`, sorted pages from it, and memory."""

from __future__ import annotations

import json
import random
import sys
import tempfile
from pathlib import Path

from benchmarks import measure
from benchmarks.measure import Figures, Result

LINES, QUICK_LINES = 1_000_000, 200_000
WORDS = [f"word{number}" for number in range(500)]
INDEX_WITHIN, PAGE_WITHIN_S, MIB_A_MILLION = 3.0, 1.0, 250.0
_MEASURED = """
import json, os, resource, sys, time
from pathlib import Path
os.environ["XDG_CACHE_HOME"] = sys.argv[2]
from lavdlike.disk.local import LocalRoot
from lavdlike.reading.rollout_pages.made_lines import RolloutFile
from lavdlike.reading.rollout_pages.rollout_library import RolloutLibrary
from lavdlike.rollout_messages import RolloutsRequest

root = Path(sys.argv[1])
begin = time.process_time()
with (root / "run" / "a.rollouts.jsonl").open("rb") as file:
    for line in file:
        json.loads(line)
plain_s = time.process_time() - begin
files = [RolloutFile("run/a.rollouts.jsonl", "a.rollouts.jsonl", None)]

def until_whole(library, **asked):
    while True:
        page = library.page(files, RolloutsRequest("run", "a", True, **asked))
        if (page.read_bytes, page.searched) == (page.size_bytes, page.total):
            return page

library = RolloutLibrary(LocalRoot(root))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begin = time.process_time()
page = until_whole(library)
index_s = time.process_time() - begin
mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
begin = time.process_time()
until_whole(library, sort="reward")
sorted_s = time.process_time() - begin
begin = time.process_time()
until_whole(library, sort="reward", first=page.total // 2)
further_s = time.process_time() - begin
begin = time.process_time()
until_whole(library, text="word499 word1 ")
search_s = time.process_time() - begin
begin = time.process_time()
until_whole(RolloutLibrary(LocalRoot(root)))
kept_s = time.process_time() - begin
print(json.dumps({"plain_s": plain_s, "index_s": index_s, "mib": mib, "sorted_s": sorted_s, "further_s": further_s,
                  "search_s": search_s, "kept_s": kept_s, "total": page.total}))
"""


def lists(rounds: int) -> Result:
    """All in CPU time of one process: ratios hold where other programs run, too."""
    count = QUICK_LINES if rounds == 1 else LINES
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size_mb = _write(folder / "log" / "run", count)
        taken = [_measured(folder, step) for step in range(rounds)]
    middle = measure.medians({"lavdlike": taken})["lavdlike"]
    times = middle["index_s"] / middle["plain_s"]
    most_mib = MIB_A_MILLION * max(1.0, count / 1_000_000)
    return Result(
        "23",
        f"{count:,} rollouts in a file of {size_mb:.0f} MB",
        [
            *("json.loads, s", "index, s", "MiB", "sorted page, s", "a further one, s", "text search, s"),
            "index that was kept, s",
        ],
        [
            [
                f"{middle['plain_s']:.1f}",
                f"{middle['index_s']:.1f}",
                f"{middle['mib']:.0f}",
                *(f"{middle[key]:.2f}" for key in ("sorted_s", "further_s", "search_s", "kept_s")),
            ]
        ],
        [
            (f"index <= {INDEX_WITHIN:g} x json.loads", f"{times:.2f} x", times <= INDEX_WITHIN),
            (
                f"sorted page <= {PAGE_WITHIN_S:g} s",
                f"{middle['sorted_s']:.2f} s",
                middle["sorted_s"] <= PAGE_WITHIN_S,
            ),
            (f"memory <= {most_mib:.0f} MiB", f"{middle['mib']:.0f} MiB", middle["mib"] <= most_mib),
        ],
        {"lavdlike": middle},
    )


def _measured(folder: Path, step: int) -> Figures:
    return measure.figures_of(
        [sys.executable, "-c", _MEASURED, str(folder / "log"), str(folder / f"cache-{step}")]
    )


def _write(folder: Path, count: int) -> float:
    """The size in MB."""
    folder.mkdir(parents=True)
    chance = random.Random(1)
    with (folder / "a.rollouts.jsonl").open("w") as file:
        for number in range(count):
            said = " ".join(chance.choices(WORDS, k=80))
            record = {
                "step": number // 64,
                "messages": [
                    {"role": "system", "content": "You are helpful."},
                    {"role": "user", "content": " ".join(chance.choices(WORDS, k=30))},
                    {"role": "assistant", "content": said},
                ],
                "reward": chance.random(),
                "metrics": {"length": len(said), "format": chance.random() > 0.1, "kl": chance.gauss(0, 0.1)},
                "group": f"prompt {number // 8 % 1000}",
            }
            file.write(f"{json.dumps(record)}\n")
        return file.tell() / 1e6
