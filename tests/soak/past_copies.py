"""The past beside copies of the folder that were made then, of every kind, as trainings with other seeds write it.

`python -m tests.soak.past_copies --seeds 20 --first 3`.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import tempfile
from pathlib import Path

from tests.server.live.test_past_answers import compare_with_copies


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many")
    parser.add_argument("--first", type=int, default=1)
    args = parser.parse_args()
    for seed in range(args.first, args.first + args.seeds):
        # What the trainings print is of no interest here.
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            kinds = compare_with_copies(Path(folder), seed)
        print(f"seed {seed}: the same at three times, {len(kinds)} kinds", flush=True)


if __name__ == "__main__":
    main()
