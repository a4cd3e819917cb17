"""Environments of the programs that lavdlike is measured beside: `python -m benchmarks.peers` makes them, once.

Each peer has its own, below `benchmarks/.peers` (ignored by git) or `$LAVDLIKE_PEERS`. One that cannot be installed is
left out of the tables and named there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

HOME = Path(os.environ.get("LAVDLIKE_PEERS", Path(__file__).parent / ".peers"))
# Visdom's build needs pkg_resources, which newer setuptools no longer have.
_OLD_SETUPTOOLS = "setuptools<81"
REQUIREMENTS = {
    "lavd": ["lavd==0.2.7", "numpy"],
    "tensorboard": ["tensorboard==2.21", "tensorboardX", _OLD_SETUPTOOLS, "numpy", "pillow"],
    "torch": ["torch==2.13.0", "tensorboard==2.21", _OLD_SETUPTOOLS, "numpy", "pillow"],
    "visdom": ["visdom==0.2.4"],
    "trackio": ["trackio", "numpy", "pillow"],
    "dvclive": ["dvclive", "numpy", "pillow"],
    "aim": ["aim", "numpy", "pillow"],
    "wandb": ["wandb", "numpy", "pillow"],
}


def python_of(peer: str) -> Path | None:
    """The interpreter of a peer's environment; None if it is not installed."""
    python = HOME / peer / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    return python if python.exists() and (HOME / peer / ".complete").exists() else None


def versions() -> list[str]:
    """Name and version of each peer that is installed, as its environment has it."""
    return [_version_of(peer, python) for peer in REQUIREMENTS if (python := python_of(peer)) is not None]


def _version_of(peer: str, python: Path) -> str:
    code = f"import importlib.metadata as m; print(m.version({peer!r}))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    return f"{peer} {done.stdout.strip()}"


def install(peer: str) -> bool:
    """Make a peer's environment unless it is there; whether it is complete now."""
    if python_of(peer):
        return True
    folder = HOME / peer
    venv.create(folder, with_pip=True, clear=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    commands = [[*pip, *REQUIREMENTS[peer]]]
    if peer == "visdom":
        commands = [
            [*pip, _OLD_SETUPTOOLS, "wheel", "numpy"],
            [*pip, "--no-build-isolation", *REQUIREMENTS[peer]],
        ]
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1200)
        if done.returncode:
            print(f"{peer}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
            return False
    (folder / ".complete").touch()
    return True


if __name__ == "__main__":
    for name in REQUIREMENTS:
        print(f"{name}: {'installed' if install(name) else 'could not be installed'}", flush=True)
