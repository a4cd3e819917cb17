"""The experiments that somebody has looked at, kept up with the disk, and what is told of their changes.

Lives on the event loop.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial

from lavdlike import layout
from lavdlike.disk.root import OpenedFile, Root
from lavdlike.errors import NotServedError
from lavdlike.layout import ExperimentId, ExperimentName
from lavdlike.messages import ItemChange, ItemsChanged, Problem, ScalarsChanged
from lavdlike.reading.tree import SCALARS, Address, FolderScan, TreeChanges
from lavdlike.series.kept_points import KeptPoints, kept_points_folder
from lavdlike.series.store import SeriesStore
from lavdlike.server.live.limits import LiveLimits
from lavdlike.server.live.points import Points, Turns
from lavdlike.server.live.problem_log import ProblemLog
from lavdlike.server.live.row import Row
from lavdlike.server.live.subscriptions import Publisher
from lavdlike.server.live.tracker import ExperimentTracker
from lavdlike.server.live.watcher import Watcher
from lavdlike.server.live.workers import CrashedError, TooSlowError, Workers
from lavdlike.sources import source_registry
from lavdlike.sources.columns import StepValue


class KnownExperiment:
    """An experiment that somebody has looked at: its tree, its points, and what was wrong with its items."""

    def __init__(
        self, row: Row, tracker: ExperimentTracker, points: Points, poll_interval_s: float, limits: LiveLimits
    ) -> None:
        self.row = row
        self.tracker = tracker
        self.points = points
        self.last_used = time.monotonic()
        self.problems: dict[Address, Problem] = {}  # of items, that showed when they were read
        self.has_come_back = False  # browsers may show the one that was there before
        self._poll_interval_s = poll_interval_s
        self._limits = limits
        self.checked_at = self.compared_at = self.watched_at = time.monotonic()

    @property
    def name(self) -> ExperimentName:
        return self.row.name

    @property
    def id(self) -> ExperimentId:
        return self.row.summary.id

    @property
    def check_interval_s(self) -> float:
        """How often what is not reported is looked at; less often where a look is much work."""
        return max(self._poll_interval_s, self.tracker.round_cost_s / self._limits.checking_share)

    @property
    def failure(self) -> Exception | None:
        """Why it cannot be kept up to date now; it is tried again. None if it can."""
        return self.tracker.failure or self.points.failure

    def delay_s(self, now: float) -> float:
        """The longest that a change which is not reported goes unseen."""
        return self.check_interval_s + self.tracker.round_s(now) + self._limits.tick_s

    async def close(self) -> None:
        await self.tracker.close()
        await self.points.close()


class KnownExperiments:
    """All of them, by name; those nobody looks at are forgotten in the end, the least recently used first.

    Args:
        is_experiment: whether a folder, by its path relative to the root, is an experiment now; asked in any thread.
    """

    def __init__(
        self,
        root: Root,
        workers: Workers,
        watcher: Watcher,
        publisher: Publisher,
        problem_log: ProblemLog,
        is_experiment: Callable[[str], bool],
        *,
        poll_interval_s: float,
        limits: LiveLimits,
    ) -> None:
        self.by_name: dict[ExperimentName, KnownExperiment] = {}
        self.series = SeriesStore(_TreeFiles(root, self.by_name), kept=KeptPoints(kept_points_folder()))
        self._root = root
        self._workers = workers
        self._watcher = watcher
        self._publisher = publisher
        self._problem_log = problem_log
        self._is_experiment = is_experiment
        self._poll_interval_s = poll_interval_s
        self._limits = limits
        self._turns = Turns(limits.patience_s, workers.urgency)
        self._closing: set[asyncio.Task[None]] = set()
        self._keeping: asyncio.Task[None] | None = None
        self._patterns: Sequence[str] = ()

    def take_patterns(self, matches: Sequence[str]) -> None:
        """What people say now of steps in paths."""
        self._patterns = matches
        for known in self.by_name.values():
            known.tracker.take_patterns(matches)

    async def close(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        for known in self.by_name.values():
            await known.close()
        await asyncio.gather(*self._closing)

    def all(self) -> list[KnownExperiment]:
        return list(self.by_name.values())

    def on_show(self) -> list[KnownExperiment]:
        """Those that a browser looks at now."""
        return [known for known in self.by_name.values() if self._publisher.is_looked_at(known.id)]

    def of_id(self, experiment: ExperimentId) -> KnownExperiment | None:
        return self.by_name.get(layout.experiment_name(experiment))

    def know(self, row: Row) -> KnownExperiment:
        """The experiment of this row; from now on it is one that somebody has looked at."""
        known = self.by_name.get(row.name)
        if known is None:
            limits = self._limits
            tracker = ExperimentTracker(
                row.name,
                self._root,
                self._workers,
                self._watcher,
                self._loaded,
                self._changed,
                limits,
                self._is_experiment,
            )
            points = Points(
                row.name,
                self.series,
                self._workers,
                self._publisher,
                self._problem_log,
                limits,
                self._turns,
            )
            known = KnownExperiment(row, tracker, points, self._poll_interval_s, limits)
            tracker.take_patterns(self._patterns)
            self.by_name[row.name] = known
        known.last_used = time.monotonic()
        return known

    def added(self, row: Row) -> None:
        """An experiment has come, maybe in the place of another one."""
        if self._publisher.is_looked_at(row.summary.id):
            known = self.know(row)
            known.has_come_back = True
            known.points.have_come_back()
            known.tracker.show()

    def removed(self, row: Row) -> None:
        """An experiment has gone."""
        known = self.by_name.pop(row.name, None)
        if known is not None:
            changes = TreeChanges()
            known.tracker.tree.apply(FolderScan("", {}, complete=True), changes)
            self._publish_items(known, changes.items)
            self._forget(known)
            self._publisher.publish(ScalarsChanged(self._publisher.next_sequence(), known.id))

    def forget_unused(self) -> None:
        """Drop as many of those that nobody looks at as are beyond the limit of files."""
        unused = [known for known in self.by_name.values() if not self._publisher.is_looked_at(known.id)]
        count = sum(known.tracker.tree.file_count for known in unused)
        for known in sorted(unused, key=lambda known: known.last_used):
            if count <= self._limits.max_kept_files:
                break
            count -= known.tracker.tree.file_count
            del self.by_name[known.name]
            self._forget(known)

    def check(self, known: KnownExperiment, share: float = 0.0) -> None:
        """Look for changes that are not reported, and in a share of the folders where they are."""
        known.checked_at = time.monotonic()
        known.tracker.check_unreported(share)
        if not self._watcher.is_watched(known.name):
            self.change_points(known)

    def check_if_due(self, known: KnownExperiment, now: float) -> None:
        """Look for changes after a while: soon for those that are not reported, and in time for all."""
        tracker, reconcile_s = known.tracker, self._limits.reconcile_s
        if not tracker.is_loaded or tracker.is_checking or now - known.checked_at <= known.check_interval_s:
            return
        if now - known.watched_at > reconcile_s and self._watcher.has_room:
            known.watched_at = now
            tracker.watch_rest()
        share = (now - known.compared_at) / reconcile_s
        known.compared_at = now
        self.check(known, share)

    def change_points(self, known: KnownExperiment, values: Iterable[StepValue] = ()) -> None:
        """Files of points have changed, and these values in JSON files."""
        is_looked_at = any(view.shows_scalars for view in self._publisher.views_of(known.id))
        known.points.change(values, is_looked_at=is_looked_at)

    def keep_points(self, now: float) -> None:
        """Keep for other servers what was read of long files, once nothing has been read for a while."""
        if self._keeping is not None and not self._keeping.done():
            return
        due = [
            known
            for known in self.by_name.values()
            if (since := known.points.unkept_since) is not None and now - since > self._limits.keep_points_s
        ]
        if due:
            self._keeping = asyncio.get_running_loop().create_task(self._keep(due))

    async def _keep(self, due: Iterable[KnownExperiment]) -> None:
        """One after the other, so that others have threads as well."""
        for known in due:
            known.points.unkept_since = None
            with suppress(TooSlowError, CrashedError, OSError, MemoryError):  # it is read again, then
                keep = partial(self.series.keep, known.name)
                if await self._workers.run(known.name, keep, limit_s=self._limits.points_s):
                    continue
                await known.points.look_again()
                known.points.unkept_since = None  # what is still being written is kept after its next reading
                await self._workers.run(known.name, keep, limit_s=self._limits.points_s)

    def keep_problem(self, known: KnownExperiment, item: Address, problem: Problem) -> None:
        """Keep what was wrong with an item that was shown until its files change."""
        self._problem_log.report([problem])
        if len(known.problems) < self._limits.max_problems:
            known.problems[item] = problem

    def in_background(self, work: Coroutine[object, object, None]) -> None:
        """Let something come to its end while others go on; `close` waits for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _forget(self, known: KnownExperiment) -> None:
        self._publisher.drop(known.id)
        self.series.forget(known.name)
        self.in_background(known.close())

    def _loaded(self, tracker: ExperimentTracker) -> None:
        """The first look at an experiment is complete."""
        known = self.by_name.get(tracker.name)
        if known is None or known.tracker is not tracker:
            return
        if known.has_come_back:
            self._publish_items(known, tracker.tree.items())
        self._problem_log.report(tracker.problems())
        self.change_points(known, tracker.tree.step_values())

    def _changed(self, tracker: ExperimentTracker, changes: TreeChanges) -> None:
        known = self.by_name.get(tracker.name)
        if known is None or known.tracker is not tracker:
            return
        self._problem_log.report(tracker.below_root(changes.problems))
        for item in changes.items & known.problems.keys():
            del known.problems[item]
        self._publish_items(known, changes.items)
        if changes.scalars:
            values = (
                tracker.tree.step_value(item.label, item.step)
                for item in changes.items
                if item.kind == SCALARS and item.step is not None
            )
            self.change_points(known, values)

    def _publish_items(self, known: KnownExperiment, items: Iterable[Address]) -> None:
        tree = known.tracker.tree
        changes = [
            ItemChange(item.kind, item.label, item.step, not tree.files_of(item))
            for item in items
            if item.kind != SCALARS or item.step is None  # others are points of series
        ]
        if changes:
            self._publisher.publish(ItemsChanged(self._publisher.next_sequence(), known.id, changes))


class _TreeFiles:
    """What `SeriesStore` reads, in threads (`points_files.PointsFiles`).

    It asks the trees while the loop changes them: what changes meanwhile is told as a change afterwards.
    """

    def __init__(self, root: Root, known: dict[ExperimentName, KnownExperiment]) -> None:
        self._root = root
        self._known = known

    def paths(self, experiment: ExperimentName) -> list[str]:
        known = self._known.get(experiment)
        if known is not None and known.tracker.is_loaded:
            return list(known.tracker.tree.points_files)
        try:
            with self._root.folder(experiment) as folder:
                names = [entry.name for entry in folder.entries() if entry.type != "folder"]
                return [name for name in names if source_registry.is_told_by_name(name)]
        except (OSError, NotServedError):
            return []

    def open(self, experiment: ExperimentName, path: str) -> AbstractContextManager[OpenedFile]:
        return self._root.file(f"{experiment}/{path}")

    def preferred(self, experiment: ExperimentName) -> list[str]:
        known = self._known.get(experiment)
        return known.row.summary.read_files if known else []

    def step_values(self, experiment: ExperimentName) -> list[StepValue]:
        known = self._known.get(experiment)
        return known.tracker.tree.step_values() if known else []
