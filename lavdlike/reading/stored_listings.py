"""Which runs are in files of many, as folders with names (`stored_root`); listed again when the file has changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import NamedTuple

from lavdlike import layout
from lavdlike.disk.root import OpenedFile
from lavdlike.errors import NotServedError
from lavdlike.sources import store_registry
from lavdlike.sources.store import Store, StoredRun, UnreadableStoreError, member_name

_MAX_KNOWN = 64


class Listing(NamedTuple):
    """The runs of a file. `folders`: by path in it, with what is in them; `runs`: by path. `""` is the file."""

    store: Store
    folders: dict[str, list[str]]
    runs: dict[str, StoredRun]


class _Known(NamedTuple):
    """What was listed of a file; None of one without runs."""

    listing: Listing | None
    version: tuple[object, ...] | None


class Listings:
    """Which runs are in files, as they were listed last. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[int, int], _Known] = OrderedDict()

    def of(self, file: OpenedFile, name: str, *, wanted: str | None = None) -> Listing | None:
        """None of a file that holds none.

        Args:
            wanted: a path in it: a list that has it need not be the newest.

        Raises:
            NotServedError: it cannot be read.
        """
        identity = file.status.st_dev, file.status.st_ino
        with self._lock:
            known = self._known.get(identity)
        if known is not None and wanted is not None and known.listing and wanted in known.listing.folders:
            return known.listing
        version = store_registry.state_of(
            file.fd, name
        ).version  # before it is listed: then it is listed again
        if known is not None and version is not None and version == known.version:
            return known.listing
        listing = _listing_of(file, name)
        with self._lock:
            self._known[identity] = _Known(listing, version)
            self._known.move_to_end(identity)
            while len(self._known) > _MAX_KNOWN:
                self._known.popitem(last=False)
        return listing


def _listing_of(file: OpenedFile, name: str) -> Listing | None:
    try:
        found = store_registry.runs_of(file.fd, name)
    except UnreadableStoreError as error:
        raise NotServedError(file.path, f"its runs cannot be read: {error.reason}") from None
    if found is None:
        return None
    store, stored = found
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
    return Listing(store, folders, runs)
