"""Stable-Baselines3: `model.learn(..., callback=LavdlikeCallback("run"))`, or `LavdlikeOutputFormat` in its logger."""

from __future__ import annotations

import os
from typing import Any

from lavdlike.integrations.framework_run import FrameworkRun
from lavdlike.integrations.needed import needs
from lavdlike.integrations.reported_values import number_or_none
from lavdlike.logger import Logger

with needs("stable_baselines3", "torch", "gymnasium", install="stable-baselines3"):
    from stable_baselines3.common.callbacks import BaseCallback
    from stable_baselines3.common.logger import KVWriter


class LavdlikeOutputFormat(KVWriter):  # type: ignore[misc] # not installed where types are checked
    """Writes what the logger of Stable-Baselines3 dumps, at the number of time steps.

    Numbers, texts, arrays (as histograms), and its `Figure`, `Image`, `Video` and `HParam`. A value that was recorded
    with `exclude="lavdlike"` is left out.

    Args:
        name, log_dir, options: as for `lavdlike.Logger`.
        logger: one that the script has made, instead of them; it stays open.
        writer: a word: each rank writes, into files called after it and the rank.

    >>> model.set_logger(Logger(None, [LavdlikeOutputFormat("run")]))  # doctest: +SKIP
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
        self.run = FrameworkRun(name, log_dir, logger=logger, writer=writer, options=options)

    def write(self, key_values: dict[str, Any], key_excluded: dict[str, Any], step: int = 0) -> None:
        plain: dict[str, Any] = {}
        for key, value in key_values.items():
            if "lavdlike" in (key_excluded.get(key) or ()):
                continue
            method = _METHODS.get(type(value).__name__)
            if method is not None and type(value).__module__.startswith("stable_baselines3"):
                method(self.run, key, value, step)
            elif getattr(value, "shape", ()) != () and number_or_none(value) is None:
                self.run.logger.log_histogram(value, key, step)
            else:
                plain[key] = value
        self.run.report(plain, step)

    def close(self) -> None:
        self.run.end()


class LavdlikeCallback(BaseCallback):  # type: ignore[misc] # not installed where types are checked
    """Puts a `LavdlikeOutputFormat` beside what the model's logger writes to, and writes how far the training is.

    The model's settings are the experiment's. A model that goes on (`reset_num_timesteps=False`) under the same name
    goes on in the same curves.

    Args:
        name, log_dir, logger, writer, options: as for `LavdlikeOutputFormat`.

    >>> model.learn(10_000, callback=LavdlikeCallback("run"))  # doctest: +SKIP
    """

    def __init__(
        self,
        name: str | None = None,
        log_dir: str | os.PathLike[str] = "./log",
        *,
        logger: Logger | None = None,
        writer: str | None = None,
        verbose: int = 0,
        **options: Any,
    ) -> None:
        super().__init__(verbose)
        self._format = LavdlikeOutputFormat(name, log_dir, logger=logger, writer=writer, **options)

    def _on_training_start(self) -> None:
        run = self._format.run
        if not run.has_begun:
            run.begin(resume_from=self.model.num_timesteps or None)
            run.configure({"algorithm": type(self.model).__name__, **settings_of(self.model)})
        if self._format not in self.logger.output_formats:
            self.logger.output_formats.append(self._format)

    def _on_step(self) -> bool:
        total = self.model._total_timesteps or None
        self._format.run.logger.log_progress(self.num_timesteps, total, "Training", unit="step")
        return True

    def _on_training_end(self) -> None:
        if self._format in self.logger.output_formats:
            self.logger.output_formats.remove(self._format)
        self._format.run.end()


def settings_of(model: Any) -> dict[str, Any]:
    """The settings of an algorithm: its public fields that are numbers and texts.

    >>> from types import SimpleNamespace
    >>> settings_of(SimpleNamespace(gamma=0.99, _n_updates=3, env=object(), device="cpu"))
    {'gamma': 0.99, 'device': 'cpu'}
    """
    return {
        key: value
        for key, value in vars(model).items()
        if not key.startswith("_") and isinstance(value, (bool, int, float, str)) and key not in _COUNTED
    }


# What the training counts stands beside its settings.
_COUNTED = ("num_timesteps", "start_time", "verbose")


def _figure(run: FrameworkRun, key: str, value: Any, step: int) -> None:
    run.logger.log_figure(value.figure, key, step)
    if value.close:
        import matplotlib.pyplot as plt

        plt.close(value.figure)


def _image(run: FrameworkRun, key: str, value: Any, step: int) -> None:
    run.logger.log_image(value.image, key, step)


def _video(run: FrameworkRun, key: str, value: Any, step: int) -> None:
    # Batch x time x channel x height x width; a batch is one clip in practice.
    frames = value.frames
    run.logger.log_video(frames[0] if len(frames.shape) == 5 else frames, key, step, fps=value.fps)


def _hparam(run: FrameworkRun, key: str, value: Any, step: int) -> None:
    del key
    run.configure(value.hparam_dict)
    run.report(value.metric_dict, step)


_METHODS = {"Figure": _figure, "Image": _image, "Video": _video, "HParam": _hparam}
