"""Folders outside of the root, in which pictures and videos of the tree lie (`--media NAME=FOLDER`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lavdlike.disk.local import LocalRoot
from lavdlike.disk.root import Root
from lavdlike.errors import NotServedError
from lavdlike.kinds import outside


class MediaFolders:
    """Args: folders: by name. Each is read as a root is: never out of it, not through a link, and no hidden names."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._roots = {name: LocalRoot(folder) for name, folder in folders.items()}

    def root_and_path(self, source: str) -> tuple[Root, str]:
        """Where an address leads, as a root and a path in it; nothing is opened.

        Raises:
            NotServedError: it is none; or nobody has said where that folder is: what to do.
        """
        try:
            name, path = outside.place_of(source)
        except ValueError as error:
            raise NotServedError(source[:80], str(error)) from None
        root = self._roots.get(name)
        if root is None:
            raise NotServedError(source, outside.how_to_show(source))
        return root, path
