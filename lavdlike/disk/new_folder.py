"""A folder that comes to stand at its path as a whole, or not at all: whoever is killed meanwhile leaves nothing there.

What is written goes into a hidden folder beside it, which is given the path at the end, never over anything.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from lavdlike.disk import exchange
from lavdlike.disk.filling import pread
from lavdlike.disk.removal import remove_all
from lavdlike.disk.root import OpenedFile
from lavdlike.errors import WriteError

# What is left of a process that was killed has such a name, and may be removed.
TEMPORARY_PREFIX = ".lavdlike-new-"
_CHUNK_BYTES = 2**20


class NewFolder:
    """A context; at its end, unless by an error, the folder is there.

    Its methods and its end raise WriteError: the disk refuses, or something stands at the path. Then nothing stays.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary = path.with_name(TEMPORARY_PREFIX + secrets.token_hex(4))

    def __enter__(self) -> NewFolder:
        if os.path.lexists(self._path):
            raise _stands_there(self._path)
        with _said(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._temporary.mkdir()
        return self

    def __exit__(
        self, type_: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            if type_ is None:
                with _said(self._path):
                    self._rename()
        finally:
            self._remove()

    @contextmanager
    def opened(self, path: str) -> Iterator[BinaryIO]:
        """A file in it, to append to; it is made, with the folders that hold it."""
        with _said(self._path / path):
            file = self._temporary / path
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("ab") as opened:
                yield opened

    def copy(self, path: str, source: OpenedFile) -> None:
        """A file with the content of an opened one, and its time of change."""
        with self.opened(path) as target:
            offset = 0
            while chunk := pread(source.fd, _CHUNK_BYTES, offset):
                target.write(chunk)
                offset += len(chunk)
        self.set_time(path, source.status.st_mtime_ns)

    def move_to_end_of(self, target: str, path: str, *, from_byte: int) -> None:
        """Append a file in it to another one there, from a byte on, and remove it."""
        with self.opened(target) as opened, (self._temporary / path).open("rb") as file:
            file.seek(from_byte)
            while chunk := file.read(_CHUNK_BYTES):
                opened.write(chunk)
        with _said(self._path / path):
            (self._temporary / path).unlink()

    def discard(self, path: str) -> None:
        """A file in it, if it is there."""
        with _said(self._path / path):
            (self._temporary / path).unlink(missing_ok=True)

    def set_time(self, path: str, modified_ns: int) -> None:
        with _said(self._path / path):
            os.utime(self._temporary / path, ns=(modified_ns, modified_ns))

    def _rename(self) -> None:
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            exchange.rename_to_free(
                self._temporary.name, self._path.name, source_folder=folder, target_folder=folder
            )
        except FileExistsError:
            raise _stands_there(self._path) from None
        except exchange.UnsupportedError:
            if os.path.lexists(self._path):
                raise _stands_there(self._path) from None
            self._temporary.rename(self._path)  # over nothing but an empty folder that came this moment
        finally:
            os.close(folder)

    def _remove(self) -> None:
        """What is left of it under its temporary name."""
        with suppress(OSError):
            folder = os.open(self._temporary.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                remove_all(self._temporary.name, folder)
            finally:
                os.close(folder)


@contextmanager
def _said(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(f"cannot write {path}: {error.strerror or error}") from error


def _stands_there(path: Path) -> WriteError:
    return WriteError(f"{path} is there already and stays as it is: name another folder, or move it away")
