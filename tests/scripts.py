"""Runs a script in a Python of its own, for what needs a process: forks, kills, limits, the end of an interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def run(
    code: str, *arguments: object, cwd: Path, closed: bool = False, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `code` with `arguments` as `sys.argv[1:]`, expecting success. It sees the tree that the tests lie in.

    `closed`: without standard output and standard error. `variables`: of the environment, beside those of the tests.
    """
    without = ["sh", "-c", 'exec "$0" "$@" >&- 2>&-'] if closed else []
    done = subprocess.run(
        [*without, sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default", **(variables or {})},
        capture_output=True,
        text=True,
        timeout=50,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done
