"""Which runs are in files of many, as folders with names (`stored_root`); listed again when the file has changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import NamedTuple

from lavdlike import layout
from lavdlike.disk.root import OpenedFile
from lavdlike.errors import NotServedError
from lavdlike.messages import Problem
from lavdlike.sources import store_registry
from lavdlike.sources.store import Damage, State, Store, StoredRun, UnreadableStoreError, member_name

_MAX_KNOWN = 64


class Listing(NamedTuple):
    """The runs of a file. `folders`: by path in it, with what is in them; `runs`: by path. `""` is the file.

    `listed`: the runs as the store gave them.
    """

    store: Store
    listed: list[StoredRun]
    folders: dict[str, list[str]]
    runs: dict[str, StoredRun]


class _Known(NamedTuple):
    """What was listed of a file: None of one without runs; and what could not be read of it."""

    listing: Listing | None
    damage: tuple[Damage, ...]
    version: tuple[object, ...] | None


class Listings:
    """Which runs are in files, as they were listed last. Thread-safe.

    Args:
        root: what its folder is called.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[int, int], _Known] = OrderedDict()
        self._damaged: dict[str, tuple[Damage, ...]] = {}  # by path

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
        self._keep_damage(file.path, known.damage)
        return known.listing

    def problems(self) -> list[Problem]:
        """What cannot be read of files that were met, as far as they are there."""
        with self._lock:
            damaged = dict(self._damaged)
        return [Problem(layout.shown(path), *each) for path, damage in damaged.items() for each in damage]

    def forget(self, path: str) -> None:
        """It is not there any more."""
        with self._lock:
            self._damaged.pop(path, None)

    def keep_only(self, folder: str, names: Collection[str]) -> None:
        """What is not among these names of a folder is not there any more."""
        with self._lock:
            for path in list(self._damaged):
                of_file, _, name = path.rpartition("/")
                if of_file == folder and name not in names:
                    del self._damaged[path]

    def _keep_damage(self, path: str, damage: tuple[Damage, ...]) -> None:
        with self._lock:
            if damage:
                self._damaged[path] = damage
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
        return _Known(listing, found.damage, version)


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
    return Listing(store, stored, folders, runs)
