"""What a folder that somebody names shows: the experiments in it, or itself, if it is one (docs/format.md)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from lavdlike.errors import NotServedError
from lavdlike.layout import is_hidden
from lavdlike.reading.discovery import root_is_run
from lavdlike.reading.stored_root import StoredRoot


class ShownRoot(NamedTuple):
    """`root`: the folder whose folders are the experiments. `only`: the name of the one that is shown, "": all are."""

    root: Path
    only: str = ""

    @property
    def path(self) -> Path:
        """Of what is shown."""
        return self.root / self.only if self.only else self.root


def holds_something(path: Path) -> bool:
    """Whether a folder is there, and something in it that says what it is."""
    try:
        with StoredRoot(path).folder("") as opened:
            return any(True for _ in opened.entries())
    except (OSError, NotServedError):
        return False


def shown_root_of(path: Path) -> ShownRoot:
    """What is shown of a folder: where it is a run itself, that one alone, as an experiment in the folder above.

    So it has the same name, and what people say of it is at the same place, as where the folder above is shown.

    Args:
        path: absolute. A link to a run is what it leads to.
    """
    real = Path(os.path.realpath(path)) if path.is_symlink() else Path(os.path.normpath(path))
    if not real.name or is_hidden(real.name):
        return ShownRoot(path)
    with suppress(OSError, NotServedError):
        if root_is_run(StoredRoot(real)):
            return ShownRoot(real.parent, real.name)
    return ShownRoot(path)
