"""Do the lowest versions that pyproject.toml allows work? On the oldest Python that is there.

    .venv/bin/python -m tools.check_floors [PYTEST'S ARGUMENTS]

Makes an environment in a temporary folder with every dependency at its floor (those of dependencies are pip's choice),
and runs the tests for every save there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.dependencies import PROJECT, bound_of, declared

PYTHONS = ["python3.11", "python3.12", "python3.13", "python3.14"]
TESTS = ["--quick"]


def main() -> int:
    """Do what the module's docstring says; returns the exit code of the first step that fails."""
    python = _oldest_python()
    with tempfile.TemporaryDirectory(prefix="lavdlike-floors-") as made:
        environment = Path(made, "venv")
        floors = Path(made, "floors.txt")
        floors.write_text("".join(f"{line}\n" for line in _floors(_version_of(python))))
        print(f"check-floors: {python}\n{floors.read_text()}", flush=True)
        own = environment / "bin" / "python"
        steps = [
            [python, "-m", "venv", str(environment)],
            # What is asked for, not only a constraint: a floor that does not exist is an error.
            [str(own), "-m", "pip", "install", "--quiet", "--requirement", str(floors)],
            [str(own), "-m", "pytest", *(sys.argv[1:] or TESTS)],
        ]
        for step in steps:
            code = subprocess.run(step, cwd=PROJECT, stdin=subprocess.DEVNULL, check=False).returncode
            if code:
                return code
    return 0


def _floors(python_version: str) -> list[str]:
    """`name==version` of every dependency that a Python of this version (`3.11`) needs for the tests."""
    environment = {"python_version": python_version, "extra": ""}  # the rest is as here
    floors = []
    for requirement in declared("test"):
        if requirement.marker is not None and not requirement.marker.evaluate(environment):
            continue
        floor = bound_of(requirement, ">=")
        if floor is None:
            raise SystemExit(f"check-floors: {requirement} has no floor")
        floors.append(f"{requirement.name}=={floor}")
    return floors


def _oldest_python() -> str:
    """On PATH, or beside those that pyenv keeps, whose names on PATH may lead nowhere."""
    kept = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions").glob("*/bin"))
    for name in PYTHONS:
        for python in (name, *(str(folder / name) for folder in kept)):
            if _version_of(python) == name.removeprefix("python"):
                return python
    return sys.executable


def _version_of(python: str) -> str:
    """As `3.11`; "" if it does not run."""
    program = "import sys, venv; print(*sys.version_info[:2], sep='.')"
    try:
        return subprocess.run(
            [python, "-c", program], capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


if __name__ == "__main__":
    sys.exit(main())
