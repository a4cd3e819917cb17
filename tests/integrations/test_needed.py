"""Without a framework its module says what to install; each is imported anew, by a Python that has none of them."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from lavdlike.integrations.needed import MissingFrameworkError, needs

FRAMEWORKS = {
    "accelerate": "pip install accelerate torch",
    "jax": "pip install jax",
    "keras": "pip install keras, and a backend: torch, jax or tensorflow",
    "lightning": "pip install lightning",
    "sklearn": "pip install scikit-learn",
    "stable_baselines3": "pip install stable-baselines3",
    "transformers": "pip install transformers accelerate torch",
    "xgboost": "pip install xgboost",
}
WITHOUT = {
    "framework_run",
    "lightgbm",
    "logging",
    "loguru",
    "needed",
    "optuna",
    "ranks",
    "reported_values",
    "ultralytics",
}

_SCRIPT = f"""
import importlib, sys
import lavdlike.integrations
for name in {[*FRAMEWORKS, "pytorch_lightning", "torch", "gymnasium"]!r}:
    sys.modules[name] = None  # as if it were not installed
for name in {list(FRAMEWORKS)!r}:
    try:
        importlib.import_module("lavdlike.integrations." + name)
    except ImportError as error:
        print(name, type(error).__name__, error, sep="|")
"""


def test_each_module_says_what_to_install() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True, timeout=60
    )
    lines = [line.split("|") for line in done.stdout.splitlines()]
    assert {name: kind for name, kind, _ in lines} == dict.fromkeys(FRAMEWORKS, "MissingFrameworkError")
    for name, _, text in lines:
        assert text.endswith(FRAMEWORKS[name]), text


def test_every_module_is_one_of_these() -> None:
    folder = Path(__file__).parents[2] / "lavdlike" / "integrations"
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == {*FRAMEWORKS, *WITHOUT}


def test_what_an_installed_framework_lacks_is_its_own_error() -> None:
    with (
        pytest.raises(MissingFrameworkError, match="no_such is not installed: pip install no-such"),
        needs("no_such", install="no-such"),
    ):
        importlib.import_module("no_such")
    with pytest.raises(ModuleNotFoundError) as told, needs("pytest", install="pytest"):
        importlib.import_module("no_such")
    assert not isinstance(told.value, MissingFrameworkError)
