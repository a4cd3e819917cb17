"""Reads what labels come to, of experiments whose points are not in memory. Lives on the event loop.

In parts, in the background, what was asked for last before all else. What is kept is compared with the files before it
is used, and again when the experiment's row has changed.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from lavdlike.bounded.giving_up import GivenUpError
from lavdlike.disk.root import Root
from lavdlike.errors import LavdlikeError
from lavdlike.layout import ExperimentName
from lavdlike.messages import ExperimentSummary
from lavdlike.reading.filter.syntax import Field
from lavdlike.reading.kept_results import (
    AskedLabel,
    KeptResults,
    Results,
    current_results,
)
from lavdlike.server.live.limits import LiveLimits
from lavdlike.server.live.row import Row
from lavdlike.server.live.workers import CrashedError, TooSlowError, Workers

_SLICE_S = 0.05
_SLICE_EXPERIMENTS = 256
# So many are looked at before others get their turn on the loop.
_TURN = 500
# How many parts are read at the same time: others need threads as well.
_PARTS = 2


class _Seen(NamedTuple):
    """When results were last compared with the files, and which row there was then."""

    summary: ExperimentSummary
    at: float


class _Job(NamedTuple):
    """What is asked of an experiment. `preferred`: as of `kept_results.read_results`."""

    name: ExperimentName
    known: Results | None
    asked: frozenset[AskedLabel]
    preferred: Sequence[str]


class _Outcome(NamedTuple):
    """Of one experiment. `results`: None: it cannot be read."""

    name: ExperimentName
    results: Results | None
    was_read: bool


class ResultsReader:
    """`read_count`: how many experiments were read, and not only compared with what was kept."""

    def __init__(self, root: Root, workers: Workers, path: Path, limits: LiveLimits) -> None:
        self.read_count = 0
        self._root = root
        self._workers = workers
        self._limits = limits
        self._kept = KeptResults(path)
        self._loading: asyncio.Task[None] | None = None
        self._seen: dict[ExperimentName, _Seen] = {}
        self._failed_until: dict[ExperimentName, float] = {}
        self._waiting: OrderedDict[ExperimentName, tuple[Row, frozenset[AskedLabel]]] = OrderedDict()
        self._under_way: set[ExperimentName] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._progress = asyncio.Event()
        self._saved_at = self._tidied_at = float("-inf")
        self._is_closed = False

    def results_of(self, row: Row) -> Results | None:
        """What is kept of an experiment, if it has been compared with the files since its row has changed."""
        seen = self._seen.get(row.name)
        if seen is None or seen.summary is not row.summary:
            return None
        return self._kept.by_name.get(row.name)

    def was_read(self, name: ExperimentName) -> bool:
        """Whether the server has read it before, perhaps as it no longer is."""
        return name in self._seen

    def is_unreadable(self, name: ExperimentName) -> bool:
        """Whether it could not be read lately; it is tried again later."""
        return time.monotonic() < self._failed_until.get(name, 0.0)

    def needs_reading(self, row: Row, fields: Iterable[Field]) -> bool:
        results = self.results_of(row)
        if results is None or not all(results.knows(*_asked(field)) for field in fields):
            return not self.is_unreadable(row.name)
        return False

    async def read(self, rows: Sequence[Row], fields: Sequence[Field], *, patience_s: float) -> None:
        """Read what is asked of these experiments before all else, and wait for it for so long; the rest goes on."""
        until = time.monotonic() + patience_s
        await self._loaded()
        asked = frozenset(map(_asked, fields))
        pending = [row for row in rows if self.needs_reading(row, fields)][::-1]
        for begin in range(0, len(pending), _TURN):
            for row in pending[begin : begin + _TURN]:
                _, others = self._waiting.get(row.name, (row, frozenset()))
                self._waiting[row.name] = (row, asked | others)
                self._waiting.move_to_end(row.name, last=False)
            await asyncio.sleep(0)
        self._start()
        while True:
            while pending and not self.needs_reading(pending[-1], fields):
                pending.pop()
            left_s = until - time.monotonic()
            if not pending or left_s <= 0 or not self._tasks:
                break
            self._progress.clear()
            try:
                await asyncio.wait_for(self._progress.wait(), left_s)
            except TimeoutError:
                break

    async def tidy(self, rows: Mapping[ExperimentName, Row]) -> None:
        """Once in a while: drop what is kept of experiments that are gone, and compare the rest with the files again.

        Not all changes of files show in the rows.
        """
        now = time.monotonic()
        if now - self._tidied_at < self._limits.reconcile_s / 4 or self._loading is None:
            return
        self._tidied_at = now
        names = list(self._kept.by_name)
        for begin in range(0, len(names), _TURN):
            for name in names[begin : begin + _TURN]:
                row = rows.get(name)
                if row is None:
                    self._kept.drop(name)
                    self._seen.pop(name, None)
                elif name in self._seen and self._is_due(row, frozenset()):
                    self._waiting.setdefault(name, (row, frozenset()))
            await asyncio.sleep(0)
        self._start()

    async def close(self) -> None:
        self._is_closed = True
        for task in [*self._tasks, *([self._loading] if self._loading else [])]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if not self._kept.is_saved:
            await asyncio.to_thread(self._kept.save, self._kept.packed())

    async def _loaded(self) -> None:
        """Once, before anything is read."""
        if self._loading is None:
            load = self._workers.run("", self._kept.load, limit_s=self._limits.read_s)
            self._loading = asyncio.get_running_loop().create_task(load)
        try:
            await asyncio.shield(self._loading)
        except (TooSlowError, CrashedError, OSError):
            return  # it is made anew

    def _start(self) -> None:
        while self._waiting and len(self._tasks) < _PARTS and not self._is_closed:
            task = asyncio.get_running_loop().create_task(self._read_parts())
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._progress.set()
        if not task.cancelled():
            task.result()

    async def _read_parts(self) -> None:
        while part := self._next_part():
            names = {row.name: row.summary for row, _ in part}
            self._under_way.update(names)
            try:
                outcomes = await self._read_part(part)
            finally:
                self._under_way.difference_update(names)
            for outcome, (row, asked) in zip(outcomes, part, strict=False):
                self._take(outcome, names[row.name], asked)
            for row, asked in reversed(part[len(outcomes) :]):  # as many as the time allowed
                _, others = self._waiting.get(row.name, (row, frozenset()))
                self._waiting[row.name] = (row, asked | others)
                self._waiting.move_to_end(row.name, last=False)
            self._progress.set()
        await self._save()

    def _next_part(self) -> list[tuple[Row, frozenset[AskedLabel]]]:
        """What is to be read next; what has been meanwhile is not."""
        while self._waiting:
            first = islice(self._waiting, _SLICE_EXPERIMENTS + len(self._under_way))
            names = [name for name in first if name not in self._under_way]
            part = [job for job in map(self._waiting.pop, names) if self._is_due(*job)]
            if part or not names:
                return part
        return []

    def _is_due(self, row: Row, asked: frozenset[AskedLabel]) -> bool:
        results = self.results_of(row)
        if results is None or not all(results.knows(*each) for each in asked):
            return not self.is_unreadable(row.name)
        return time.monotonic() - self._seen[row.name].at > self._limits.reconcile_s

    async def _read_part(self, part: Sequence[tuple[Row, frozenset[AskedLabel]]]) -> list[_Outcome]:
        jobs = [
            _Job(row.name, self._kept.by_name.get(row.name), asked, row.summary.read_files)
            for row, asked in part
        ]
        read = partial(_read, self._root, jobs)
        try:
            return await self._workers.run(part[0][0].name, read, limit_s=self._limits.points_s)
        except (TooSlowError, CrashedError, MemoryError, OSError, LavdlikeError):
            return [_Outcome(part[0][0].name, None, was_read=False)]

    def _take(self, outcome: _Outcome, summary: ExperimentSummary, asked: frozenset[AskedLabel]) -> None:
        name = outcome.name
        if outcome.results is None:
            self._failed_until[name] = time.monotonic() + self._limits.retry_results_s
            return
        self._failed_until.pop(name, None)
        self._seen[name] = _Seen(summary, time.monotonic())
        if outcome.was_read:
            self.read_count += 1
            self._kept.put(name, outcome.results, asked)

    async def _save(self) -> None:
        """Not all the time: it is written as a whole."""
        now = time.monotonic()
        if self._kept.is_saved or now - self._saved_at < self._limits.save_results_s:
            return
        self._saved_at = now
        await asyncio.to_thread(self._kept.save, self._kept.packed())


def _asked(field: Field) -> AskedLabel:
    return field.name, field.step if field.function == "at" else None


def _read(root: Root, jobs: Sequence[_Job]) -> list[_Outcome]:
    """As many as the time allows, at least one. In a thread."""
    until = time.monotonic() + _SLICE_S
    done = []
    for job in jobs:
        try:
            done.append(_read_one(root, job))
        except GivenUpError:
            raise
        except (OSError, MemoryError, LavdlikeError):
            done.append(_Outcome(job.name, None, was_read=False))
        if time.monotonic() > until:
            break
    return done


def _read_one(root: Root, job: _Job) -> _Outcome:
    results, was_read = current_results(root, *job)
    return _Outcome(job.name, results, was_read)
