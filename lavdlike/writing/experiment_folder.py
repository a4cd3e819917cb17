"""The folder that an experiment gets, and what becomes of one that is there under its name."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lavdlike import experiment, layout
from lavdlike.disk import changes
from lavdlike.disk.shared_folders import make_folders
from lavdlike.disk.write import TEMPORARY_PREFIX
from lavdlike.errors import LogFormatError
from lavdlike.kinds import scalars

if TYPE_CHECKING:
    from lavdlike.writing.checks import Exists

_MAX_NUMBER = 1000
# Of the end of a file of scalars, so much is looked at.
_TAIL_BYTES = 2**18


def name_of(started: datetime) -> str:
    """The time, as a name that is legal on every system."""
    return started.strftime("%Y-%m-%d_%H-%M-%S")


def claimed(name: str, base_dir: Path, is_elsewhere: Callable[[str], bool] | None = None) -> str:
    """The name, or one with a number behind it, that is nobody else's although several scripts may ask at once."""
    for free in (name, *(f"{name}-{number}" for number in range(2, _MAX_NUMBER))):
        if is_elsewhere and is_elsewhere(free):
            continue
        try:
            make_folders(base_dir / layout.native(free))
        except FileExistsError:
            continue
        except OSError:
            break  # said when the first file cannot be written
        return free
    return name


def prepared(
    name: str, base_dir: Path, exists: Exists, is_elsewhere: Callable[[str], bool] | None = None
) -> str:
    """The name that the experiment gets; under "replace" one that is there is removed.

    Args:
        is_elsewhere: whether what the folder stands for holds an experiment of a name already.

    Raises:
        ValueError: it is there, and may not be replaced: under "refuse", or because it is being written or is no
            experiment of ours.
    """
    folder = base_dir / layout.native(name)
    if exists == "new":
        return claimed(name, base_dir, is_elsewhere)
    is_there = folder.exists() or bool(exists == "refuse" and is_elsewhere and is_elsewhere(name))
    if exists == "continue" or not is_there:
        return name
    if exists == "refuse":
        raise ValueError(
            f"name {name!r} is that of an experiment in {base_dir}; choose another, or exists='continue'"
        )
    _check_may_be_removed(folder)
    changes.going(folder, is_folder=True)
    aside = base_dir / (TEMPORARY_PREFIX + secrets.token_hex(4))  # hidden: no half of it is ever seen
    with contextlib.suppress(OSError):
        folder.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)
    return name


def _check_may_be_removed(folder: Path) -> None:
    file = folder / layout.EXPERIMENT_FILE
    try:
        sessions = experiment.read(file.read_bytes(), str(file)).sessions
        for users in filter(lambda path: layout.is_users_experiment_file(path.name), folder.iterdir()):
            with contextlib.suppress(LogFormatError):  # another program's
                sessions += experiment.read(users.read_bytes(), str(users)).sessions
    except (OSError, LogFormatError):
        if folder.is_dir() and not any(folder.iterdir()):
            return
        raise ValueError(
            f"name {folder.name!r} is that of a folder without {layout.EXPERIMENT_FILE}: it is not replaced"
        ) from None
    if any(session.ended is None and experiment.process_alive(session) for session in sessions):
        raise ValueError(
            f"name {folder.name!r} is that of an experiment that is being written: it is not replaced"
        )


def next_step(folder: Path) -> int:
    """The step behind the last one of an experiment: of the end of its scalars, as far as that tells."""
    try:
        with (folder / layout.SCALARS_FILE).open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL_BYTES))
            lines = file.read().splitlines()
    except OSError:
        return 0
    points = (scalars.parse_line(line) for line in lines)
    steps = [point.step for point in points if isinstance(point, scalars.ScalarPoint)]
    return max(steps) + 1 if steps else 0
