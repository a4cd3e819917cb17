"""Do scripts that were written for other tools run unchanged, with the values that the originals write?

    .venv/bin/python -m tools.check_frameworks [SCRIPT ...]

Runs each script twice with the same random numbers, with the real packages and by `lavdlike run`, and compares: our own
demos and the examples in the docstrings of the installed packages, or the scripts that are named (which
find the files of a folder `SCRIPT.data` in their working folder). The real packages are in an
environment below `.frameworks/` (ignored by git) or `$LAVDLIKE_FRAMEWORKS`, made at the first time: torch, TensorBoard,
tensorboardX and what they draw with (5 GB on Linux).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("LAVDLIKE_FRAMEWORKS", PROJECT / ".frameworks"))
WRITERS = ["torch", "tensorboard", "tensorboardX", "matplotlib", "soundfile", "moviepy", "av"]
DEMOS = ["torch_demo.py", "tensorboardx_demo.py"]
_LIMIT_S = 600


def main() -> int:
    """Do what the module's docstring says; returns 1 if a value is missing or a script fails."""
    python = environment("writers", WRITERS)
    with tempfile.TemporaryDirectory(prefix="lavdlike-frameworks-") as made:
        folder = Path(made)
        examples = folder / "examples"
        examples.mkdir()
        _run(python, "-m", "tools.frameworks.docstring_examples", str(examples), cwd=PROJECT)
        scripts = [PROJECT / "tools/frameworks" / name for name in DEMOS]
        scripts += sorted(examples.glob("*.py"))
        scripts = [Path(name).resolve() for name in sys.argv[1:]] or scripts
        checked = [
            _check(python, script, folder / "work" / str(place)) for place, script in enumerate(scripts)
        ]
    results = [result for result in checked if result is not None]
    print(f"{sum(results)} of {len(results)} scripts run unchanged, with every value of the originals")
    return 0 if all(results) and results else 1


def environment(name: str, requirements: list[str]) -> str:
    """The Python of an environment with these packages and what lavdlike needs."""
    folder = HOME / name
    python = str(folder / "bin" / "python")
    if not (folder / ".complete").exists():
        venv.create(folder, with_pip=True, clear=True)
        pip = [python, "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "-e", str(PROJECT), *requirements], check=True, timeout=3600)
        (folder / ".complete").touch()
    return python


def _check(python: str, script: Path, folder: Path) -> bool | None:
    """Whether it runs both ways, and ours has what the original wrote; None if it does not run by itself."""
    original, ours = folder / "original", folder / "ours"
    for each in (original, ours):
        if script.with_suffix(".data").is_dir():
            shutil.copytree(script.with_suffix(".data"), each)
        else:
            each.mkdir(parents=True)
    seeded = str(PROJECT / "tools/frameworks/seeded.py")
    first = _run(python, seeded, str(script), cwd=original)
    if first.returncode:
        print(f"{script.stem}: left out, the original fails: {_last_line(first.stderr)}")
        return None
    second = _run(python, "-m", "lavdlike", "run", "--no-scalars", seeded, str(script), cwd=ours)
    compared = _run(python, "-m", "tools.frameworks.compare_writers", str(original), str(ours), cwd=PROJECT)
    if second.returncode or compared.returncode:
        print(f"{script.stem}: fails: {_last_line(second.stderr) or compared.stderr}")
        return False
    told = json.loads(compared.stdout)
    found = ", ".join(f"{count} {kind}" for kind, count in Counter(told["found"]).most_common())
    leaked = [path.name for path in ours.rglob("*tfevents*")]
    print(f"{script.stem}: {found or 'no values'}")
    for missing in [*told["missing"][:20], *leaked]:
        print(f"    missing: {missing}")
    return not told["missing"] and not leaked


def _run(python: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        check=False,
        timeout=_LIMIT_S,
        stdin=subprocess.DEVNULL,
    )


def _last_line(text: str) -> str:
    return next(iter(text.strip().splitlines()[-1:]), "")


if __name__ == "__main__":
    sys.exit(main())
