"""Charts that the script of an experiment of ours has laid out, from the file beside its scalars."""

from __future__ import annotations

from collections.abc import Collection

from lavdlike import layout
from lavdlike.disk.root import OpenedFolder
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.messages import Problem, SuggestedChart
from lavdlike.sources.descriptions import charts_file


def read_charts(
    opened: OpenedFolder, name: str, files: Collection[str] | None
) -> tuple[list[SuggestedChart], tuple[Problem, ...]]:
    """The charts, and what is wrong with their file.

    Args:
        name: of the folder.
        files: the regular files in it; of None, and without this one, nothing is asked of the system.
    """
    if files is None or charts_file.NAME not in files:
        return [], ()
    path = f"{name}/{charts_file.NAME}"
    try:
        with opened.file(charts_file.NAME, path) as file:
            return list(charts_file.read(file.read(charts_file.MAX_BYTES), path)), ()
    except FileNotFoundError:
        return [], ()
    except (NotServedError, LogFormatError) as error:
        return [], (Problem(layout.shown(path), error.reason),)
