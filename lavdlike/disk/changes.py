"""Who keeps a copy of what this process writes is told which files changed, so that nothing has to be looked for.

Only `lavdlike.mirror` listens, and only where something is mirrored: elsewhere a call costs a look at an empty list.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Listener(Protocol):
    """Called by whoever writes, in its thread: it must return at once and raise nothing."""

    def changed(self, path: Path) -> None:
        """A file was made, replaced, or is being appended to: then it is told once a second at most."""

    def going(self, path: Path, *, is_folder: bool) -> None:
        """A file, or a folder with all that is in it, is about to be removed, because that is wanted."""


_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Tell it of every change from now on, for as long as the process lives."""
    _listeners.append(listener)


def changed(path: Path) -> None:
    for listener in _listeners:
        listener.changed(path)


def going(path: Path, *, is_folder: bool = False) -> None:
    for listener in _listeners:
        listener.going(path, is_folder=is_folder)
