"""The frontend's own tests and its type check, from pytest: one command runs everything."""

from __future__ import annotations

import subprocess
import sys

import pytest
from toolchain import Frontend


@pytest.mark.timeout(300)
@pytest.mark.parametrize("script", ["test", "check"])
def test_frontend_passes(frontend: Frontend, script: str) -> None:
    done = subprocess.run(
        [sys.executable, frontend.sources / "toolchain.py", "npm", "run", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
