"""The dependencies that pyproject.toml declares."""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).resolve().parent.parent


def declared(*extras: str) -> list[Requirement]:
    """What the package needs, and what the extras add."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = project["dependencies"] + [
        line for name in extras for line in project["optional-dependencies"][name]
    ]
    return [Requirement(line) for line in lines]


def bound_of(requirement: Requirement, operator: str) -> str | None:
    """The version that stands behind `>=` or `<`."""
    return next((each.version for each in requirement.specifier if each.operator == operator), None)
