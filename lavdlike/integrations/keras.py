"""Keras 3 on any backend: `model.fit(..., callbacks=[LavdlikeCallback("run")])`."""

from __future__ import annotations

import os
from typing import Any, Literal

from lavdlike.integrations.framework_run import FrameworkRun
from lavdlike.integrations.needed import needs
from lavdlike.integrations.reported_values import number_or_none
from lavdlike.logger import Logger

with needs("keras", install="keras, and a backend: torch, jax or tensorflow"):
    from keras.callbacks import Callback


class LavdlikeCallback(Callback):  # type: ignore[misc] # not installed where types are checked
    """Writes the logs of each epoch (`loss`, `val_loss`, ...), the learning rate and how far the training is.

    Steps are epochs, counted from 0 as `on_epoch_end` does. A training with an `initial_epoch` under the same name goes
    on in the same curves: what was logged at that epoch and behind it counts as replaced.

    Args:
        name, log_dir, options: as for `lavdlike.Logger`.
        update_freq: "batch", or every how many batches their logs are written, too, as `batch/loss` at the number of
            batches since the beginning.
        logger: one that the script has made, instead of them; it stays open.
        writer: a word: each rank writes, into files called after it and the rank.

    >>> model.fit(x, y, callbacks=[LavdlikeCallback("run")])  # doctest: +SKIP
    """

    def __init__(
        self,
        name: str | None = None,
        log_dir: str | os.PathLike[str] = "./log",
        *,
        update_freq: Literal["epoch", "batch"] | int = "epoch",
        logger: Logger | None = None,
        writer: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__()
        self.update_freq = checked_update_freq(update_freq)
        self._run = FrameworkRun(name, log_dir, logger=logger, writer=writer, options=options)
        self._epoch = 0
        self._batches = 0
        self._is_training = False
        self._tested = 0

    @property
    def logger(self) -> Logger:
        """The `lavdlike.Logger`, for pictures, texts and all else; where nothing is written it is disabled."""
        return self._run.logger

    def on_train_begin(self, logs: Any = None) -> None:
        del logs
        self._is_training = True

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        del logs
        # The first epoch of a training says where it goes on.
        if not self._run.has_begun:
            self._run.begin(resume_from=epoch - 1 if epoch else None)
            optimizer: Any = getattr(self.model, "optimizer", None)
            if hasattr(optimizer, "get_config"):
                self._run.configure({"optimizer": optimizer.get_config()})
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._batches += 1
        if self.update_freq and self._batches % self.update_freq == 0:
            self._run.report(logs or {}, self._batches, prefix="batch")
        per_epoch = self.params.get("steps")
        done = batch + 1 + self._epoch * (per_epoch or 0)
        total = per_epoch * self.params["epochs"] if per_epoch else None
        self._run.logger.log_progress(done, total, "Training", unit="batch")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        row = dict(logs or {})
        rate = number_or_none(getattr(getattr(self.model, "optimizer", None), "learning_rate", None))
        if rate is not None:
            row.setdefault("learning_rate", rate)
        self._run.report(row, epoch)

    def on_test_begin(self, logs: Any = None) -> None:
        del logs
        self._tested = 0

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        del batch, logs
        self._tested += 1
        self._run.logger.log_progress(self._tested, None, "Evaluation", unit="batch")

    def on_test_end(self, logs: Any = None) -> None:
        if not self._is_training:  # `model.evaluate`
            self._run.report(logs or {}, self._epoch, prefix="evaluation")

    def on_train_end(self, logs: Any = None) -> None:
        del logs
        self._is_training = False
        self._run.end()


def checked_update_freq(update_freq: Any) -> int:
    """Every how many batches something is written; 0: never.

    Raises:
        ValueError: it is none of what Keras takes.

    >>> checked_update_freq("epoch"), checked_update_freq("batch"), checked_update_freq(50)
    (0, 1, 50)
    """
    if update_freq in ("epoch", "batch"):
        return int(update_freq == "batch")
    if type(update_freq) is not int or update_freq < 1:
        raise ValueError(f"update_freq must be 'epoch', 'batch' or a number of batches, not {update_freq!r}")
    return update_freq
