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
from lavdlike.disk.stores.store_addresses import shown_place
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
from lavdlike.reading.stored_runs import StoredRun
from lavdlike.reading.summaries import config_of
from lavdlike.shell.opened_roots import OpenedRoots, open_roots

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
    """A folder of experiments, or several. Every question looks at the files anew. Not thread-safe.

    `paths`: of each root by its name, which is "" of one that was given none.
    """

    def __init__(self, roots: OpenedRoots) -> None:
        self.paths = {each.called.name: each.path for each in roots.all}
        self._roots = roots

    @property
    def path(self) -> Path:
        """Of the only root. Raises AttributeError: there are several."""
        if len(self.paths) > 1:
            raise AttributeError("there are several roots: see paths")
        return next(iter(self.paths.values()))

    def __repr__(self) -> str:
        given = [
            f"{name}={shown_place(path)}" if name else shown_place(path) for name, path in self.paths.items()
        ]
        return f"lavdlike.open({', '.join(map(repr, given))})"

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
        root, root_file = self._roots.root, self._roots.root_file
        results = RootResults(root, results_path_of(self._roots.path), asked_steps(listing))
        rows = summaries_of(root, self._roots.names(), root_file)
        runs = [StoredRun(root, row.summary, root_file, results) for row in rows]
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
            self._roots.path_of(layout.experiment_name(summary.id)),
            summary.status,
            summary.title,
            summary.tags,
            config_of(summary),
            values,
        )


def open_root(
    *paths: str | os.PathLike[str], follow_links: bool = False, **named: str | os.PathLike[str]
) -> Root:
    """The experiments in a folder, as `lavdlike PATH` shows them, or in several, as `lavdlike a=PATH b=PATH` does.

    Args:
        paths: of the root, the folder that experiments stand in; or of one experiment, which is then alone. Of several,
            each with a name in front (`"a=PATH"`), or it has that of its folder. Default: `log`.
        follow_links: also those that lead out of their root.
        named: roots by their names: `lavdlike.open(a=PATH, b=PATH)`.

    Raises:
        NotFoundError: there is no such folder, it cannot be read, or all that it holds are steps.
        UsageError: two roots have the same name, or one is none.

    >>> import lavdlike
    >>> with lavdlike.Logger("run", "log", config={"lr": 0.1}) as logger:
    ...     logger.log_scalar(0.5, "val/loss", step=1)
    >>> [found] = lavdlike.open("log").experiments("lr=0.1", columns="min(val/loss)")
    >>> found.name, found.values
    ('run', {'min(val/loss)': 0.5})
    """
    given = [path if isinstance(path, str) else os.path.abspath(path) for path in paths]  # noqa: PTH100 - as they are
    given += [f"{name}={os.fspath(path)}" for name, path in named.items()]
    return Root(open_roots(given or ["log"], follow_links=follow_links))


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
