"""What the server knows of the root: hints -> scans -> trees -> changes -> feeds.

Everything here lives on the event loop; what may block is done by `Workers`. The disk is the truth: hints say where to
look, and what is known is compared with the disk from time to time as well.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Iterable
from contextlib import suppress
from functools import partial

from lavdlike import layout
from lavdlike.disk.several import Member, SeveralRoots
from lavdlike.edits.several_editors import RootEditor, SeveralEditors
from lavdlike.layout import ExperimentId, ExperimentName
from lavdlike.messages import Hello, PollAnswer, PollRequest, RootSettingsChanged, SuggestedChart
from lavdlike.reading import described
from lavdlike.reading.stored_listings import ChangedRuns
from lavdlike.server.live.all_rows import AllRows
from lavdlike.server.live.boards import Boards
from lavdlike.server.live.chosen_watchers import watcher_of
from lavdlike.server.live.feed import View
from lavdlike.server.live.file_follower import FileFollower
from lavdlike.server.live.health import HealthReport
from lavdlike.server.live.known import KnownExperiment, KnownExperiments
from lavdlike.server.live.limits import DEFAULTS, LiveLimits
from lavdlike.server.live.pollers import Pollers
from lavdlike.server.live.problem_log import ProblemLog
from lavdlike.server.live.root_part import Surroundings
from lavdlike.server.live.root_parts import RootParts
from lavdlike.server.live.row import Row
from lavdlike.server.live.store_changes import StoreChanges
from lavdlike.server.live.store_watcher import StoreWatcher
from lavdlike.server.live.subscriptions import Publisher, Subscription
from lavdlike.server.live.watcher import Watcher
from lavdlike.server.live.workers import TooSlowError, Workers
from lavdlike.server.settings import Settings
from lavdlike.sources import source_registry, store_registry

_WORKERS = 8
# In so many folders of the root, experiments are looked for before the first page, for so long.
_FEW = 64
_FEW_WITHIN_S = 0.03

_log = logging.getLogger(__name__)


class Hub:
    """Watches the root and keeps what browsers look at up to date; `answers` tells what it knows.

    `start` and `stop` are called once each, in the same event loop.
    """

    def __init__(self, settings: Settings, limits: LiveLimits = DEFAULTS) -> None:
        self.settings = settings
        self.limits = limits
        self._members: dict[str, Member] = {}
        self.root = SeveralRoots(self._members)
        self._editors: list[RootEditor] = []
        self.editors = SeveralEditors(self._editors)
        self.workers = Workers(_WORKERS)
        self.publisher = Publisher(self._views_changed)
        self.pollers = Pollers(self.publisher, limits)
        self.health = HealthReport(settings.poll_interval_s, limits, self.publisher)
        self._problem_log = ProblemLog()
        self._followers: dict[str, FileFollower] = {}  # by the ids of files
        self._roots_checked_at = float("-inf")
        self._had_browsers = False

    async def start(self) -> None:
        """Begin to watch; the names of the experiments are known afterwards, if the root is there."""
        loop = asyncio.get_running_loop()
        notify = partial(loop.call_soon_threadsafe, self._take_hints)
        settings, limits = self.settings, self.limits
        watched, on_root = watcher_of(settings, notify, lambda: self.publisher.has_browsers)
        self.watcher: Watcher = StoreWatcher(watched, self._store_of)
        self._stores = StoreChanges(
            self.workers,
            self._changes_in,
            self._store_changed,
            first_retry_s=limits.first_retry_s,
        )
        self.known = KnownExperiments(
            self.root,
            self.workers,
            self.watcher,
            self.publisher,
            self._problem_log,
            lambda path: path in self.rows.rows or self.parts.is_in_home(path),
            poll_interval_s=settings.poll_interval_s,
            limits=limits,
        )
        shared = Surroundings(
            self.root,
            settings,
            limits,
            self.workers,
            self.watcher,
            self.publisher,
            self._problem_log,
            self._row_added,
            self._row_removed,
            self._files_chosen,
            self._tell_words,
        )
        self.parts = RootParts(settings.roots, self._members, self._editors, shared, on_root)
        self.rows = AllRows(self.parts)
        self.boards = Boards(
            self.editors,
            self.workers,
            self.publisher,
            settings.boards,
            lambda: self.parts.homes,
            self._charts_of,
            keeps_states=settings.editing,
            first_retry_s=limits.first_retry_s,
        )
        await self.parts.start()
        if len(self.rows.rows) <= _FEW:
            with suppress(OSError, TooSlowError, asyncio.TimeoutError):
                found = (part.found() for part in self.parts.all)
                await asyncio.wait_for(asyncio.gather(*found), _FEW_WITHIN_S)
        self.health.renew(time.monotonic(), self.watcher, self.rows, ())
        self._ticking = loop.create_task(self._tick_for_ever())

    async def stop(self) -> None:
        self._ticking.cancel()
        with suppress(asyncio.CancelledError):
            await self._ticking
        self.publisher.close()
        await self.parts.close()
        await self.boards.close()
        for follower in self._followers.values():
            await follower.close()
        await self.known.close()
        await self._stores.close()
        await asyncio.to_thread(self.watcher.close)
        self.workers.close()

    def subscribe(self) -> Subscription:
        """A browser that is connected; its first message is `Hello`."""
        subscription = Subscription(self.publisher, self._hello())
        if not self._had_browsers:
            # While nobody looked, looks were rare, which was right to say and no longer is.
            self._had_browsers = True
            self.health.renew(time.monotonic(), self.watcher, self.rows, self.known.on_show())
        return subscription

    async def poll(self, request: PollRequest) -> PollAnswer:
        """The changes since the version that a browser has seen; waits for the first one, up to 20 s."""
        return await self.pollers.poll(request, self._hello())

    def _hello(self) -> Hello:
        return Hello(self.publisher.epoch, self.publisher.sequence, self.health.health)

    # --- what browsers look at ---------------------------------------------------------------------------------------

    def _views_changed(self, before: View, after: View) -> None:
        self._leave(before.subjects - after.subjects)
        begins_scalars = after.shows_scalars and not before.shows_scalars
        # In the order in which pages ask for them: those that are read before the first request comes are its first.
        for experiment in sorted(after.subjects if begins_scalars else after.subjects - before.subjects):
            row = self.row_of(layout.experiment_name(experiment))
            if row is not None:
                known = self.known.know(row)
                known.tracker.show()
                # Before it is known which files there are, they would be read twice (`KnownExperiments._loaded`).
                if after.shows_scalars and known.tracker.is_loaded:
                    known.points.change(is_looked_at=True)
        for file in after.files - before.files:
            self._follow_file(file)
        for file in before.files - after.files:
            if not self.publisher.is_followed(file):
                self.known.in_background(self._followers.pop(file).close())

    def row_of(self, name: ExperimentName) -> Row | None:
        """Of an experiment; or of a folder of runs or a root, in no list: its own files are shown like those of one."""
        row = self.rows.rows.get(name)
        folder = self.parts.folder_of_runs(name) if row is None else None
        if folder is None:
            return row
        known = self.known.by_name.get(name)
        return known.row if known is not None else Row(name, folder.identity)

    def _row_added(self, row: Row) -> None:
        self.rows.rows[row.name] = row
        known = self.known.by_name.get(row.name)
        if known is not None:  # it was a folder of runs
            self.known.removed(known.row)
        self.known.added(row)
        self._tell_outer(row.name)

    def _row_removed(self, row: Row) -> None:
        del self.rows.rows[row.name]
        self.known.removed(row)
        self._tell_outer(row.name)

    def _files_chosen(self, row: Row) -> None:
        known = self.known.by_name.get(row.name)
        if known is not None:
            self.known.change_points(known)

    def _tell_outer(self, name: ExperimentName) -> None:
        """What an experiment holds ends where another one begins."""
        if "/" not in name:  # ten thousand of these come at once
            return
        folder, _, base = name.rpartition("/")
        for known in self._known_with(folder):
            known.tracker.hint(folder[len(known.name) + 1 :], base)

    def _known_with(self, folder: str) -> list[KnownExperiment]:
        """Those that a folder is a part of: an experiment, or any number of folders of runs."""
        owner = self.owner_of(folder)
        names = (ExperimentName(folder), *layout.outer_names(folder)) if owner is None else (owner,)
        return [
            known
            for name in names
            if (known := self.known.by_name.get(name)) is not None
            and name not in self.parts.homes  # no folder is a part of one
        ]

    def _tell_words(self) -> None:
        """What people said of all roots is another."""
        words = self.parts.words
        self.known.take_patterns([each.match for each in words.media])
        self.publisher.publish(RootSettingsChanged(self.publisher.next_sequence(), words))

    def _leave(self, experiments: Iterable[ExperimentId]) -> None:
        """One browser no longer looks at these."""
        left = [known for each in experiments if (known := self.known.of_id(each))]
        for known in left:
            known.last_used = time.monotonic()
        unseen = [known for known in left if not self.publisher.is_looked_at(known.id)]
        for known in unseen:
            known.tracker.leave()
        if unseen:
            self.known.in_background(self._pass_watches_on(unseen))

    async def _pass_watches_on(self, unseen: Iterable[KnownExperiment]) -> None:
        """From what is no longer on show to what is, if that has too few."""
        for known in unseen:
            await known.tracker.ranked()
        for known in self.known.on_show():
            known.tracker.watch_rest()

    def _follow_file(self, file: str) -> None:
        follower = self._followers.get(file)
        if follower is None:
            follower = self._followers[file] = FileFollower(file, self.root, self.workers, self.publisher)
        follower.ask()

    # --- what the watcher reports ------------------------------------------------------------------------------------

    def _take_hints(self) -> None:
        hints, lost = self.watcher.take()
        if lost:
            _log.warning("Too many changes at once, some were not reported: looking at everything again")
            for part in self.parts.all:
                part.look_at_all()
            self.boards.look_at_all()
            for follower in self._followers.values():
                follower.ask()
            for known in self.known.all():
                known.tracker.check()
                known.points.change(is_looked_at=True)
        for folder, name in hints:
            owner = self.parts.of(folder)
            if (owner is None or owner.has_stores) and (store := self._store_hinted(folder, name)) != "":
                self._stores.ask(store)
                if folder == store:  # its watch is that of the folder that it lies in
                    continue
            if (root := self.parts.of_key(folder)) is not None:
                root.hint_root(name)
                self._hint_home(root.called.home, name)
                continue
            self.boards.hint(folder, name)
            if owner is not None:
                owner.hint_nested(folder, name)
            if self._followers:
                self._ask_followers("/".join(filter(None, (folder, name))))
            self._hint_row(folder, name)
            for known in self._known_with(folder):
                self._take_hint(known, folder[len(known.name) + 1 :], name)

    def _store_of(self, path: str) -> str:
        return self.parts.store_of(path)

    def _changes_in(self, file: str) -> ChangedRuns:
        return self.parts.changes_in(file)

    def _store_hinted(self, folder: str, name: str | None) -> str:
        """The file of runs that may have changed; "" if it is none that was met."""
        if self.parts.store_of(folder) == folder != "":
            return folder
        store = store_registry.changed_store(name) if name is not None else ""
        if not store:
            return ""
        root = self.parts.of_key(folder)
        path = f"{folder}/{store}" if root is None else root.called.outer(store)
        return path if self.parts.store_of(path) == path else ""

    def _store_changed(self, file: str, found: ChangedRuns) -> None:
        part = self.parts.of(file)
        if found.is_relisted and part is not None:
            part.look_at_store(file)
        within = f"{file}/"
        every = [name for name in self.rows.rows if name.startswith(within)] if found.grown is None else []
        if found.grown is None and file in self.rows.rows:  # a run in parts
            self._take_row_and_points(ExperimentName(file), None)
        told = [within + path for path in found.told or ()]
        grown = [*every, *(within + path for path in found.grown or ())]
        name_of_file = file.rpartition("/")[2]
        for run in told:
            self.rows.hint_row(ExperimentName(run), None)
        for run in grown:
            self._take_row_and_points(ExperimentName(run), name_of_file)

    def _take_row_and_points(self, run: ExperimentName, name: str | None) -> None:
        self.rows.hint_row(run, name)
        known = self.known.by_name.get(run)
        if known is not None:
            self._take_hint(known, "", name)

    def _hint_home(self, home: str, name: str | None) -> None:
        """Something directly in a root may have changed."""
        known = self.known.by_name.get(ExperimentName(home))
        if known is not None:
            self._take_hint(known, "", name)
        self._ask_followers("/".join(filter(None, (home, name))))
        self.boards.hint(home, name)

    def _charts_of(self, experiment: ExperimentId) -> list[SuggestedChart]:
        row = self.rows.rows.get(layout.experiment_name(experiment))
        return [] if row is None else row.summary.charts

    def _hint_row(self, folder: str, name: str | None) -> None:
        if folder in self.rows.rows:
            self.rows.hint_row(ExperimentName(folder), name)
            return
        owner = self.owner_of(folder)
        if owner is not None and described.is_told_in(folder[len(owner) + 1 :]):
            self.rows.hint_row(owner, None)

    def owner_of(self, folder: str) -> ExperimentName | None:
        """The experiment that a folder is or is in, by its path relative to the root; None if it is in none."""
        if folder in self.rows.rows:
            return ExperimentName(folder)
        return next((name for name in layout.outer_names(folder) if name in self.rows.rows), None)

    def _take_hint(self, known: KnownExperiment, folder: str, name: str | None) -> None:
        known.tracker.hint(folder, name)
        is_stored = name is not None and store_registry.changed_store(name) != ""
        if not folder and (name is None or is_stored or source_registry.is_told_by_name(name)):
            self.known.change_points(known)

    def _ask_followers(self, path: str) -> None:
        """`path` may be that of a followed file, or of a folder that it is in."""
        for follower in self._followers.values():
            if follower.path == path or follower.path.startswith(f"{path}/"):
                follower.ask()

    # --- from time to time -------------------------------------------------------------------------------------------

    async def _tick_for_ever(self) -> None:
        while True:
            await asyncio.sleep(min(self.limits.tick_s, self.settings.poll_interval_s))
            try:
                self.tick()
            except Exception:  # noqa: BLE001 - whatever it was, the next look must come
                _log.exception("The regular look at what is shown has failed")

    def tick(self) -> None:
        """Look at what is due, and let go of what nobody needs."""
        now = time.monotonic()
        self.parts.decide(now)
        self.rows.refresh()
        for part in self.parts.all:
            part.nested.check(is_looked_at=self.publisher.has_browsers)
            part.people.ask_if_old(now, self.settings.poll_interval_s)
        for known in self.known.all():
            if self.publisher.is_looked_at(known.id):
                known.last_used = now
                known.tracker.scan_rest()
                self.known.check_if_due(known, now)
            elif now - known.last_used > self.limits.kept_watched_s:
                known.tracker.unwatch(known.row.priority)
        self.boards.look_if_old(now, self.settings.poll_interval_s)
        for follower in self._followers.values():
            follower.ask_if_old(now, self.settings.poll_interval_s)
        self.known.forget_unused()
        self.known.keep_points(now)
        self._collect_garbage()
        self.pollers.forget_absent(now)
        is_due = now - self._roots_checked_at > self.settings.poll_interval_s
        self._roots_checked_at = now if is_due else self._roots_checked_at
        for part in self.parts.all:
            if is_due or part.rows.failure:
                part.rows.check()
        self.health.renew_if_due(now, self.watcher, self.rows, self.known.on_show)

    def _collect_garbage(self) -> None:
        """Once after the last browser has left: it takes long in a large tree (`process_memory`)."""
        has_browsers = self.publisher.has_browsers
        if self._had_browsers and not has_browsers:
            gc.collect()
        self._had_browsers = has_browsers
