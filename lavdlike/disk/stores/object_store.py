"""What is asked of an object store, wherever it is: objects by name, whole or in part, and never an append."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, Protocol

# As `condition` of a put: there is no such object yet.
CREATE: Final = ""


class StoredObject(NamedTuple):
    """One object. `path`: relative to the store's address, with `/`.

    `etag`: another one for every other content, without the quotes of HTTP.
    `modified_s`: seconds since 1970 by the clock of the store.
    """

    path: str
    size_bytes: int
    etag: str
    modified_s: float


class ReadBytes(NamedTuple):
    """Bytes of one state of an object. `etag`, `size_bytes`: of that state, `size_bytes` of all of it."""

    content: bytes
    etag: str
    size_bytes: int


class ObjectStore(Protocol):
    """The objects below an address. For any thread.

    Each method raises StoreError: StoreRightsError if the credentials do not allow it; with `is_temporary` if the same
    request may succeed later.
    """

    @property
    def address(self) -> str:
        """As people give it, without credentials."""

    @property
    def has_conditions(self) -> bool:
        """Whether `put` knows conditions."""

    def list(self, prefix: str = "", *, after: str = "") -> Iterator[StoredObject]:
        """The objects in a folder and below it, as they come from the store, some thousand at a time.

        Args:
            prefix: a folder as a path without a `/` at its end; "": all.
            after: only those whose path sorts behind this one.
        """

    def stat(self, path: str) -> StoredObject:
        """Raises StoreMissingError: there is none."""

    def read(self, path: str, begin: int = 0, end: int | None = None, *, etag: str = "") -> ReadBytes:
        """Bytes of an object, from one state of it.

        Args:
            begin, end: the first byte, and that behind the last one; fewer come where the object ends before.
            etag: the state that is meant; "": any.

        Raises:
            StoreMissingError: there is no such object.
            StoreConflictError: it has another state.
        """

    def put(self, path: str, content: bytes | Path, *, condition: str | None = None) -> str:
        """Write an object whole; others see it as it was before or as it is then.

        Args:
            content: bytes, or a file of this machine, which may be large.
            condition: None: whatever stands there; CREATE: nothing does; else the etag of what does.

        Returns:
            The etag of what was written.

        Raises:
            StoreConflictError: something else stands there.
            StoreError: the store knows no conditions.
        """

    def delete(self, path: str) -> None:
        """Remove an object; nothing happens if there is none."""
