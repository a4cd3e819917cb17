"""The scalars of one experiment, kept up with their files for those who look at them. Lives on the event loop."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial

from lavdlike import layout
from lavdlike.layout import ExperimentName
from lavdlike.messages import NewPoints, PointsAdded, Problem, ScalarsChanged
from lavdlike.series.store import SeriesStore
from lavdlike.server.live.coalescer import Coalescer
from lavdlike.server.live.limits import DEFAULTS, LiveLimits
from lavdlike.server.live.problem_log import ProblemLog
from lavdlike.server.live.subscriptions import Publisher
from lavdlike.server.live.urgency import Urgency, UrgentFirst
from lavdlike.server.live.workers import Workers
from lavdlike.sources.columns import StepValue

# Whether series came or went, what others have gained, and what cannot be read.
_Read = tuple[bool, list[NewPoints], list[Problem]]


class Turns:
    """Who reads a whole experiment first, as many at a time as there are processors: what a request waits for.

    All at the same time would all be ready at the end. Nobody waits for others that hang: where none ends within
    `patience_s`, as many begin beside them.
    """

    def __init__(self, patience_s: float, urgency: Urgency | None = None) -> None:
        self._free = os.cpu_count() or 1
        self._patience_s = patience_s
        self._waiting = UrgentFirst[asyncio.Future[None]](urgency or Urgency())
        self._awaited: set[asyncio.Future[None]] = set()  # those that read, and that others wait for
        self._given = 0

    @asynccontextmanager
    async def turn(self, name: ExperimentName) -> AsyncIterator[None]:
        mine = asyncio.get_running_loop().create_future()
        self._waiting.put(name, mine)
        self._give()
        try:
            while not mine.done():
                given = self._given
                await asyncio.wait([mine], timeout=self._patience_s)
                if given == self._given:
                    self._wait_no_more()
            yield
        finally:
            if mine in self._awaited:
                self._awaited.remove(mine)
                self._free += 1
                self._give()
            mine.cancel()  # it waits no more

    def _wait_no_more(self) -> None:
        self._free += len(self._awaited)
        self._awaited.clear()
        self._give()

    def _give(self) -> None:
        while self._free and self._waiting:
            chosen = self._waiting.take()
            if not chosen.done():
                self._free -= 1
                self._given += 1
                self._awaited.add(chosen)
                chosen.set_result(None)


class Points:
    """Reads what is new of an experiment, and tells the browsers."""

    def __init__(
        self,
        name: ExperimentName,
        series: SeriesStore,
        workers: Workers,
        publisher: Publisher,
        problem_log: ProblemLog,
        limits: LiveLimits = DEFAULTS,
        turns: Turns | None = None,
    ) -> None:
        self.problems: list[Problem] = []  # with its files, as of the last reading
        self.unkept_since: float | None = None  # when files were last read; None: what they hold is kept
        self.unread: Problem | None = None  # why the last reading came to no end
        self._id = layout.experiment_id(name)
        self._name = name
        self._series = series
        self._workers = workers
        self._publisher = publisher
        self._problem_log = problem_log
        self._limits = limits
        self._turns = turns or Turns(limits.patience_s, workers.urgency)
        self._values: dict[tuple[str, int], StepValue] = {}
        self._is_stale = True
        self._has_missed = False  # what a read has found that was given up, and came to its end later
        # Nobody has an answer from before the first reading, unless there was another experiment of this name.
        self._are_browsers_waiting = False
        self._reads = Coalescer(self._read, first_retry_s=limits.first_retry_s)

    @property
    def is_stale(self) -> bool:
        """Whether files have changed since they were read."""
        return self._is_stale

    @property
    def failure(self) -> Exception | None:
        """Why the last reading failed; it is tried again. None if it did not."""
        return self._reads.failure

    def have_come_back(self) -> None:
        """Browsers may show those of the experiment that was there before: also the first reading is told."""
        self._are_browsers_waiting = True

    def change(self, values: Iterable[StepValue] = (), *, is_looked_at: bool) -> None:
        """Files have changed: read them now if anybody looks, otherwise when somebody asks.

        Args:
            values: those in JSON files that changed.
        """
        self._values.update(((value.label, value.step), value) for value in values)
        self._is_stale = True
        if is_looked_at:
            self._reads.ask()

    async def current(self) -> None:
        """Wait until what has changed is read.

        Raises:
            OSError, TooSlowError, CrashedError, MemoryError: it cannot be.
        """
        if self._is_stale:
            self._reads.ask()
        await self._reads.done()

    async def look_again(self) -> None:
        """Read what is new although nothing is known to have changed. Raises as `current`."""
        self._is_stale = True
        await self.current()

    async def close(self) -> None:
        await self._reads.close()

    async def _read(self) -> None:
        values, self._values, self._is_stale = self._values, {}, False
        read = partial(self._read_files, list(values.values()))
        try:
            if self._are_browsers_waiting:
                is_anew, added, self.problems = await self._in_a_thread(read)
            else:
                async with self._turns.turn(self._name):
                    is_anew, added, self.problems = await self._in_a_thread(read)
        except BaseException as error:
            self._values = values | self._values
            self._is_stale = self._has_missed = True
            if isinstance(error, Exception):  # and not that nobody needs it any more
                self.unread = Problem(
                    layout.shown(self._name), f"its scalars cannot be read now: {said(error)}"
                )
                self._problem_log.report([self.unread])
            raise
        self.unread = None
        self.unkept_since = time.monotonic()
        is_to_be_told, self._are_browsers_waiting = is_anew and self._are_browsers_waiting, True
        self._problem_log.report(self.problems)
        if is_to_be_told or self._has_missed:
            self._has_missed = False
            self._publisher.publish(ScalarsChanged(self._publisher.next_sequence(), self._id))
        slice_series = self._limits.slice_series
        for start in range(0, len(added), slice_series):
            part = added[start : start + slice_series]
            self._publisher.publish(PointsAdded(self._publisher.next_sequence(), self._id, part))
            if start + slice_series < len(added):
                await asyncio.sleep(0)

    def _in_a_thread(self, read: Callable[[], _Read]) -> Awaitable[_Read]:
        return self._workers.run(self._name, read, limit_s=self._limits.points_s)

    def _read_files(self, values: list[StepValue]) -> _Read:
        """In a thread."""
        changes = self._series.read_new(self._name, values)
        added = [appended.message() for appended in changes.appended]
        return changes.anew, added, self._series.problems(self._name)


def said(error: BaseException) -> str:
    """What an error says; its type, for one that says nothing (`MemoryError`)."""
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
