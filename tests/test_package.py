from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import lavdlike

PROJECT = Path(__file__).resolve().parent.parent


def test_import_brings_neither_the_server_nor_anything_heavy() -> None:
    heavy = {
        "lavdlike.server",
        "matplotlib",
        "numpy",
        "pandas",
        "polars",
        "starlette",
        "torch",
        "uvicorn",
        "watchdog",
    }
    assert heavy.isdisjoint(modules_after_import("lavdlike"))


def test_the_server_starts_without_what_reads_files() -> None:
    assert {"numpy", "pandas", "polars", "PIL", "torch"}.isdisjoint(
        modules_after_import("lavdlike.server.app, lavdlike.server.host.connections")
    )


def modules_after_import(names: str) -> list[str]:
    report = f"import sys, {names}; print(*sys.modules, sep='\\n')"
    return subprocess.run(
        [sys.executable, "-c", report], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split()


def test_package_is_typed_and_has_one_version() -> None:
    package = Path(lavdlike.__file__).parent
    assert (package / "py.typed").is_file()
    assert (
        lavdlike.__version__ not in (PROJECT / "pyproject.toml").read_text("utf-8").partition("[project.")[0]
    )


def test_readme_shows_the_two_commands_that_need_nothing_but_python() -> None:
    readme = (PROJECT / "README.md").read_text("utf-8").splitlines()
    assert "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/lavdlike example_logs" in readme
    assert "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest" in readme
