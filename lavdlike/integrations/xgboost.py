"""XGBoost: `xgboost.train(..., callbacks=[LavdlikeCallback("run")])`, `xgboost.cv` and `XGBClassifier`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from lavdlike.integrations.framework_run import FrameworkRun
from lavdlike.integrations.needed import needs
from lavdlike.logger import Logger

with needs("xgboost", install="xgboost"):
    from xgboost import collective
    from xgboost.callback import TrainingCallback


class LavdlikeCallback(TrainingCallback):  # type: ignore[misc] # not installed where types are checked
    """Writes each evaluation (`train/logloss`, ...), how far the boosting is, and at the end how much features matter.

    Steps are boosting rounds, counted from 0; those of a model that goes on (`xgb_model`) are counted on. Of `cv` the
    mean is the label, and the deviation `<label>_std`.

    Args:
        name, log_dir, options: as for `lavdlike.Logger`.
        num_boost_round: how many rounds there will be, for the time left: XGBoost does not tell it to callbacks.
        logger: one that the script has made, instead of them; it stays open.
        writer: a word: each rank writes, into files called after it and the rank.

    >>> xgboost.train(params, data, evals=[(data, "train")], callbacks=[LavdlikeCallback("run")])  # doctest: +SKIP
    """

    def __init__(
        self,
        name: str | None = None,
        log_dir: str | os.PathLike[str] = "./log",
        *,
        num_boost_round: int | None = None,
        logger: Logger | None = None,
        writer: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__()
        self._run = FrameworkRun(name, log_dir, logger=logger, writer=writer, options=options)
        self._num_boost_round = num_boost_round
        self._before = 0

    def before_training(self, model: Any) -> Any:
        self._before = 0 if hasattr(model, "cvfolds") else int(model.num_boosted_rounds())
        self._run.begin(collective.get_rank(), resume_from=self._before - 1 if self._before else None)
        return model

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        del model
        self._run.report(newest_of(evals_log), self._before + epoch)
        self._run.logger.log_progress(epoch + 1, self._num_boost_round, "Boosting", unit="round")
        return False

    def after_training(self, model: Any) -> Any:
        if not hasattr(model, "cvfolds"):
            gains = model.get_score(importance_type="gain")
            if gains:
                rows = sorted(gains.items(), key=lambda entry: -entry[1])
                self._run.logger.log_table(rows, "feature_importance", header=["feature", "gain"])
        self._run.end()
        return model


def newest_of(evals_log: Mapping[str, Mapping[str, list[Any]]]) -> dict[str, float]:
    """The last value of each metric of each data set.

    >>> newest_of({"train": {"auc": [0.5, 0.75]}, "test": {"auc": [(0.5, 0.125)]}})
    {'train/auc': 0.75, 'test/auc': 0.5, 'test/auc_std': 0.125}
    """
    found = {}
    for data, metrics in evals_log.items():
        for metric, values in metrics.items():
            last = values[-1]
            if isinstance(last, tuple):
                found[f"{data}/{metric}"], found[f"{data}/{metric}_std"] = last
            else:
                found[f"{data}/{metric}"] = last
    return found
