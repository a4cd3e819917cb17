"""Objects in the memory of this process (`memory://NAME`): for trying things out, and for tests."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from lavdlike.disk.stores.object_store import CREATE, ReadBytes, StoredObject
from lavdlike.errors import StoreConflictError, StoreMissingError


class MemoryStore:
    """See `object_store.ObjectStore`."""

    has_conditions = True

    def __init__(self, address: str = "memory://") -> None:
        self.address = address
        self._objects: dict[str, tuple[bytes, float]] = {}
        self._lock = threading.Lock()

    def list(self, prefix: str = "", *, after: str = "") -> Iterator[StoredObject]:
        with self._lock:
            paths = sorted(self._objects)
            found = [self._object(path) for path in paths if path > after and _is_below(path, prefix)]
        yield from found

    def stat(self, path: str) -> StoredObject:
        with self._lock:
            self._check(path)
            return self._object(path)

    def read(self, path: str, begin: int = 0, end: int | None = None, *, etag: str = "") -> ReadBytes:
        with self._lock:
            self._check(path)
            content = self._objects[path][0]
        if etag and _etag(content) != etag:
            raise StoreConflictError(self._place(path), "it was changed meanwhile")
        return ReadBytes(content[begin:end], _etag(content), len(content))

    def put(self, path: str, content: bytes | Path, *, condition: str | None = None) -> str:
        content = content.read_bytes() if isinstance(content, Path) else content
        with self._lock:
            stands = _etag(self._objects[path][0]) if path in self._objects else CREATE
            if condition is not None and condition != stands:
                raise StoreConflictError(self._place(path), "another state stands there")
            self._objects[path] = content, time.time()
        return _etag(content)

    def delete(self, path: str) -> None:
        with self._lock:
            self._objects.pop(path, None)

    def _check(self, path: str) -> None:
        if path not in self._objects:
            raise StoreMissingError(self._place(path), "there is no such object")

    def _place(self, path: str) -> str:
        return f"{self.address.rstrip('/')}/{path}"

    def _object(self, path: str) -> StoredObject:
        content, modified_s = self._objects[path]
        return StoredObject(path, len(content), _etag(content), modified_s)


def _is_below(path: str, prefix: str) -> bool:
    return not prefix or path.startswith(f"{prefix}/")


def _etag(content: bytes) -> str:
    return f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
