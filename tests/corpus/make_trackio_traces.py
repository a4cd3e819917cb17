"""Makes `tests/corpus/trackio_traces`: conversations as trackio 0.43.0 keeps them, in its database and beside it.

    python tests/corpus/make_trackio_traces.py

What was logged is in `test_trackio_traces.py`.
"""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent / "trackio_traces"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        os.environ["TRACKIO_DIR"] = name
        import trackio

        trackio.init(project="talks", name="owl")
        for step in range(3):
            said = [
                {"role": "user", "content": f"2 + {step}?"},
                {"role": "assistant", "content": str(2 + step)},
            ]
            span = {"id": "1", "name": "answer", "kind": "generation", "duration_ms": 12.5}
            trace = trackio.Trace(said, metadata={"reward": step / 2, "task": "sum"}, spans=[span])
            trackio.log({"loss": 1 / (step + 1), "val/chat": trace}, step=step)
        several = [trackio.Trace([{"role": "user", "content": text}]) for text in ("hello", "there")]
        trackio.log({"several": several}, step=3)
        trackio.finish()
        shutil.rmtree(FOLDER, ignore_errors=True)
        shutil.copytree(Path(name, "traces"), FOLDER / "traces")
        (FOLDER / "talks.db.gz").write_bytes(gzip.compress(Path(name, "talks.db").read_bytes(), mtime=0))


if __name__ == "__main__":
    main()
