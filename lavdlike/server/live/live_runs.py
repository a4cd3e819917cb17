"""Experiments as filters ask them (`filter.facts.RunFacts`), from what the server knows at this moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from lavdlike import labels
from lavdlike.bounded import giving_up
from lavdlike.layout import ExperimentName
from lavdlike.messages import Cursor, ExperimentSummary, LabelDefinition
from lavdlike.reading.filter.facets import Pair, pairs_of
from lavdlike.reading.filter.facts import RunFacts, Value, flattened, setting_values
from lavdlike.reading.filter.ordering import by_name
from lavdlike.reading.filter.syntax import Field
from lavdlike.reading.kept_results import Results
from lavdlike.reading.past import summary_at
from lavdlike.reading.summaries import config_of
from lavdlike.series.cut_scalars import CutScalars
from lavdlike.series.experiment_series import ExperimentScalars
from lavdlike.server.live.row import Row

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lavdlike.series.results import LabelResult

# Of all experiments together; of those beyond, settings are read from their rows each time they are asked for.
MAX_KEPT_SETTINGS = 3_000_000


class LiveRun:
    """One experiment as it is known at a moment; another one is made when more is known.

    Args:
        own_settings: None: there is no room to keep them.
        scalars: its points, if they are in memory and current.
        results: what its labels came to when they were read, otherwise.
        definitions: what people say of labels in the whole root.
    """

    __slots__ = ("codes", "definitions", "memo", "name", "own_settings", "points", "results", "summary")

    def __init__(
        self,
        name: ExperimentName,
        summary: ExperimentSummary,
        own_settings: Mapping[str, Any] | None,
        scalars: ExperimentScalars | CutScalars | None = None,
        results: Results | None = None,
        definitions: Sequence[LabelDefinition] = (),
    ) -> None:
        self.name = name
        self.summary = summary
        self.points = scalars
        self.results = results
        self.memo: dict[str, Any] = {}
        self.own_settings = own_settings
        self.definitions = definitions
        self.codes: tuple[int, NDArray[np.intp]] | None = None  # of its settings; of `LiveRuns`

    def at(self, until: Cursor, scalars: ExperimentScalars | None) -> LiveRun | None:
        """As it was; None: it had not begun. `scalars`: as of the class, also if some points are not in memory."""
        summary = self.summary if until.time is None else summary_at(self.summary, until.time)
        if summary is None:
            return None
        cut = None if scalars is None else CutScalars(scalars, until)
        past = LiveRun(self.name, summary, self.own_settings, cut, None, self.definitions)
        past.codes = self.codes
        return past

    @property
    def settings(self) -> Mapping[str, Any]:
        return flattened(config_of(self.summary)) if self.own_settings is None else self.own_settings

    @property
    def kept_settings(self) -> int:
        return 0 if self.own_settings is None else len(self.own_settings)

    def setting(self, name: str) -> tuple[Value, ...]:
        settings = self.settings
        return setting_values(settings[name]) if name in settings else ()

    def knows(self, field: Field) -> bool:
        if self.points is not None:
            return True
        return self.results is not None and self.results.knows(
            field.name, field.step if field.function == "at" else None
        )

    def label(self, name: str) -> LabelResult | None:
        if self.points is not None:
            with self.points.lock:
                return self.points.result(name)
        return None if self.results is None else self.results.label(name)

    def value_at(self, name: str, step: int) -> float | None:
        from lavdlike.series.results import value_at

        if self.points is not None:
            with self.points.lock:
                points = self.points.counted(name)
            return value_at(points, step) if points else None
        return None if self.results is None else self.results.at.get((name, step))

    def goal(self, name: str) -> str:
        if not self.summary.labels and not self.definitions:
            return ""
        return labels.definition_of(name, [*self.definitions, *self.summary.labels]).goal


class Known(NamedTuple):
    """What else than its row is known of an experiment; as of `LiveRun`."""

    scalars: ExperimentScalars | None
    results: Results | None


class LiveRuns:
    """All experiments of the root. For threads, which may ask while the loop changes what they ask of.

    Args:
        rows: those of the root.
        known: what else is known of an experiment now.
        definitions: what people say of labels in the whole root now.

    `flattened_count`: how often settings were read from a row.
    """

    def __init__(
        self,
        rows: Mapping[ExperimentName, Row],
        known: Callable[[Row], Known],
        definitions: Callable[[], Sequence[LabelDefinition]],
        *,
        most_settings: int = MAX_KEPT_SETTINGS,
    ) -> None:
        self.flattened_count = 0
        self._rows = rows
        self._known = known
        self._definitions_now = definitions
        self._most_settings = most_settings
        self._lock = threading.Lock()
        # Below: only with `_lock` held.
        self._runs: dict[ExperimentName, LiveRun] = {}  # in the order of their names
        self._definitions: Sequence[LabelDefinition] = ()
        self._settings_count = 0
        self._generation = 0  # of the codes of pairs
        self._pairs: list[Pair] = []
        self._codes: dict[Pair, int] = {}

    def now(self) -> list[LiveRun]:
        """As they are known now, by name.

        Raises:
            GivenUpError: nobody waits for them.
        """
        with self._lock:
            definitions = self._definitions_now()
            if definitions != self._definitions:
                self._definitions = definitions
            rows = dict(self._rows)
            for name in [name for name in self._runs if name not in rows]:
                self._settings_count -= self._runs.pop(name).kept_settings
            before = self._runs
            runs = [self._current(rows[name], run) for name, run in before.items()]
            runs += [self._current(row, None) for name, row in rows.items() if name not in before]
            runs = by_name(runs)
            self._runs = {run.name: run for run in runs}
            return runs

    def counted(self, runs: Sequence[RunFacts]) -> Iterable[tuple[Pair, int]]:
        """As `facets.counted_pairs`, from what is kept of these, which are of `now`."""
        import numpy as np

        if not runs:
            return []
        with self._lock:
            if len(self._pairs) > self._most_settings:
                self._pairs, self._codes = [], {}
                self._generation += 1
            of_each = [self._codes_of(run) for run in runs if isinstance(run, LiveRun)]
            counts = np.bincount(np.concatenate(of_each))
            (codes,) = np.nonzero(counts)
            pairs = self._pairs
        return [
            (pairs[code], each) for code, each in zip(codes.tolist(), counts[codes].tolist(), strict=True)
        ]

    def _current(self, row: Row, before: LiveRun | None) -> LiveRun:
        summary = row.summary
        scalars, results = self._known(row)
        if (
            before is not None
            and before.summary is summary
            and before.results is results
            and before.definitions is self._definitions
            # What is in memory may grow at any time.
            and scalars is None
            and before.points is None
        ):
            return before
        if before is not None and _has_equal_config(before.summary, summary):
            run = LiveRun(row.name, summary, before.own_settings, scalars, results, self._definitions)
            run.codes = before.codes
            return run
        giving_up.check()
        self._settings_count -= 0 if before is None else before.kept_settings
        settings = flattened(config_of(summary))
        self.flattened_count += 1
        has_room = self._settings_count + len(settings) <= self._most_settings
        own = settings if has_room else None
        run = LiveRun(row.name, summary, own, scalars, results, self._definitions)
        self._settings_count += run.kept_settings
        return run

    def _codes_of(self, run: LiveRun) -> NDArray[np.intp]:
        import numpy as np

        if run.codes is not None and run.codes[0] == self._generation:
            return run.codes[1]
        codes = np.array([self._code_of(pair) for pair in pairs_of(run)], dtype=np.intp)
        if run.own_settings is not None:
            run.codes = (self._generation, codes)
        return codes

    def _code_of(self, pair: Pair) -> int:
        code = self._codes.get(pair)
        if code is None:
            code = self._codes[pair] = len(self._pairs)
            self._pairs.append(pair)
        return code


def _has_equal_config(one: ExperimentSummary, other: ExperimentSummary) -> bool:
    return one.config is other.config or one.config == other.config
