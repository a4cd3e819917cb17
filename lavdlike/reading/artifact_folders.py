"""Folders on the disk that belong to runs in a file of many: MLflow's artifacts, whose places its database says.

For whoever looks at the tree they are in the run's folder, and no more where they lie. Only those in the same root are
opened, whatever path the file has.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lavdlike import layout
from lavdlike.disk.root import Entry, OpenedFolder, Root
from lavdlike.errors import NotServedError
from lavdlike.reading.files_beside import in_root
from lavdlike.sources.run_store import OWN_NAME, BesideFolder, StoredRun


class ArtifactFolders:
    """Those of the runs in a root. Thread-safe.

    Args:
        root: opens folders, with the limits of a root.
        path: where it is.
    """

    def __init__(self, root: Root, path: Path) -> None:
        self._root = root
        self._path = path
        self._listed: dict[str, tuple[object, frozenset[str]]] = {}  # by file

    def of(self, run: StoredRun, file: str) -> dict[str, str]:
        """By their names in the run's folder, their paths in the root, whether they are there or not.

        Args:
            file: that the run is in, relative to the root.
        """
        found: dict[str, str] = {}
        for folder in run.beside:
            path = self._path_of(folder, file)
            if path is not None:
                found.setdefault(layout.folder_name_of(folder.name), path)
        return found

    def real(self, run: StoredRun, file: str, below: str) -> str | None:
        """The path in the root of what is at a path below the run's folder; None if it is in none of these."""
        name, slash, rest = below.partition("/")
        found = self.of(run, file).get(name)
        return None if found is None else f"{found}{slash}{rest}"

    def real_in(self, runs: Mapping[str, StoredRun], file: str, below: str) -> str | None:
        """The same of a path in the file. `runs`: those of the file, by their paths in it."""
        run = next((outer for outer in layout.outer_names(below) if outer in runs), None)
        return None if run is None else self.real(runs[run], file, below[len(run) + 1 :])

    def entries(self, run: StoredRun, file: str) -> Iterator[Entry]:
        """Those that are there."""
        for name, path in self.of(run, file).items():
            try:
                with self._root.folder(path) as opened:
                    yield Entry(name, "folder", opened.status().st_ino)
            except (OSError, NotServedError):
                continue

    @contextmanager
    def opened(self, path: str) -> Iterator[OpenedFolder]:
        with self._root.folder(path) as opened:
            yield opened

    def status_of(self, real: str | None, path: str) -> os.stat_result:
        """Of what `real` found at a path. Raises FileNotFoundError: it is nothing, or not there."""
        if real is None:
            raise FileNotFoundError(errno.ENOENT, "no such file", path)
        folder, _, name = real.rpartition("/")
        with self._root.folder(folder) as opened:
            return opened.status_of(name)

    def list_runs(self, file: str, listed: object, runs: Mapping[str, StoredRun]) -> None:
        """The runs of a file, as they were listed last: from now on their folders are theirs.

        Args:
            listed: another object for other runs.
        """
        known = self._listed.get(file)
        if known is None or known[0] is not listed:
            own = (folder for run in runs.values() for folder in run.beside if folder.is_own)
            paths = (self._path_of(folder, file) for folder in own)
            self._listed[file] = listed, frozenset(path for path in paths if path is not None)

    def has(self, path: str, files: Collection[str]) -> bool:
        """Whether a folder was made for a run of one of these files, which are there."""
        return any(path in paths for file, (_, paths) in list(self._listed.items()) if file in files)

    def _path_of(self, folder: BesideFolder, file: str) -> str | None:
        """In the root; None of one outside of it."""
        outer, _, name = file.rpartition("/")
        return in_root(folder.path.replace(OWN_NAME, name.rpartition(".")[0]), outer, self._path)
