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
    """See `object_store.ObjectStore`.

    Args:
        address: what is in front of its paths is its folder in the objects.
        within: the store of all objects of this name, of which this is a folder; None: it is that.
    """

    has_conditions = True

    def __init__(self, address: str = "memory://", within: MemoryStore | None = None) -> None:
        self.address = address
        self._objects: dict[str, tuple[bytes, float]] = {} if within is None else within._objects
        self._lock: threading.Lock = threading.Lock() if within is None else within._lock
        folder = "" if within is None else address.removeprefix(within.address).strip("/")
        self._begin = f"{folder}/" if folder else ""

    def list(self, prefix: str = "", *, after: str = "") -> Iterator[StoredObject]:
        begin = f"{self._begin}{prefix}/" if prefix else self._begin
        with self._lock:
            paths = [
                path.removeprefix(self._begin) for path in sorted(self._objects) if path.startswith(begin)
            ]
            found = [self._object(path) for path in paths if path > after]
        yield from found

    def stat(self, path: str) -> StoredObject:
        with self._lock:
            return self._object(path)

    def read(self, path: str, begin: int = 0, end: int | None = None, *, etag: str = "") -> ReadBytes:
        with self._lock:
            found = self._object(path)
            content = self._objects[self._begin + path][0]
        if etag and found.etag != etag:
            raise StoreConflictError(self._place(path), "it was changed meanwhile")
        return ReadBytes(content[begin:end], found.etag, len(content))

    def put(self, path: str, content: bytes | Path, *, condition: str | None = None) -> str:
        content = content.read_bytes() if isinstance(content, Path) else content
        key = self._begin + path
        with self._lock:
            stands = _etag(self._objects[key][0]) if key in self._objects else CREATE
            if condition is not None and condition != stands:
                raise StoreConflictError(self._place(path), "another state stands there")
            self._objects[key] = content, time.time()
        return _etag(content)

    def delete(self, path: str) -> None:
        with self._lock:
            self._objects.pop(self._begin + path, None)

    def _place(self, path: str) -> str:
        return f"{self.address.rstrip('/')}/{path}"

    def _object(self, path: str) -> StoredObject:
        if self._begin + path not in self._objects:
            raise StoreMissingError(self._place(path), "there is no such object")
        content, modified_s = self._objects[self._begin + path]
        return StoredObject(path, len(content), _etag(content), modified_s)


def _etag(content: bytes) -> str:
    return f"{hashlib.blake2b(content, digest_size=20).hexdigest()}"
