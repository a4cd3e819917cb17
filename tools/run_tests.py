"""Run pytest; what fails is run once more, in one process with nothing beside it.

    .venv/bin/python -m tools.run_tests [PYTEST'S ARGUMENTS]

For a run that decides about a commit: one of thousands of tests that failed for the machine's sake says nothing about
the code. Tests that pass the second time are flaky: faults of the suite, which the last lines name, to be mended. More
than `MOST` failures are not run again. A bare `pytest` never runs a test twice.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

MOST = 5
_FAILED = Path(".pytest_cache/v/cache/lastfailed")


def main(arguments: list[str]) -> int:
    """Do what the module's docstring says; returns pytest's exit code, of the second run if there was one."""
    _FAILED.unlink(missing_ok=True)
    code = _pytest(arguments)
    failed = _failed()
    if code != 1 or not 0 < len(failed) <= MOST:
        return code
    print(f"\nOnce more, alone: {len(failed)} that failed\n", flush=True)
    code = _pytest([*arguments, "--last-failed", "--last-failed-no-failures=none", "--numprocesses=0"])
    for test in failed:
        print(f"{'FAILED TWICE' if test in _failed() else 'FLAKY'}: {test}", flush=True)
    return code


def _pytest(arguments: list[str]) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False).returncode


def _failed() -> list[str]:
    return list(json.loads(_FAILED.read_text())) if _FAILED.exists() else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
