"""Which runs are in files of many, as folders with names (`stored_root`); listed again when the file has changed."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from lavdlike import layout
from lavdlike.disk.root import OpenedFile
from lavdlike.errors import NotServedError
from lavdlike.messages import Problem
from lavdlike.sources import store_registry
from lavdlike.sources.run_store import Damage, State, Store, StoredRun, UnreadableStoreError, member_name

_MAX_KNOWN = 64


class Listing(NamedTuple):
    """The runs of a file. `folders`: by path in it, with what is in them; `runs`: by path. `""` is the file.
    `by_key`: the paths of runs.

    `listed`: the runs as the store gave them.
    """

    store: Store
    listed: list[StoredRun]
    folders: dict[str, list[str]]
    runs: dict[str, StoredRun]
    by_key: dict[str, str]

    def paths(self, keys: Iterable[str]) -> list[str]:
        """Of those runs that are listed."""
        return [self.by_key[key] for key in keys if key in self.by_key]


class _Known(NamedTuple):
    """What was listed of a file: None of one without runs; and what could not be read of it."""

    listing: Listing | None
    damage: tuple[Damage, ...]
    version: tuple[object, ...] | None
    marks: object = None


class _Asked(NamedTuple):
    """What there was when it was last asked what has changed. `identity`: of the file at that path."""

    identity: tuple[int, int]
    listing: Listing
    marks: object


class ChangedRuns(NamedTuple):
    """Of a file, by their paths in it, runs that have new points, and those of which other things are said.

    Both None: anything may have changed. `is_relisted`: other runs are in it, or under other names.
    """

    grown: list[str] | None
    told: list[str] | None
    is_relisted: bool


class Listings:
    """Which runs are in files, as they were listed last. Thread-safe.

    `stores`: the paths of files that had runs when they were last looked at; read it only.

    Args:
        root: what its folder is called.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[int, int], _Known] = OrderedDict()
        self._damaged: dict[str, tuple[Damage, ...]] = {}  # by path
        self.stores: set[str] = set()
        self._asked: dict[str, _Asked] = {}  # by path

    def of(
        self, file: OpenedFile, state: Callable[[], State], *, wanted: str | None = None
    ) -> Listing | None:
        """None of a file that holds none.

        Args:
            state: of the file.
            wanted: a path in it: a list that has it need not be the newest.

        Raises:
            NotServedError: it cannot be read.
        """
        identity = file.status.st_dev, file.status.st_ino
        with self._lock:
            known = self._known.get(identity)
        if known is not None and wanted is not None and known.listing and wanted in known.listing.folders:
            return known.listing
        version = state().version  # before it is listed: then it is listed again
        if known is None or version is None or version != known.version:
            known = self._listed(file, version, known)
            with self._lock:
                self._known[identity] = known
                self._known.move_to_end(identity)
                while len(self._known) > _MAX_KNOWN:
                    self._known.popitem(last=False)
        self._keep(file.path, identity, known)
        return known.listing

    def changed(self, file: OpenedFile, state: Callable[[], State]) -> ChangedRuns:
        """What has changed in a file since the last call, or since it was listed first.

        Raises:
            NotServedError: it cannot be read.
        """
        listing = self.of(file, state)
        identity = file.status.st_dev, file.status.st_ino
        with self._lock:
            known, asked = self._known.get(identity), self._asked.get(file.path)
            if listing is None or known is None or asked is None or asked.identity != identity:
                if listing is not None and known is not None:
                    self._asked[file.path] = _Asked(identity, listing, known.marks)
                return ChangedRuns(None, None, is_relisted=True)
        try:
            changed = listing.store.changed(file.fd, asked.marks)
        except UnreadableStoreError as error:
            raise NotServedError(file.path, error.reason) from None
        with self._lock:
            marks = changed.marks if changed is not None else known.marks
            self._asked[file.path] = _Asked(identity, listing, marks)
        is_relisted = listing is not asked.listing
        if changed is None:
            return ChangedRuns(None, None, is_relisted)
        return ChangedRuns(listing.paths(changed.grown), listing.paths(changed.told), is_relisted)

    def is_store(self, path: str) -> bool:
        """Whether there were runs in it when it was last looked at."""
        return path in self.stores

    def problems(self) -> list[Problem]:
        """What cannot be read of files that were met, as far as they are there."""
        with self._lock:
            damaged = dict(self._damaged)
        return [Problem(layout.shown(path), *each) for path, damage in damaged.items() for each in damage]

    def forget(self, path: str) -> None:
        """It is not there any more."""
        with self._lock:
            self._forget(path)

    def keep_only(self, folder: str, names: Collection[str]) -> None:
        """What is not among these names of a folder is not there any more."""
        with self._lock:
            for path in (*self._damaged, *self.stores):
                of_file, _, name = path.rpartition("/")
                if of_file == folder and name not in names:
                    self._forget(path)

    def _forget(self, path: str) -> None:
        self.stores.discard(path)
        self._damaged.pop(path, None)
        self._asked.pop(path, None)

    def _keep(self, path: str, identity: tuple[int, int], known: _Known) -> None:
        with self._lock:
            if known.listing is None:
                self.stores.discard(path)
            else:
                self.stores.add(path)
                self._asked.setdefault(path, _Asked(identity, known.listing, known.marks))
            if known.damage:
                self._damaged[path] = known.damage
            else:
                self._damaged.pop(path, None)

    def _listed(self, file: OpenedFile, version: tuple[object, ...] | None, before: _Known | None) -> _Known:
        try:
            found = store_registry.found_in(file.fd, f"{self._root}/{file.path}")
        except UnreadableStoreError as error:
            raise NotServedError(file.path, f"its runs cannot be read: {error.reason}") from None
        listing = before.listing if before is not None else None
        if found.store is None:
            listing = None
        elif listing is None or listing.listed is not found.runs:
            listing = _listing_of(found.store, found.runs)
        return _Known(listing, found.damage, version, found.marks)


def _listing_of(store: Store, stored: list[StoredRun]) -> Listing:
    folders: dict[str, list[str]] = {"": []}
    runs: dict[str, StoredRun] = {}
    for run in stored:
        path = "/".join(map(layout.folder_name_of, run.folders))
        if path in folders or any(outer in runs for outer in layout.outer_names(path)):
            path = f"{path} ({layout.folder_name_of(run.key)})"
        if path in folders:
            continue
        runs[path] = run
        folders[path] = [member_name(store)]
        for outer in ("", *layout.outer_names(path)[::-1]):
            below = folders.setdefault(outer, [])
            child = path[len(outer) + 1 if outer else 0 :].partition("/")[0]
            if child not in below[-1:]:
                below.append(child)
    folders = {path: list(dict.fromkeys(names)) for path, names in folders.items()}
    by_key = {run.key: path for path, run in runs.items()}
    return Listing(store, stored, folders, runs, by_key)


def inode_in(file: int, path: str) -> int:
    """A number like that of a folder on the disk; of the file itself its own."""
    if not path:
        return file
    digest = hashlib.blake2b(f"{file}/{path}".encode(errors="surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
