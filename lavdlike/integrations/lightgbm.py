"""LightGBM: `lightgbm.train(..., callbacks=[LavdlikeCallback("run")])`, `lightgbm.cv` and `LGBMClassifier.fit`."""

from __future__ import annotations

import os
from typing import Any

from lavdlike.integrations.framework_run import FrameworkRun
from lavdlike.logger import Logger


class LavdlikeCallback:
    """Writes evaluations (`valid_0/auc`, ...), parameters, how far the boosting is, and how much features matter.

    Steps are iterations, counted from 0 as LightGBM does, also of a model that goes on (`init_model`). Of `cv` the mean
    is the label, and the deviation `<label>_std`. LightGBM does not tell callbacks when it stops early: the Logger is
    closed at the last iteration, by `close`, or when the script ends.

    Args:
        name, log_dir, options: as for `lavdlike.Logger`.
        logger: one that the script has made, instead of them; it stays open.
        writer: a word: each rank writes, into files called after it and the rank.

    >>> lightgbm.train(params, data, valid_sets=[data], callbacks=[LavdlikeCallback("run")])  # doctest: +SKIP
    """

    # Before what stops the training (early_stopping has 30), which is an exception.
    order = 20
    before_iteration = False

    def __init__(
        self,
        name: str | None = None,
        log_dir: str | os.PathLike[str] = "./log",
        *,
        logger: Logger | None = None,
        writer: str | None = None,
        **options: Any,
    ) -> None:
        self._run = FrameworkRun(name, log_dir, logger=logger, writer=writer, options=options)

    def __call__(self, env: Any) -> None:
        if env.iteration == env.begin_iteration:
            self._run.begin(resume_from=env.begin_iteration - 1 if env.begin_iteration else None)
            self._run.configure(env.params)
        self._run.report(evaluations_of(env.evaluation_result_list or ()), env.iteration)
        done, total = env.iteration - env.begin_iteration + 1, env.end_iteration - env.begin_iteration
        self._run.logger.log_progress(done, total, "Boosting", unit="iteration")
        if done == total:
            self._log_importance(env.model)
            self._run.end()

    def close(self) -> None:
        """Write that the session is over, after a training that stopped early."""
        self._run.end()

    def _log_importance(self, model: Any) -> None:
        if not hasattr(model, "boosters"):  # one for each fold of `cv`
            gains = zip(model.feature_name(), model.feature_importance("gain"), strict=True)
            rows = sorted(([name, float(gain)] for name, gain in gains), key=lambda row: -float(row[1]))
            self._run.logger.log_table(rows, "feature_importance", header=["feature", "gain"])


def evaluations_of(results: Any) -> dict[str, float]:
    """Labels and values of evaluations: data set, metric, value, whether more is better, and of `cv` the deviation.

    >>> evaluations_of([("train", "auc", 0.75, True), ("valid", "auc", 0.5, True, 0.125)])
    {'train/auc': 0.75, 'valid/auc': 0.5, 'valid/auc_std': 0.125}
    """
    found = {}
    for result in results:
        fields = tuple(result)
        label = f"{fields[0]}/{fields[1]}"
        found[label] = fields[2]
        if len(fields) > 4 and fields[4] is not None:
            found[f"{label}_std"] = fields[4]
    return found
