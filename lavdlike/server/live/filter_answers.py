"""Which of the experiments a filter lets through, and whether one group is better. Lives on the event loop.

The answer is computed in a thread, from rows as they are at this moment, and from scalars as far as they are known:
those in memory first, then what was kept of others, then what is read now.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import NamedTuple, TypeVar

import msgspec

from lavdlike import layout
from lavdlike.filter_messages import (
    ComparisonRequest,
    FilterAnswer,
    FilterMistake,
    FilterRequest,
    GroupComparison,
    ImportanceRequest,
)
from lavdlike.messages import Cursor
from lavdlike.reading.filter.comparing import compared
from lavdlike.reading.filter.facts import Meaning, RunFacts, meaning_of
from lavdlike.reading.filter.importance import ResultTable, table_of
from lavdlike.reading.filter.parser import parse_field
from lavdlike.reading.filter.questions import MAX_COLUMNS, Answered, answered, check_question
from lavdlike.reading.filter.syntax import Field, FilterError
from lavdlike.reading.kept_results import results_path_of
from lavdlike.series.experiment_series import ExperimentScalars
from lavdlike.server.live.hub import Hub
from lavdlike.server.live.known import KnownExperiment
from lavdlike.server.live.live_runs import Known, LiveRun, LiveRuns
from lavdlike.server.live.results_reader import ResultsReader
from lavdlike.server.live.row import Row

T = TypeVar("T")

_SUBJECT = "filter"
# So many are looked at before others get their turn on the loop.
_TURN = 500


class _Compared(NamedTuple):
    """`open`: the experiments whose labels nobody has read yet."""

    comparison: GroupComparison
    field: Field
    open: list[LiveRun]


class Tabled(NamedTuple):
    """`open`: the experiments whose labels nobody has read yet."""

    table: ResultTable
    mistakes: list[FilterMistake]
    of_labels: list[Field]
    open: list[LiveRun]


class FilterAnswers:
    """Answers of one hub, which is started before the first question."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    @cached_property
    def runs(self) -> LiveRuns:
        hub = self._hub
        return LiveRuns(hub.rows.rows, self._known, lambda: hub.parts.words.labels)

    @cached_property
    def reader(self) -> ResultsReader:
        hub = self._hub
        return ResultsReader(hub.root, hub.workers, results_path_of(hub.settings.path), hub.limits)

    async def answer(self, request: FilterRequest, until: Cursor | None = None) -> FilterAnswer:
        """Raises ValueError: it asks for more than is answered at once."""
        check_question(request)
        publisher = self._hub.publisher
        sequence = publisher.sequence
        found = await self._answered(request, until)
        unread = self._readable(found.open)
        if unread:
            await self._read(unread, found.of_labels, until)
            sequence = publisher.sequence
            found = await self._answered(request, until)
            unread = self._readable(found.open)
        if found.of_labels:
            await self.reader.tidy(self._hub.rows.rows)
        notes = found.notes
        unreadable = len(found.open) - len(unread)
        if unreadable:
            who = "1 experiment" if unreadable == 1 else f"{unreadable:,} experiments"
            notes = [*notes, f"the scalars of {who} cannot be read now"]
        return FilterAnswer(
            publisher.epoch,
            sequence,
            [run.summary.id for run in found.runs],
            found.cells,
            found.groups,
            found.facets,
            found.mistakes,
            notes,
            len(unread),
            bool(found.of_labels),
        )

    async def compare(self, request: ComparisonRequest, until: Cursor | None = None) -> GroupComparison:
        """Raises ValueError: the field is none."""
        found = await self._compared(request, until)
        if unread := self._readable(found.open):
            await self._read(unread, [found.field], until)
            found = await self._compared(request, until)
            unread = self._readable(found.open)
        return msgspec.structs.replace(found.comparison, unread=len(unread))

    async def result_table(
        self, request: ImportanceRequest, until: Cursor | None = None
    ) -> tuple[Tabled, int]:
        """A result beside settings, and how many experiments have not been read yet.

        Raises:
            ValueError: the result is no field, or there are too many fields.
        """
        if len(request.fields) > MAX_COLUMNS:
            raise ValueError(f"at most {MAX_COLUMNS} fields, not {len(request.fields)}")
        found = await self._tabled(request, until)
        unread = self._readable(found.open)
        if unread:
            await self._read(unread, found.of_labels, until)
            found = await self._tabled(request, until)
            unread = self._readable(found.open)
        return found, len(unread)

    async def close(self) -> None:
        if "reader" in self.__dict__:  # somebody has asked
            await self.reader.close()

    async def _answered(self, request: FilterRequest, until: Cursor | None) -> Answered:
        stop_at = time.monotonic() + self._hub.limits.filter_s

        def answer() -> Answered:
            return answered(request, self._runs(until), self.runs.counted, until=stop_at)

        return await self._in_thread(answer)

    async def _compared(self, request: ComparisonRequest, until: Cursor | None) -> _Compared:
        groups = [dict.fromkeys(map(layout.experiment_name, group)) for group in (request.a, request.b)]

        def compare() -> _Compared:
            field = parse_field(request.field)
            runs = self._runs(until)
            meaning = meaning_of(field, runs)
            by_name = {run.name: run for run in runs}
            a, b = ([by_name[name] for name in group if name in by_name] for group in groups)
            unread = [run for run in (*a, *b) if meaning.scope == "label" and not run.knows(field)]
            return _Compared(compared(meaning, a, b), field, unread)

        return await self._in_thread(compare)

    async def _tabled(self, request: ImportanceRequest, until: Cursor | None) -> Tabled:
        names = set(map(layout.experiment_name, request.experiments))

        def tabled() -> Tabled:
            every = self._runs(until)
            result = meaning_of(parse_field(request.result), every)
            fields: list[tuple[str, Meaning]] = []
            mistakes: list[FilterMistake] = []
            for text in dict.fromkeys(request.fields):
                try:
                    fields.append((text, meaning_of(parse_field(text), every)))
                except FilterError as error:
                    mistakes.append(FilterMistake(text, error.reason, error.position, error.length))
            meanings = [result, *(meaning for _, meaning in fields)]
            of_labels = [meaning.field for meaning in meanings if meaning.scope == "label"]
            runs = [run for run in every if run.name in names]
            unread = [run for run in runs if not all(map(run.knows, of_labels))]
            return Tabled(table_of(result, fields, runs), mistakes, of_labels, unread)

        return await self._in_thread(tabled)

    def _runs(self, until: Cursor | None) -> list[LiveRun]:
        """All experiments, or those of the past. In a thread."""
        runs = self.runs.now()
        if until is None:
            return runs
        past = (run.at(until, self._points_of(run)) for run in runs)
        return [run for run in past if run is not None]

    def _points_of(self, run: LiveRun) -> ExperimentScalars | None:
        known = self._hub.known.by_name.get(run.name)
        if known is None or not known.tracker.is_loaded or known.points.is_stale:
            return None
        return self._hub.known.series.peek_at_any(run.name)

    def _known(self, row: Row) -> Known:
        """In a thread."""
        known = self._hub.known.by_name.get(row.name)
        if known is not None and known.tracker.is_loaded and not known.points.is_stale:
            scalars = self._hub.known.series.peek(row.name)
            if scalars is not None:
                return Known(scalars, None)
        return Known(None, self.reader.results_of(row))

    def _readable(self, runs: Iterable[RunFacts]) -> list[Row]:
        """The rows of those that are still there and have not failed to be read lately."""
        rows = self._hub.rows.rows
        names = (run.name for run in runs if isinstance(run, LiveRun))
        return [rows[name] for name in names if name in rows and not self.reader.is_unreadable(name)]

    async def _read(self, rows: Sequence[Row], fields: Sequence[Field], until: Cursor | None) -> None:
        """Of those that are in memory, or grow, what is new; of the others, what their labels come to.

        Of the past, all points of some of them: what was kept is about the present.
        """
        hub = self._hub
        patience_s = hub.limits.unread_patience_s
        followed: list[KnownExperiment] = []
        others: list[Row] = []
        for index, row in enumerate(rows):
            if index % _TURN == 0:
                await asyncio.sleep(0)
            known = self._followed(row, len(followed), until)
            if until is not None and known is None:
                break
            if known is None:
                others.append(row)
            else:
                followed.append(known)
        tasks = [asyncio.ensure_future(_current(known)) for known in followed]
        tasks.append(asyncio.ensure_future(self.reader.read(others, fields, patience_s=patience_s)))
        try:
            await asyncio.wait(tasks, timeout=2 * patience_s)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _followed(self, row: Row, count: int, until: Cursor | None) -> KnownExperiment | None:
        """An experiment whose points are in memory, or should be: of one that grows, only what is new is read then."""
        hub = self._hub
        known = hub.known.by_name.get(row.name)
        if known is not None and known.tracker.is_loaded and hub.known.series.peek(row.name) is not None:
            return known
        grows = row.summary.status == "running" and self.reader.was_read(row.name)
        is_wanted = grows or until is not None
        return hub.known.know(row) if is_wanted and count < hub.limits.max_followed else None

    async def _in_thread(self, function: Callable[[], T]) -> T:
        return await self._hub.workers.run(_SUBJECT, function, limit_s=self._hub.limits.read_s)


async def _current(known: KnownExperiment) -> None:
    await known.tracker.current()
    await known.points.current()
