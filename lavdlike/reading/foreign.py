"""Whose an experiment is: in a folder that another program writes, nothing is written (docs/format.md)."""

from __future__ import annotations

from contextlib import suppress

from lavdlike import annotation_file, layout, marks
from lavdlike.disk.filling import read
from lavdlike.disk.root import OpenedFolder
from lavdlike.errors import LavdlikeError
from lavdlike.sources.native import NativeFiles
from lavdlike.sources.source_registry import BEGIN_BYTES

_SCALARS = NativeFiles()


def is_foreign(opened: OpenedFolder, name: str) -> bool:
    """Whether neither the Logger nor a person wrote into the experiment what only lavdlike knows.

    It holds no `experiment.json`, no scalars file with our header, and none of the files that people write.

    Args:
        name: of the experiment, for errors.

    Raises:
        OSError: the folder cannot be listed.
    """
    with suppress(OSError):
        opened.status_of(layout.EXPERIMENT_FILE)
        return False
    for entry in opened.entries():
        if _may_be_ours(entry.name) and _is_ours(opened, entry.name, f"{name}/{entry.name}"):
            return False
    return True


def _may_be_ours(name: str) -> bool:
    return name in layout.PEOPLE_FILES or layout.scalars_writer(name) is not None


def _is_ours(opened: OpenedFolder, name: str, path: str) -> bool:
    """Whether a file of such a name is what the name says."""
    if name == layout.NOTES_FILE:
        return True
    try:
        with opened.file(name, path) as file:
            if name == layout.MARKS_FILE:
                return marks.is_ours(file.read(marks.MAX_BYTES))
            begin = read(file.fd, BEGIN_BYTES)
    except (OSError, LavdlikeError):  # gone, a link, no permission, too large
        return False
    if name == layout.ANNOTATIONS_FILE:
        return annotation_file.is_ours(begin)
    return _SCALARS.claims(name, begin) is not None
