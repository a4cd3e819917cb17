"""One experiment that is kept up with the disk: takes hints, looks, and says what changed. Lives on the event loop."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial

import msgspec

from lavdlike import layout
from lavdlike.server import files, scan
from lavdlike.server.gather import Gathered
from lavdlike.server.messages import Problem
from lavdlike.server.scan import Task
from lavdlike.server.tree import Changes, ExperimentTree, Seen
from lavdlike.server.watcher import Priority, Watcher
from lavdlike.server.workers import Workers

# How long one call looks before the loop gets what was found, and how much of it is taken in at once.
_SLICE_S = 0.02
_SLICE_TASKS = 256
_SLICE_NAMES = 500
_LIMIT_S = 30.0
# Classes of priorities (`Watcher.watch`); the root has 0, the rows of the overview those of what was left.
_EXPERIMENTS: Priority = (1, 0)
_FOLDERS_ON_SHOW = 2
_LEFT_EXPERIMENTS: Priority = (3, -(2**53))
_LEFT_FOLDERS = 4


class Followed:
    """The tree of one experiment, true as of the last look.

    Args:
        name: of the experiment's folder.
        on_loaded: called when the first look is complete.
        on_changes: called with what changed after that.
    """

    def __init__(
        self,
        name: str,
        root: files.Root,
        workers: Workers,
        watcher: Watcher,
        on_loaded: Callable[[Followed], None],
        on_changes: Callable[[Followed, Changes], None],
    ) -> None:
        self.name = name
        self.tree = ExperimentTree()
        self.is_loaded = False
        self._root = root
        self._workers = workers
        self._watcher = watcher
        self._on_loaded = on_loaded
        self._on_changes = on_changes
        self.check_s = 0.0  # how long the last check took
        self._is_check = False
        self._is_watched = False
        self._is_on_show = False
        self._tasks: dict[str, Task] = {"": Task("", whole=True)}
        self._looks = Gathered(self._look)

    @property
    def is_current(self) -> bool:
        """Whether nothing is known to wait for a look."""
        return self.is_loaded and self._looks.is_done

    def hint(self, folder: str, name: str | None) -> None:
        """Something may have changed (`watcher.Hint`); `folder` is relative to the experiment."""
        self._add(Task(folder, whole=True) if name is None else Task(folder, frozenset({name})))
        if folder or name not in self.tree.scalars_files:
            self._looks.ask()

    def look_at_rest(self) -> None:
        """What was put off: a scalars file that grows all the time is read by `Points` and stays what it is."""
        if self._tasks:
            self._looks.ask()

    def watch(self) -> None:
        """From now on have changes reported, as far as there are watches."""
        if not self._is_watched:
            self._is_watched = True
            self.check()

    def show(self) -> None:
        """It is on show from now on, and watched before all that is not."""
        if self._is_on_show:
            return
        self._is_on_show = True
        if self._is_watched:
            self._rank()
            self.watch_rest()
        else:
            self.watch()

    def leave(self) -> None:
        """It is no longer on show: it stays watched as long as nobody else needs the watches."""
        self._is_on_show = False
        self._rank()

    def watch_rest(self) -> None:
        """Watch what there was no watch for, since others may have made room."""
        if self.unreported():
            self.check()

    def unwatch(self) -> None:
        """From now on changes are found by `check` alone."""
        self._is_watched = False
        self._watcher.unwatch(self._below_root(folder) for folder in self.tree.folders)

    def unreported(self) -> list[str]:
        """The folders whose changes are not reported."""
        return [
            folder for folder in self.tree.folders if not self._watcher.is_watched(self._below_root(folder))
        ]

    def check(self, folders: Iterable[str] | None = None) -> None:
        """Look for changes that were not reported in these folders, and behind links.

        Args:
            folders: None for all, which are then also watched, as far as there are watches.
        """
        self._is_check = True
        lightly = folders is not None
        for folder in self.tree.folders if folders is None else folders:
            modified_ns = self.tree.folders[folder].modified_ns
            self._add(Task(folder, whole=True, unless_modified_ns=modified_ns, lightly=lightly))
        for folder, names in self.tree.linked().items():
            self._add(Task(folder, names))
        self.look_at_rest()

    def problems(self) -> list[Problem]:
        """What cannot be shown, or not wholly; paths relative to the root."""
        return self.below_root(self.tree.problems())

    def below_root(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems that the tree has named, with paths relative to the root."""
        name = layout.shown(self.name)
        return [
            msgspec.structs.replace(problem, path=f"{name}/{problem.path}" if problem.path else name)
            for problem in problems
        ]

    async def current(self) -> None:
        """Wait until everything that is known to wait has been looked at.

        Raises:
            TooSlowError, OSError: it cannot be.
        """
        self.look_at_rest()
        await self._looks.done()

    async def close(self) -> None:
        await self._looks.close()
        self._watcher.unwatch(self._below_root(folder) for folder in self.tree.folders)

    def _add(self, task: Task) -> None:
        known = self._tasks.get(task.folder)
        self._tasks[task.folder] = task if known is None else known.and_also(task)

    async def _look(self) -> None:
        begun = time.monotonic()
        is_check, self._is_check = self._is_check, False
        waiting: deque[Task] = deque()
        try:
            while self._tasks or waiting:
                # What is hinted at meanwhile goes first: a look at everything can take long.
                newest = sorted(self._tasks.values(), key=lambda task: _newest_first(task.folder))
                self._tasks = {}
                waiting.extendleft(reversed(newest))
                await self._look_at_some(waiting)
        finally:
            for task in waiting:  # a look has failed
                self._add(task)
        if is_check:
            self.check_s = time.monotonic() - begun
        if not self.is_loaded:
            self.is_loaded = True
            self._on_loaded(self)

    async def _look_at_some(self, waiting: deque[Task]) -> None:
        batch = list(itertools.islice(waiting, _SLICE_TASKS))
        look = partial(
            scan.look, self._root, self.name, batch, self.tree.folders, self._watch, budget_s=_SLICE_S
        )
        changes = Changes()
        for seen in await self._workers.run(self.name, look, limit_s=_LIMIT_S):
            waiting.popleft()
            await self._take_in(seen, changes)
        self._watcher.unwatch(map(self._below_root, changes.removed_folders))
        waiting.extend(Task(folder, whole=True) for folder in sorted(changes.new_folders, key=_newest_first))
        if self.is_loaded:
            self._on_changes(self, changes)

    async def _take_in(self, seen: Seen, changes: Changes) -> None:
        # A folder of very many names is taken in by parts, so that others get their turn.
        if len(seen.things) > _SLICE_NAMES:
            things = iter(seen.things.items())
            while part := dict(itertools.islice(things, _SLICE_NAMES)):
                self.tree.apply(seen._replace(things=part, complete=False), changes)
                await asyncio.sleep(0)
            seen = seen._replace(touched=frozenset())
        self.tree.apply(seen, changes)

    def _watch(self, folder: str, descriptor: int) -> None:
        if self._is_watched:
            self._watcher.watch(self._below_root(folder), descriptor, self._priority(folder))

    def _rank(self) -> None:
        self._watcher.rank({self._below_root(folder): self._priority(folder) for folder in self.tree.folders})

    def _priority(self, folder: str) -> Priority:
        """Which folders get a watch first: those on show, the experiments' own, others; of these the newest steps."""
        if not folder:
            return _EXPERIMENTS if self._is_on_show else _LEFT_EXPERIMENTS
        step = layout.step_of_folder(folder.partition("/")[0])
        class_ = _FOLDERS_ON_SHOW if self._is_on_show else _LEFT_FOLDERS
        return class_, -(2**53) if step is None else -step

    def _below_root(self, folder: str) -> str:
        return f"{self.name}/{folder}" if folder else self.name


def _newest_first(folder: str) -> tuple[int, int, str]:
    """In which order folders are looked at: what is no step, then steps from the last one on."""
    step = layout.step_of_folder(folder.partition("/")[0])
    return (folder.count("/"), -1 if step is None else -step, folder)
