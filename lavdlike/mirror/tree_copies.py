"""`lavdlike push` and `pull`: a tree as it is now into a store, or out of one, each file compared afterwards.

Both go on where they ended: what was brought over is noted in the user's state, with what tells it from other states.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from lavdlike.disk.parts import FOLDER_SUFFIX
from lavdlike.disk.stores.object_store import ObjectStore, StoredObject
from lavdlike.disk.user_state import key_of, state_folder
from lavdlike.disk.write import replace_file
from lavdlike.errors import StoreConflictError, StoreError, StoreMissingError
from lavdlike.mirror.file_state import Whole, grows
from lavdlike.mirror.store_journal import Journal
from lavdlike.mirror.stored_files import StoredFile, is_same, slices, stored_files
from lavdlike.mirror.tree_scan import ScannedFile, files_of, is_mirrored
from lavdlike.mirror.uploads import Uploads, fingerprint

_AT_ONCE = 8
_TRIES = 3
_SAME = -1

T = TypeVar("T")


class Problem(NamedTuple):
    """A file that was not brought over, and why."""

    path: str
    reason: str


class Copied(msgspec.Struct, rename="camel"):
    """What was done. `files`, `size_bytes`: brought over; `same`: there already."""

    files: int = 0
    size_bytes: int = 0
    same: int = 0
    problems: list[Problem] = []


def push(folder: Path, store: ObjectStore) -> Copied:
    """Bring all files of a folder into a store; what else is there stays. Growing files are one object each.

    A file that was changed in the store since it was pushed, and not here, stays as it is there. Where both were, and
    where it was never pushed, ours is stored; of JSON objects the keys of both.

    Raises:
        StoreError: the store cannot be asked.
        OSError: the folder, or the user's state, cannot be read or written.
    """
    with closing(Journal(_journal_file("pushed", folder, store))) as journal:
        uploads = Uploads(folder, store, journal, may_be_stored=True)
        uploads.remove_doomed()
        there = stored_files(store.list())

        def one(file: ScannedFile) -> int:
            return _push_one(file, there.get(file.path), folder, store, uploads, journal)

        done = _each(files_of(folder), one, lambda file: file.path)
        uploads.remove_doomed()
        return done


def _push_one(
    file: ScannedFile,
    stored: StoredFile | None,
    folder: Path,
    store: ObjectStore,
    uploads: Uploads,
    journal: Journal,
) -> int:
    known = journal.state(file.path)
    is_unchanged = isinstance(known, Whole) and known.state == fingerprint(file.status)
    if stored is not None and (is_unchanged or is_same(folder / file.path, stored, store)):
        if not is_unchanged and len(stored.pieces) == 1 and not grows(file.path):
            journal.keep(file.path, Whole(fingerprint(file.status), stored.pieces[0].stored.etag))
        return _SAME
    for _ in range(_TRIES):
        if stored is None:
            journal.doom(file.path, is_folder=False)  # somebody removed it there: nothing is known any more
            journal.removed(file.path)
        if grows(file.path):
            uploads.growing(file.path, is_last=True)
        else:
            uploads.whole(file.path)
        stored = _stored_now(file.path, store)
        if stored is not None and _is_stored(folder / file.path, stored, store):
            return file.status.st_size
        stored = None
    raise StoreError(f"{store.address}/{file.path}", "what is stored differs from what is here")


def _is_stored(file: Path, stored: StoredFile, store: ObjectStore) -> bool:
    """Whether a file is stored as it is: of one that others write as well, whether its end is there."""
    if is_same(file, stored, store):
        return True
    return (file.suffix == ".json" or grows(file.name)) and stored.size_bytes >= file.stat().st_size


def pull(folder: Path, store: ObjectStore) -> Copied:
    """Bring all files of a store into a folder; those in parts as one each. What else is in the folder stays.

    A file that is there and differs is replaced only if it is as it was pulled; a growing one also if it is the begin
    of what is stored.

    Raises:
        StoreError: the store cannot be asked.
        OSError: the folder, or the user's state, cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with closing(Journal(_journal_file("pulled", folder, store))) as journal:

        def one(stored: StoredFile) -> int:
            return _pull_one(stored, folder, store, journal)

        return _each(stored_files(store.list()).values(), one, lambda stored: stored.path)


def _pull_one(stored: StoredFile, folder: Path, store: ObjectStore, journal: Journal) -> int:
    target = _target(folder, stored.path)
    for _ in range(_TRIES):
        with contextlib.suppress(FileNotFoundError):
            state = fingerprint(target.stat())
            known = journal.state(stored.path)
            is_as_pulled = isinstance(known, Whole) and known.state == state
            if (is_as_pulled and known is not None and _etag(known) == stored.state) or is_same(
                target, stored, store
            ):
                journal.keep(stored.path, Whole(state, stored.state))
                return _SAME
            if not is_as_pulled and not _is_begin(target, stored, store):
                raise StoreError(
                    str(target), "it differs from what is stored, and was not pulled: move it away"
                )
        try:
            replace_file(target, partial(_download, stored, store))
        except (StoreConflictError, StoreMissingError):  # replaced or joined meanwhile
            now = _stored_now(stored.path, store)
            if now is None:
                return _SAME
            stored = now
        else:
            journal.keep(stored.path, Whole(fingerprint(target.stat()), stored.state))
            return stored.size_bytes
    raise StoreError(
        f"{store.address}/{stored.path}", "it changes faster than it can be read", is_temporary=True
    )


def _etag(known: object) -> str:
    return known.etag if isinstance(known, Whole) else ""


def _download(stored: StoredFile, store: ObjectStore, target: Path) -> None:
    """Write a file as it is stored, with its time; each part is of one state, and the whole is compared."""
    with target.open("wb") as opened:
        for piece in stored.pieces:
            for begin, end in slices(piece):
                content = store.read(piece.stored.path, begin, end, etag=piece.stored.etag).content
                if len(content) != end - begin:
                    raise StoreError(
                        f"{store.address}/{stored.path}", "the answer was cut", is_temporary=True
                    )
                opened.write(content)
    if len(stored.pieces) == 1 and not is_same(target, stored, store):
        raise StoreError(f"{store.address}/{stored.path}", "what came differs from what is stored")
    os.utime(target, (stored.modified_s, stored.modified_s))


def _is_begin(target: Path, stored: StoredFile, store: ObjectStore) -> bool:
    """Whether a growing file here is the begin of what is stored."""
    size_bytes = target.stat().st_size
    if not grows(stored.path) or size_bytes > stored.size_bytes:
        return False
    with target.open("rb") as opened:
        for piece in stored.pieces:
            for begin, end in slices(piece):
                expected = opened.read(end - begin)
                if store.read(piece.stored.path, begin, end).content[: len(expected)] != expected:
                    return False
                if len(expected) < end - begin:
                    return True
    return True


def _target(folder: Path, path: str) -> Path:
    """Where a file of the store belongs.

    Raises:
        StoreError: its name leads elsewhere, or to what lavdlike keeps for itself.
    """
    names = path.split("/")
    if any(name in ("", ".", "..") or "\0" in name or os.sep in name for name in names) or not is_mirrored(
        path
    ):
        raise StoreError(path, "it is not pulled: its name leads out of the folder, or is hidden")
    return folder.joinpath(*names)


def _stored_now(path: str, store: ObjectStore) -> StoredFile | None:
    """A file as the store has it; None: not any more."""
    listed: list[StoredObject] = list(store.list(path + FOLDER_SUFFIX))
    with contextlib.suppress(StoreMissingError):
        listed.append(store.stat(path))
    return stored_files(listed).get(path)


def _each(files: Iterable[T], one: Callable[[T], int], path_of: Callable[[T], str]) -> Copied:
    """Bring over some files at once; what is wrong with one is a problem, and the others go on.

    `one` returns how many bytes it brought over, `_SAME` where all was there.
    """

    def tried(file: T) -> int | Problem:
        try:
            return one(file)
        except (StoreError, OSError) as error:
            return Problem(path_of(file), error.reason if isinstance(error, StoreError) else str(error))

    done = Copied()
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for found in threads.map(tried, files):
            if isinstance(found, Problem):
                done.problems.append(found)
            elif found == _SAME:
                done.same += 1
            else:
                done.files += 1
                done.size_bytes += found
    return done


def _journal_file(what: str, folder: Path, store: ObjectStore) -> Path:
    """Where is noted what was brought over between a folder and a store."""
    kept = state_folder() / what
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    return kept / f"{key_of(folder)[:16]}-{key_of(Path('/', store.address))[:16]}.sqlite"
