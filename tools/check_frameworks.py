"""Do scripts that were written for other tools run unchanged, and do frameworks' values arrive as they report them?

    .venv/bin/python -m tools.check_frameworks [SCRIPT | FRAMEWORK ...]

Runs each script twice with the same random numbers, with the real packages and by `lavdlike run`, and compares: our own
demos and the examples in the docstrings of the installed packages, or the scripts that are named (which
find the files of a folder `SCRIPT.data` in their working folder). A script whose processes race for steps and random
numbers (tensorboardX's demo_multiprocessing) does not write the same twice, with whatever package. Then a tiny training
of each framework of `lavdlike.integrations` (`tools/frameworks/integrations`), or of those that are named. The real
packages are in environments below `.frameworks/` (ignored by git) or `$LAVDLIKE_FRAMEWORKS`, made at the first time
(10 GB on Linux).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tools.dependencies import PROJECT, declared
from tools.environments import python_of

HOME = Path(os.environ.get("LAVDLIKE_FRAMEWORKS", PROJECT / ".frameworks"))
_TORCH = "torch==2.13.0"
# What is installed into each environment.
ENVIRONMENTS = {
    "writers": [_TORCH, "tensorboard", "tensorboardX", "matplotlib", "soundfile", "moviepy", "av"],
    "torch": [
        _TORCH,
        "lightning",
        "transformers",
        "accelerate",
        "keras",
        "gymnasium",
        "stable-baselines3",
    ],
    # It asks for a torchvision, which fits one build of torch alone: pip chooses both.
    "ultralytics": ["ultralytics"],
    "wandb": ["wandb"],
    "trees": ["scikit-learn", "xgboost", "lightgbm", "optuna", "loguru"],
    "jax": ["jax", "flax", "optax", "keras"],
}
# In which of them a framework's training runs.
INTEGRATIONS = {
    "lightning": "torch",
    "transformers": "torch",
    "accelerate": "torch",
    "keras": "torch",
    "stable_baselines3": "torch",
    "ultralytics": "ultralytics",
    "xgboost": "trees",
    "lightgbm": "trees",
    "sklearn": "trees",
    "optuna": "trees",
    "loguru": "trees",
    "jax": "jax",
}
# Our own scripts: the environment of what they use, and what compares its files with ours.
DEMOS = {
    "torch_demo": ("writers", "compare_writers"),
    "tensorboardx_demo": ("writers", "compare_writers"),
    "wandb_demo": ("wandb", "compare_wandb"),
}
_LIMIT_S = 900


def main() -> int:
    """Do what the module's docstring says; returns 1 if a value is missing or a script fails."""
    frameworks = [name for name in sys.argv[1:] if name in INTEGRATIONS]
    scripts = [Path(name).resolve() for name in sys.argv[1:] if name not in INTEGRATIONS]
    with tempfile.TemporaryDirectory(prefix="lavdlike-frameworks-") as made:
        folder = Path(made)
        results = [] if frameworks and not scripts else _check_scripts(scripts, folder)
        if not scripts:
            results += [_check_framework(name, folder / name) for name in frameworks or INTEGRATIONS]
    return 0 if all(results) and results else 1


def _check_scripts(scripts: list[Path], folder: Path) -> list[bool]:
    if not scripts:
        examples = folder / "examples"
        examples.mkdir()
        python = environment("writers")
        _run(python, "-m", "tools.frameworks.docstring_examples", str(examples), cwd=PROJECT)
        scripts = [PROJECT / f"tools/frameworks/{name}.py" for name in DEMOS] + sorted(examples.glob("*.py"))
    checked = [_check(script, folder / "work" / str(place)) for place, script in enumerate(scripts)]
    results = [result for result in checked if result is not None]
    print(f"{sum(results)} of {len(results)} scripts run unchanged, with every value of the originals")
    return results


def _check_framework(name: str, folder: Path) -> bool:
    """Whether its values are in our files as the framework reports them."""
    folder.mkdir()
    done = _run(
        environment(INTEGRATIONS[name]), "-m", f"tools.frameworks.integrations.{name}_run", cwd=folder
    )
    print(
        f"{name}: {_last_line(done.stdout) if done.returncode == 0 else 'fails: ' + _last_line(done.stderr)}"
    )
    return done.returncode == 0


def environment(name: str) -> str:
    """The Python of an environment with its packages and what lavdlike needs.

    Raises:
        InstallError: they cannot be installed.
    """
    return str(python_of(HOME, name, [*map(str, declared()), *ENVIRONMENTS[name]]))


def _check(script: Path, folder: Path) -> bool | None:
    """Whether it runs both ways, and ours has what the original wrote; None if it does not run by itself."""
    used, comparer = DEMOS.get(script.stem, ("writers", "compare_writers"))
    python = environment(used)
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
    compared = _run(python, "-m", f"tools.frameworks.{comparer}", str(original), str(ours), cwd=PROJECT)
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
