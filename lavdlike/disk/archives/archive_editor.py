"""An archive as a root of people's edits (`root.EditableRoot`): what they wrote is read, and nothing is changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NoReturn

from lavdlike.disk.archives.archive import ArchivePlace, ArchiveRoot
from lavdlike.disk.root import Entered, identity_of, type_of
from lavdlike.disk.walk import Found
from lavdlike.errors import EditError, LavdlikeError

_REFUSED = "it lies in an archive, in which nothing is changed; unpack the archive to change it"
_MAX_READ_BYTES = 64 * 2**20


class ArchiveEditor(ArchiveRoot):
    """See `root.EditableRoot`: what would change something raises EditError.

    Args:
        path: of the root, as it was given; `only`: the one folder that is shown.
    """

    def __init__(self, place: ArchivePlace, path: Path, *, called: str = "", only: str = "") -> None:
        super().__init__(place, called=called, only=only)
        self.path = path
        self.only = only or called

    @property
    def said_at(self) -> Path:
        """By which path what is said of the root is known elsewhere."""
        return self.place.file / self.place.below

    def locked(self, path: str) -> AbstractContextManager[None]:
        self._refuse(path)

    def shows(self, path: str) -> bool:
        return self.only in ("", path.partition("/")[0])

    def look(self, path: str) -> Entered | None:
        try:
            folder, _, name = path.rpartition("/")
            with self.folder(folder) as opened:
                status = opened.status_of(name)
        except (OSError, LavdlikeError):
            return None
        return Entered(type_of(status.st_mode), identity_of(status), status.st_mtime, status.st_size)

    def names(self, path: str) -> list[str]:
        try:
            with self.folder(path) as opened:
                return [entry.name for entry in opened.entries()]
        except (OSError, LavdlikeError):
            return []

    def read(self, path: str, *, last_bytes: int | None = None) -> bytes | None:
        try:
            with self.file(path) as opened:
                content = opened.read(_MAX_READ_BYTES)
        except OSError:
            return None
        return content if last_bytes is None else content[-last_bytes:]

    def replace(self, path: str, content: bytes | None, match: str, *, keep_as: str = "") -> None:  # noqa: ARG002
        self._refuse(path)

    def append(self, path: str, line: bytes) -> None:  # noqa: ARG002
        self._refuse(path)

    def make_folder(self, path: str) -> None:
        self._refuse(path)

    def close_as(self, folder: str, file: str) -> None:  # noqa: ARG002
        self._refuse(folder)

    def move(self, source: str, target: str, *, identity: str = "") -> None:  # noqa: ARG002
        self._refuse(source)

    def move_files(self, names: Iterable[str], source: str, target: str) -> Iterator[str]:  # noqa: ARG002
        self._refuse(source)

    def copy(self, source: str, target: str, *, leave_out: Collection[str] = ()) -> None:  # noqa: ARG002
        self._refuse(source)

    def below(self, path: str) -> Iterator[Found]:  # noqa: ARG002
        return iter(())

    def remove(self, path: str) -> None:
        self._refuse(path)

    def remove_empty_folder(self, path: str) -> bool:  # noqa: ARG002
        return False

    def _refuse(self, path: str) -> NoReturn:
        raise EditError(path.split("/.", maxsplit=1)[0] if not path.startswith(".") else "", _REFUSED)
