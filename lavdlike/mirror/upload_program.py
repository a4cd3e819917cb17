"""Uploads for a process that cannot: in a forked one the library that reaches stores does not work any more.

Started by `mirroring` as `python -m lavdlike.mirror.upload_program SPOOL`. It is the one that uploads until its
standard input ends, which it does with the process that started it, however that ends; then it brings over the rest.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def started(spool: Path) -> subprocess.Popen[bytes]:
    """The program, running. Raises OSError: it cannot be started."""
    package = str(Path(__file__).parents[2])
    known = os.environ.get("PYTHONPATH")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([package, *([known] if known else [])])}
    return subprocess.Popen(
        [sys.executable, "-m", __name__, str(spool)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,  # an interrupt at the terminal is for the script, whose end it waits for
    )


def main(spool: Path) -> None:
    from lavdlike.mirror.mirroring import mirror_of

    mirror = mirror_of(spool)
    sys.stdin.buffer.read()
    if mirror is not None:
        mirror.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
