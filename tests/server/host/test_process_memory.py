from __future__ import annotations

import subprocess
import sys

from tests.limits import LIMIT_S
from tests.scripts import ROOT

# Small blocks of which every 100th stays: what is free between them is in no large block.
_PROGRAM = """
from pathlib import Path
from lavdlike.server.host import process_memory

def rss_mib():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

process_memory.TRIM_S = 0.05
process_memory.give_back_freed_memory()
before = rss_mib()
blocks = [bytes(10_000) for _ in range(10_000)]
filled = rss_mib()
blocks = blocks[::100]
while rss_mib() > before + 20:
    pass
assert filled > before + 80, (before, filled)
"""


def test_what_is_free_between_used_blocks_goes_back_to_the_system() -> None:
    subprocess.run(
        [sys.executable, "-c", _PROGRAM], cwd=ROOT, stdin=subprocess.DEVNULL, timeout=LIMIT_S, check=True
    )
