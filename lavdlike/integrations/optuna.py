"""Optuna: `study.optimize(objective, n_trials=100, callbacks=[LavdlikeCallback("study", n_trials=100)])`."""

from __future__ import annotations

import os
import threading
from typing import Any, Literal

from lavdlike.compat.tags import label_of
from lavdlike.integrations.framework_run import FrameworkRun
from lavdlike.logger import Logger

Goal = Literal["min", "max"]


class LavdlikeCallback:
    """Writes a study as an experiment, and each of its trials as one in it, with the parameters as its settings.

    The study has `study/value` and `study/best_value` at the number of the trial, and how far it is; a trial
    `trial-0007` its intermediate values, its `value`, and how it ended as a tag ("complete", "pruned", "fail"). Whether
    small or large values are better is said of them. An objective that has more to log makes a Logger of its own:
    `Logger(f"trial-{trial.number:04}", "log/study")`. Study and trials of the same name go on.

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
        self._said_goals = False
        self._lock = threading.Lock()  # `n_jobs` are threads

    def __call__(self, study: Any, trial: Any) -> None:
        with self._lock:
            logger = self._run.begin()
            values = values_of(trial.values, getattr(study, "metric_names", None))
            goals = dict(zip(values, map(goal_of, study.directions), strict=False))
            self._log_study(study, trial, values, goals)
            self._ended += 1
            logger.log_progress(self._ended, self._n_trials, "Trials", unit="trial")
            if self._trials and not logger.disabled:
                self._log_trial(logger, trial, values, goals)

    def _log_study(self, study: Any, trial: Any, values: dict[str, float], goals: dict[str, Goal]) -> None:
        if trial.state.name != "COMPLETE":
            return  # a pruned one has its last intermediate value, which compares with none
        if len(values) == 1:
            (goal,) = goals.values()
            values, goals = {**values, "best_value": study.best_value}, {**goals, "best_value": goal}
        if not self._said_goals:
            self._said_goals = True
            for name, each in goals.items():
                self._run.logger.define(label_of(f"study/{name}"), goal=each)
        self._run.report(values, trial.number, prefix="study")

    def _log_trial(
        self, logger: Logger, trial: Any, values: dict[str, float], goals: dict[str, Goal]
    ) -> None:
        state = str(trial.state.name).lower()
        with Logger(f"trial-{trial.number:04}", logger.log_dir, config=trial.params, tags=[state]) as inner:
            for name, goal in goals.items():
                inner.define(label_of(name), goal=goal)
            steps = sorted(trial.intermediate_values)
            for step in steps:
                if step >= 0:
                    inner.log_scalar(trial.intermediate_values[step], "intermediate_value", step)
            inner.log_scalars({label_of(name): value for name, value in values.items()}, max([0, *steps]))
            if trial.user_attrs:
                inner.log_config({"user_attrs": trial.user_attrs})


def goal_of(direction: Any) -> Goal:
    """Of a direction of a study, `MINIMIZE` or `MAXIMIZE`."""
    return "max" if str(getattr(direction, "name", direction)).upper().startswith("MAX") else "min"


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
