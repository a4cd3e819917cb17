"""Experiments that have something in common, and what the numbers of each group come to. Pure."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import NamedTuple

from lavdlike.bounded.patterns import Pattern, PatternError
from lavdlike.filter_messages import Cell, Spread
from lavdlike.reading.filter.cells import cell_of, key_of, shown
from lavdlike.reading.filter.facts import Meaning, RunFacts, Value, column_of, folder_of
from lavdlike.reading.filter.syntax import FilterError
from lavdlike.reading.natural_order import natural_key
from lavdlike.series.spreads import spread_of

_SEARCH_S = 2.0
# Of a long text in a group's title.
_SHOWN_CHARACTERS = 80


class Column(NamedTuple):
    """A field that is asked for. `text`: as it was written."""

    text: str
    meaning: Meaning


class Common(NamedTuple):
    """What experiments have in common that are one group (`filter_messages.Grouping`)."""

    by: Sequence[Column] = ()
    pattern: str = ""
    folder: bool = False


class RunGroup(NamedTuple):
    """`key`: a cell for each field, then for each captured group, then the folder. `title`: the same in words."""

    title: str
    key: list[Cell]
    runs: list[RunFacts]


class _Part(NamedTuple):
    """One part of a key: where it stands among others, and how it is told, exactly and with few digits."""

    order: tuple[object, ...]
    cell: Cell
    words: str
    brief: str = ""


_NOTHING_LAST = (2,)


def grouped(runs: Sequence[RunFacts], common: Common, *, until: float = math.inf) -> list[RunGroup]:
    """The groups in the order of their keys, in each the experiments in the order given.

    Raises:
        FilterError: the pattern is none, or its search takes too long.
        GivenUpError: nobody waits for the result.
    """
    names = [run.summary.name for run in runs] if common.pattern else []
    columns = [column_of(column.meaning, runs) for column in common.by]
    identities: list[Sequence[object]] = [
        _identities(column.meaning, values) for column, values in zip(common.by, columns, strict=True)
    ]
    captured = _captured(names, common.pattern, until)
    identities += [captured] if captured else []
    identities += [[folder_of(run.summary) for run in runs]] if common.folder else []
    members: dict[tuple[object, ...], list[int]] = {}
    for index, identity in enumerate(zip(*identities, strict=True)):
        members.setdefault(identity, []).append(index)
    width = max((len(each) for each in captured if each is not None), default=1)
    keyed: list[tuple[list[_Part], list[int]]] = []
    for indices in members.values():
        first = indices[0]
        parts = [_of_field(column, values[first]) for column, values in zip(common.by, columns, strict=True)]
        parts += _of_captured(captured[first], width) if captured else []
        parts += [_of_folder(runs[first])] if common.folder else []
        keyed.append((parts, indices))
    keyed.sort(key=lambda pair: [part.order for part in pair[0]])
    titles = _titles([parts for parts, _ in keyed])
    return [
        RunGroup(title, [part.cell for part in parts], [runs[index] for index in indices])
        for title, (parts, indices) in zip(titles, keyed, strict=True)
    ]


def _titles(keys: Sequence[Sequence[_Part]]) -> list[str]:
    """With few digits where that tells all of them apart."""
    brief = [" ".join(part.brief or part.words for part in parts if part.words) for parts in keys]
    if len(set(brief)) == len(brief):
        return brief
    return [" ".join(part.words for part in parts if part.words) for parts in keys]


def spread_of_field(runs: Sequence[RunFacts], meaning: Meaning) -> Spread | None:
    """Of the finite numbers that experiments have in a field."""
    column = column_of(meaning, runs)
    return spread_of([values[0] for values in column if values and type(values[0]) is float])


def _identities(meaning: Meaning, column: Sequence[tuple[Value, ...]]) -> list[object]:
    """Equal for experiments that are one group. Of a list the first is its JSON, which says all; tags are a set."""
    if meaning.scope == "run":
        return [tuple(map(key_of, values)) for values in column]
    return [key_of(values[0]) if values else () for values in column]


def _of_field(column: Column, values: Sequence[Value]) -> _Part:
    if not values:
        return _Part(_NOTHING_LAST, None, f"no {column.text}")
    several = values if column.meaning.scope == "run" else values[:1]
    order, cell = _order_of(key_of(values[0])), cell_of(column.meaning, values)
    exact, brief = (",".join(map(tell, several)) for tell in (_shortened, _brief))
    return _Part(order, cell, f"{column.text}={exact}", f"{column.text}={brief}")


def _brief(value: Value) -> str:
    """Of a number six digits: what comes out of `logspace` has seventeen, and none of the last tells anything."""
    if isinstance(value, float) and not value.is_integer() and math.isfinite(value):
        return min(_shortened(value), f"{value:.6g}", key=len)
    return _shortened(value)


def _shortened(value: Value) -> str:
    text = shown(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"


def _order_of(key: float | str) -> tuple[object, ...]:
    return (0, key) if isinstance(key, float) else (1, natural_key(key[:200]))


def _of_folder(run: RunFacts) -> _Part:
    folder = folder_of(run.summary)
    return _Part((1, natural_key(folder)), folder, folder or "no folder")


def _captured(names: Sequence[str], pattern: str, until: float) -> list[tuple[str | None, ...] | None]:
    if not names:
        return []
    import polars as pl

    try:
        ends = min(until, time.monotonic() + _SEARCH_S)
        return Pattern(pattern).captured_in(pl.Series(names, dtype=pl.String), until=ends)
    except PatternError as error:
        place = error.place or slice(0, len(pattern))
        raise FilterError(
            f"no regular expression: {error}", place.start, max(1, place.stop - place.start)
        ) from None


def _of_captured(captured: tuple[str | None, ...] | None, width: int) -> list[_Part]:
    if captured is None:
        return [_Part(_NOTHING_LAST, None, "no match")] + [_Part(_NOTHING_LAST, None, "")] * (width - 1)
    return [
        _Part(_NOTHING_LAST, None, "-") if text is None else _Part((1, natural_key(text)), text, text)
        for text in captured
    ]
