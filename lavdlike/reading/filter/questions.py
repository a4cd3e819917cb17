"""What is asked of many experiments at once: a filter, an order, cells, groups and facets, in one go. Pure.

Each text that means nothing is a mistake of its own, beside which the rest is answered.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from lavdlike.filter_messages import Cell, Facet, FilterMistake, FilterRequest, Group
from lavdlike.reading.filter.cells import cells_of
from lavdlike.reading.filter.facets import Pair, counted_pairs, facets_of
from lavdlike.reading.filter.facts import RunFacts, column_of, meaning_of
from lavdlike.reading.filter.grouping import Column, Common, grouped, spread_of_field
from lavdlike.reading.filter.matching import matching
from lavdlike.reading.filter.ordering import by_field, by_name
from lavdlike.reading.filter.parser import parse, parse_field
from lavdlike.reading.filter.syntax import Field, FilterError, Node, fields_in

MAX_COLUMNS = 200
MAX_GROUPED_BY = 20
_MAX_NOTES = 20


class Answered(NamedTuple):
    """As of `FilterAnswer`. `open`: the experiments of which labels are asked that nobody has read yet."""

    runs: list[RunFacts]
    cells: list[list[Cell]]
    groups: list[Group]
    facets: list[Facet]
    mistakes: list[FilterMistake]
    notes: list[str]
    open: list[RunFacts]
    of_labels: list[Field]


def check_question(request: FilterRequest) -> None:
    """Raises ValueError: it asks for more than is answered at once."""
    if len(request.columns) > MAX_COLUMNS:
        raise ValueError(f"at most {MAX_COLUMNS} columns, not {len(request.columns)}")
    if len(request.grouping.by) > MAX_GROUPED_BY:
        raise ValueError(f"at most {MAX_GROUPED_BY} fields to group by, not {len(request.grouping.by)}")


def answered(
    request: FilterRequest,
    runs: Sequence[RunFacts],
    count: Callable[[Sequence[RunFacts]], Iterable[tuple[Pair, int]]] = counted_pairs,
    *,
    now: float | None = None,
    until: float = math.inf,
) -> Answered:
    """What is asked of these experiments.

    Args:
        runs: all of the root, also those that are archived.
        count: as of `facets_of`.
        now: Unix seconds.
        until: a moment of `time.monotonic`; what takes longer is a mistake.

    Raises:
        GivenUpError: nobody waits for the result.
    """
    return _Answering(request, runs, now, until).whole(count)


class _Answering:
    def __init__(
        self, request: FilterRequest, runs: Sequence[RunFacts], now: float | None, until: float
    ) -> None:
        self._request = request
        self._every = runs
        self._now = now
        self._until = until
        self._mistakes: list[FilterMistake] = []
        self._notes: list[str] = []
        self._of_labels: list[Field] = []

    def whole(self, count: Callable[[Sequence[RunFacts]], Iterable[tuple[Pair, int]]]) -> Answered:
        request = self._request
        runs, unsure = self._let_through()
        columns = [self._column(text) for text in request.columns]
        runs = self._in_order(runs)
        groups = self._groups(runs, columns)
        cells = [self._cells(column, runs) for column in columns]
        unread = {id(run): run for run in unsure}
        if self._of_labels:
            fields = self._of_labels
            unread |= {id(run): run for run in runs if not all(map(run.knows, fields))}
        facets = facets_of(runs, count) if request.facets else []
        notes = list(dict.fromkeys(self._notes))[:_MAX_NOTES]
        open_ = list(unread.values())
        return Answered(runs, cells, groups, facets, self._mistakes, notes, open_, self._of_labels)

    def _let_through(self) -> tuple[list[RunFacts], list[RunFacts]]:
        """Those of the filter, and those of which that is not known yet."""
        try:
            node = parse(self._request.filter)
            runs = self._every if self._shows_archived(node) else _not_archived(self._every)
            found = matching(node, runs, now=self._now, until=self._until)
        except FilterError as error:
            self._take_mistake(self._request.filter, error)
            return [], []
        self._notes += found.notes
        self._of_labels += found.of_labels
        return found.runs, found.open

    def _shows_archived(self, node: Node) -> bool:
        return self._request.archived or any(field.name == "archived" for field in fields_in(node))

    def _column(self, text: str) -> Column | None:
        """None: the text is no field."""
        try:
            column = Column(text, meaning_of(parse_field(text), self._every))
        except FilterError as error:
            self._take_mistake(text, error)
            return None
        if column.meaning.note:
            self._notes.append(column.meaning.note)
        if column.meaning.scope == "label" and column.meaning.field not in self._of_labels:
            self._of_labels.append(column.meaning.field)
        return column

    def _in_order(self, runs: list[RunFacts]) -> list[RunFacts]:
        runs = by_name(runs)
        order = self._column(self._request.sort) if self._request.sort else None
        if order is None:
            return runs[::-1] if self._request.descending and not self._request.sort else runs
        self._note_absence(order, runs)
        return by_field(runs, order.meaning, descending=self._request.descending)

    def _note_absence(self, column: Column, runs: Sequence[RunFacts]) -> None:
        meaning = column.meaning
        has_any = not runs or any(column_of(meaning, runs))
        if not has_any and all(run.knows(meaning.field) for run in runs):
            self._notes.append(f"none of these experiments has {column.text}")

    def _cells(self, column: Column | None, runs: Sequence[RunFacts]) -> list[Cell]:
        if column is None:
            return [None] * len(runs)
        return cells_of(column.meaning, column_of(column.meaning, runs))

    def _groups(self, runs: Sequence[RunFacts], columns: Sequence[Column | None]) -> list[Group]:
        asked = self._request.grouping
        by = [self._column(text) for text in asked.by]
        if not (by or asked.pattern or asked.folder):
            return []
        common = Common([column for column in by if column is not None], asked.pattern, asked.folder)
        try:
            groups = grouped(runs, common, until=self._until)
        except FilterError as error:
            self._take_mistake(asked.pattern, error)
            return []
        return [
            Group(
                group.title,
                group.key,
                [run.summary.id for run in group.runs],
                [
                    None if column is None else spread_of_field(group.runs, column.meaning)
                    for column in columns
                ],
            )
            for group in groups
        ]

    def _take_mistake(self, text: str, error: FilterError) -> None:
        self._mistakes.append(FilterMistake(text, error.reason, error.position, error.length))


def _not_archived(runs: Sequence[RunFacts]) -> list[RunFacts]:
    return [run for run in runs if not run.summary.archived]
