from __future__ import annotations

import subprocess
import sys

from tests.scripts import ROOT


def test_every_state_that_anybody_was_told_is_written_is_in_the_file_or_in_the_history() -> None:
    """The short version of `python -m tests.soak.random_edits`: five commands of the shell take most of its time."""
    command = [sys.executable, "-m", "tests.soak.random_edits", "--edits", "100", "--seed", "3"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
