"""Environments with other packages than ours: made once, and kept."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


class InstallError(Exception):
    """pip cannot install what an environment is to have; its last words."""


def python_of(cache: Path, name: str, packages: Sequence[str]) -> Path:
    """The Python of an environment with these packages.

    It is made the first time, in a folder of the cache whose name tells what is in it: with other packages, or by
    another Python, it is another one.

    Args:
        packages: as pip takes them.

    Raises:
        InstallError: they cannot be installed.
    """
    state = hashlib.sha256("\n".join((sys.version, *packages)).encode()).hexdigest()[:12]
    environment = cache / f"{name}-{state}"
    python = environment / "bin" / "python"
    done = environment / "installed"
    if done.exists():
        return python
    shutil.rmtree(environment, ignore_errors=True)
    print(f"installing {' '.join(packages)}", file=sys.stderr, flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", *packages]
    installed = subprocess.run(pip, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if installed.returncode:
        raise InstallError(f"cannot be installed: {' '.join(installed.stderr.split()[-40:])}")
    done.touch()
    return python
