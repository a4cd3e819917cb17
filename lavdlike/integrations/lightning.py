"""Lightning: `Trainer(logger=LavdlikeLogger("run"))`, of the packages `lightning` and `pytorch_lightning`."""

from __future__ import annotations

import importlib
import math
import os
import sys
from collections.abc import Callable
from typing import Any, cast

from lavdlike.integrations.framework_run import FrameworkRun, outcome_of
from lavdlike.integrations.needed import needs
from lavdlike.logger import Logger

# They are the same, with classes of their own each: the one that the script has imported.
_IS_OLD = "pytorch_lightning" in sys.modules and "lightning.pytorch" not in sys.modules
_PACKAGE = "pytorch_lightning" if _IS_OLD else "lightning.pytorch"
with needs("lightning", "pytorch_lightning", install="lightning"):
    _callbacks: Any = importlib.import_module(f"{_PACKAGE}.callbacks")
    _loggers: Any = importlib.import_module(f"{_PACKAGE}.loggers.logger")
    _rank_zero: Any = importlib.import_module(f"{_PACKAGE}.utilities.rank_zero")


class LavdlikeLogger(_loggers.Logger):  # type: ignore[misc] # not installed where types are checked
    """Writes what `self.log` is given, hyperparameters and how far each loop is; checkpoints lie beside it.

    Rank 0 writes. A training that goes on from a checkpoint (`fit(ckpt_path=...)`) under the same name goes on in the
    same curves: what was logged behind the checkpoint counts as replaced.

    Args:
        name, log_dir, options: as for `lavdlike.Logger`.
        logger: one that the script has made, instead of them; it stays open.
        writer: a word: each rank writes, into files called after it and the rank.

    >>> trainer = Trainer(logger=LavdlikeLogger("run"))  # doctest: +SKIP
    """

    def __init__(
        self,
        name: str | None = None,
        log_dir: str | os.PathLike[str] = "./log",
        *,
        logger: Logger | None = None,
        writer: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__()
        self._run = FrameworkRun(name, log_dir, logger=logger, writer=writer, options=options)
        self._hyperparameters: list[Any] = []

    @property
    def name(self) -> str:
        return self._run.name

    @property
    def version(self) -> str:
        """No version: a run that starts again under a name goes on."""
        return ""

    @property
    def save_dir(self) -> str:
        """The folder of all experiments; checkpoints go to `<save_dir>/<name>/checkpoints`."""
        return str(self._run.folder.parent)

    @property
    def root_dir(self) -> str:
        return str(self._run.folder)

    @property
    def log_dir(self) -> str:
        return str(self._run.folder)

    @property
    def experiment(self) -> Logger:
        """The `lavdlike.Logger`, for pictures, texts and all else; on ranks that do not write it is disabled."""
        if self._run.has_begun or not self._may_go_on():
            return self._begin()
        # Trainers ask for it before they restore a checkpoint, from which alone it is known where a run goes on.
        return cast("Logger", _LaterLogger(self._begin))

    def log_metrics(self, metrics: dict[str, Any], step: int | None = None) -> None:
        self._begin()
        self._run.report(metrics, step)

    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        """Add settings to the experiment's."""
        del args, kwargs
        self._hyperparameters.append(params)
        if self._run.has_begun or not self._may_go_on():
            self._begin()

    def log_graph(self, model: Any, input_array: Any = None) -> None:
        """Called by a trainer before each of its runs: from here on it is followed."""
        del input_array
        trainer = getattr(model, "_trainer", None)
        if trainer is not None and not any(
            isinstance(callback, _Follower) and callback.logger is self for callback in trainer.callbacks
        ):
            trainer.callbacks.append(_Follower(self))

    def finalize(self, status: str) -> None:
        """Write how the run ended: "success", or "failed", of which the error is known already."""
        self._begin()
        self._run.end("" if status in ("success", "finished") else status)

    def go_on_from(self, global_step: int) -> None:
        """The trainer has restored a checkpoint of so many steps, or none (0). Steps are counted from 0."""
        self._begin(global_step - 1 if global_step else None)

    def failed(self, error: BaseException) -> None:
        """The trainer stops with this error."""
        self._begin()
        self._run.end(outcome_of(error))

    def _may_go_on(self) -> bool:
        """Whether there is a run of this name already."""
        return _rank_zero.rank_zero_only.rank != 0 or self._run.folder.exists()

    def _begin(self, resume_from: int | None = None) -> Logger:
        logger = self._run.begin(_rank_zero.rank_zero_only.rank, resume_from)
        while self._hyperparameters:
            self._run.configure(self._hyperparameters.pop(0))
        return logger


class _LaterLogger:
    """A Logger that is made when something of it is wanted."""

    def __init__(self, begin: Callable[[], Logger]) -> None:
        self._begin = begin

    def __getattr__(self, name: str) -> Any:
        return getattr(self._begin(), name)


class _Follower(_callbacks.Callback):  # type: ignore[misc] # not installed where types are checked
    """Tells a logger what trainers tell callbacks alone: how far they are, and what ended them."""

    def __init__(self, logger: LavdlikeLogger) -> None:
        self.logger = logger

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        del pl_module
        self.logger.go_on_from(trainer.global_step)

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        del pl_module, outputs, batch
        per_epoch = trainer.num_training_batches
        total = training_batches(
            trainer.max_epochs, per_epoch, trainer.max_steps, trainer.accumulate_grad_batches
        )
        before = trainer.current_epoch * per_epoch if math.isfinite(per_epoch) else 0
        self._say("Training", before + batch_idx + 1, total)

    def on_validation_batch_end(self, trainer: Any, *of_batch: Any, **of_loader: Any) -> None:
        if not trainer.sanity_checking:
            self._say_part("Validation", trainer.num_val_batches, of_batch, of_loader)

    def on_test_batch_end(self, trainer: Any, *of_batch: Any, **of_loader: Any) -> None:
        self._say_part("Test", trainer.num_test_batches, of_batch, of_loader)

    def on_predict_batch_end(self, trainer: Any, *of_batch: Any, **of_loader: Any) -> None:
        self._say_part("Prediction", trainer.num_predict_batches, of_batch, of_loader)

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        del trainer, pl_module
        self.logger.failed(exception)

    def _say_part(
        self, name: str, batches: Any, of_batch: tuple[Any, ...], of_loader: dict[str, Any]
    ) -> None:
        """Of `batches` of each loader; `of_batch`: module, outputs, batch, its index and that of its loader."""
        loader = of_loader.get("dataloader_idx", of_batch[4] if len(of_batch) > 4 else 0)
        total = sum(batches)
        self._say(name, sum(batches[:loader]) + of_batch[3] + 1, total if math.isfinite(total) else None)

    def _say(self, name: str, done: float, total: float | None) -> None:
        self.logger.experiment.log_progress(done, total, name, unit="batch")


def training_batches(
    max_epochs: int | None, per_epoch: float, max_steps: int, accumulated: int
) -> float | None:
    """How many batches a training takes; None if nobody knows.

    Args:
        max_epochs: None or -1: without end. per_epoch: `inf` if the data has no length.
        max_steps: of the optimizer, -1: without end; one takes so many batches as are accumulated.

    >>> training_batches(3, 10, -1, 1), training_batches(3, 10, 5, 2), training_batches(-1, 10, -1, 1)
    (30, 10, None)
    """
    limits: list[float] = []
    if max_epochs is not None and max_epochs >= 0 and math.isfinite(per_epoch):
        limits.append(max_epochs * per_epoch)
    if max_steps >= 0:
        limits.append(max_steps * accumulated)
    return min(limits, default=None)
