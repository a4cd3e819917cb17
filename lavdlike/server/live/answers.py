"""What routes ask of the root: answers from what the hub knows, read where files have to be read.

Lives on the event loop. Experiments and files are named by ids, as in requests.
"""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from lavdlike import layout
from lavdlike.bounded import giving_up
from lavdlike.layout import ExperimentId, ExperimentName
from lavdlike.messages import (
    Catalogue,
    Cursor,
    FolderPage,
    Item,
    ItemAddress,
    LabelEntry,
    MediaPreview,
    Problem,
    ProblemsPage,
    RootPage,
)
from lavdlike.reading import folders
from lavdlike.reading.items import Budget, ReadItem, read_item, read_part
from lavdlike.reading.media_patterns import preview_of
from lavdlike.reading.tree import Address, ExperimentTree
from lavdlike.scalar_messages import ScalarLabels, SeriesPage, SeriesRequest
from lavdlike.series.slicing import sorted_in_parts
from lavdlike.server.live.hub import Hub
from lavdlike.server.live.known import KnownExperiment
from lavdlike.server.live.points import said
from lavdlike.server.live.row import Row

T = TypeVar("T")

MAX_ITEMS = 500
_SERIES = "series"
_NOT_LOOKED_AT = "not all of its folders have been looked at yet: values in JSON files may be missing"


class Answers:
    """Answers of one hub, which is started before the first question."""

    def __init__(self, hub: Hub) -> None:
        self.root = hub.root
        self._hub = hub

    async def root_page(self) -> RootPage:
        hub = self._hub
        roots = await hub.parts.shown(are_edited=hub.settings.editing)
        return RootPage(
            hub.publisher.epoch,
            hub.publisher.sequence,
            ", ".join(each.name or layout.shown(hub.settings.path.absolute().name) for each in roots),
            "\n".join(each.path for each in roots),
            hub.health.health,
            [row.summary for row in hub.rows.rows.values()],
            hub.settings.html_scripts,
            people=hub.parts.words,
            is_run=not hub.settings.several and hub.settings.only != "",
            roots=roots,
        )

    async def catalogue(self, experiment: ExperimentId) -> Catalogue:
        """The labels of an experiment.

        Raises:
            FileNotFoundError: there is no such experiment.
            TooSlowError, OSError: it cannot be read now.
        """
        known = await self.current(experiment)
        publisher = self._hub.publisher
        sequence, problems = publisher.sequence, known.tracker.problems()
        tree = known.tracker.tree
        entries = tree.catalogue(await asyncio.to_thread(sorted_in_parts, tree.labels()))
        labels: list[LabelEntry] = []
        while part := list(islice(entries, self._hub.limits.slice_labels)):
            labels += part
            await asyncio.sleep(0)
        return Catalogue(experiment, publisher.epoch, sequence, labels, problems)

    async def items(self, addresses: Sequence[ItemAddress]) -> list[Item | None]:
        """The items of these addresses, in this order; None for what is not there.

        Raises:
            ValueError: more than 500.
            TooSlowError, OSError: an experiment cannot be read now.
        """
        if len(addresses) > MAX_ITEMS:
            raise ValueError(f"at most {MAX_ITEMS} items at a time, not {len(addresses)}")
        by_experiment: dict[ExperimentId, list[int]] = {}
        for index, address in enumerate(addresses):
            by_experiment.setdefault(address.experiment, []).append(index)
        found: list[Item | None] = [None] * len(addresses)
        budget = Budget()
        for indices in by_experiment.values():
            with suppress(FileNotFoundError):
                read = await self._read_items([addresses[index] for index in indices], budget)
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
        known = await self._holding([address])
        paths = known.tracker.tree.files_of(_in_tree(address))
        return await self.read(known.name, partial(read_part, self.root, address, paths, asked))

    async def shown_file(self, address: ItemAddress) -> str:
        """The path of the file that is shown of an item, relative to the root. In most cases nothing is read for it.

        Raises:
            FileNotFoundError: there is no such item.
            TooSlowError, OSError: not now.
        """
        known = await self._holding([address])
        path = known.tracker.tree.shown_file_of(_in_tree(address))
        if path is not None:
            return f"{known.name}/{path}"
        (item,) = await self.items([address])
        if item is None:
            raise FileNotFoundError(errno.ENOENT, "no such item", address.label)
        return f"{known.name}/{layout.from_id(item.files[0].path)}"

    async def files_by_step(
        self, experiment: ExperimentId, kind: str, label: str
    ) -> tuple[ExperimentName, list[tuple[int | None, str]]]:
        """The experiment's name, and the files of a label with the step of each (`ExperimentTree.files_by_step`).

        Raises:
            FileNotFoundError: there is no such experiment.
            TooSlowError, OSError: not now.
        """
        known = await self.current(experiment)
        return known.name, known.tracker.tree.files_by_step(kind, label)

    async def folder(self, experiment: ExperimentId, path: str) -> FolderPage:
        """A folder of an experiment; `path` is an id.

        Raises:
            FileNotFoundError, NotADirectoryError, NotServedError: it cannot be read.
            TooSlowError, OSError: not now.
        """
        name = layout.experiment_name(experiment)
        folder = layout.from_id(path)
        known = self._hub.known.by_name.get(name)
        seen = known.tracker.tree.folders.get(folder) if known else None
        return await self.read(name, partial(folders.read_folder, self.root, name, folder, seen))

    async def media_preview(self, experiment: ExperimentId, matches: Sequence[str]) -> MediaPreview:
        """What patterns would make of an experiment's files outside of steps.

        Raises:
            FileNotFoundError: there is no such experiment.
            TooSlowError, OSError: it cannot be read now.
        """
        known = await self.current(experiment)
        paths = known.tracker.tree.loose_files()
        return await self.read(known.name, partial(preview_of, matches, paths))

    async def problems(self) -> ProblemsPage:
        """What has been met so far."""
        hub = self._hub
        found = [*hub.parts.problems, *hub.rows.problems]
        for known in hub.known.all():
            found.extend((*known.tracker.problems(), *known.points.problems, *known.problems.values()))
            if known.points.unread is not None:
                found.append(known.points.unread)
        looked_at_all = all(
            name in hub.known.by_name and hub.known.by_name[name].tracker.is_loaded for name in hub.rows.rows
        )
        return ProblemsPage(list(dict.fromkeys(found)), looked_at_all)

    def keep_problems(self, items: Iterable[Item | None]) -> None:
        """Keep what was wrong with items that were shown until their files change."""
        for item in items:
            if item is not None and item.problem is not None:
                self.keep_problem(item.address, item.problem)

    def keep_problem(self, address: ItemAddress, problem: Problem) -> None:
        """Keep what was wrong with an item that was shown until its files change."""
        known = self._hub.known.of_id(address.experiment)
        if known is not None:
            self._hub.known.keep_problem(known, _in_tree(address), problem)

    def read_points_ahead(self) -> None:
        """Begin to read the scalars of all experiments, where these are few: then a page soon asks for all of them."""
        hub = self._hub
        experiments = [row.summary.id for row in hub.rows.rows.values() if not row.summary.archived]
        if len(experiments) <= hub.limits.max_read_ahead:
            hub.known.in_background(self._read_ahead(experiments))

    async def _read_ahead(self, experiments: Sequence[ExperimentId]) -> None:
        await self.with_current_points(experiments)

    async def scalar_labels(
        self, experiments: Sequence[ExperimentId], until: Cursor | None = None
    ) -> list[ScalarLabels]:
        """The labels of the scalars of those of the experiments that are there."""
        with self._hub.workers.urgency.waited_for(map(layout.experiment_name, experiments)):
            return await self._scalar_labels(experiments, until)

    async def _scalar_labels(
        self, experiments: Sequence[ExperimentId], until: Cursor | None
    ) -> list[ScalarLabels]:
        read, problems = await self.with_current_points(experiments)
        # All in one call: beside threads that read, each change of threads takes a while.
        sequence = self._hub.publisher.sequence
        labels = partial(self._labels, read, sequence, until)
        of_read = await self.read(layout.experiment_name(read[0]), labels) if read else {}
        found = []
        for experiment in dict.fromkeys(experiments):
            known = of_read.get(experiment)
            if known is None and experiment not in problems:
                continue
            known = known or ScalarLabels(experiment, sequence, [])
            if experiment in problems:
                known.problems.append(problems[experiment])
            found.append(known)
        return found

    def _labels(
        self, experiments: Sequence[ExperimentId], sequence: int, until: Cursor | None
    ) -> dict[ExperimentId, ScalarLabels]:
        """In a thread."""
        labels = {}
        for experiment in experiments:
            giving_up.check()
            labels[experiment] = self._hub.known.series.labels(
                layout.experiment_name(experiment), sequence=sequence, until=until
            )
        return labels

    async def series(self, request: SeriesRequest, until: Cursor | None = None) -> bytes:
        """The answer in the binary form, of those of the experiments that are there.

        Raises:
            ValueError: a number of the request is outside its range.
        """
        return await self._series(self._hub.known.series.binary, request, until)

    async def series_page(self, request: SeriesRequest, until: Cursor | None = None) -> SeriesPage:
        """The answer as JSON; raises as `series` does."""
        return await self._series(self._hub.known.series.page, request, until)

    async def _series(self, form: Callable[..., T], request: SeriesRequest, until: Cursor | None) -> T:
        """`form`: of the answer, a method of the store."""
        publisher = self._hub.publisher
        sequence = publisher.sequence
        request.experiments, problems = await self.with_current_points(request.experiments)
        answer = partial(
            form,
            request,
            epoch=publisher.epoch,
            sequence=sequence,
            problems=list(problems.values()),
            until=until,
        )
        return await self.read(_SERIES, answer)

    async def tree_of(self, experiment: ExperimentId) -> tuple[ExperimentName, ExperimentTree]:
        """An experiment's name, and its tree as it is on disk, which changes with it.

        Raises:
            FileNotFoundError: there is no such experiment.
            TooSlowError, OSError: not now.
        """
        known = await self.current(experiment)
        return known.name, known.tracker.tree

    async def read(self, subject: str, function: Callable[[], T]) -> T:
        """Call a function that reads files, where it may block.

        Args:
            subject: the experiment's name; calls about the same may hang together (`Workers`).

        Raises:
            TooSlowError: not done within 30 s; whatever the function raises.
        """
        workers = self._hub.workers
        with workers.urgency.waited_for([subject]):
            return await workers.run(subject, function, limit_s=self._hub.limits.read_s)

    async def name_of(self, experiment: ExperimentId) -> ExperimentName:
        """The name of an experiment that is there.

        Raises:
            FileNotFoundError: there is no such experiment.
            TooSlowError, OSError: not now.
        """
        return (await self._row(experiment)).name

    async def _row(self, experiment: ExperimentId) -> Row:
        hub = self._hub
        name = layout.experiment_name(experiment)
        if name not in hub.parts.homes and not layout.is_experiment_name(name):
            raise FileNotFoundError(errno.ENOENT, "no name of an experiment", name)
        await hub.parts.look_for(name, hub.rows.rows)
        row = hub.row_of(name)
        if row is None:
            raise FileNotFoundError(errno.ENOENT, "no such experiment", name)
        return row

    async def current(self, experiment: ExperimentId) -> KnownExperiment:
        """An experiment whose tree is as on disk."""
        hub = self._hub
        known = hub.known.know(await self._row(experiment))
        known.tracker.watch()
        if known.tracker.is_loaded and time.monotonic() - known.checked_at > hub.limits.trusted_s:
            hub.known.check(known)
        await known.tracker.current()
        return known

    async def _holding(self, addresses: Sequence[ItemAddress]) -> KnownExperiment:
        """The experiment of these items, of which none is still to be found."""
        known = await self.current(addresses[0].experiment)
        tree = known.tracker.tree
        if not all(tree.files_of(_in_tree(address)) for address in addresses):
            await known.tracker.looked_inside()
        return known

    async def with_current_points(
        self, experiments: Iterable[ExperimentId]
    ) -> tuple[list[ExperimentId], dict[ExperimentId, Problem]]:
        """The experiments whose scalars could be read, and why those of others could not be, or not wholly."""
        hub = self._hub
        rows = (hub.row_of(layout.experiment_name(each)) for each in dict.fromkeys(experiments))
        every = [hub.known.know(row) for row in rows if row is not None]
        with hub.workers.urgency.waited_for(known.name for known in every):
            return await self._points_of(every)

    async def _points_of(
        self, every: Sequence[KnownExperiment]
    ) -> tuple[list[ExperimentId], dict[ExperimentId, Problem]]:
        hub = self._hub
        await self._scan_patiently(known for known in every if not known.tracker.is_loaded)
        problems = {}
        for known in every:
            if not hub.watcher.is_watched(known.name):
                known.points.change(is_looked_at=False)
            if not known.tracker.is_loaded:
                problems[known.id] = Problem(known.row.summary.name, _NOT_LOOKED_AT)
        read = []
        outcomes = await asyncio.gather(*(known.points.current() for known in every), return_exceptions=True)
        for known, outcome in zip(every, outcomes, strict=True):
            if outcome is None:
                read.append(known.id)
            else:
                reason = f"its scalars cannot be read now: {said(outcome)}"
                problems[known.id] = known.points.unread or Problem(known.row.summary.name, reason)
        return read, problems

    async def _scan_patiently(self, unscanned: Iterable[KnownExperiment]) -> None:
        """Only what takes long is not waited for: browsers are told of it later."""
        scans = [asyncio.ensure_future(known.tracker.current()) for known in unscanned]
        if scans:
            await asyncio.wait(scans, timeout=self._hub.limits.patience_s)
            for scan in scans:
                scan.cancel()
            await asyncio.gather(*scans, return_exceptions=True)

    async def _read_items(self, addresses: Sequence[ItemAddress], budget: Budget) -> list[Item | None]:
        known = await self._holding(addresses)
        tree = known.tracker.tree
        wanted = [(each, tree.files_of(_in_tree(each))) for each in addresses]
        sequence = self._hub.publisher.sequence

        def read() -> list[ReadItem | None]:
            return [
                read_item(self.root, address, paths, sequence=sequence, budget=budget, encodes_large=True)
                if paths
                else None
                for address, paths in wanted
            ]

        found = await self.read(known.name, read)
        for item in found:
            for path, fingerprint in item.fingerprints.items() if item else ():
                tree.keep_fingerprint(path, fingerprint)
        return [item.item if item else None for item in found]


def _in_tree(address: ItemAddress) -> Address:
    return Address(address.kind, address.label, address.step)
