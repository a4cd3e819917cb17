"""One experiment that is kept up with the disk: takes hints, looks, and says what changed. Lives on the event loop."""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeVar

import msgspec

from lavdlike import layout
from lavdlike.disk.root import Root
from lavdlike.layout import ExperimentName
from lavdlike.messages import Problem
from lavdlike.reading import scan
from lavdlike.reading.scan_turns import Task
from lavdlike.reading.tree import ExperimentTree, FolderScan, TreeChanges
from lavdlike.server.live.coalescer import Coalescer
from lavdlike.server.live.hints import Priority
from lavdlike.server.live.inside_looks import InsideLooks
from lavdlike.server.live.limits import DEFAULTS, LiveLimits
from lavdlike.server.live.watcher import Watcher
from lavdlike.server.live.workers import Workers
from lavdlike.sources import store_registry

T = TypeVar("T")
# A round looks at all folders, or at those whose changes are not reported.
_RoundOf = Literal["all", "unreported"]

# How long one call looks before the loop gets what was found, and how much of it is taken in at once.
_SLICE_S = 0.02
_SLICE_NAMES = 500
# Classes of priorities (`Watcher.watch`); the root has 0, the rows of the overview those of what was left.
_EXPERIMENTS: Priority = (1, 0)
_FOLDERS_ON_SHOW = 2
_LEFT_EXPERIMENTS: Priority = (3, -(2**53))
_LEFT_FOLDERS = 4


class ExperimentTracker:
    """The tree of one experiment, true as of the last look.

    Args:
        name: of the experiment's folder.
        on_loaded: called when the first scan is complete.
        on_changes: called with what changed after that.
        is_experiment: whether a folder, by its path relative to the root, is one of its own; asked in any thread.
    """

    def __init__(
        self,
        name: ExperimentName,
        root: Root,
        workers: Workers,
        watcher: Watcher,
        on_loaded: Callable[[ExperimentTracker], None],
        on_changes: Callable[[ExperimentTracker, TreeChanges], None],
        limits: LiveLimits = DEFAULTS,
        is_experiment: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self.name = name
        self.tree = ExperimentTree()
        self.is_loaded = False
        self._root = root
        self._workers = workers
        self._watcher = watcher
        self._on_loaded = on_loaded
        self._on_changes = on_changes
        self._limits = limits
        self._is_experiment = is_experiment
        self.round_cost_s = 0.0  # CPU time of the last round of what is not reported
        self._round_s = 0.0  # how long that took
        self._is_watched = False
        self._is_on_show = False
        self._tasks: dict[str, Task] = {"": Task("", whole=True)}
        self._hinted: dict[str, set[str]] = {}  # names, by folder; become tasks when they are looked at
        self._waiting: deque[Task] = deque()  # taken from those, to be done in this order
        self._asked: _RoundOf | None = None
        self._round: _Round | None = None
        self._share = 0.0
        self._compared = 0
        self._has_begun = False
        self._inside = InsideLooks(name, root, workers, self.tree, self._take_inside, limits)
        self._scans = Coalescer(self._scan, first_retry_s=limits.first_retry_s)
        self._ranks = Coalescer(self._rank)

    @property
    def is_current(self) -> bool:
        """Whether nothing is known to wait for a look."""
        return self.is_loaded and self._scans.is_done

    @property
    def is_checking(self) -> bool:
        """Whether a round is under way, or about to be."""
        return self._round is not None or self._asked is not None

    @property
    def failure(self) -> Exception | None:
        """Why the last look failed; it is tried again. None if it did not."""
        return self._scans.failure

    def round_s(self, now: float) -> float:
        """How long a round takes, as far as the last one and the one under way tell (monotonic time)."""
        under_way_s = now - self._round.begun if self._round else 0.0
        return max(self._round_s, under_way_s)

    def hint(self, folder: str, name: str | None) -> None:
        """Something may have changed (`hints.Hint`); `folder` is relative to the experiment."""
        if name is None:
            self._add(Task(folder, whole=True))
        else:
            self._hinted.setdefault(folder, set()).add(name)
        if folder or name not in self.tree.points_files:
            self._scans.ask()

    def take_patterns(self, matches: Sequence[str]) -> None:
        """What people say now of steps in paths."""
        changes = self.tree.take_patterns(matches)
        if self.is_loaded and changes.items:
            self._on_changes(self, changes)

    def scan_rest(self) -> None:
        """What was put off: a scalars file that grows all the time is read by `Points` and stays what it is."""
        if self._tasks or self._hinted:
            self._scans.ask()

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
            self._ranks.ask()
            self.watch_rest()
        else:
            self.watch()

    def leave(self) -> None:
        """It is no longer on show: it stays watched as long as nobody else needs the watches."""
        self._is_on_show = False
        self._ranks.ask()

    async def ranked(self) -> None:
        """Wait until the watcher knows how important its folders are now."""
        await self._ranks.done()

    def watch_rest(self) -> None:
        """Watch what there was no watch for, since others may have made room."""
        if self.unreported():
            self.check()

    def unwatch(self, row: Priority) -> None:
        """From now on changes are found by `check` alone.

        Args:
            row: the experiment's own folder stays watched for its row of the overview, with this priority.
        """
        if self._is_watched:
            self._unwatch_below()
            self._watcher.rank({self.name: row})

    def unreported(self) -> list[str]:
        """The folders whose changes are not reported."""
        above = len(self._below_root("x")) - 1
        folders = [path for path, folder in list(self.tree.folders.items()) if not folder.inside]
        paths = map(self._below_root, folders)
        return [path[above:] for path in self._watcher.unwatched(paths)]

    def check(self) -> None:
        """Look for changes in all folders and behind links, and watch the folders, as far as there are watches."""
        self._ask_for_round("all")

    def check_unreported(self, share: float = 0.0) -> None:
        """Look for changes in folders where they are not reported, and behind links.

        Args:
            share: of the other folders, that are compared with the disk as well: other ones each time.
        """
        self._share = min(1.0, self._share + share)
        self._ask_for_round("unreported")

    def _ask_for_round(self, of: _RoundOf) -> None:
        if self._has_begun:  # otherwise everything is about to be looked at anyway
            self._asked = "all" if "all" in (of, self._asked) else of
        self._scans.ask()

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
        self.scan_rest()
        await self._scans.done()
        await self._inside.patiently_done()

    async def looked_inside(self) -> None:
        """Wait until what lies in files is known as well, however long they are."""
        await self._inside.done()

    async def close(self) -> None:
        """Look no more. The experiment's own folder stays watched: it is that of its row."""
        self._unwatch_below()  # at once: another tracker of this name may begin to watch
        await self._scans.close()
        await self._inside.close()
        await self._ranks.close()

    def _unwatch_below(self) -> None:
        self._is_watched = False
        self._watcher.unwatch([self._below_root(folder) for folder in self.tree.folders if folder])

    def _take_inside(self, changes: TreeChanges) -> None:
        if self.is_loaded:
            self._on_changes(self, changes)

    def _look_inside(self, task: Task) -> None:
        """What lies in files may have changed with them."""
        for inside in self.tree.insides:
            folder, _, name = layout.file_of_inside(inside).rpartition("/")
            if folder == task.folder and (task.whole or name in task.names or _is_run_in(name, task.names)):
                self._inside.ask(inside)

    def _add(self, task: Task) -> None:
        self._look_inside(task)
        known = self._tasks.get(task.folder)
        self._tasks[task.folder] = task if known is None else known.and_also(task)

    async def _scan(self) -> None:
        self._has_begun = True
        try:
            while self._tasks or self._hinted or self._waiting or self.is_checking:
                for folder, names in self._hinted.items():
                    self._add(Task(folder, frozenset(names)))
                self._hinted = {}
                # What is hinted at meanwhile goes first: a look at everything can take long.
                newest = [self._tasks[folder] for folder in _newest_first(self._tasks)]
                self._tasks = {}
                self._waiting.extendleft(reversed(newest))
                if self._waiting:
                    await self._scan_some(self._waiting)
                await self._go_on_with_round()
        finally:
            for task in self._waiting:  # a look has failed
                self._add(task)
            self._waiting.clear()
        if not self.is_loaded:
            await self._inside.patiently_done()
            self.is_loaded = True
            self._on_loaded(self)

    async def _scan_some(self, waiting: deque[Task]) -> float:
        """Do some of what waits, and take it away. Returns the CPU time of the look, in seconds."""
        batch = list(itertools.islice(waiting, self._limits.scan_tasks))
        look = partial(
            scan.scan_folders,
            self._root,
            self.name,
            batch,
            self.tree.folders,
            self._watch,
            budget_s=_SLICE_S,
            is_other=self._is_experiment,
        )
        changes = TreeChanges()
        found, cost_s = await self._workers.run(
            self.name, partial(_with_cost, look), limit_s=self._limits.scan_s
        )
        for seen in found:
            if not seen.is_further:
                waiting.popleft()
            await self._take_in(seen, changes)
        self._watcher.unwatch(map(self._below_root, changes.removed_folders))
        new = [folder for folder in changes.unseen_folders() if folder not in self.tree.insides]
        for inside in self.tree.insides.intersection(changes.new_folders):
            self._inside.ask(inside)
        in_order = (
            _newest_first(new) if len(new) < _SLICE_NAMES else await asyncio.to_thread(_newest_first, new)
        )
        self._waiting.extend(Task(folder, whole=True) for folder in in_order)
        if self.is_loaded:
            self._on_changes(self, changes)
        return cost_s

    async def _go_on_with_round(self) -> None:
        """A few folders of the round under way, or of the next one."""
        if self._round is None and self._asked is not None:
            self._round = await self._next_round(self._asked)
        round_ = self._round
        if round_ is None:
            return
        tasks = deque(
            self._check(folder, round_)
            for folder in itertools.islice(round_.waiting, self._limits.scan_tasks)
        )
        if tasks:
            count = len(tasks)
            round_.cost_s += await self._scan_some(tasks)
            for _ in range(count - len(tasks)):
                round_.waiting.popleft()
        if not round_.waiting:
            self._round = None
            if round_.of == "unreported":
                self.round_cost_s, self._round_s = round_.cost_s, time.monotonic() - round_.begun

    async def _next_round(self, of: _RoundOf) -> _Round:
        share, self._share, self._asked = self._share, 0.0, None
        begun = time.monotonic()
        folders, cost_s = await asyncio.to_thread(_with_cost, partial(self._to_check, of, share))
        for folder, names in self.tree.linked().items():
            self._add(Task(folder, names))
        for inside in self.tree.insides:
            self._inside.ask(inside)
        return _Round(of, deque(folders), begun, cost_s)

    def _to_check(self, of: _RoundOf, share: float) -> list[str]:
        """In a thread."""
        folders = [path for path, folder in list(self.tree.folders.items()) if not folder.inside]
        if of == "all":
            return _newest_first(folders)
        count = math.ceil(share * len(folders))
        compared = (folders[self._compared :] + folders)[:count]
        self._compared = (self._compared + count) % len(folders)
        return list(dict.fromkeys(self.unreported() + compared))

    def _check(self, folder: str, round_: _Round) -> Task:
        known = self.tree.folders.get(folder)
        modified_ns = known.modified_ns if known else 0
        return Task(folder, whole=True, unless_modified_ns=modified_ns, lightly=round_.of == "unreported")

    async def _take_in(self, seen: FolderScan, changes: TreeChanges) -> None:
        # A folder of very many names is taken in by parts, so that others get their turn.
        if len(seen.nodes) > _SLICE_NAMES:
            nodes = iter(seen.nodes.items())
            while part := dict(itertools.islice(nodes, _SLICE_NAMES)):
                self.tree.apply(seen._replace(nodes=part, complete=False), changes)
                await asyncio.sleep(0)
            seen = seen._replace(touched=frozenset())
        self.tree.apply(seen, changes)

    def _watch(self, folder: str, descriptor: int) -> None:
        if self._is_watched:
            self._watcher.watch(self._below_root(folder), descriptor, self._priority(folder))

    async def _rank(self) -> None:
        await asyncio.to_thread(self._rank_folders)

    def _rank_folders(self) -> None:
        """In a thread."""
        folders = list(self.tree.folders)
        self._watcher.rank({self._below_root(folder): self._priority(folder) for folder in folders})

    def _priority(self, folder: str) -> Priority:
        """Which folders get a watch first: those on show, the experiments' own, others; of these the newest steps."""
        if not folder:
            return _EXPERIMENTS if self._is_on_show else _LEFT_EXPERIMENTS
        step = layout.step_of_folder(folder.partition("/")[0])
        class_ = _FOLDERS_ON_SHOW if self._is_on_show else _LEFT_FOLDERS
        return class_, -(2**53) if step is None else -step

    def _below_root(self, folder: str) -> str:
        return f"{self.name}/{folder}" if folder else self.name


@dataclass
class _Round:
    """A look at many folders, a few at a time. `begun`: monotonic time. `cost_s`: CPU time of the looks so far."""

    of: _RoundOf
    waiting: deque[str]
    begun: float
    cost_s: float


def _with_cost(call: Callable[[], T]) -> tuple[T, float]:
    """What a call returns, and its CPU time: what it waited for other programs and threads does not count."""
    begun = time.thread_time()
    result = call()
    return result, time.thread_time() - begun


def _is_run_in(name: str, changed: Iterable[str]) -> bool:
    """Whether a file is that of a run in a file of many, of which one of these names may be."""
    return store_registry.may_be_member(name) and any(map(store_registry.may_be_store, changed))


def _newest_first(folders: Iterable[str]) -> list[str]:
    """In which order folders are looked at: what is no step, then steps from the last one on; what is deeper, later."""
    levels: dict[int, list[str]] = {}
    for folder in folders:
        levels.setdefault(folder.count("/"), []).append(folder)
    return [folder for depth in sorted(levels) for folder in sorted(levels[depth], key=_age)]


def _age(folder: str) -> float:
    step = layout.step_of_folder(folder.partition("/")[0])
    return float("-inf") if step is None else float(-step)
