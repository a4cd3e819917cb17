"""What is computed of scalars when it is asked for: values at a place, results in a range. On the event loop."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from lavdlike.messages import Cursor, Problem
from lavdlike.scalar_messages import (
    AggregatesPage,
    AggregatesRequest,
    RangeOfSeries,
    RangesPage,
    RangesRequest,
    ValueAt,
    ValuesPage,
    ValuesRequest,
)
from lavdlike.series.asked import AskSeries, check_smoothing, each_series
from lavdlike.series.ranges import Range, result_in
from lavdlike.series.values import Place, point_at
from lavdlike.server.live.answers import Answers
from lavdlike.server.live.hub import Hub

if TYPE_CHECKING:
    from lavdlike.series.aggregate_lines import Line

T = TypeVar("T")

_VALUES = "values of series"
_AGGREGATES = "aggregates"


class ScalarAnswers:
    """Of one hub, which is started before the first question. Experiments that are not there are left out.

    All raise ValueError for a request outside its limits, and TooSlowError.
    """

    def __init__(self, hub: Hub, answers: Answers) -> None:
        self._hub = hub
        self._answers = answers

    async def values(self, request: ValuesRequest, until: Cursor | None = None) -> ValuesPage:
        check_smoothing(request.smoothing)
        publisher = self._hub.publisher
        sequence = publisher.sequence
        request.experiments, _ = await self._answers.with_current_points(request.experiments)
        values = await self._answers.read(_VALUES, partial(self._values, request, until))
        return ValuesPage(publisher.epoch, sequence, values)

    async def ranges(self, request: RangesRequest, until: Cursor | None = None) -> RangesPage:
        publisher = self._hub.publisher
        sequence = publisher.sequence
        request.experiments, _ = await self._answers.with_current_points(request.experiments)
        ranges = await self._answers.read(_VALUES, partial(self._ranges, request, until))
        return RangesPage(publisher.epoch, sequence, ranges)

    async def aggregates(self, request: AggregatesRequest, until: Cursor | None = None) -> bytes:
        """In the binary form."""
        from lavdlike.series import aggregate_lines

        return await self._aggregates(aggregate_lines.binary, request, until)

    async def aggregates_page(
        self, request: AggregatesRequest, until: Cursor | None = None
    ) -> AggregatesPage:
        """As JSON."""

        def page(
            sent: Sequence[Line], *, epoch: str, sequence: int, problems: Sequence[Problem]
        ) -> AggregatesPage:
            return AggregatesPage(epoch, sequence, [line.points() for line in sent], [*problems])

        return await self._aggregates(page, request, until)

    async def _aggregates(
        self, form: Callable[..., T], request: AggregatesRequest, until: Cursor | None
    ) -> T:
        from lavdlike.series import aggregate_lines

        aggregate_lines.check_request(request)
        publisher = self._hub.publisher
        sequence = publisher.sequence
        every = itertools.chain.from_iterable(request.groups)
        read, problems = await self._answers.with_current_points(every)
        is_read = set(read)
        request.groups = [[each for each in group if each in is_read] for group in request.groups]

        def answer() -> T:
            ask, request.labels = self._asked(request.labels, request.expressions, until)
            sent = list(aggregate_lines.lines(request, ask))
            return form(sent, epoch=publisher.epoch, sequence=sequence, problems=[*problems.values()])

        return await self._answers.read(_AGGREGATES, answer)

    def _values(self, request: ValuesRequest, until: Cursor | None) -> list[ValueAt]:
        """In a thread."""
        place = Place(request.at, request.x, request.smoothing, request.method)
        ask, names = self._asked(request.labels, request.expressions, until)
        found = []
        for experiment, series in each_series(ask, request.experiments, names):
            point = point_at(series, place)
            if point is not None:
                found.append(ValueAt(experiment, series.label, series.writer, *point))
        return found

    def _ranges(self, request: RangesRequest, until: Cursor | None) -> list[RangeOfSeries]:
        """In a thread."""
        between = Range(request.x_min, request.x_max, request.x)
        ask, names = self._asked(request.labels, request.expressions, until)
        return [
            RangeOfSeries(experiment, series.label, series.writer, *result_in(series, between))
            for experiment, series in each_series(ask, request.experiments, names)
        ]

    def _asked(
        self, labels: Sequence[str], expressions: Sequence[str], until: Cursor | None
    ) -> tuple[AskSeries, list[str]]:
        """What to ask for which names. Raises ValueError: an expression is none."""
        from lavdlike.series.derived import with_expressions

        ask = partial(self._hub.known.series.asked, until=until)
        return with_expressions(ask, expressions), [*labels, *expressions]
