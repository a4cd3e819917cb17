"""Ultralytics: `add_callbacks(model, "run")` before `model.train(...)`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lavdlike.compat.tags import label_of
from lavdlike.integrations.framework_run import FrameworkRun
from lavdlike.logger import Logger

_PICTURES = (".png", ".jpg", ".jpeg", ".webp")


def add_callbacks(
    model: Any,
    name: str | None = None,
    log_dir: str | os.PathLike[str] = "./log",
    *,
    logger: Logger | None = None,
    **options: Any,
) -> None:
    """Have a model's training written: losses, learning rates, metrics, its plots and arguments, and how far it is.

    Labels are those of `results.csv`, steps its epochs, counted from 1. What the best weights come to at the end is
    below `best/`. A training that goes on (`resume=True`) under the same name goes on in the same curves. Trainings on
    several GPUs are processes that Ultralytics starts without the callbacks of a script: they write nothing, and their
    `results.csv` is read as it is.

    Args:
        model: a `YOLO`, `RTDETR` or any other that has `add_callback`.
        name, log_dir, options: as for `lavdlike.Logger`.
        logger: one that the script has made, instead of them; it stays open.

    Raises:
        ValueError: a bad argument, or a model that takes no callbacks.
    """
    if not callable(getattr(model, "add_callback", None)):
        raise ValueError(f"model must have add_callback, as a YOLO has, not {type(model).__name__}")
    followed = _FollowedTraining(FrameworkRun(name, log_dir, logger=logger, writer=None, options=options))
    for event, callback in followed.callbacks().items():
        model.add_callback(event, callback)


class _FollowedTraining:
    """What a trainer of Ultralytics tells, written to a run."""

    def __init__(self, run: FrameworkRun) -> None:
        self._run = run
        self._batches = 0
        self._is_in_epoch = False
        self._plots: dict[Path, Any] = {}

    def callbacks(self) -> dict[str, Callable[[Any], None]]:
        """{event: what to call}."""
        return {
            "on_train_start": self._begin,
            "on_train_epoch_start": self._begin_epoch,
            "on_train_batch_end": self._count,
            "on_train_epoch_end": self._log_losses,
            "on_fit_epoch_end": self._log_metrics,
            "on_train_end": self._log_plots,
            "teardown": self._end,
        }

    def _begin(self, trainer: Any) -> None:
        self._run.begin(resume_from=trainer.start_epoch or None)
        self._run.configure(vars(trainer.args))

    def _begin_epoch(self, trainer: Any) -> None:
        del trainer
        self._batches = 0
        self._is_in_epoch = True

    def _count(self, trainer: Any) -> None:
        self._batches += 1
        per_epoch = len(trainer.train_loader)
        done = trainer.epoch * per_epoch + self._batches
        self._run.logger.log_progress(done, trainer.epochs * per_epoch, "Training", unit="batch")

    def _log_losses(self, trainer: Any) -> None:
        losses = trainer.label_loss_items(trainer.tloss, prefix="train")
        self._run.report({**losses, **trainer.lr}, trainer.epoch + 1)

    def _log_metrics(self, trainer: Any) -> None:
        # Called once more at the end, for the best weights: they are no further point of the curves.
        prefix = "" if self._is_in_epoch else "best"
        self._is_in_epoch = False
        self._run.report(trainer.metrics or {}, trainer.epoch + 1, prefix)

    def _log_plots(self, trainer: Any) -> None:
        plots = {**trainer.plots, **trainer.validator.plots}
        for file in map(Path, plots):
            if file.suffix.lower() in _PICTURES and file.is_file():
                self._run.logger.log_file(file, label_of(f"plots/{file.stem}"), extension=file.suffix.lower())

    def _end(self, trainer: Any) -> None:
        del trainer
        self._run.end()
