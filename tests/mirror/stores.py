"""A store that fails as networks do, and what a reader finds in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, TypeVar

from lavdlike.disk.parts import Part, arranged, part_of, part_path
from lavdlike.disk.stores.memory_store import MemoryStore
from lavdlike.disk.stores.object_store import ObjectStore, ReadBytes, StoredObject
from lavdlike.errors import StoreError

T = TypeVar("T")

# Of a request: it arrives and is answered; it does not arrive; it arrives and the answer is lost.
Fate = Literal["answered", "lost", "unanswered"]


class FaultyStore:
    """A store in memory of which each request has the fate that `fate` says."""

    has_conditions = True
    address = "memory://faulty"

    def __init__(self, fate: Callable[[], Fate] = lambda: "answered") -> None:
        self.inner = MemoryStore(self.address)
        self.fate = fate
        self.puts: list[str] = []

    def list(self, prefix: str = "", *, after: str = "") -> Iterator[StoredObject]:
        yield from self._asked(lambda: list(self.inner.list(prefix, after=after)))

    def stat(self, path: str) -> StoredObject:
        return self._asked(lambda: self.inner.stat(path))

    def read(self, path: str, begin: int = 0, end: int | None = None, *, etag: str = "") -> ReadBytes:
        return self._asked(lambda: self.inner.read(path, begin, end, etag=etag))

    def put(self, path: str, content: bytes | Path, *, condition: str | None = None) -> str:
        self.puts.append(path)
        return self._asked(lambda: self.inner.put(path, content, condition=condition))

    def delete(self, path: str) -> None:
        self._asked(lambda: self.inner.delete(path))

    def _asked(self, request: Callable[[], T]) -> T:
        fate = self.fate()
        if fate == "lost":
            raise StoreError(self.address, "no connection", is_temporary=True)
        answer = request()
        if fate == "unanswered":
            raise StoreError(self.address, "no answer in time", is_temporary=True)
        return answer


def tree_in(store: ObjectStore) -> dict[str, bytes]:
    """All files as a reader finds them, those in parts put together (docs/format.md, "Files in parts")."""
    objects = {found.path: found.size_bytes for found in store.list()}
    parts: dict[str, list[Part]] = {}
    for path, size_bytes in objects.items():
        if (part := part_of(path)) is not None:
            parts.setdefault(part[0], []).append(Part(part[1], size_bytes))
    files = {}
    for path in {*(path for path in objects if part_of(path) is None), *parts}:
        content = store.read(path).content if path in objects else b""
        found = arranged(len(content), parts.get(path, ()))
        for begin, _ in found.parts:
            content += store.read(part_path(path, begin)).content[len(content) - begin :]
        assert not found.unreached, f"{path}: behind a gap"
        files[path] = content
    return files
