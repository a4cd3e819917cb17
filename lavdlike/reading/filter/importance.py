"""Which settings go along with a result. Pure.

A field is numbers where all its values are, else categories. Numbers with few different values are looked at both ways:
the best of five learning rates is in the middle of them, which no correlation sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lavdlike.filter_messages import Importance
from lavdlike.reading.filter.associations import explained, ranks, spearman
from lavdlike.reading.filter.cells import key_of
from lavdlike.reading.filter.facts import Meaning, RunFacts, Value, column_of

# With fewer experiments, chance alone looks like something.
FEWEST = 20
# Numbers with up to so many different values are looked at as categories, too.
_FEW_VALUES = 10

Key = float | str | None


class ResultTable(NamedTuple):
    """Those that have the result. `columns`: of each field, what each of them has there; None for nothing."""

    fields: list[str]
    columns: list[list[Key]]
    results: list[float]


def table_of(result: Meaning, fields: Sequence[tuple[str, Meaning]], runs: Sequence[RunFacts]) -> ResultTable:
    """What is asked of experiments. Those whose result is no number are left out, as are those where it is NaN."""
    rows: list[RunFacts] = []
    results: list[float] = []
    for run, values in zip(runs, column_of(result, runs), strict=True):
        number = _key(values)
        if isinstance(number, float):
            rows.append(run)
            results.append(number)
    columns = [[_key(values) for values in column_of(meaning, rows)] for _, meaning in fields]
    return ResultTable([text for text, _ in fields], columns, results)


def importances(table: ResultTable) -> list[Importance]:
    """One for each field, in their order; with fewer than 20 experiments nothing is said of it."""
    return [
        _importance(field, column, table.results)
        for field, column in zip(table.fields, table.columns, strict=True)
    ]


def ranked_results(table: ResultTable) -> list[float]:
    """As a forest is to predict them."""
    return ranks(table.results)


def _importance(field: str, column: Sequence[Key], results: Sequence[float]) -> Importance:
    pairs = [(key, result) for key, result in zip(column, results, strict=True) if key is not None]
    keys = [key for key, _ in pairs]
    numbers = [key for key in keys if isinstance(key, float)]
    different = len(set(keys))
    is_numeric = len(numbers) == len(keys)
    importance = Importance(field, len(keys), different, is_numeric=is_numeric)
    if len(keys) < FEWEST or different < 2:
        return importance
    known = [result for _, result in pairs]
    return Importance(
        field,
        len(keys),
        different,
        is_numeric=is_numeric,
        correlation=spearman(numbers, known) if is_numeric else None,
        explained=explained(keys, known) if not is_numeric or different <= _FEW_VALUES else None,
    )


def _key(values: Sequence[Value]) -> Key:
    """Of a setting that is a list, the whole list."""
    if not values:
        return None
    key = key_of(values[0])
    return None if key == "nan" else key
