"""What lies beside the runs of a folder and belongs to none of them: said where runs are listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from lavdlike import layout
from lavdlike.disk.root import Root
from lavdlike.errors import NotServedError
from lavdlike.layout import ExperimentName
from lavdlike.reading.natural_order import natural_key

# Of a folder's names, and of what is found, as many are looked at and said.
_LOOKED_AT = 1000
_SAID_FILES = 4
_SAID_FOLDERS = 5


class Beside(NamedTuple):
    """`folder`: relative to the root. `files`: directly in it, as many as are said; `more`: how many others."""

    folder: str
    files: Sequence[str]
    more: int


def files_beside(root: Root, names: Iterable[ExperimentName]) -> list[Beside]:
    """The files in folders of runs, of which these experiments are all there are."""
    experiments = set(names)
    folders = {folder for name in experiments for folder in layout.outer_names(name)}
    alone = [folder for folder in folders if experiments.isdisjoint((folder, *layout.outer_names(folder)))]
    found = []
    for folder in sorted(alone, key=natural_key):
        with suppress(OSError, NotServedError), root.folder(folder) as opened:
            entries = islice(opened.entries(), _LOOKED_AT)
            files = sorted((entry.name for entry in entries if entry.type == "file"), key=natural_key)
            if files:
                found.append(Beside(folder, files[:_SAID_FILES], len(files[_SAID_FILES:])))
    return found


def own_files(root: Root) -> list[tuple[str, int]]:
    """The files directly in a root, and their sizes in bytes.

    Raises:
        OSError, NotServedError: it cannot be read.
    """
    with root.folder("") as opened:
        names = sorted((entry.name for entry in opened.entries() if entry.type == "file"), key=natural_key)
        return [(name, opened.status_of(name).st_size) for name in names]


def said(found: Sequence[Beside]) -> list[str]:
    """A sentence for each folder, and one for those that are too many."""
    lines = []
    for folder, files, more in found[:_SAID_FOLDERS]:
        names = ", ".join(map(layout.shown, files)) + (f" and {more:,} more" if more else "")
        lines.append(f"beside the runs in {layout.shown(folder)}: {names}")
    if len(found) > _SAID_FOLDERS:
        lines.append(f"beside the runs in {len(found) - _SAID_FOLDERS:,} more folders: other files")
    return lines
