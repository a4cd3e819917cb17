"""`lavdlike ls` with a filter, columns, an order and groups: which experiments, and what came of them."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from lavdlike.filter_messages import Cell, Spread
from lavdlike.layout import ExperimentName
from lavdlike.reading.filter.cells import shown
from lavdlike.reading.filter.facts import DURATIONS, TIMES, RunFacts, Value, values_of
from lavdlike.reading.filter.grouping import Column, Common, RunGroup, spread_of_field
from lavdlike.reading.kept_results import results_path_of
from lavdlike.reading.listing import (
    Listing,
    asked_steps,
    columns_of,
    common_of,
    groups_of,
    selected,
    titles_of,
)
from lavdlike.reading.root_results import RootResults
from lavdlike.reading.stored_runs import StoredRun
from lavdlike.reading.summaries import ReadSummary
from lavdlike.shell import text
from lavdlike.shell.opened_roots import OpenedRoots
from lavdlike.shell.output import Output, say
from lavdlike.shell.printing import print_summaries
from lavdlike.shell.text import escaped


def print_listing(roots: OpenedRoots, read: Sequence[ReadSummary], listing: Listing, out: Output) -> None:
    """The experiments that are asked for, each with what is asked of it, or their groups.

    Raises:
        UsageError: a filter or a field is none; names the place.
    """
    with _runs(roots, read, listing) as runs:
        _print_listing(runs, read, listing, out)


def chosen_names(roots: OpenedRoots, read: Sequence[ReadSummary], listing: Listing) -> list[ExperimentName]:
    """Of the experiments that are asked for, in their order; raises as `print_listing`."""
    with _runs(roots, read, listing) as runs:
        return [ExperimentName(run.summary.name) for run in _selected(runs, listing)]


@contextmanager
def _runs(roots: OpenedRoots, read: Sequence[ReadSummary], listing: Listing) -> Iterator[Sequence[StoredRun]]:
    """What is known of them; what was read for the listing is kept in the end."""
    results = RootResults(roots.root, results_path_of(roots.path), asked_steps(listing))
    yield [StoredRun(roots.root, row.summary, roots.root_file, results) for row in read]
    results.save()


def _selected(runs: Sequence[StoredRun], listing: Listing) -> list[RunFacts]:
    return selected(runs, listing, lambda note: say(f"lavdlike: {escaped(note)}", sys.stderr))


def _print_listing(
    runs: Sequence[StoredRun], read: Sequence[ReadSummary], listing: Listing, out: Output
) -> None:
    chosen = _selected(runs, listing)
    columns = columns_of(listing.columns, runs)
    if listing.group_by:
        common = common_of(listing.group_by, runs)
        print_groups(groups_of(chosen, common), common, columns, out)
    elif listing.columns:
        print_table(chosen, columns, out)
    else:
        of_chosen = {id(row.summary): row for row in read}
        print_summaries([of_chosen[id(run.summary)] for run in chosen], out)


def print_table(runs: Sequence[RunFacts], columns: Sequence[Column], out: Output) -> None:
    """One experiment a line: its name, and what is asked for."""
    if out.as_json:
        for run in runs:
            of_columns = {column.text: _json_of(values_of(column.meaning, run)) for column in columns}
            out.json({"name": run.summary.name, **of_columns})
        return
    header = ["NAME", *(column.text for column in columns)]
    rows = [
        [escaped(run.summary.name), *(_cell(column, values_of(column.meaning, run)) for column in columns)]
        for run in runs
    ]
    _print(header, rows, out)


def print_groups(groups: Sequence[RunGroup], common: Common, columns: Sequence[Column], out: Output) -> None:
    """One group a line: what its experiments have in common, how many they are, and the mean of each number."""
    titles = titles_of(groups, common)
    spreads = [[spread_of_field(group.runs, column.meaning) for column in columns] for group in groups]
    if out.as_json:
        for group, of_group in zip(groups, spreads, strict=True):
            of_columns = {
                column.text: None if spread is None else msgspec.structs.asdict(spread)
                for column, spread in zip(columns, of_group, strict=True)
            }
            names = [run.summary.name for run in group.runs]
            out.json({"group": dict(zip(titles, group.key, strict=True)), "runs": names, **of_columns})
        return
    header = [*titles, "RUNS", *(column.text for column in columns)]
    rows = [
        [*map(_key_cell, group.key), str(len(group.runs)), *map(_spread_cell, of_group)]
        for group, of_group in zip(groups, spreads, strict=True)
    ]
    _print(header, rows, out)


def _key_cell(cell: Cell) -> str:
    if cell is None:
        return "-"
    cells = cell if isinstance(cell, list) else [cell]
    return ", ".join(_shown(float(each) if isinstance(each, int) else each) for each in cells)


def _spread_cell(spread: Spread | None) -> str:
    if spread is None:
        return "-"
    mean = text.number(spread.mean)
    return mean if spread.deviation is None else f"{mean} ± {text.number(spread.deviation)} (n={spread.n})"


def _print(header: list[str], rows: list[list[str]], out: Output) -> None:
    if rows:
        out.lines(text.columns([[out.coloured(escaped(title), "dim") for title in header], *rows]))


def _cell(column: Column, values: Sequence[Value]) -> str:
    is_ours = column.meaning.scope == "run"
    if not values:
        return "-"
    if is_ours and column.meaning.field.name in TIMES and isinstance(values[0], float):
        return f"{text.age(time.time() - values[0])} ago"
    if is_ours and column.meaning.field.name in DURATIONS and isinstance(values[0], float):
        return text.age(values[0])
    # A list of settings is shown as a whole, which stands first; tags are each of them.
    shown = values if is_ours else values[:1]
    return ", ".join(_shown(value) for value in shown)


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return escaped(value)
    # Steps and counts are whole.
    return shown(value) if value.is_integer() else text.number(value)


def _json_of(values: Sequence[Value]) -> object:
    if not values:
        return None
    return _json_number(values[0]) if len(values) == 1 else [_json_number(value) for value in values]


def _json_number(value: Value) -> Value:
    """As in the protocol: what JSON numbers cannot say is text."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
