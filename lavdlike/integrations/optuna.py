"""Optuna: `study.optimize(objective, n_trials=100, callbacks=[LavdlikeCallback("study", n_trials=100)])`."""

from __future__ import annotations

import os
import threading
from typing import Any

from lavdlike.integrations.framework_run import FrameworkRun
from lavdlike.logger import Logger


class LavdlikeCallback:
    """Writes a study as an experiment, and each of its trials as one in it, with the parameters as its settings.

    The study has `value` and `best_value` at the number of the trial, and how far it is; a trial `trial-0007` its
    intermediate values, its `value`, and how it ended as a tag ("complete", "pruned", "fail"). An objective that has
    more to log makes a Logger of its own: `Logger(f"trial-{trial.number:04}", "log/study")`. Study and trials of the
    same name go on.

    Args:
        name, log_dir, options: as for `lavdlike.Logger`.
        n_trials: how many trials there will be, for the time left: Optuna does not tell it to callbacks.
        trials: whether each trial is an experiment.
        logger: one that the script has made for the study, instead of name and folder; it stays open.

    >>> study.optimize(objective, n_trials=10, callbacks=[LavdlikeCallback("study")])  # doctest: +SKIP
    """

    def __init__(
        self,
        name: str | None = None,
        log_dir: str | os.PathLike[str] = "./log",
        *,
        n_trials: int | None = None,
        trials: bool = True,
        logger: Logger | None = None,
        **options: Any,
    ) -> None:
        self._run = FrameworkRun(name, log_dir, logger=logger, writer=None, options=options)
        self._n_trials = n_trials
        self._trials = trials
        self._ended = 0
        self._lock = threading.Lock()  # `n_jobs` are threads

    def __call__(self, study: Any, trial: Any) -> None:
        with self._lock:
            logger = self._run.begin()
            self._ended += 1
            values = values_of(trial.values, getattr(study, "metric_names", None))
            if (
                trial.state.name == "COMPLETE"
            ):  # a pruned one has its last intermediate value, which compares with none
                best = {"best_value": study.best_value} if len(study.directions) == 1 else {}
                self._run.report({**values, **best}, trial.number)
            logger.log_progress(self._ended, self._n_trials, "Trials", unit="trial")
            if self._trials and not logger.disabled:
                self._log_trial(logger, trial, values)

    def _log_trial(self, logger: Logger, trial: Any, values: dict[str, float]) -> None:
        state = str(trial.state.name).lower()
        with Logger(f"trial-{trial.number:04}", logger.log_dir, config=trial.params, tags=[state]) as inner:
            steps = sorted(trial.intermediate_values)
            for step in steps:
                if step >= 0:
                    inner.log_scalar(trial.intermediate_values[step], "intermediate_value", step)
            inner.log_scalars(values, max([0, *steps]))
            if trial.user_attrs:
                inner.log_config({"user_attrs": trial.user_attrs})


def values_of(values: Any, names: Any) -> dict[str, float]:
    """The values of a trial by their names; `value`, or `value_0`, ... without.

    >>> values_of([0.5], None), values_of([0.5, 2.0], None), values_of([0.5], ["accuracy"]), values_of(None, None)
    ({'value': 0.5}, {'value_0': 0.5, 'value_1': 2.0}, {'accuracy': 0.5}, {})
    """
    if values is None:
        return {}
    if names is None:
        names = ["value"] if len(values) == 1 else [f"value_{place}" for place in range(len(values))]
    return dict(zip(names, values, strict=True))
