"""Experiments in folders of the root: found in the background, and kept up with the disk. Lives on the event loop.

What is directly in the root is known from one listing (`rows`); whether it holds runs of its own shows only inside. So
that is looked at once the rows have been read, a few folders at a time, and again where the watcher or a round hints.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Protocol

from lavdlike import layout
from lavdlike.disk.root import Root
from lavdlike.kinds import places, registry
from lavdlike.layout import ExperimentName
from lavdlike.reading import discovery, run_folders
from lavdlike.reading.discovery import Asked, Seen
from lavdlike.reading.run_folders import Look, Rule, RunFolders
from lavdlike.reading.tree import Subfolder
from lavdlike.server.live.coalescer import Coalescer
from lavdlike.server.live.hints import Priority
from lavdlike.server.live.limits import DEFAULTS, LiveLimits
from lavdlike.server.live.workers import Workers
from lavdlike.sources import run_marks, store_registry

# How long one call looks before the loop gets what was found, and at how many folders.
_SLICE_S = 0.02
_SLICE_FOLDERS = 512
# How many are compared with the disk between two ticks, of those that are not watched.
_CHECKED = 1000
# Folders in those of the root that are watched, the last of all (`Watcher.watch`), and names known to be files.
_MAX_WATCHED = 8192
_MAX_FILES = 20_000
_FOLDERS_IN_FOLDERS: Priority = (5, 0)

# Told which paths are experiments now (None: none any more), outer ones first.
Changed = Callable[[Mapping[ExperimentName, Subfolder | None]], None]


class _Watching(Protocol):
    """What is asked of a watcher (`Watcher`)."""

    def watch(self, folder: str, descriptor: int, priority: Priority) -> None: ...

    def unwatch(self, folders: Iterable[str]) -> None: ...

    def unwatched(self, folders: Iterable[str]) -> list[str]: ...


class NestedRuns:
    """Args: on_changed: called with what became an experiment, another one, or none. subject: of calls (`Workers`)."""

    def __init__(
        self,
        root: Root,
        workers: Workers,
        watcher: _Watching,
        on_changed: Changed,
        *,
        subject: str = "",
        poll_interval_s: float,
        limits: LiveLimits = DEFAULTS,
    ) -> None:
        self._root = root
        self._workers = workers
        self._watcher = watcher
        self._on_changed = on_changed
        self._subject = subject
        self._poll_interval_s = poll_interval_s
        self._limits = limits
        self._folders = RunFolders()
        self._modified_ns: dict[str, int] = {}
        self._waiting: dict[str, bool] = {}  # whether to look although the folder's time is the known one
        self._in_root: set[str] = set()
        self._names: dict[
            str, bool
        ] = {}  # paths that may be folders which have come, or (True) marks that are gone
        self._files: set[str] = set()
        self._watched: set[str] = set()
        self._checked = 0
        self._round_begun = float("-inf")
        self._scans = Coalescer(self._scan, first_retry_s=limits.first_retry_s)

    def look_into(self, folders: Iterable[ExperimentName]) -> None:
        """Look at folders of the root, known from now on, or at known ones in them, and at what is in them."""
        folders = list(folders)
        self._in_root.update(folder for folder in folders if "/" not in folder)
        self._look_at(folders)

    def look_for(self, name: ExperimentName) -> None:
        """Look whether there is an experiment of this name."""
        self._look_at(
            itertools.islice((each for each in layout.outer_names(name) if each in self._folders), 1)
        )

    def folder_of_runs(self, name: ExperimentName) -> Subfolder | None:
        """A folder that is no experiment and in none, and holds some; None if it is none."""
        look = self._folders.look_at(name)
        is_one = look is not None and self._folders.rule_of(name) is Rule.ONLY_RUNS
        return Subfolder(look.identity) if look is not None and is_one else None

    async def found(self) -> None:
        """Wait until everything that is known to wait has been looked at; raises as `Coalescer.done`."""
        await self._scans.done()

    def forget(self, folders: Iterable[str]) -> None:
        """These folders of the root are gone, or others have taken their names."""
        for folder in folders:
            self._in_root.discard(folder)
            self._waiting.pop(folder, None)
            self._folders.take(folder, None)
        self._tell()

    def look_at_all(self) -> None:
        """Anything may have changed."""
        self._look_at(list(self._folders))

    def look_at_folders_of_runs(self) -> None:
        """Experiments may have come or gone in folders that are none."""
        found = [each for each in self._folders if not self._folders.is_inner_run(each)]
        self._look_at(found, anyway=False)

    def hint(self, folder: str, name: str | None) -> None:
        """Something may have changed in a folder of the root, or deeper (`hints.Hint`)."""
        look = self._folders.look_at(folder)
        if look is None:
            return
        if name is None:
            self._look_at([folder])
            return
        store = store_registry.changed_store(name)
        path = f"{folder}/{store or name}"
        if path in self._folders:
            self._look_at([path])
        elif run_folders.may_tell(name):
            self._hint_at_mark(folder, name, look)
        elif self._may_be_folder(folder, name) and (store or path not in self._files):
            self._names[path] = False
            self._scans.ask()

    def look_at_store(self, file: str) -> None:
        """Other runs are in a file of runs."""
        found = [each for each in self._folders if each == file or each.startswith(f"{file}/")]
        self._look_at(each for each in found if not self._folders.is_inner_run(each))

    def check(self, *, is_looked_at: bool) -> None:
        """Look at some of what is not watched: at all of it in each interval, far less often if nobody looks."""
        now = time.monotonic()
        interval_s = (
            self._poll_interval_s if is_looked_at else max(self._poll_interval_s, self._limits.reconcile_s)
        )
        if self._checked == 0:
            if now - self._round_begun < interval_s:
                return
            self._round_begun = now
            # Was one gone at the last look, and is there again as the same inode, nothing else has noticed.
            self._look_at([folder for folder in self._in_root if folder not in self._folders])
        some = list(itertools.islice(self._folders, self._checked, self._checked + _CHECKED))
        self._checked = self._checked + _CHECKED if len(some) == _CHECKED else 0
        self._look_at(self._watcher.unwatched(some), anyway=False)

    async def close(self) -> None:
        await self._scans.close()

    def _look_at(self, folders: Iterable[str], *, anyway: bool = True) -> None:
        """`anyway`: although no name in a folder has come or gone."""
        for folder in folders:
            self._waiting[folder] = self._waiting.get(folder, False) or anyway
        if self._waiting:
            self._scans.ask()

    def _hint_at_mark(self, folder: str, name: str, look: Look) -> None:
        """Such files are written all the time; what they make of their folder seldom changes."""
        if look.is_ours and name != layout.EXPERIMENT_FILE:
            return
        if not run_folders.is_told(look, name):
            self._look_at([folder], anyway=run_marks.is_told_by_content(name))
        elif "/" in folder or self._folders.holds_runs(folder):  # others are experiments with and without it
            self._names[f"{folder}/{name}"] = True
            self._scans.ask()

    def _may_be_folder(self, folder: str, name: str) -> bool:
        if layout.step_of_folder(name) is not None:
            return self._folders.takes_steps(folder)
        return registry.kind_of_suffix(places.split_suffix(name)[1]) is None

    async def _scan(self) -> None:
        while self._names or self._waiting:
            if self._names:
                await self._look_at_names()
            some = list(itertools.islice(self._waiting.items(), _SLICE_FOLDERS))
            for path, _ in some:  # before it is looked at: a hint from now on asks for another look
                del self._waiting[path]
            asked = [Asked(path, 0 if anyway else self._modified_ns.get(path, 0)) for path, anyway in some]
            seen: list[Seen] = []
            try:
                look = partial(discovery.look_at_folders, self._root, asked, self._watch, budget_s=_SLICE_S)
                seen = (
                    await self._workers.run(self._subject, look, limit_s=self._limits.scan_s) if asked else []
                )
            finally:  # as many as the time allowed
                for path, anyway in some[len(seen) :]:
                    self._waiting[path] = self._waiting.get(path, False) or anyway
            for each in seen:
                self._take(each)
            self._waiting.update(dict.fromkeys(self._folders.unseen(), True))
            self._tell()

    async def _look_at_names(self) -> None:
        names, self._names = self._names, {}
        look = partial(discovery.types_at, self._root, list(names))
        found = await self._workers.run(self._subject, look, limit_s=self._limits.scan_s)
        if len(self._files) > _MAX_FILES:
            self._files.clear()
        for (path, was_mark), type_ in zip(names.items(), found, strict=True):
            if type_ == "folder" or (was_mark and type_ is None):
                self._waiting[path.rpartition("/")[0]] = True
            elif not was_mark and type_ is not None:
                self._files.add(path)

    def _take(self, seen: Seen) -> None:
        if seen.is_same or ("/" not in seen.path and seen.path not in self._in_root):
            return
        self._folders.take(seen.path, seen.look)
        above, _, name = seen.path.rpartition("/")
        look = self._folders.look_at(above)
        if look is not None and not look.is_run and run_marks.may_be_in_mark(name):
            self._waiting[above] = True
        if seen.look is None:
            self._modified_ns.pop(seen.path, None)
            self._watched.discard(seen.path)
            self._watcher.unwatch([seen.path])
        else:
            self._modified_ns[seen.path] = seen.modified_ns

    def _tell(self) -> None:
        changes: dict[ExperimentName, Subfolder | None] = {}
        for path in self._folders.changed():
            look = self._folders.look_at(path)
            is_one = look is not None and path in self._folders.experiments
            changes[ExperimentName(path)] = Subfolder(look.identity) if look is not None and is_one else None
        if changes:
            self._on_changed(changes)

    def _watch(self, folder: str, descriptor: int) -> None:
        """In a thread."""
        if _is_step(folder.rpartition("/")[2]):
            return
        if folder not in self._watched:
            if "/" in folder and len(self._watched) >= _MAX_WATCHED:
                return
            self._watched.add(folder)
        self._watcher.watch(folder, descriptor, _FOLDERS_IN_FOLDERS)


def _is_step(name: str) -> bool:
    """Whether a folder is numbered as only steps are: with zeros in front."""
    return len(name) > 1 and name.startswith("0") and layout.step_of_folder(name) is not None
