"""The owner of all that is known of the root: hint -> look -> tree -> changes -> feeds; answers what routes ask.

Everything here lives on the event loop; what may block is done by `Workers`. The disk is the truth: hints say where to
look, and what is looked at is compared with the disk from time to time as well.
"""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, suppress
from functools import partial
from itertools import islice
from typing import Any, TypeVar

import msgspec

from lavdlike import layout
from lavdlike.errors import NotServedError
from lavdlike.server import files, folders, watcher
from lavdlike.server.experiment_scalars import StepValue
from lavdlike.server.experiments import Experiments, Row
from lavdlike.server.feed import View
from lavdlike.server.followed import Followed
from lavdlike.server.growth import Growth
from lavdlike.server.items import Budget, ReadItem, read_item, read_part
from lavdlike.server.messages import (
    Catalogue,
    FolderPage,
    Health,
    HealthChanged,
    Hello,
    Item,
    ItemAddress,
    ItemChange,
    ItemsChanged,
    LabelEntry,
    PollAnswer,
    PollRequest,
    Problem,
    ProblemsPage,
    RootPage,
    ScalarLabels,
    ScalarsChanged,
    SeriesPage,
    SeriesRequest,
)
from lavdlike.server.points import Points
from lavdlike.server.problems import ProblemLog
from lavdlike.server.series import SeriesStore
from lavdlike.server.settings import Settings
from lavdlike.server.subscriptions import Publisher, Subscription
from lavdlike.server.tree import SCALARS, Address, Changes, Seen, StepNumber
from lavdlike.server.turns import sorted_in_parts
from lavdlike.server.workers import TooSlowError, Workers

T = TypeVar("T")

MAX_ITEMS = 500
# How many labels are listed at once; then others get their turn.
_SLICE_LABELS = 500
READ_LIMIT_S = 30.0
POLL_S = 20.0
_WORKERS = 8
_TICK_S = 1.0
# Between two comparisons with the disk of what is reported anyway.
_RECONCILE_S = 60.0
# The share of time that looking for what is not reported may take.
_CHECKING_SHARE = 0.1
# What is not reported is looked at again before it is shown, if the last look is older.
_TRUSTED_S = 1.0
# How long scalars wait for a look at all folders, where values in JSON files might be.
_PATIENCE_S = 1.0
# Who looked at an experiment may come back soon; until then it stays watched.
_KEPT_WATCHED_S = 60.0
# Files of experiments nobody looks at that are kept in memory, some 150 bytes each.
_MAX_KEPT_FILES = 200_000
_MAX_POLLERS = 512
# Items of one experiment that turned out not to be what they seem, kept for the page of problems.
_MAX_MET = 1000
# A browser that polls is given so long between two requests.
_POLLER_S = POLL_S + 30.0
_HEALTH_S = 5.0
_SERIES = "series"
_NOT_LOOKED_AT = "not all of its folders have been looked at yet: values in JSON files may be missing"

_TOO_MANY = "there are more folders on show than can be watched"

_log = logging.getLogger(__name__)


class _Known:
    """An experiment that somebody has looked at."""

    def __init__(self, row: Row, followed: Followed, points: Points) -> None:
        self.row = row
        self.followed = followed
        self.points = points
        self.last_used = time.monotonic()
        self.checked_at = time.monotonic()
        self.reconciled_at = time.monotonic()
        self.met: dict[Address, Problem] = {}  # of items, that showed when they were read
        self.has_come_back = False  # browsers may show the one that was there before

    async def close(self) -> None:
        await self.followed.close()
        await self.points.close()


class _Poller:
    """A browser that asks from time to time. What it looks at stays looked at in between."""

    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        self.last_used = time.monotonic()
        self.sent = 0  # the sequence it was last sent

    def continues(self, since: tuple[str, int] | None, epoch: str) -> bool:
        """Whether the browser has got what it was sent last."""
        return since is not None and since[0] == epoch and since[1] >= self.sent


class Live:
    """The server's knowledge of the root. `start` and `stop` are called once each, in the same event loop."""

    def __init__(self, settings: Settings) -> None:
        self.root = files.Root(settings.root, follow_links=settings.follow_links)
        self._settings = settings
        self._workers = Workers(_WORKERS)
        self._publisher = Publisher(self._views_changed)
        self._problem_log = ProblemLog()
        self._series = SeriesStore(_Sources(self.root, self._scalars_files, self._step_values))
        self._known: dict[str, _Known] = {}  # by name
        self._growths: dict[str, Growth] = {}  # by path relative to the root
        self._pollers: dict[str, _Poller] = {}
        self._health = Health("poll", root_present=False, delay_s=0.0, watched_folders=0)
        self._health_at = float("-inf")
        self._root_checked_at = float("-inf")
        self._had_browsers = False
        self._closing: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to watch; the names of the experiments are known afterwards, if the root is there."""
        self._loop = asyncio.get_running_loop()
        notify = partial(self._loop.call_soon_threadsafe, self._take_hints)
        self._watcher = watcher.choose(self._settings.watch, self._settings.root, notify)
        self._experiments = Experiments(
            self.root,
            self._workers,
            self._watcher,
            self._publisher,
            self._problem_log,
            self._added,
            self._removed,
        )
        self._experiments.check()
        with suppress(OSError, TooSlowError):
            await self._experiments.looked()
        self._renew_health(time.monotonic())
        self._ticking = self._loop.create_task(self._tick_for_ever())

    async def stop(self) -> None:
        self._ticking.cancel()
        with suppress(asyncio.CancelledError):
            await self._ticking
        self._publisher.close()
        await self._experiments.close()
        for growth in self._growths.values():
            await growth.close()
        for known in self._known.values():
            await known.close()
        await asyncio.gather(*self._closing)
        await asyncio.to_thread(self._watcher.close)
        self._workers.close()

    # --- what routes ask ---------------------------------------------------------------------------------------------

    async def root_page(self) -> RootPage:
        summaries = [row.summary for row in self._experiments.rows.values()]
        root = self._settings.root.absolute()
        return RootPage(
            self._publisher.epoch,
            self._publisher.sequence,
            layout.shown(root.name),
            layout.shown(os.fspath(root)),
            self._health,
            summaries,
            self._settings.html_scripts,
        )

    async def catalogue(self, experiment: str) -> Catalogue:
        """The labels of an experiment (an id).

        Raises:
            FileNotFoundError: there is no such experiment.
            TooSlowError, OSError: it cannot be read now.
        """
        known = await self._current(experiment)
        sequence, problems = self._publisher.sequence, known.followed.problems()
        tree = known.followed.tree
        entries = tree.catalogue(await asyncio.to_thread(sorted_in_parts, tree.labels()))
        labels: list[LabelEntry] = []
        while part := list(islice(entries, _SLICE_LABELS)):
            labels += part
            await asyncio.sleep(0)
        return Catalogue(experiment, self._publisher.epoch, sequence, labels, problems)

    async def items(self, addresses: Sequence[ItemAddress]) -> list[Item | None]:
        """The items of these addresses, in this order; None for what is not there.

        Raises:
            ValueError: more than 500.
            TooSlowError, OSError: an experiment cannot be read now.
        """
        if len(addresses) > MAX_ITEMS:
            raise ValueError(f"at most {MAX_ITEMS} items at a time, not {len(addresses)}")
        by_experiment: dict[str, list[int]] = {}
        for index, address in enumerate(addresses):
            by_experiment.setdefault(address.experiment, []).append(index)
        found: list[Item | None] = [None] * len(addresses)
        budget = Budget()
        for experiment, indices in by_experiment.items():
            with suppress(FileNotFoundError):
                read = await self._read_items(experiment, [addresses[index] for index in indices], budget)
                for index, item in zip(indices, read, strict=True):
                    found[index] = item
        return found

    async def part(self, address: ItemAddress, asked: Mapping[str, str]) -> Any:
        """A part of an item's content (`items.read_part`).

        Raises:
            FileNotFoundError, NotServedError, LogFormatError: it cannot be read.
            ValueError: there is no such part.
            TooSlowError, OSError: not now.
        """
        known = await self._current(address.experiment)
        paths = known.followed.tree.files_of(Address(address.kind, address.label, address.step))
        return await self.read(known.row.name, partial(read_part, self.root, address, paths, asked))

    async def folder(self, experiment: str, path: str) -> FolderPage:
        """A folder of an experiment (both ids).

        Raises:
            FileNotFoundError, NotADirectoryError, NotServedError: it cannot be read.
            TooSlowError, OSError: not now.
        """
        name = layout.from_id(experiment)
        folder = layout.from_id(path)
        known = self._known.get(name)
        seen = known.followed.tree.folders.get(folder) if known else None
        return await self.read(name, partial(folders.read_folder, self.root, name, folder, seen))

    async def problems(self) -> ProblemsPage:
        """What has been met so far."""
        found = list(self._experiments.problems)
        for known in self._known.values():
            found.extend((*known.followed.problems(), *known.points.problems, *known.met.values()))
        looked_at_all = all(
            name in self._known and self._known[name].followed.is_loaded for name in self._experiments.rows
        )
        return ProblemsPage(list(dict.fromkeys(found)), looked_at_all)

    def met(self, items: Iterable[Item | None], reason: str = "") -> None:
        """Keep what was wrong with items that were shown until their files change.

        Args:
            reason: why the first file cannot be shown although the item has no problem yet.
        """
        for item in items:
            known = self._known.get(layout.from_id(item.address.experiment)) if item else None
            if item is None or known is None or not (item.problem or reason):
                continue
            path = layout.shown(f"{known.row.name}/{layout.from_id(item.files[0].path)}")
            problem = item.problem or Problem(path, reason)
            self._problem_log.met([problem])
            if len(known.met) < _MAX_MET:
                known.met[Address(item.address.kind, item.address.label, item.address.step)] = problem

    async def scalar_labels(self, experiments: Sequence[str]) -> list[ScalarLabels]:
        """The labels of the scalars of those of the experiments (ids) that are there."""
        sequence = self._publisher.sequence
        read, problems = await self._with_current_points(experiments)
        found = []
        for experiment in dict.fromkeys(experiments):
            labels = ScalarLabels(experiment, sequence, [])
            if experiment in read:
                look = partial(self._series.labels, experiment, sequence=sequence)
                labels = await self.read(layout.from_id(experiment), look)
            if experiment in problems:
                labels.problems.append(problems[experiment])
            if experiment in read or experiment in problems:
                found.append(labels)
        return found

    async def series(self, request: SeriesRequest) -> bytes:
        """The answer in the binary form, of those of the experiments that are there.

        Raises:
            ValueError: a number of the request is outside its range.
        """
        sequence = self._publisher.sequence
        request.experiments, _ = await self._with_current_points(request.experiments)
        answer = partial(self._series.binary, request, epoch=self._publisher.epoch, sequence=sequence)
        return await self.read(_SERIES, answer)

    async def series_page(self, request: SeriesRequest) -> SeriesPage:
        """The answer as JSON; raises as `series` does."""
        sequence = self._publisher.sequence
        request.experiments, _ = await self._with_current_points(request.experiments)
        answer = partial(self._series.page, request, epoch=self._publisher.epoch, sequence=sequence)
        return await self.read(_SERIES, answer)

    async def read(self, experiment: str, function: Callable[[], T]) -> T:
        """Call a function that reads files of an experiment (its name), where it may block.

        Raises:
            TooSlowError: not done within 30 s; whatever the function raises.
        """
        return await self._workers.run(experiment, function, limit_s=READ_LIMIT_S)

    def subscribe(self, *, greeted: bool = False) -> Subscription:
        """A browser that is connected; its first message is `Hello`, if it was not greeted before."""
        hello = Hello(self._publisher.epoch, self._publisher.sequence, self._health)
        return Subscription(self._publisher, None if greeted else hello)

    async def poll(self, request: PollRequest) -> PollAnswer:
        """The changes since the version that a browser has seen; waits for the first one, up to 20 s."""
        poller = self._pollers.get(request.client)
        if poller is None or not poller.continues(request.since, self._publisher.epoch):
            if poller is not None:
                poller.subscription.close()
            poller = _Poller(self.subscribe(greeted=request.since is not None))
        self._pollers.pop(request.client, None)
        self._pollers[request.client] = poller  # as the one that asked last
        if len(self._pollers) > _MAX_POLLERS:
            self._pollers.pop(next(iter(self._pollers))).subscription.close()
        poller.last_used = time.monotonic()
        poller.subscription.look(msgspec.structs.replace(request.look, version=request.since))
        try:
            messages = await asyncio.wait_for(poller.subscription.next_batch(), POLL_S)
        except asyncio.TimeoutError:
            messages = []
        poller.last_used = time.monotonic()
        poller.sent = max((message.sequence for message in messages), default=poller.sent)
        return PollAnswer(messages)

    # --- experiments that somebody looks at --------------------------------------------------------------------------

    def _views_changed(self, before: View, after: View) -> None:
        self._leave(before.subjects - after.subjects)
        begins_scalars = after.shows_scalars and not before.shows_scalars
        for experiment in after.subjects if begins_scalars else after.subjects - before.subjects:
            row = self._experiments.rows.get(layout.from_id(experiment))
            if row is not None:
                known = self._know(row)
                known.followed.show()
                if after.shows_scalars:
                    known.points.change(is_looked_at=True)
        for file in after.files - before.files:
            self._follow_file(layout.from_id(file))
        for file in before.files - after.files:
            if not self._publisher.is_followed(file):
                self._close(self._growths.pop(layout.from_id(file)).close())

    def _leave(self, experiments: Iterable[str]) -> None:
        """One browser no longer looks at these (ids)."""
        left = [known for id_ in experiments if (known := self._known.get(layout.from_id(id_)))]
        for known in left:
            known.last_used = time.monotonic()
            if not self._publisher.is_looked_at(known.row.summary.id):
                known.followed.leave()
        if left:
            for known in self._known.values():
                if self._publisher.is_looked_at(known.row.summary.id):
                    known.followed.watch_rest()

    def _follow_file(self, path: str) -> None:
        growth = self._growths.get(path)
        if growth is None:
            growth = self._growths[path] = Growth(path, self.root, self._workers, self._publisher)
        growth.ask()

    def _know(self, row: Row) -> _Known:
        known = self._known.get(row.name)
        if known is None:
            followed = Followed(
                row.name, self.root, self._workers, self._watcher, self._loaded, self._changed
            )
            points = Points(
                row.summary.id, row.name, self._series, self._workers, self._publisher, self._problem_log
            )
            known = self._known[row.name] = _Known(row, followed, points)
        known.last_used = time.monotonic()
        return known

    def _added(self, row: Row) -> None:
        if self._publisher.is_looked_at(row.summary.id):
            known = self._know(row)
            known.has_come_back = True
            known.followed.show()

    def _removed(self, row: Row) -> None:
        known = self._known.pop(row.name, None)
        if known is not None:
            changes = Changes()
            known.followed.tree.apply(Seen("", {}, complete=True), changes)
            self._publish_items(known, changes.items)
            self._forget(known)
            self._publisher.publish(ScalarsChanged(self._publisher.next_sequence(), row.summary.id))

    def _forget(self, known: _Known) -> None:
        self._publisher.drop(known.row.summary.id)
        self._series.forget(known.row.summary.id)
        self._close(known.close())

    async def _current(self, experiment: str) -> _Known:
        """An experiment (an id) whose tree is as on disk."""
        name = layout.from_id(experiment)
        if not layout.is_experiment_name(name):
            raise FileNotFoundError(errno.ENOENT, "no name of an experiment", name)
        if name not in self._experiments.rows:
            self._experiments.hint(name)
            await self._experiments.looked()
        row = self._experiments.rows.get(name)
        if row is None:
            raise FileNotFoundError(errno.ENOENT, "no such experiment", name)
        known = self._know(row)
        known.followed.watch()
        if known.followed.is_loaded and time.monotonic() - known.checked_at > _TRUSTED_S:
            self._check(known)
        await known.followed.current()
        return known

    async def _with_current_points(self, experiments: Iterable[str]) -> tuple[list[str], dict[str, Problem]]:
        """Those of the experiments (ids) whose scalars could be read, and why others could not, or not wholly."""
        rows = (self._experiments.rows.get(layout.from_id(each)) for each in dict.fromkeys(experiments))
        every = [self._know(row) for row in rows if row is not None]
        await self._look_patiently(known for known in every if not known.followed.is_loaded)
        read, problems = [], {}
        for known in every:
            if not self._is_reported(known.row, ""):
                known.points.change(is_looked_at=False)
            if not known.followed.is_loaded:
                problems[known.row.summary.id] = Problem(known.row.summary.name, _NOT_LOOKED_AT)
        outcomes = await asyncio.gather(*(known.points.current() for known in every), return_exceptions=True)
        for known, outcome in zip(every, outcomes, strict=True):
            if outcome is None:
                read.append(known.row.summary.id)
            else:
                reason = f"its scalars cannot be read now: {outcome}"
                problems[known.row.summary.id] = Problem(known.row.summary.name, reason)
        return read, problems

    async def _look_patiently(self, unlooked: Iterable[_Known]) -> None:
        """Only what takes long is not waited for: browsers are told of it later."""
        looks = [self._loop.create_task(known.followed.current()) for known in unlooked]
        if looks:
            await asyncio.wait(looks, timeout=_PATIENCE_S)
            for look in looks:
                look.cancel()
            await asyncio.gather(*looks, return_exceptions=True)

    async def _read_items(
        self, experiment: str, addresses: Sequence[ItemAddress], budget: Budget
    ) -> list[Item | None]:
        known = await self._current(experiment)
        tree = known.followed.tree
        wanted = [(each, tree.files_of(Address(each.kind, each.label, each.step))) for each in addresses]
        sequence = self._publisher.sequence

        def read() -> list[ReadItem | None]:
            return [
                read_item(self.root, address, paths, sequence=sequence, budget=budget) if paths else None
                for address, paths in wanted
            ]

        found = await self.read(known.row.name, read)
        for item in found:
            for path, fingerprint in item.fingerprints.items() if item else ():
                tree.look_at(path, fingerprint)
        return [item.item if item else None for item in found]

    # --- changes -----------------------------------------------------------------------------------------------------

    def _loaded(self, followed: Followed) -> None:
        """The first look at an experiment is complete."""
        known = self._known.get(followed.name)
        if known is None or known.followed is not followed:
            return
        if known.has_come_back:
            self._publish_items(known, followed.tree.items())
        self._problem_log.met(followed.problems())
        self._change_points(known, followed.tree.numbers())

    def _changed(self, followed: Followed, changes: Changes) -> None:
        known = self._known.get(followed.name)
        if known is None or known.followed is not followed:
            return
        self._problem_log.met(followed.below_root(changes.problems))
        for item in changes.items & known.met.keys():
            del known.met[item]
        self._publish_items(known, changes.items)
        if changes.scalars:
            addresses = (item for item in changes.items if item.kind == SCALARS)
            numbers = (
                followed.tree.number(item.label, item.step) for item in addresses if item.step is not None
            )
            self._change_points(known, numbers)

    def _change_points(self, known: _Known, numbers: Iterable[StepNumber]) -> None:
        views = self._publisher.views_of(known.row.summary.id)
        is_looked_at = any(view.shows_scalars for view in views)
        known.points.change((StepValue(*number) for number in numbers), is_looked_at=is_looked_at)

    def _publish_items(self, known: _Known, items: Iterable[Address]) -> None:
        tree = known.followed.tree
        changes = [
            ItemChange(item.kind, item.label, item.step, not tree.files_of(item))
            for item in items
            if item.kind != SCALARS or item.step is None  # others are points of series
        ]
        if changes:
            sequence = self._publisher.next_sequence()
            self._publisher.publish(ItemsChanged(sequence, known.row.summary.id, changes))

    def _take_hints(self) -> None:
        hints, lost = self._watcher.take()
        if lost:
            _log.warning("Too many changes at once, some were not reported: looking at everything again")
            self._experiments.hint(None)
            for known in self._known.values():
                known.followed.check()
                known.points.change(is_looked_at=True)
        for folder, name in hints:
            if not folder:
                self._experiments.hint(name)
            else:
                self._take_hint(*_split(folder), name)

    def _take_hint(self, experiment: str, folder: str, name: str | None) -> None:
        if not folder:
            self._experiments.hint_row(experiment, name)
        self._ask_growth("/".join(filter(None, (experiment, folder, name))))
        known = self._known.get(experiment)
        if known is None:
            return
        known.followed.hint(folder, name)
        if not folder and (name is None or layout.scalars_writer(name) is not None):
            self._change_points(known, ())

    def _ask_growth(self, path: str) -> None:
        """`path` may be that of a followed file, or of a folder that it is in."""
        for followed, growth in self._growths.items():
            if followed == path or followed.startswith(f"{path}/"):
                growth.ask()

    # --- from time to time -------------------------------------------------------------------------------------------

    async def _tick_for_ever(self) -> None:
        while True:
            await asyncio.sleep(min(_TICK_S, self._settings.poll_interval_s))
            try:
                self._tick()
            except Exception:  # noqa: BLE001 - whatever it was, the next look must come
                _log.exception("The regular look at what is shown has failed")

    def _tick(self) -> None:
        now = time.monotonic()
        self._experiments.refresh()
        for known in list(self._known.values()):
            if self._publisher.is_looked_at(known.row.summary.id):
                known.last_used = now
                known.followed.look_at_rest()
                self._check_if_due(known, now)
            elif now - known.last_used > _KEPT_WATCHED_S:
                known.followed.unwatch()
        for growth in self._growths.values():
            growth.ask_if_old(now, self._settings.poll_interval_s)
        self._forget_unused()
        self._collect_garbage()
        for client, poller in list(self._pollers.items()):
            if now - poller.last_used > _POLLER_S:
                del self._pollers[client]
                poller.subscription.close()
        is_missing = bool(self._experiments.failure)
        if is_missing or now - self._root_checked_at > self._settings.poll_interval_s:
            self._root_checked_at = now
            self._experiments.check()
        if is_missing == self._health.root_present or now - self._health_at > _HEALTH_S:
            self._renew_health(now)

    def _collect_garbage(self) -> None:
        """Once after the last browser has left: it takes long in a large tree (`memory.collect_garbage_seldom`)."""
        has_browsers = self._publisher.has_browsers
        if self._had_browsers and not has_browsers:
            gc.collect()
        self._had_browsers = has_browsers

    def _check_if_due(self, known: _Known, now: float) -> None:
        if not known.followed.is_current:
            return
        if now - known.reconciled_at > max(_RECONCILE_S, known.followed.check_s / _CHECKING_SHARE):
            known.reconciled_at = now
            known.followed.check()
        elif now - known.checked_at > self._check_interval_s(known):
            self._check(known)

    def _check_interval_s(self, known: _Known) -> float:
        """How often what is not reported is looked at; less often where a look takes long."""
        return max(self._settings.poll_interval_s, known.followed.check_s / _CHECKING_SHARE)

    def _check(self, known: _Known) -> None:
        known.checked_at = time.monotonic()
        unreported = [
            folder for folder in known.followed.tree.folders if not self._is_reported(known.row, folder)
        ]
        known.followed.check(unreported)
        if "" in unreported:
            self._change_points(known, ())

    def _is_reported(self, row: Row, folder: str) -> bool:
        """Whether a change in a folder of an experiment comes as a hint."""
        return self._watcher.is_watched(f"{row.name}/{folder}" if folder else row.name)

    def _forget_unused(self) -> None:
        unused = [
            known for known in self._known.values() if not self._publisher.is_looked_at(known.row.summary.id)
        ]
        count = sum(known.followed.tree.file_count for known in unused)
        for known in sorted(unused, key=lambda known: known.last_used):
            if count <= _MAX_KEPT_FILES:
                break
            count -= known.followed.tree.file_count
            del self._known[known.row.name]
            self._forget(known)

    def _renew_health(self, now: float) -> None:
        self._health_at = now
        unreported = 0
        # Where nothing is reported, the names of the experiments are looked at that often as well.
        delay_s = self._settings.poll_interval_s if self._watcher.mode == "poll" else 0.0
        for known in self._known.values():
            if self._publisher.is_looked_at(known.row.summary.id):
                count = sum(not self._is_reported(known.row, each) for each in known.followed.tree.folders)
                unreported += count
                delay_s = max(delay_s, self._check_interval_s(known) if count else 0.0)
        unwatched_rows = sum(not self._watcher.is_watched(name) for name in self._experiments.rows)
        health = Health(
            self._watcher.mode,
            root_present=not self._experiments.failure,
            delay_s=round(delay_s, 2),
            watched_folders=self._watcher.watched_count,
            unwatched_folders=unreported + unwatched_rows,
            reason=self._experiments.failure or self._watcher.reason or (_TOO_MANY if unreported else ""),
        )
        if health != self._health:
            self._health = health
            self._publisher.publish(HealthChanged(self._publisher.next_sequence(), health))

    def _scalars_files(self, name: str) -> list[str] | None:
        """In a thread: those of an experiment; None if it has not been looked at."""
        known = self._known.get(name)
        return list(known.followed.tree.scalars_files) if known and known.followed.is_loaded else None

    def _step_values(self, name: str) -> list[StepValue]:
        """In a thread: the values in JSON files of an experiment, as far as it has been looked at."""
        values: Future[list[StepValue]] = Future()

        def collect() -> None:
            known = self._known.get(name)
            values.set_result(
                [StepValue(*number) for number in known.followed.tree.numbers()] if known else []
            )

        self._loop.call_soon_threadsafe(collect)
        return values.result(READ_LIMIT_S)

    def _close(self, closing: Coroutine[object, object, None]) -> None:
        task = self._loop.create_task(closing)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


class _Sources:
    """What `SeriesStore` reads from, in threads; experiments are ids (`series.Sources`)."""

    def __init__(
        self,
        root: files.Root,
        scalars_files: Callable[[str], list[str] | None],
        step_values: Callable[[str], list[StepValue]],
    ) -> None:
        self._root = root
        self._scalars_files = scalars_files
        self._step_values = step_values

    def scalars_files(self, experiment: str) -> list[str]:
        name = layout.from_id(experiment)
        known = self._scalars_files(name)
        if known is not None:
            return known
        try:
            with self._root.folder(name) as fd:
                entries = files.entries_of(fd)
                names = [entry.name for entry in entries if entry.type != "folder"]
                return [name for name in names if layout.scalars_writer(name) is not None]
        except (OSError, NotServedError):
            return []

    def open(self, experiment: str, name: str) -> AbstractContextManager[files.OpenedFile]:
        return self._root.file(f"{layout.from_id(experiment)}/{name}")

    def step_values(self, experiment: str) -> list[StepValue]:
        return self._step_values(layout.from_id(experiment))


def _split(folder: str) -> tuple[str, str]:
    experiment, _, below = folder.partition("/")
    return experiment, below
