"""What experiments differ in: status, tags, folders and settings, each value with the term that finds it. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain

from lavdlike.bounded import giving_up
from lavdlike.filter_messages import Facet, FacetValue
from lavdlike.reading.filter.cells import field_text, key_of, shown, term_of
from lavdlike.reading.filter.facts import RunFacts, Value, folder_of, setting_values
from lavdlike.reading.natural_order import natural_key

MAX_FACETS = 100
MAX_VALUES = 20
# That are looked at whether they differ.
_MOST_SETTINGS = 1000
_MAX_TERM_CHARACTERS = 500
_MAX_SHOWN_CHARACTERS = 200

# The name of a setting and its value; a yes or no as text, which is unequal to 1.
Pair = tuple[str, Value]


def pairs_of(run: RunFacts) -> Iterable[Pair]:
    """What is counted of an experiment's settings. Of a list, what it is as JSON."""
    for name, setting in run.settings.items():
        value = setting_values(setting)[0]
        yield name, shown(value) if isinstance(value, bool) else value


def counted_pairs(runs: Sequence[RunFacts]) -> Iterable[tuple[Pair, int]]:
    """How many of the experiments have each value of each setting."""
    counted: Counter[Pair] = Counter()
    for begin in range(0, len(runs), 1000):
        giving_up.check()
        counted.update(chain.from_iterable(map(pairs_of, runs[begin : begin + 1000])))
    return counted.items()


def facets_of(
    runs: Sequence[RunFacts],
    count: Callable[[Sequence[RunFacts]], Iterable[tuple[Pair, int]]] = counted_pairs,
) -> list[Facet]:
    """Status, tags and folders as far as there are any, then settings that differ, the first logged first; at most 100.

    Args:
        count: as `counted_pairs`, perhaps from what is kept.
    """
    settings: dict[str, Counter[Value]] = {}
    for (name, value), each in count(runs):
        settings.setdefault(name, Counter())[value] = each
    statuses: Counter[Value] = Counter(run.summary.status for run in runs)
    tags: Counter[Value] = Counter(chain.from_iterable(run.summary.tags for run in runs))
    folders: Counter[Value] = Counter(filter(None, (folder_of(run.summary) for run in runs)))
    ours = {name: f"run.{name}" if name in settings else name for name in ("status", "tag", "folder")}
    found = [
        _facet("status", ours["status"], statuses, len(runs)),
        _facet("tag", ours["tag"], tags),
        _facet("folder", ours["folder"], folders),
        *(
            _facet(name, field_text(name, "config"), settings[name], len(runs))
            for name in _most_common(settings)
        ),
    ]
    return [facet for facet in found if facet is not None][:MAX_FACETS]


def _most_common(settings: Mapping[str, Counter[Value]]) -> list[str]:
    """In the order given; of very many, those that most experiments have."""
    if len(settings) <= _MOST_SETTINGS:
        return list(settings)
    frequent = sorted(settings, key=lambda name: -settings[name].total())[:_MOST_SETTINGS]
    return [name for name in settings if name in set(frequent)]


def _facet(name: str, field: str, counts: Counter[Value], every: int = -1) -> Facet | None:
    """None where all experiments (`every`) have the same.

    Values that a filter takes for equal are one.
    """
    giving_up.check()
    merged: dict[float | str, tuple[Value, int]] = {}
    for value, count in counts.items():
        key = key_of(value)
        before = merged.get(key)
        merged[key] = (value, count) if before is None else (before[0], before[1] + count)
    if not merged or not field:
        return None
    if len(merged) == 1 and next(iter(merged.values()))[1] == every:
        return None
    numbers = [key for key in merged if isinstance(key, float)]
    are_numbers = len(numbers) == len(merged)
    finite = [number for number in numbers if math.isfinite(number)] if are_numbers else []
    total = sum(count for _, count in merged.values())
    is_different_nearly_everywhere = len(merged) > MAX_VALUES and 2 * len(merged) > total
    chosen = []
    if not is_different_nearly_everywhere:
        ranked = sorted(merged.values(), key=lambda pair: -pair[1])
        chosen = _with_terms(ranked, field)
    chosen.sort(key=lambda each: _order_of(each[0], each[1].count, are_numbers=are_numbers))
    return Facet(
        name,
        field,
        [each for _, each in chosen],
        len(merged) - len(chosen),
        min(finite, default=None),
        max(finite, default=None),
    )


def _with_terms(ranked: Sequence[tuple[Value, int]], field: str) -> list[tuple[Value, FacetValue]]:
    found = []
    for value, count in ranked:
        term = term_of(field, value)
        if len(term) <= _MAX_TERM_CHARACTERS:
            found.append((value, FacetValue(shown(value)[:_MAX_SHOWN_CHARACTERS], term, count)))
            if len(found) == MAX_VALUES:
                break
    return found


def _order_of(value: Value, count: int, *, are_numbers: bool) -> tuple[object, ...]:
    """Numbers as they are, texts by how many have them."""
    if are_numbers:
        return (float(key_of(value)),)
    return (-count, natural_key(shown(value)))
