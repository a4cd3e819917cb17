"""What a listing of experiments asks for, as it was typed: which of them, in what order, and what of each. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple

from lavdlike.errors import UsageError
from lavdlike.reading.filter.facts import Meaning, RunFacts, column_of, meaning_of
from lavdlike.reading.filter.grouping import Column, Common, RunGroup, grouped
from lavdlike.reading.filter.matching import matching
from lavdlike.reading.filter.ordering import by_field
from lavdlike.reading.filter.parser import parse, parse_field
from lavdlike.reading.filter.syntax import Comparison, Field, FilterError, fields_in
from lavdlike.reading.kept_results import AskedLabel


class Listing(NamedTuple):
    """What is asked for, as it was typed."""

    query: str = ""
    columns: Sequence[str] = ()
    sort: str = ""
    group_by: Sequence[str] = ()
    reverse: bool = False


def selected(runs: Sequence[RunFacts], listing: Listing, note: Callable[[str], None]) -> list[RunFacts]:
    """The experiments of the filter in the order asked for.

    Args:
        note: told what a person may have meant instead.

    Raises:
        UsageError: a filter or a field is none; names the place.
    """
    with _refusing(listing.query):
        found = matching(parse(listing.query), runs)
    for said in found.notes:
        note(said)
    if not listing.sort:
        return found.runs
    order = _meaning(listing.sort, runs)
    if found.runs and not any(column_of(order, found.runs)):
        note(f"none of these experiments has {listing.sort!r}, so they are in no order")
    return by_field(found.runs, order, descending=listing.reverse)


def asked_steps(listing: Listing) -> set[AskedLabel]:
    """The labels and steps at which it asks for values; of texts that mean nothing none, which are refused later."""
    fields: list[Field] = []
    with suppress(FilterError):
        fields += fields_in(parse(listing.query))
    for written in [*listing.columns, listing.sort, *listing.group_by]:
        with suppress(FilterError):
            fields.append(parse_field(written))
    return {(field.name, field.step) for field in fields if field.function == "at"}


def columns_of(texts: Sequence[str], runs: Sequence[RunFacts]) -> list[Column]:
    """Raises `UsageError`."""
    return [Column(text, _meaning(text, runs)) for text in texts]


def common_of(texts: Sequence[str], runs: Sequence[RunFacts]) -> Common:
    """What is the same in a group: fields, or what a regular expression finds in names (`name~"seed(.*)"`).

    Raises:
        UsageError: a text is neither, or several are expressions.
    """
    patterns = [pattern for text in texts if (pattern := _pattern_in(text)) is not None]
    if len(patterns) > 1:
        raise UsageError("groups are of one regular expression at most; several groups can stand in it")
    by = columns_of([text for text in texts if _pattern_in(text) is None], runs)
    return Common(by, patterns[0] if patterns else "")


def _pattern_in(text: str) -> str | None:
    with suppress(FilterError):
        node = parse(text)
        if isinstance(node, Comparison) and node.operator == "~" and node.field.name == "name":
            return node.values[0]
    return None


def _meaning(text: str, runs: Sequence[RunFacts]) -> Meaning:
    with _refusing(text):
        return meaning_of(parse_field(text), runs)


@contextmanager
def _refusing(text: str) -> Iterator[None]:
    try:
        yield
    except FilterError as error:
        raise UsageError(f"{text!r}, {error}") from None


def titles_of(groups: Sequence[RunGroup], common: Common) -> list[str]:
    """What each cell of the groups' keys is called: fields as they were written, then what was captured in names."""
    titles = [column.text for column in common.by]
    captured = max((len(group.key) for group in groups), default=0) - len(titles)
    return titles + (["NAME"] if captured == 1 else [f"NAME {index + 1}" for index in range(captured)])


def groups_of(runs: Sequence[RunFacts], common: Common) -> list[RunGroup]:
    """Raises `UsageError`: the pattern is none."""
    with _refusing(common.pattern):
        return grouped(runs, common)
