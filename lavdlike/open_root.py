"""`lavdlike.open`: what a root holds, for notebooks and scripts, without a server (docs/filter.md, "In Python").

By the same readers as `lavdlike ls`; files are read, never written.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, overload

from lavdlike import layout
from lavdlike.errors import UsageError
from lavdlike.filter_messages import Cell, Spread
from lavdlike.reading.filter.facts import RunFacts, Value, values_of
from lavdlike.reading.filter.grouping import Column, RunGroup, spread_of_field
from lavdlike.reading.filter.parser import split_fields
from lavdlike.reading.filter.syntax import FilterError
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
from lavdlike.reading.snapshot import summaries_of
from lavdlike.reading.stored_root import StoredRoot
from lavdlike.reading.stored_runs import StoredRun
from lavdlike.reading.summaries import config_of
from lavdlike.shell.finding import names_in_root, opened_root, root_file_of

Fields: TypeAlias = "str | Sequence[str]"


class Experiment(NamedTuple):
    """One experiment, as it was read.

    `name`: the path of its folder below the root. `status`, `tags` and `title` are those of the page; `config` are its
    settings. `values`: of each column that was asked for a number, text or bool; a list where there are several, as of
    tags; None where it has none. NaN and infinities are floats.
    """

    name: str
    path: Path
    status: str
    title: str
    tags: Sequence[str]
    config: Mapping[str, Any]
    values: Mapping[str, Value | list[Value] | None]


class Group(NamedTuple):
    """Experiments with the same key.

    `key`: what they have in common, by the fields that were asked for; `NAME` (`NAME 1`, `NAME 2`, ...) is what an
    expression found in names. `experiments`: their names, in the order asked for. `values`: of each column the spread
    of its finite numbers (`n`, `mean`, `median`, `deviation` of a sample, `minimum`, `maximum`), or None.
    """

    key: Mapping[str, Cell]
    experiments: Sequence[str]
    values: Mapping[str, Spread | None]


class Root:
    """A folder of experiments. Every question looks at the files anew. Not thread-safe."""

    def __init__(self, path: Path, root: StoredRoot) -> None:
        self.path = path
        self._root = root

    def __repr__(self) -> str:
        return f"lavdlike.open({str(self.path)!r})"

    @overload
    def experiments(
        self, q: str = "", *, columns: Fields = (), sort: str = "", reverse: bool = False
    ) -> list[Experiment]: ...

    @overload
    def experiments(
        self, q: str = "", *, columns: Fields = (), sort: str = "", reverse: bool = False, group_by: Fields
    ) -> list[Group]: ...

    def experiments(
        self,
        q: str = "",
        *,
        columns: Fields = (),
        sort: str = "",
        reverse: bool = False,
        group_by: Fields = (),
    ) -> list[Experiment] | list[Group]:
        """What `lavdlike ls ROOT -q Q --columns ... --sort ... [--reverse] [--group-by ...]` answers.

        Args:
            q: a filter (docs/filter.md); empty: all experiments, archived ones, too.
            columns: fields that are told of each: settings, `min(val/loss)`, ...; as text with commas between them, or
                one each.
            sort: a field; experiments without it come last. By default they are in the order of their names.
            reverse: the largest first.
            group_by: fields that a group has in common, or one `name~"..."`; as `columns`.

        Returns:
            Experiments; with `group_by` groups in the order of their keys.

        Raises:
            UsageError: a filter or a field is none; names the place.
            NotFoundError: the root cannot be read any more.

        Warns:
            UserWarning: a name in the filter is that of nothing; says what may have been meant.
        """
        if reverse and not sort:
            raise UsageError("reverse is for an order: say which with sort")
        listing = Listing(q, _fields(columns), sort, _fields(group_by), reverse)
        names = names_in_root(self._root)
        root_file = root_file_of(self._root.path)
        results = RootResults(self._root, results_path_of(self.path), asked_steps(listing))
        rows = summaries_of(self._root, names, root_file)
        runs = [StoredRun(self._root, row.summary, root_file, results) for row in rows]
        answer = self._answer(runs, listing)
        results.save()
        return answer

    def _answer(self, runs: Sequence[StoredRun], listing: Listing) -> list[Experiment] | list[Group]:
        notes: list[str] = []
        chosen = selected(runs, listing, notes.append)
        for note in notes:
            warnings.warn(note, stacklevel=3)
        columns = columns_of(listing.columns, runs)
        if not listing.group_by:
            return [self._experiment(run, columns) for run in chosen]
        common = common_of(listing.group_by, runs)
        groups = groups_of(chosen, common)
        titles = titles_of(groups, common)
        return [_group(group, titles, columns) for group in groups]

    def _experiment(self, run: RunFacts, columns: Sequence[Column]) -> Experiment:
        summary = run.summary
        values = {column.text: _value(values_of(column.meaning, run)) for column in columns}
        return Experiment(
            summary.name,
            self._root.path / layout.experiment_name(summary.id),
            summary.status,
            summary.title,
            summary.tags,
            config_of(summary),
            values,
        )


def open_root(path: str | os.PathLike[str] = "log", *, follow_links: bool = False) -> Root:
    """The experiments in a folder, as `lavdlike PATH` shows them.

    Args:
        path: the root, the folder that experiments stand in; or that of one experiment, which is then alone.
        follow_links: also those that lead out of the root.

    Raises:
        NotFoundError: there is no such folder, it cannot be read, or all that it holds are steps.

    >>> import lavdlike
    >>> with lavdlike.Logger("run", "log", config={"lr": 0.1}) as logger:
    ...     logger.log_scalar(0.5, "val/loss", step=1)
    >>> [found] = lavdlike.open("log").experiments("lr=0.1", columns="min(val/loss)")
    >>> found.name, found.values
    ('run', {'min(val/loss)': 0.5})
    """
    absolute = Path(path).absolute()
    return Root(absolute, opened_root(absolute, follow_links=follow_links))


def _group(group: RunGroup, titles: Sequence[str], columns: Sequence[Column]) -> Group:
    key = dict(zip(titles, group.key, strict=True))
    spreads = {column.text: spread_of_field(group.runs, column.meaning) for column in columns}
    return Group(key, [run.summary.name for run in group.runs], spreads)


def _fields(given: Fields) -> Sequence[str]:
    if not isinstance(given, str):
        return given
    try:
        return split_fields(given)
    except FilterError as error:
        raise UsageError(f"{given!r}, {error}") from None


def _value(values: Sequence[Value]) -> Value | list[Value] | None:
    if not values:
        return None
    return values[0] if len(values) == 1 else list(values)
