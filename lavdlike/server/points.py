"""The scalars of one experiment, kept up with their files for those who look at them. Lives on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from lavdlike.server.experiment_scalars import StepValue
from lavdlike.server.gather import Gathered
from lavdlike.server.messages import NewPoints, PointsAdded, Problem, ScalarsChanged
from lavdlike.server.problems import ProblemLog
from lavdlike.server.series import SeriesStore
from lavdlike.server.subscriptions import Publisher
from lavdlike.server.workers import Workers

_LIMIT_S = 60.0
# How many series are told of at once; then others get their turn.
_SLICE_SERIES = 1000


class Points:
    """Reads what is new, and tells the browsers.

    Args:
        experiment: its id.
        name: of its folder.
    """

    def __init__(
        self,
        experiment: str,
        name: str,
        series: SeriesStore,
        workers: Workers,
        publisher: Publisher,
        problem_log: ProblemLog,
    ) -> None:
        self.problems: list[Problem] = []  # with its files, as of the last reading
        self._experiment = experiment
        self._name = name
        self._series = series
        self._workers = workers
        self._publisher = publisher
        self._problem_log = problem_log
        self._values: dict[tuple[str, int], StepValue] = {}
        self._is_stale = True
        self._has_missed = False  # what a read has found that was given up, and came to its end later
        self._reads = Gathered(self._read)

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
            OSError, TooSlowError: it cannot be.
        """
        if self._is_stale:
            self._reads.ask()
        await self._reads.done()

    async def close(self) -> None:
        await self._reads.close()

    async def _read(self) -> None:
        values, self._values, self._is_stale = self._values, {}, False
        read = partial(self._read_files, list(values.values()))
        try:
            is_anew, added, self.problems = await self._workers.run(self._name, read, limit_s=_LIMIT_S)
        except BaseException:
            self._values = values | self._values
            self._is_stale = self._has_missed = True
            raise
        self._problem_log.met(self.problems)
        if is_anew or self._has_missed:
            self._has_missed = False
            self._publisher.publish(ScalarsChanged(self._publisher.next_sequence(), self._experiment))
        for start in range(0, len(added), _SLICE_SERIES):
            part = added[start : start + _SLICE_SERIES]
            self._publisher.publish(PointsAdded(self._publisher.next_sequence(), self._experiment, part))
            if start + _SLICE_SERIES < len(added):
                await asyncio.sleep(0)

    def _read_files(self, values: list[StepValue]) -> tuple[bool, list[NewPoints], list[Problem]]:
        """In a thread: whether series came or went, what others have gained, and what cannot be read."""
        changes = self._series.read_new(self._experiment, values)
        added = [appended.message() for appended in changes.appended]
        return changes.anew, added, self._series.problems(self._experiment)
