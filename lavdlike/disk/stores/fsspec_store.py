"""Any other place that fsspec knows (`webhdfs://`, `hf://`, `sftp://`, ...), if it and what it needs are installed.

Few of them compare and write in one step, so none is asked to: they are read, and mirrored to by one writer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from lavdlike.disk.stores.object_store import ReadBytes, StoredObject
from lavdlike.errors import (
    MissingLibraryError,
    StoreConflictError,
    StoreError,
    StoreMissingError,
    StoreRightsError,
)

_ETAGS = ("ETag", "etag", "generation", "version_id", "checksum", "oid", "sha256")
_TIMES = ("LastModified", "last_modified", "mtime", "updated", "modified", "created", "modificationTime")
_MILLISECONDS_FROM = 1e11


class FsspecStore:
    """See `object_store.ObjectStore`.

    Raises:
        MissingLibraryError: fsspec, or what it needs for this address, is not installed.
        StoreError: it knows no such address.
    """

    has_conditions = False

    def __init__(self, address: str) -> None:
        self.address = address
        try:
            import fsspec
        except ImportError:
            message = f"{address}: to reach it, install fsspec: pip install 'lavdlike[remote]'"
            raise MissingLibraryError(message) from None
        try:
            # Without its listing cache, which hides what is new.
            self._files, self._path = fsspec.core.url_to_fs(address, use_listings_cache=False)
        except ImportError as error:
            raise MissingLibraryError(f"{address}: to reach it, fsspec needs a library: {error}") from None
        except (ValueError, TypeError):
            raise StoreError(address, "neither lavdlike nor fsspec knows such an address") from None

    def list(self, prefix: str = "", *, after: str = "") -> Iterator[StoredObject]:
        with self._told(prefix):
            self._files.invalidate_cache()
            found = self._files.find(self._at(prefix), detail=True)
        base = self._path.rstrip("/") + "/"
        for name, facts in sorted(found.items()):
            path = name.removeprefix(base) if name.startswith(base) else name.lstrip("/")
            if path > after:
                yield _stored(path, facts)

    def stat(self, path: str) -> StoredObject:
        with self._told(path):
            self._files.invalidate_cache()
            return _stored(path, self._files.info(self._at(path)))

    def read(self, path: str, begin: int = 0, end: int | None = None, *, etag: str = "") -> ReadBytes:
        before = self.stat(path)
        until = before.size_bytes if end is None else min(end, before.size_bytes)
        content = b""
        if until > begin:
            with self._told(path):
                content = self._files.cat_file(self._at(path), start=begin, end=until)
        after = self.stat(path)
        if before.etag != after.etag or (etag and etag != after.etag):
            raise StoreConflictError(self._place(path), "it was changed meanwhile")
        if len(content) != max(until - begin, 0):
            raise StoreError(self._place(path), "the answer broke off", is_temporary=True)
        return ReadBytes(content, after.etag, after.size_bytes)

    def put(self, path: str, content: bytes | Path, *, condition: str | None = None) -> str:
        if condition is not None:
            raise StoreError(self._place(path), "this store does not compare and write in one step")
        with self._told(path):
            target = self._at(path)
            self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
            if isinstance(content, Path):
                self._files.put_file(str(content), target)
            else:
                self._files.pipe_file(target, content)
        return self.stat(path).etag

    def delete(self, path: str) -> None:
        try:
            with self._told(path):
                self._files.rm_file(self._at(path))
        except StoreMissingError:
            return

    def _at(self, path: str) -> str:
        return f"{self._path.rstrip('/')}/{path}" if path else str(self._path)

    def _place(self, path: str) -> str:
        return f"{self.address}/{path}" if path else self.address

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """What the library raises, as one of ours; its texts may hold addresses with secrets."""
        place = self._place(path)
        try:
            yield
        except StoreError:
            raise
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise StoreMissingError(place, "there is no such object") from None
        except PermissionError:
            raise StoreRightsError(place, "wrong or expired credentials, or no right to it") from None
        except (TimeoutError, ConnectionError):
            raise StoreError(place, "no connection, or no answer in time", is_temporary=True) from None
        except NotImplementedError:
            raise StoreError(place, "this store does not know such a request") from None
        except Exception as error:  # noqa: BLE001 - of a hundred libraries
            is_temporary = isinstance(error, OSError)
            raise StoreError(
                place, f"the request failed ({type(error).__name__})", is_temporary=is_temporary
            ) from None


def _stored(path: str, facts: Mapping[str, Any]) -> StoredObject:
    size_bytes = int(facts.get("size") or 0)
    modified_s = next((_seconds(facts[name]) for name in _TIMES if facts.get(name)), 0.0)
    etag = next((str(facts[name]) for name in _ETAGS if facts.get(name)), "")
    return StoredObject(path, size_bytes, etag or f"{size_bytes}-{modified_s}", modified_s)


def _seconds(value: object) -> float:
    """Since 1970: of what the libraries say, which are times, texts, seconds or milliseconds."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return 0.0
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, int | float):
        return value / 1000 if value > _MILLISECONDS_FROM else float(value)
    return 0.0
