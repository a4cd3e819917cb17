"""What makes a run repeatable: the state of the git repository it was started from."""

from __future__ import annotations

import subprocess
from pathlib import Path

from lavdlike.experiment import Git

_TIMEOUT_S = 10.0


def commit_of(folder: Path) -> Git:
    """The branch and commit of the repository a folder lies in; empty without git, repository or commit."""
    answer = _git(folder, "rev-parse", "HEAD", "--abbrev-ref", "HEAD")
    lines = answer.decode(errors="replace").split()
    return Git(branch=lines[1], commit=lines[0]) if len(lines) == 2 else Git()


def _git(folder: Path, *arguments: str) -> bytes:
    """What git answers; nothing if it is not installed, fails, or takes too long."""
    command = ["git", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_TIMEOUT_S, check=True, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return b""
    return done.stdout
