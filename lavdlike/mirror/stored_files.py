"""Whether a file of this machine is what a store holds: by its hash where the store says one, else by its bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from lavdlike.disk.parts import Part, arranged, part_of, part_path
from lavdlike.disk.stores.object_store import ObjectStore, StoredObject

SLICE_BYTES = 8 * 2**20
_MD5 = re.compile(r'"?([0-9a-f]{32})"?')


class Piece(NamedTuple):
    """Bytes `[begin, end)` of an object, which stand at `at` of the file."""

    stored: StoredObject
    begin: int
    end: int
    at: int


class StoredFile(NamedTuple):
    """A file as a store has it: one object, or parts (docs/format.md, "Files in parts")."""

    path: str
    pieces: tuple[Piece, ...]

    @property
    def size_bytes(self) -> int:
        last = self.pieces[-1]
        return last.at + last.end - last.begin

    @property
    def state(self) -> str:
        """Another one for every other content."""
        return " ".join(f"{piece.begin}-{piece.end}:{piece.stored.etag}" for piece in self.pieces)

    @property
    def modified_s(self) -> float:
        return max(piece.stored.modified_s for piece in self.pieces)


def stored_files(listed: Iterable[StoredObject]) -> dict[str, StoredFile]:
    """The files that objects make up, by path."""
    objects: dict[str, StoredObject] = {}
    parts: dict[str, list[Part]] = {}
    for found in listed:
        objects[found.path] = found
        if (part := part_of(found.path)) is not None:
            parts.setdefault(part[0], []).append(Part(part[1], found.size_bytes))
    paths = {path for path in objects if part_of(path) is None} | parts.keys()
    return {path: _file(path, objects, parts.get(path, ())) for path in sorted(paths)}


def _file(path: str, objects: dict[str, StoredObject], parts: Iterable[Part]) -> StoredFile:
    whole = objects.get(path)
    end = whole.size_bytes if whole else 0
    pieces = [Piece(whole, 0, end, 0)] if whole else []
    for part in arranged(end, parts).parts:
        stored = objects[part_path(path, part.begin)]
        pieces.append(Piece(stored, end - part.begin, part.size_bytes, end))
        end = part.end
    return StoredFile(path, tuple(pieces))


def slices(piece: Piece) -> Iterator[tuple[int, int]]:
    """Ranges of an object that are read at once."""
    for begin in range(piece.begin, piece.end, SLICE_BYTES):
        yield begin, min(begin + SLICE_BYTES, piece.end)


def is_same(file: Path, stored: StoredFile, store: ObjectStore) -> bool:
    """Whether a file holds just what is stored.

    An etag of the form of an MD5 sum that is another one than the file's proves nothing: that of an encrypted bucket is
    no sum. Then bytes are compared.

    Raises:
        StoreError: it cannot be read; StoreConflictError: it was changed meanwhile.
    """
    if not stored.pieces or file.stat().st_size != stored.size_bytes:
        return False
    with file.open("rb") as opened:
        if len(stored.pieces) == 1 and (said := _MD5.fullmatch(stored.pieces[0].stored.etag)):
            found = hashlib.file_digest(opened, lambda: hashlib.md5(usedforsecurity=False))
            if found.hexdigest() == said[1]:
                return True
            opened.seek(0)
        for piece in stored.pieces:
            for begin, end in slices(piece):
                content = store.read(piece.stored.path, begin, end, etag=piece.stored.etag).content
                if content != opened.read(end - begin):
                    return False
    return True
