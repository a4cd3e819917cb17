"""Ten rounds of tests/soak/kill_writers.py, of which 200 have their own command."""

from __future__ import annotations

import os
import subprocess
import sys

from tests import scripts


def test_writers_that_are_killed_lose_nothing_and_tear_no_line() -> None:
    command = [sys.executable, "-m", "tests.soak.kill_writers", "--rounds", "10", "--seed", str(os.getpid())]
    done = subprocess.run(command, cwd=scripts.ROOT, check=False, capture_output=True, text=True, timeout=55)
    assert done.returncode == 0, f"{' '.join(command[1:])}\n{done.stdout}\n{done.stderr}"
    assert "10 rounds" in done.stdout
