"""Makes `example_logs/` from nothing: `python -m tools.make_example_logs [FOLDER]`.

Three experiments that look like real work, written by the real `Logger` with fixed seeds and a fixed clock: a detector
with boxes and classes, a small translation model with actual and expected texts, and a long run with restarts, NaN and
many labels.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

from lavdlike.disk.write import LOCK_FILE
from tools.examples.detector import write_detector
from tools.examples.long_run import write_long_run
from tools.examples.translator import write_translator

EXAMPLE_LOGS = Path(__file__).parent.parent / "example_logs"


def settle(log_dir: Path) -> None:
    """Replaces what depends on the machine that made the examples: host, process, commit."""
    for path in log_dir.glob("*/experiment.json"):
        document = json.loads(path.read_text())
        document.pop("git", None)
        for number, session in enumerate(document["sessions"]):
            document["sessions"][number] = {
                "started": session["started"],
                "id": f"{number:08x}",
                "ended": session["ended"],
                "outcome": session["outcome"],
                "host": "training-node",
                "pid": 4_200 + number,
            }
        path.write_text(json.dumps(document, indent=2) + "\n")
        path.with_name(LOCK_FILE).unlink()


def make(log_dir: Path) -> None:
    shutil.rmtree(log_dir, ignore_errors=True)
    log_dir.mkdir(parents=True)
    write_detector(log_dir)
    write_translator(log_dir)
    write_long_run(log_dir)
    settle(log_dir)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", nargs="?", type=Path, default=EXAMPLE_LOGS)
    make(arguments.parse_args().folder)
