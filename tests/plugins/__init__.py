"""Packages with kinds of their own, as somebody else would write them, and how tests install them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

MOLECULES = Path(__file__).parent / "molecules"
WATER = "3\nwater\nO 0 0 0\nH 0.76 0.59 0\nH -0.76 0.59 0\n"


def install(package: Path, site: Path) -> None:
    """Install a package into a folder for packages, without asking anybody in the network."""
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
    command = (sys.executable, "-m", "pip", "install", *options, "--target", str(site), str(package))
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stderr


def write_package(site: Path, name: str, kinds: Mapping[str, str], code: str = "") -> None:
    """What an installer leaves of a package with one module. `kinds`: what its entry points name."""
    (site / f"{name}.py").write_text(code)
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = [f"{kind} = {value}" for kind, value in kinds.items()]
    (info / "entry_points.txt").write_text("\n".join(["[lavdlike.kinds]", *lines, ""]))


@contextmanager
def seen_by_processes(site: Path) -> Iterator[None]:
    """Python processes that are started meanwhile have the packages in this folder."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", str(site), prepend=os.pathsep)
        yield
