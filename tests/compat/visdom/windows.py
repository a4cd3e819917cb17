"""What Visdom's calls wrote, as tests look at it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lavdlike.compat.visdom import Visdom
from lavdlike.kinds import plot_lines


def visdom(root: Path, **options: Any) -> Visdom:
    return Visdom(log_dir=root / "log", **options)


def figure(root: Path, win: str, env: str = "main") -> dict[str, Any]:
    """What the file of a plot comes to."""
    folder = root / "log" / env
    growing = folder / f"{win}.plotly.jsonl"
    if growing.exists():
        return plot_lines.folded(growing.read_bytes(), win).figure
    found: dict[str, Any] = json.loads((folder / f"{win}.plotly.json").read_bytes())
    return found


def traces(root: Path, win: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = figure(root, win)["data"]
    return found


def records(root: Path, env: str = "main") -> dict[str, dict[str, Any]]:
    """The last line about each window."""
    lines = (root / "log" / env / "windows.jsonl").read_bytes().splitlines()
    assert json.loads(lines[0]) == {"env": env}
    return {record["id"]: record for record in map(json.loads, lines[1:])}
