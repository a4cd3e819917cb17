"""How far a script is, and whether it still gets on: what a row of the overview says of the files of one experiment."""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import suppress

from lavdlike import layout, progress_file
from lavdlike.disk.filling import pread
from lavdlike.disk.root import OpenedFolder
from lavdlike.errors import LavdlikeError
from lavdlike.kinds import registry
from lavdlike.messages import Problem, Progress
from lavdlike.reading import stalling

# The last values of a scalars file; a line takes some 40 bytes.
_TAIL_BYTES = 2**14
# Of ranks that each have a file: the first in their order are looked at.
_MAX_FILES = 64


def read_progress(
    opened: OpenedFolder, name: str, files: Collection[str] | None
) -> tuple[list[Progress], list[Problem]]:
    """Of all writers, and what is wrong with their files; a file of such a name that holds something else says nothing.

    Args:
        files: the names of the folder's files, if all are known.
    """
    names = [layout.PROGRESS_FILE] if files is None else sorted(filter(layout.is_progress_file, files))
    found: list[Progress] = []
    problems = []
    for file in names[:_MAX_FILES]:
        path = f"{name}/{file}"
        try:
            with opened.file(file, path) as at:
                data = at.read(progress_file.MAX_BYTES)
            if progress_file.is_ours(data):
                found += progress_file.read(data, path)
        except FileNotFoundError:
            continue
        except LavdlikeError as error:
            reason = getattr(error, "reason", str(error))
            problems.append(Problem(layout.shown(path), reason, getattr(error, "position", "")))
    return found[: progress_file.MAX_BARS], problems


def is_stalled(opened: OpenedFolder, progress: Collection[Progress], files: Collection[str] | None) -> bool:
    """Whether an experiment that runs has written nothing for much longer than it usually does (`stalling`)."""
    times = [opened.status().st_mtime, *(bar.updated for bar in progress)]
    points = [layout.SCALARS_FILE] if files is None else [*filter(_holds_points, files)]
    for file in {*points, *registry.GROWING_FILES}:
        with suppress(OSError):
            times.append(opened.status_of(file).st_mtime)
    silent_s = time.time() - max(times)
    if silent_s < stalling.LEAST_S:
        return False
    allowed = [_allowed_s(opened, file) for file in sorted(points)[:_MAX_FILES]]
    known = [each for each in allowed if each is not None]
    return bool(known) and silent_s > max(known)


def _holds_points(name: str) -> bool:
    return layout.scalars_writer(name) is not None


def _allowed_s(opened: OpenedFolder, file: str) -> float | None:
    try:
        with opened.file(file, file) as at:
            begin = max(0, at.status.st_size - _TAIL_BYTES)
            return stalling.stalled_after_s(stalling.wall_times_of(pread(at.fd, _TAIL_BYTES, begin)))
    except (OSError, LavdlikeError):
        return None
