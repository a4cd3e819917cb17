"""transformers: `Trainer(..., callbacks=[LavdlikeCallback("run")])`, and its like in trl and others."""

from __future__ import annotations

import os
from typing import Any

from lavdlike.integrations.framework_run import FrameworkRun
from lavdlike.integrations.needed import needs
from lavdlike.logger import Logger

with needs("transformers", "torch", install="transformers accelerate torch"):
    from transformers import TrainerCallback


class LavdlikeCallback(TrainerCallback):  # type: ignore[misc] # not installed where types are checked
    """Writes what the trainer logs, its arguments, the model's configuration and how far training and evaluation are.

    Labels are those of its TensorBoard callback: `loss` is `train/loss`, `eval_loss` is `eval/loss`. The first process
    writes. A training that goes on from a checkpoint under the same name goes on in the same curves: what was logged
    behind the checkpoint counts as replaced.

    Args:
        name, log_dir, options: as for `lavdlike.Logger`. Trials of a search are runs of their own: `<name>-<trial>`.
        logger: one that the script has made, instead of them; it stays open.
        writer: a word: each process writes, into files called after it and the rank.

    >>> trainer = Trainer(model, args, callbacks=[LavdlikeCallback("run")])  # doctest: +SKIP
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
        self._made_of: dict[str, Any] = {
            "log_dir": log_dir,
            "logger": logger,
            "writer": writer,
            "options": options,
        }
        self._name = name
        self._run = FrameworkRun(name, **self._made_of)
        self._trial: str | None = None
        self._evaluated = 0

    @property
    def logger(self) -> Logger:
        """The `lavdlike.Logger`, for pictures, texts and all else; where nothing is written it is disabled."""
        return self._run.logger

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        del control
        self._begin_trial(state)
        self._begin(args, state, resume_from=state.global_step or None)
        # `to_dict` puts words in place of tokens; nobody needs these either.
        settings = {key: value for key, value in args.to_dict().items() if not key.endswith("_token")}
        self._run.configure(settings)
        model_config = getattr(kwargs.get("model"), "config", None)
        if model_config is not None:
            self._run.configure({"model": model_config})

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        del control, kwargs
        total = state.max_steps if state.max_steps > 0 else None
        self._begin(args, state).log_progress(state.global_step, total, "Training", unit="step")

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        del control, kwargs
        self._begin(args, state)
        self._run.report(
            {label_of_log(str(key)): value for key, value in (logs or {}).items()}, state.global_step
        )

    def on_prediction_step(
        self, args: Any, state: Any, control: Any, eval_dataloader: Any = None, **kwargs: Any
    ) -> None:
        del control, kwargs
        self._evaluated += 1
        total = len(eval_dataloader) if hasattr(eval_dataloader, "__len__") else None
        self._begin(args, state).log_progress(self._evaluated, total, "Evaluation", unit="batch")

    def on_evaluate(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        del args, state, control, kwargs
        self._evaluated = 0

    def on_predict(self, args: Any, state: Any, control: Any, metrics: Any, **kwargs: Any) -> None:
        del args, state, control, metrics, kwargs
        self._evaluated = 0

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        del args, state, control, kwargs
        self._run.end()

    def _begin(self, args: Any, state: Any, resume_from: int | None = None) -> Logger:
        rank = 0 if state.is_world_process_zero else max(1, int(getattr(args, "process_index", 1)))
        return self._run.begin(rank, resume_from)

    def _begin_trial(self, state: Any) -> None:
        """A run of its own for each trial of a hyperparameter search."""
        trial = state.trial_name if state.is_hyper_param_search else None
        if trial is not None and trial != self._trial and self._made_of["logger"] is None:
            self._run.end()
            self._trial = trial
            name = None if self._name is None else f"{self._name}-{trial}".replace("/", "-")
            self._run = FrameworkRun(name, **self._made_of)


def label_of_log(key: str) -> str:
    """The label of a log's key, as TensorBoard's callback makes it.

    >>> label_of_log("eval_loss"), label_of_log("test_f1"), label_of_log("grad_norm")
    ('eval/loss', 'test/f1', 'train/grad_norm')
    """
    for part in ("eval", "test"):
        if key.startswith(f"{part}_"):
            return f"{part}/{key.removeprefix(f'{part}_')}"
    return f"train/{key}"
