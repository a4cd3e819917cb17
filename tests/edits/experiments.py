"""Experiments as tests of edits need them: of the Logger, still running, and of other programs."""

from __future__ import annotations

import json
import time
from pathlib import Path

from lavdlike import Logger
from lavdlike.disk.root import identity_of


def written(root: Path, name: str = "run") -> Path:
    """An experiment that ended."""
    with Logger(name, root) as logger:
        logger.log_scalar(1.0, "loss", 1)
        logger.log_text("hello", "said", 1)
    return root / name


def begin_to_run(folder: Path) -> None:
    """As a writer on another host does."""
    file = folder / "experiment.json"
    document = json.loads(file.read_text())
    document["sessions"].append({"started": time.time(), "id": "12345678", "host": "elsewhere", "pid": 1})
    file.write_text(json.dumps(document))


def identity(folder: Path) -> str:
    return identity_of(folder.lstat())


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones as well."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
