"""The experiment that a writer's folder is."""

from __future__ import annotations

import os
import socket
from datetime import datetime
from pathlib import Path

from lavdlike import layout
from lavdlike.writing.launched import LaunchedRun, Place, path_in_run


def default_folder(comment: str) -> str:
    """`runs/Nov30_16-47-18_host<comment>`, as TensorBoard's writers call it."""
    started = datetime.now().astimezone().strftime("%b%d_%H-%M-%S")
    return os.path.join("runs", f"{started}_{socket.gethostname()}{comment}")


def place_of(folder: str) -> Place:
    """The folder as an experiment: its parent is the root.

    Raises:
        ValueError: it is no folder on this machine, or that of the file system.
    """
    if "://" in folder:
        raise ValueError(f"log_dir must be a folder on this machine, not {folder!r}")
    path = Path(os.path.abspath(folder))  # noqa: PTH100 - `resolve` would follow links
    if not path.name:
        raise ValueError(f"log_dir must be a folder, not {folder!r}")
    try:
        return Place(path.parent, layout.check_experiment(layout.shown(path.name)))
    except ValueError:
        return Place(path.parent, layout.folder_name_of(layout.shown(path.name)))


def place_in_run(run: LaunchedRun, folder: str, *, is_default: bool) -> Place:
    """Where a writer writes under `lavdlike run`; the folder that it asks for tells it from others."""
    asked = "" if is_default else os.path.abspath(folder)  # noqa: PTH100
    return run.place_for(asked, lambda first: path_in_run(asked, first))
