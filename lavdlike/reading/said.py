"""What people say of an experiment in files of its own folder (docs/format.md, "What people write").

A row is read very often and most experiments have none of these files: then nothing is asked of the system for them.
"""

from __future__ import annotations

import stat
from typing import NamedTuple

from lavdlike import annotation_file, layout, marks
from lavdlike.disk.filling import read
from lavdlike.disk.root import OpenedFolder, etag_of
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.layout import ANNOTATIONS_FILE, MARKS_FILE, NOTES_FILE
from lavdlike.marks import Marks
from lavdlike.match import match_of
from lavdlike.messages import Problem

# More than the first line of `annotations.tsv`.
_BEGIN_BYTES = 4096
_NOTHING = Marks()


class Said(NamedTuple):
    """`match`: of `marks.json`; `notes`, `annotations`: another text for another state of the file; "" without one."""

    marks: Marks = _NOTHING
    match: str = ""
    notes: str = ""
    annotations: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def is_something(self) -> bool:
        """Whether there is any of the files."""
        return any((self.match, self.notes, self.annotations))


def read_said(opened: OpenedFolder, name: str, files: frozenset[str] | None = None) -> Said:
    """What stands in an experiment's folder. Files of these names that hold something else say nothing.

    Args:
        name: of the folder.
        files: the regular files in it, if they are known: what is not among them costs nothing.
    """

    def state_of(file: str) -> str:
        return _state_of(opened, file) if files is None or file in files else ""

    annotations = state_of(ANNOTATIONS_FILE)
    if annotations and not is_said_in(opened, ANNOTATIONS_FILE):
        annotations = ""
    said = Said(notes=state_of(NOTES_FILE), annotations=annotations)
    return _with_marks(said, opened, f"{name}/{MARKS_FILE}") if state_of(MARKS_FILE) else said


def is_said(path: str, begin: bytes) -> bool:
    """Whether a file holds what people say, so that it is no item. Of `marks.json` its keys decide, as of all JSON.

    Args:
        path: relative to the experiment.
        begin: the file's first bytes, with its first line.
    """
    return path == NOTES_FILE or (path == ANNOTATIONS_FILE and annotation_file.is_ours(begin))


def is_said_in(opened: OpenedFolder, name: str) -> bool:
    """`is_said` of a file directly in an experiment; False if it cannot be read."""
    try:
        with opened.file(name, name) as file:
            return is_said(name, read(file.fd, _BEGIN_BYTES))
    except (OSError, NotServedError):
        return False


def _with_marks(said: Said, opened: OpenedFolder, path: str) -> Said:
    try:
        with opened.file(MARKS_FILE, path) as file:
            data = file.read(marks.MAX_BYTES)
    except FileNotFoundError:
        return said
    except (NotServedError, LogFormatError) as error:
        return said._replace(problems=(Problem(layout.shown(path), error.reason),))
    if not marks.is_ours(data):
        return said
    said = said._replace(match=match_of(data))
    try:
        return said._replace(marks=marks.read(data, path))
    except LogFormatError as error:
        return said._replace(problems=(Problem(layout.shown(path), error.reason, error.position),))


def _state_of(opened: OpenedFolder, name: str) -> str:
    """Another text for another state of a regular file, "" without one."""
    try:
        status = opened.status_of(name)
    except OSError:
        return ""
    # Whether a further change could go unseen is no part of its state.
    return etag_of(status).removeprefix("W/") if stat.S_ISREG(status.st_mode) else ""
