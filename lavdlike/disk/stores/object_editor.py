"""A store as a root of people's edits (`root.EditableRoot`), by conditional writes: nobody writes over another's words.

Objects can be neither moved nor locked. So folders are not renamed or put into the trash, an append is a write of the
whole object, and a lock is an object that whoever holds it has made, and that counts for nothing when it is old.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from lavdlike.disk.root import Entered, identity_of
from lavdlike.disk.stores.object_root import ObjectRoot
from lavdlike.disk.stores.object_store import CREATE, ReadBytes
from lavdlike.disk.walk import Found
from lavdlike.errors import (
    ConflictError,
    EditError,
    LimitError,
    NotServedError,
    StoreConflictError,
    StoreError,
    StoreMissingError,
)
from lavdlike.layout import shown
from lavdlike.match import match_of

# Of what is edited; and how often somebody else may come first.
MAX_BYTES = 16 * 2**20
_TRIES = 20
LOCK_WAIT_S = 10.0
_LOCK_PAUSE_S = 0.2
# Whoever holds a lock for longer is gone: an edit takes a few requests.
_LOCK_LASTS_S = 60.0
READ_ONLY = (
    "its store does not compare and write in one step, so people could overwrite each other: it is read-only"
)
_NOT_MOVED = "folders of a store are neither moved, copied nor removed here; use the provider's own tools"


class ObjectEditor(ObjectRoot):
    """See `root.EditableRoot`.

    Args:
        path: of the root, as it was given; `only`: the one folder that is shown.
    """

    def __init__(self, address: str, path: Path, *, only: str = "") -> None:
        super().__init__(address, only=only)
        self.path = path

    @property
    def is_editable(self) -> bool:
        return self.bucket.store.has_conditions

    @property
    def said_at(self) -> Path:
        """By which path what is said of the root is known elsewhere."""
        return self.path

    @contextmanager
    def locked(self, path: str) -> Iterator[None]:
        self._check_editable(path)
        with self._said(path):
            etag = self._lock(path)
        try:
            yield
        finally:
            with suppress(StoreError):
                if self.bucket.store.stat(self.inner(path)).etag == etag:
                    self.bucket.store.delete(self.inner(path))

    def _lock(self, path: str) -> str:
        """The etag of the lock that was made."""
        store, inner = self.bucket.store, self.inner(path)
        mine = json.dumps({"by": uuid.uuid4().hex}).encode()
        until = time.monotonic() + LOCK_WAIT_S
        seen, seen_at = "", 0.0
        while True:
            with suppress(StoreConflictError):
                return store.put(inner, mine, condition=CREATE)
            with suppress(StoreMissingError, StoreConflictError):
                found = store.stat(inner)
                if found.etag != seen:
                    seen, seen_at = found.etag, time.monotonic()
                # By the two clocks, or, where they differ, by how long it was seen to stay.
                age_s = max(time.time() - found.modified_s, time.monotonic() - seen_at)
                if age_s > _LOCK_LASTS_S:
                    return store.put(inner, mine, condition=found.etag)
            if time.monotonic() > until:
                raise EditError("", "somebody else is editing for longer than a few seconds; try again")
            time.sleep(_LOCK_PAUSE_S)

    def shows(self, path: str) -> bool:
        return self.only in ("", path.partition("/")[0])

    def look(self, path: str) -> Entered | None:
        """As the last list says: whoever writes compares with what stands there then."""
        with self._said(path):
            tree = self.bucket.tree()
        inner = self.inner(path)
        if not path or tree.has_folder(inner):
            status = self.folder_status(tree, path)
            return Entered("folder", identity_of(status), status.st_mtime, 0)
        if (found := tree.file(inner)) is None:
            return None
        status = self.file_status(found, path)
        return Entered("file", identity_of(status), status.st_mtime, status.st_size)

    def names(self, path: str) -> list[str]:
        with self._said(path):
            tree = self.bucket.tree()
        return list(tree.names(self.inner(path))) if tree.has_folder(self.inner(path)) else []

    def read(self, path: str, *, last_bytes: int | None = None) -> bytes | None:
        """As the last list says."""
        with self._said(path):
            tree_file = self.bucket.tree().file(self.inner(path))
            if tree_file is None:
                return None
            try:
                with self.opened(tree_file, path, path) as opened:
                    content = opened.read(MAX_BYTES)
            except FileNotFoundError:  # another one since
                found = self._read(path)
                content = b"" if found is None else found.content
        return content if last_bytes is None else content[-last_bytes:]

    def _read(self, path: str) -> ReadBytes | None:
        """As it is now."""
        with self._said(path):
            try:
                found = self.bucket.store.read(self.inner(path), 0, MAX_BYTES + 1)
            except StoreMissingError:
                return None
        if found.size_bytes > MAX_BYTES:
            raise LimitError(path, f"larger than {MAX_BYTES // 2**20} MiB, the most that is edited")
        return found

    def replace(self, path: str, content: bytes | None, match: str, *, keep_as: str = "") -> None:
        self._check_editable(path)
        before = self._read(path)
        stands = None if before is None else before.content
        if match_of(stands) != match:
            raise ConflictError(path, stands)
        with self._said(path):
            if before is not None and keep_as:
                self._put(keep_as, before.content, CREATE)
            if content is None:
                # No store removes on a condition; who comes in between is as if they had come before.
                self.bucket.store.delete(self.inner(path))
                self.bucket.note(self.inner(path), None)
                return
            try:
                self._put(path, content, CREATE if before is None else before.etag)
            except StoreConflictError:
                now = self._read(path)
                raise ConflictError(path, None if now is None else now.content) from None

    def append(self, path: str, line: bytes) -> None:
        self._check_editable(path)
        for _ in range(_TRIES):
            before = self._read(path)
            stands = b"" if before is None else before.content
            cut = b"\n" if stands and not stands.endswith(b"\n") else b""
            with self._said(path), suppress(StoreConflictError):
                self._put(path, stands + cut + line + b"\n", CREATE if before is None else before.etag)
                return
        raise EditError(shown(path), "others write it all the time; try again")

    def _put(self, path: str, content: bytes, condition: str) -> None:
        inner = self.inner(path)
        self.bucket.store.put(inner, content, condition=condition)
        self.bucket.note(inner, self.bucket.store.stat(inner))

    def make_folder(self, path: str) -> None:
        """Nothing: a folder is there as long as something is in it."""
        self._check_editable(path)

    def close_as(self, folder: str, file: str) -> None:
        """Nothing: rights are those of the store."""

    def move(self, source: str, target: str, *, identity: str = "") -> None:  # noqa: ARG002
        self._refuse(source)

    def move_files(self, names: Iterable[str], source: str, target: str) -> Iterator[str]:  # noqa: ARG002
        self._refuse(source)

    def copy(self, source: str, target: str, *, leave_out: Collection[str] = ()) -> None:  # noqa: ARG002
        self._refuse(source)

    def below(self, path: str) -> Iterator[Found]:
        with self._said(path):
            tree = self.bucket.tree()
        if not tree.has_folder(self.inner(path)):
            return
        yield from self._below(path, "")

    def _below(self, path: str, begin: str) -> Iterator[Found]:
        tree = self.bucket.tree()
        for name, found in list(tree.names(self.inner(path)).items()):
            below = f"{path}/{name}" if path else name
            if found is None:
                yield from self._below(below, f"{begin}{name}/")
                yield Found(begin + name, self.folder_status(tree, below))
            else:
                yield Found(begin + name, self.file_status(found, below))

    def remove(self, path: str) -> None:
        self._check_editable(path)
        if self.bucket.tree().has_folder(self.inner(path)):
            self._refuse(path)
        with self._said(path):
            self.bucket.store.delete(self.inner(path))
        self.bucket.note(self.inner(path), None)

    def remove_empty_folder(self, path: str) -> bool:
        return not self.bucket.tree().has_folder(self.inner(path))

    def _check_editable(self, path: str) -> None:
        if not self.is_editable:
            raise EditError(_named(path), READ_ONLY)

    def _refuse(self, path: str) -> NoReturn:
        raise EditError(_named(path), _NOT_MOVED if self.is_editable else READ_ONLY)

    @contextmanager
    def _said(self, path: str) -> Iterator[None]:
        """What a store raises, as a sentence for who edits; conflicts and what is not there go on."""
        try:
            yield
        except (StoreConflictError, StoreMissingError):
            raise
        except StoreError as error:
            raise EditError(_named(path), error.reason) from None
        except NotServedError as error:
            raise EditError(_named(path), error.reason) from None
        except OSError as error:
            raise EditError(_named(path), error.strerror or str(error)) from None


def _named(path: str) -> str:
    """The experiment, of a hidden file of ours in it; "" of those of the root."""
    return "" if path.startswith(".") else shown(path.split("/.", maxsplit=1)[0])
