"""The experiment that a writer's folder is."""

from __future__ import annotations

import os
import socket
from datetime import datetime
from pathlib import Path

from lavdlike import layout
from lavdlike.disk.stores.store_addresses import is_store_address
from lavdlike.mirror.spool import spool_of
from lavdlike.writing.launched import LaunchedRun, Place, path_in_run


def default_folder(comment: str) -> str:
    """`runs/Nov30_16-47-18_host<comment>`, as TensorBoard's writers call it."""
    started = datetime.now().astimezone().strftime("%b%d_%H-%M-%S")
    return os.path.join("runs", f"{started}_{socket.gethostname()}{comment}")


def place_of(folder: str) -> Place:
    """The folder, or the address of a store, as an experiment: its parent is the root.

    Raises:
        ValueError: it is no folder on this machine, or that of the file system.
    """
    if is_store_address(folder):
        parent, _, name = folder.rstrip("/").rpartition("/")
        if parent.endswith("/"):
            raise ValueError(f"log_dir {folder!r} names a bucket, but no experiment in it: s3://BUCKET/NAME")
        return _named(spool_of(parent), name)
    if "://" in folder:
        raise ValueError(f"log_dir must be a folder on this machine, not {folder!r}")
    path = Path(os.path.abspath(folder))  # noqa: PTH100 - `resolve` would follow links
    if not path.name:
        raise ValueError(f"log_dir must be a folder, not {folder!r}")
    return _named(path.parent, layout.shown(path.name))


def _named(root: Path, name: str) -> Place:
    try:
        return Place(root, layout.check_experiment(name))
    except ValueError:
        return Place(root, layout.folder_name_of(name))


def place_in_run(run: LaunchedRun, folder: str, *, is_default: bool) -> Place:
    """Where a writer writes under `lavdlike run`; the folder that it asks for tells it from others."""
    asked = "" if is_default else os.path.abspath(folder)  # noqa: PTH100
    return run.place_for(asked, lambda first: path_in_run(asked, first))
