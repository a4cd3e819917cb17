"""The order of experiments: by name, or by what they have in a field. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from lavdlike.reading.filter.cells import key_of
from lavdlike.reading.filter.facts import Meaning, RunFacts, Value, column_of
from lavdlike.reading.natural_order import natural_key

# Of labels, what a goal says something of.
_WITH_GOAL = (None, "last", "min", "max", "mean", "best", "at")
AnyRun = TypeVar("AnyRun", bound=RunFacts)

# Of `RunFacts.memo`.
_BY_NAME = "by name"
# Of a long text as much is looked at.
_LOOKED_AT = 200


def by_name(runs: Sequence[AnyRun]) -> list[AnyRun]:
    """By title, or by name without one, as people count. Fast if they are nearly in this order already."""
    return sorted(runs, key=lambda run: run.memo.get(_BY_NAME) or _key_by_name(run))


def _key_by_name(run: RunFacts) -> Any:
    return run.memo.setdefault(_BY_NAME, natural_key(run.summary.title or run.summary.name))


def by_field(runs: Sequence[RunFacts], meaning: Meaning, *, descending: bool | None = None) -> list[RunFacts]:
    """By what they have in a field: numbers before texts, these in natural order; those that have nothing are last.

    Args:
        descending: the largest first; None: the best first, if somebody has said which are.
    """
    if descending is None:
        descending = goal_of(meaning, runs) == "max"
    keyed = list(zip(map(_order_of, column_of(meaning, runs)), runs, strict=True))
    ordered = sorted((pair for pair in keyed if pair[0]), key=lambda pair: pair[0], reverse=descending)
    return [run for _, run in ordered] + [run for key, run in keyed if not key]


def goal_of(meaning: Meaning, runs: Sequence[RunFacts]) -> str:
    """Which values of a field are better: "min", "max", or "" if nobody has said or it is not of a label's values."""
    if meaning.scope != "label" or meaning.field.function not in _WITH_GOAL:
        return ""
    return next((goal for run in runs if (goal := run.goal(meaning.field.name))), "")


def _order_of(values: Sequence[Value]) -> tuple[object, ...]:
    """() for what has no value. NaN is none."""
    if not values:
        return ()
    first = values[0]
    if type(first) is float:
        return (0, first) if first == first else ()
    if isinstance(first, bool):
        return (0, float(first))
    key = key_of(first)
    if isinstance(key, float):
        return (0, key)
    return () if key == "nan" else (1, natural_key(str(first)[:_LOOKED_AT]))
