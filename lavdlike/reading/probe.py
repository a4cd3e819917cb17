"""Which kinds an experiment has, at a glance: from a few names of its own folder, its newest step and some folders.

It decides which tabs the page shows before anybody looks at the experiment, so it may miss some, but must cost little
however large the experiment is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress

from lavdlike import layout
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.kinds import files as other_files
from lavdlike.kinds import json_file, registry, scalars, tables
from lavdlike.server import files

# Names read of one folder, folders looked into (steps count as one), levels below the experiment.
_MAX_NAMES = 1000
_MAX_FOLDERS = 12
_MAX_DEPTH = 3
# JSON files that are read, and how large they may be.
_MAX_JSON_FILES = 8
_MAX_JSON_BYTES = 64 * 2**10
# Tables of which the first line is read.
_MAX_TABLES = 8
_MAX_HEADER_BYTES = 64 * 2**10


def kinds_in(experiment_fd: int) -> list[str]:
    """The names of kinds of which something was seen, sorted. Links are not followed."""
    glance = _Glance()
    glance.look_at(experiment_fd, "", _MAX_DEPTH)
    return sorted(glance.kinds - {other_files.KIND.name})


class _Glance:
    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self._folders_left = _MAX_FOLDERS
        self._json_files_left = _MAX_JSON_FILES
        self._tables_left = _MAX_TABLES

    def look_at(self, folder_fd: int, path: str, depth: int) -> None:
        """A folder and some of those in it. `path`: relative to the experiment, with a slash at its end if any."""
        folders = []
        for entry in _first_entries(folder_fd):
            if entry.type == "file":
                with suppress(OSError, NotServedError, LogFormatError):  # said where the file is shown
                    self._look_at_file(folder_fd, entry.name, path)
            elif entry.type == "folder":
                folders.append(entry.name)
        if depth == 0:
            return
        for name in _telling(folders) if not path else folders:
            if self._folders_left == 0:
                return
            self._folders_left -= 1
            with suppress(OSError):
                flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
                below_fd = os.open(name, flags, dir_fd=folder_fd)
                try:
                    self.look_at(below_fd, f"{path}{name}/", depth - 1)
                finally:
                    os.close(below_fd)

    def _look_at_file(self, folder_fd: int, name: str, path: str) -> None:
        suffix = layout.split_suffix(name)[1]
        kind = registry.kind_of_suffix(suffix)
        if not path and layout.scalars_writer(name) is not None:
            self.kinds.add(scalars.KIND.name)
        elif kind is not None:
            self.kinds.add(kind.name)
            if kind is tables.KIND and self._tables_left and layout.split_step(path + name)[0] is None:
                self._tables_left -= 1
                with files.file_in(folder_fd, name, path + name) as opened:
                    if tables.step_columns(os.read(opened.fd, _MAX_HEADER_BYTES), name):
                        self.kinds.add(scalars.KIND.name)
        elif suffix.lower() == ".json" and path + name != layout.EXPERIMENT_FILE and self._json_files_left:
            self._json_files_left -= 1
            with files.file_in(folder_fd, name, path + name) as opened:
                document = json_file.read_object(opened.read(_MAX_JSON_BYTES), path + name)
            self.kinds.update(found.name for found in registry.kinds_of_json(document, path + name))


def _first_entries(folder_fd: int) -> Iterator[files.Entry]:
    for _, entry in zip(range(_MAX_NAMES), files.entries_of(folder_fd), strict=False):
        yield entry


def _telling(folders: list[str]) -> list[str]:
    """The newest step among folders of an experiment, which is most like those to come, and what is no step."""
    steps = {name: step for name in folders if (step := layout.step_of_folder(name)) is not None}
    newest = max(steps, key=lambda name: steps[name], default=None)
    return [*([newest] if newest else []), *(name for name in folders if name not in steps)]
