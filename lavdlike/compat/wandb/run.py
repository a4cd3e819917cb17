"""`Run`: what `init` returns. Every value goes to one `Logger`."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from lavdlike.compat.wandb import keys, wandb_alerts
from lavdlike.compat.wandb.artifacts import Artifact
from lavdlike.compat.wandb.config import Config
from lavdlike.compat.wandb.errors import UsageError
from lavdlike.compat.wandb.logged_values import log_value, scalar_of
from lavdlike.compat.wandb.metrics import Metric, Metrics, metric_of
from lavdlike.compat.wandb.saved_files import KeptFiles
from lavdlike.compat.wandb.steps import Steps
from lavdlike.compat.wandb.summary import Summary
from lavdlike.compat.wandb.watching import Watch
from lavdlike.disk.write import LOCK_FILE, update_json
from lavdlike.layout import EXPERIMENT_FILE
from lavdlike.logger import Logger

_log = logging.getLogger("lavdlike")
_CODE = (".py", ".ipynb")


class Run:
    """One run: an experiment.

    Args:
        logger: writes it.
        told: what `init` was told (`settings.told`).
        first_step: of what it logs, if it goes on.
        on_finish: called when it is over.
    """

    def __init__(
        self,
        logger: Logger,
        told: Mapping[str, Any],
        *,
        config: Mapping[str, Any],
        first_step: int = 0,
        resumed: bool = False,
        on_finish: Callable[[Run], None] = lambda _: None,
    ) -> None:
        self.logger = logger
        self.project = str(told.get("project") or logger.base_dir.name)
        self.entity = told.get("entity") or ""
        self.group, self.job_type = told.get("group") or "", told.get("job_type") or ""
        self.id = str(told.get("id") or logger.name)
        self.resumed, self.starting_step = resumed, first_step
        self.start_time = time.time()
        self.settings: Any = told.get("settings")
        self.disabled, self.offline, self.sweep_id = logger.disabled, True, None
        self._name, self._notes = str(told.get("name") or logger.name), str(told.get("notes") or "")
        self._tags = tuple(told.get("tags") or ())
        self._on_finish = on_finish
        self._steps = Steps(first_step)
        self._metrics = Metrics()
        self._watch = Watch(self._log_watched)
        self._alerts = wandb_alerts.Alerts(logger)
        self._files = KeptFiles(logger.log_dir / "files")
        self._lock = threading.RLock()
        self._is_finished = False
        self.summary = Summary(self._log_summary)
        self.config = Config()
        self.config.update(dict(config))
        object.__setattr__(self.config, "_changed", self._log_config)

    def log(
        self, data: Mapping[str, Any], step: Any = None, commit: bool | None = None, sync: bool | None = None
    ) -> None:
        """Write a row; at which step, `Steps` says.

        Raises:
            ValueError: it is no dict, or has keys that are no text.
            UsageError: the run is finished.
        """
        if self._is_finished:
            raise UsageError(f"the run {self._name!r} is finished: begin another one with init()")
        if type(data) is not dict and not isinstance(data, Mapping):
            raise ValueError(f"wandb.log takes a dict, not {type(data).__name__}")
        numbers: dict[str, Any] = {}
        others: dict[str, Any] = {}
        for key, value in data.items():
            kind = type(value)
            if (kind is float or kind is int) and type(key) is str:
                numbers[keys.label_of(key)] = value
            else:
                _sort(key, value, numbers, others)
        with self._lock:
            if self._metrics.are_synced:
                self._metrics.complete(numbers)
            at = self._steps.place(step, commit)
            if numbers:
                if len(numbers) == 1:
                    ((label, number),) = numbers.items()
                    self.logger.log_scalar(number, label, at)
                else:
                    self.logger.log_scalars(numbers, at)
                self.summary.take(numbers)
            for label, value in others.items():
                log_value(self.logger, value, label, at)

    def define_metric(
        self,
        /,
        name: str,
        step_metric: Any = None,
        step_sync: bool | None = None,
        hidden: bool | None = None,
        summary: str | None = None,
        overwrite: bool | None = None,
        goal: str | None = None,
        **_: Any,
    ) -> Metric:
        """Say what keys are: their x axis, and whether small or large values are better."""
        metric = metric_of(str(name), step_metric, step_sync, summary, goal)
        self._metrics.add(metric)
        if metric.aspect:
            self.summary.define(metric.pattern, metric.aspect)
        if metric.x or metric.goal:
            with contextlib.suppress(ValueError):  # more than readers take
                self.logger.define(metric.pattern, x=metric.x, goal=metric.goal)
        return metric

    def finish(self, exit_code: int | None = None, quiet: bool | None = None) -> None:
        """End the run; with an exit code that is not 0, as one that failed."""
        self._finish(SystemExit(exit_code) if exit_code else None)

    def join(self, exit_code: int | None = None) -> None:
        """Its older name."""
        self.finish(exit_code)

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._finish(error)

    def alert(self, title: str, text: str = "", level: Any = None, wait_duration: Any = None) -> None:
        """Point something out: the bell of the page rings."""
        self._alerts.say(title, text, level, wait_duration)

    def save(
        self,
        glob_str: Any = None,
        base_path: Any = None,
        policy: str = "live",
        glob: bool = True,
    ) -> list[str]:
        """Copy files to the run's own (`dir`); where they are."""
        if glob_str is None:
            return []
        if policy not in ("live", "now", "end"):
            raise ValueError(f"policy must be 'live', 'now' or 'end', not {policy!r}")
        base = None if base_path is None else str(base_path)
        return [] if self.disabled else self._files.save(str(glob_str), base, policy, is_pattern=glob)

    def watch(
        self,
        models: Any,
        criterion: Any = None,
        log: str | None = "gradients",
        log_freq: int = 1000,
        idx: int | None = None,
        log_graph: bool = False,
    ) -> None:
        """Log histograms of gradients or parameters of models of torch from now on, every `log_freq` passes."""
        several = list(models) if isinstance(models, (list, tuple)) else [models]
        for number, model in enumerate(several):
            prefix = f"{number}." if len(several) > 1 else ""
            self._watch.add(model, log, max(1, int(log_freq)), prefix)

    def unwatch(self, models: Any = None) -> None:
        self._watch.remove()

    def log_artifact(
        self,
        /,
        artifact_or_path: Any,
        name: str | None = None,
        type: str | None = None,
        aliases: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        **_: Any,
    ) -> Artifact:
        """Keep the list of an artifact's files; the files stay where they are."""
        artifact = artifact_or_path
        if not isinstance(artifact, Artifact):
            path = Path(artifact_or_path)
            artifact = Artifact(name or path.name, type or "unspecified")
            (artifact.add_dir if path.is_dir() else artifact.add_file)(path)
        artifact.aliases, artifact.tags = list(aliases or ["latest"]), list(tags or ())
        self.logger.log_json("artifact", artifact.to_json(), keys.label_of(f"artifacts/{artifact.name}"))
        return artifact

    upsert_artifact = finish_artifact = log_artifact

    def log_model(self, path: Any, name: str | None = None, aliases: Iterable[str] | None = None) -> Artifact:
        return self.log_artifact(path, name or f"run-{self.id}-{Path(path).name}", "model", aliases)

    def use_artifact(self, artifact_or_name: Any, *_: Any, **__: Any) -> Artifact:
        """One that was made here; others are on a server, of which there is none.

        Raises:
            UsageError: it is the name of one.
        """
        if isinstance(artifact_or_name, Artifact):
            return artifact_or_name
        raise UsageError(
            f"there is no server that {artifact_or_name!r} could come from: read the files from where they are"
        )

    use_model = use_artifact

    def link_artifact(self, *_: Any, **__: Any) -> None:
        """Nothing: there is no registry."""

    link_model = mark_preempting = pin_config_keys = write_logs = link_artifact

    def restore(self, name: str, *_: Any, **__: Any) -> Any:
        """A file that this run has kept, opened; None if it has none of that name."""
        path = Path(self.dir) / name
        return path.open() if path.is_file() else None

    def log_code(self, root: str | None = ".", name: str | None = None, *_: Any, **__: Any) -> None:
        """Keep the scripts of a folder."""
        for path in sorted(Path(root or ".").rglob("*")):
            if path.suffix in _CODE and not any(part.startswith(".") for part in path.parts):
                self.save(str(path), root, "now", glob=False)

    def status(self) -> None:
        """Nothing: nothing is sent, so nothing waits."""

    def display(self, *_: Any, **__: Any) -> bool:
        return False

    def to_html(self, *_: Any, **__: Any) -> str:
        return f"<p>{self.logger.log_dir}</p>"

    @property
    def name(self) -> str:
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        self._name = str(name)
        self._note({"title": self._name})

    @property
    def notes(self) -> str:
        return self._notes

    @notes.setter
    def notes(self, notes: str) -> None:
        self._notes = str(notes)
        self.logger.log_markdown(self._notes, "notes")

    @property
    def tags(self) -> tuple[str, ...]:
        return self._tags

    @tags.setter
    def tags(self, tags: Iterable[str]) -> None:
        self._tags = tuple(str(tag) for tag in tags)
        self._note({"tags": list(self._tags)})

    @property
    def step(self) -> int:
        """Of the next row."""
        return self._steps.current

    @property
    def dir(self) -> str:
        """The folder for files of the script's own; it is made when it is asked for."""
        folder = self.logger.log_dir / "files"
        if not self.disabled:
            with contextlib.suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
        return str(folder)

    @property
    def path(self) -> str:
        return "/".join(part for part in (self.entity, self.project, self.id) if part)

    @property
    def url(self) -> str:
        return self.logger.log_dir.as_uri()

    project_url = property(lambda self: self.logger.base_dir.as_uri())
    sync_dir = property(lambda self: str(self.logger.log_dir))
    sweep_url = None

    def get_url(self) -> str:
        return self.url

    def get_project_url(self) -> str:
        return str(self.project_url)

    def project_name(self) -> str:
        return self.project

    def __repr__(self) -> str:
        return f"<Run {self.path}, written to {self.logger.log_dir}>"

    def at_exit(self) -> None:
        """What a script leaves to the end that did not finish its run; how it ended is the Logger's to say."""
        if not self._is_finished:
            self._files.save_again()

    def _finish(self, error: BaseException | None) -> None:
        if self._is_finished:
            return
        self._is_finished = True
        self._watch.remove()
        self._files.save_again()
        self.logger.__exit__(type(error) if error else None, error, None)
        self._on_finish(self)

    def _log_watched(self, key: str, value: Any) -> None:
        log_value(self.logger, value, keys.label_of(key), self._steps.current)

    def _log_config(self, changed: Mapping[str, Any]) -> None:
        log_config(self.logger, changed)

    def _log_summary(self, changed: Mapping[str, Any]) -> None:
        """Numbers are points of their own, so that none is added to a curve of that name; all else is a setting."""
        numbers = {f"summary/{key}": scalar_of(value) for key, value in keys.flat(changed)}
        points = {keys.label_of(key): value for key, value in numbers.items() if value is not None}
        if points:
            self.logger.log_scalars(points, max(self._steps.current - 1, 0))
        texts = {key: value for key, value in keys.flat(changed) if numbers[f"summary/{key}"] is None}
        settings = {key: value for key, value in texts.items() if not hasattr(value, "log_to")}
        for key, value in texts.items():
            if key not in settings:
                log_value(self.logger, value, keys.label_of(f"summary/{key}"), self._steps.current)
        if settings:
            log_config(self.logger, {f"summary.{key}": value for key, value in settings.items()})

    def _note(self, what: Mapping[str, Any]) -> None:
        """Put something into the file of the experiment that no call of the Logger changes."""
        if self.disabled:
            return
        folder = self.logger.log_dir
        try:
            update_json(folder / EXPERIMENT_FILE, lambda found: found.update(what), lock=folder / LOCK_FILE)
        except OSError as error:
            _log.warning("%s was not written: %s", ", ".join(what), error.strerror or error)


def log_config(logger: Logger, config: Mapping[str, Any]) -> None:
    """Write settings of any kind; of one that cannot be a setting, its text."""
    try:
        logger.log_config(config)
    except ValueError:
        for key, value in config.items():
            with contextlib.suppress(ValueError):
                logger.log_config({key: repr(value)[:1000]})


def _sort(key: Any, value: Any, numbers: dict[str, Any], others: dict[str, Any]) -> None:
    """Put a value, or what is in a dict, to the numbers or to the others, by its label."""
    if not isinstance(key, str):
        raise ValueError(f"keys of wandb.log must be text, not {key!r}")
    for name, each in keys.flat({key: value}):
        number = scalar_of(each)
        if number is not None:
            numbers[keys.label_of(name)] = number
        elif each is not None:
            others[keys.label_of(name)] = each
